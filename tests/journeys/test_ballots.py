"""A vote in a real browser: its own arithmetic against the server's, and what a voter meets."""

import json
import re
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mulin.commons import ballots
from mulin.commons.ballots.blindrsa import new_key, sign, verifies
from mulin.commons.ballots.models import Envelope, RollEntry
from mulin.commons.ballots.opener import public_of, unpacked, unseal
from mulin.commons.ballots.rules import message_of, receipt_of
from mulin.kit import clock
from mulin.kit.scoping import in_community
from tests.ballots.conftest import SECRET, make_vote
from tests.cast import make_cast
from tests.support.browser import DESK, PHONE, overhang, until

pytestmark = pytest.mark.browser
SCRIPT = Path(ballots.__file__).parent / "static" / "ballots" / "vote.js"


@pytest.fixture(scope="module")
def keys():
    return {bits: new_key(bits) for bits in (2048, 3072, 4096)}


def test_the_browser_and_the_signer_agree_at_every_size(visitor, keys):
    make_cast()
    page = visitor().open("/help/")
    page.evaluate(SCRIPT.read_text("utf-8"))
    for bits, key in keys.items():
        facts = {
            "election": "CODE", "constituency": "local", "slot": "x", "urnKey": public_of(SECRET),
            "envelopeKey": key.public.spki, "ballotKey": key.public.spki,
        }  # fmt: skip
        asked = page.evaluate(
            "async facts => { window.kept = await mulinVote.make(facts, ['2', '10', '1']);"
            " return kept.blinded.map(mulinVote.base64); }",
            facts,
        )
        answers = [b64encode(sign(key, b64decode(one))).decode() for one in asked]
        cast = page.evaluate(
            "async ([facts, answers]) => {"
            " const sealed = await mulinVote.finish(facts, kept, answers.map(mulinVote.unbase64));"
            " return Object.assign(sealed, {receipt: await mulinVote.receipt(kept.ballot)}); }",
            [facts, answers],
        )
        token, prefix = b64decode(cast["token"]), b64decode(cast["prefix"])
        assert verifies(key.public, prefix + token, b64decode(cast["signature"])), bits
        plain = unseal(SECRET, "CODE", cast["sealed"])
        message, prefix, signature = unpacked(plain, key.public.size)
        told = json.loads(message)
        assert message == message_of("CODE", "local", told["n"], ["1", "10", "2"])
        assert verifies(key.public, prefix + message, signature), bits
        assert cast["receipt"] == receipt_of(message)
        # An answer of another key is not taken for one.
        wrong = [b64encode(sign(key, b64decode(one))).decode() for one in reversed(asked)]
        refused = page.evaluate(
            "async ([facts, answers]) => { try {"
            " await mulinVote.finish(facts, kept, answers.map(mulinVote.unbase64)); return false;"
            " } catch (wrong) { return true; } }",
            [facts, wrong],
        )
        assert refused, bits


@pytest.fixture
def open_vote(live):
    """A vote that is open at this moment, with 阿勇 on its roll."""
    cast = make_cast()
    now = clock.now()
    with in_community(cast.xinjie):
        vote = make_vote(cast).draft(
            opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=1)
        )
        vote.local = [cast.yong.person]
        return vote.enrol(local=1, new=1).freeze().ready().open()


def marked(page, *codes):
    for code in codes:
        page.locator(f"#choice-{code}").click()


def lying(vote):
    with in_community(vote.cast.xinjie):
        return RollEntry.objects.taken().count(), Envelope.objects.count()


def test_a_voter_marks_draws_casts_and_keeps_a_number(open_vote, visitor, axe):
    someone = visitor(large=True).sign_in(open_vote.cast.yong)
    sent = []
    someone.context.on("request", lambda one: sent.append(one) if "/cast/" in one.url else None)
    page = someone.open(f"/ballots/vote/{open_vote.election.code}/")
    marked(page, 1, 2, 3, 4, 5)
    # decidim/decidim#5534: removing one choice leaves the others locked.
    expect(page.locator("#choice-6")).to_be_disabled()
    marked(page, 5)
    expect(page.locator("#choice-6")).to_be_enabled()
    axe(page)
    page.locator("[data-next]").click()
    expect(page.locator("[data-chosen] li")).to_have_count(4)
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).to_have_text(re.compile(r"\d{4} \d{4} \d{4}"))
    axe(page)
    assert lying(open_vote) == (1, 1)
    (request,) = sent
    told = {name.lower() for name in request.all_headers()}
    assert not told & {"cookie", "referer", "x-csrftoken", "authorization"}
    assert set(json.loads(request.post_data)) == {"token", "prefix", "signature", "sealed"}
    until(
        page,
        "mulinVote.held(JSON.parse(document.getElementById('vote-facts').textContent).slot)"
        ".then(kept => !kept)",
    )
    page.reload()
    expect(page.locator("[data-part=taken]")).to_be_visible()


@pytest.mark.parametrize("lost", ["draw", "cast"])
def test_a_lost_answer_loses_nothing(open_vote, visitor, lost):
    someone = visitor().sign_in(open_vote.cast.yong)
    page = someone.open(f"/ballots/vote/{open_vote.election.code}/")

    def swallow(route):
        route.fetch()
        route.abort()

    page.route(f"**/{lost}/**", swallow, times=1)
    marked(page, 3)
    page.locator("[data-next]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-fault]")).to_be_visible()
    assert lying(open_vote) == (1, 0 if lost == "draw" else 1)
    page.close()
    page = someone.open(f"/ballots/vote/{open_vote.election.code}/")
    expect(page.locator("[data-resumed]")).to_be_visible()
    expect(page.locator("[data-chosen] li")).to_have_text(["3 项目3"])
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).not_to_be_empty()
    assert lying(open_vote) == (1, 1)
    someone.faults.clear()  # what was swallowed is told of on the console


@pytest.mark.parametrize(
    "lacks",
    [
        "delete window.BigInt",
        "delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined})",
    ],
)
def test_a_browser_that_cannot_seal_is_sent_to_paper(open_vote, visitor, lacks):
    someone = visitor().sign_in(open_vote.cast.yong)
    someone.context.add_init_script(lacks)
    page = someone.open(f"/ballots/vote/{open_vote.election.code}/")
    expect(page.locator("[data-part=paper]")).to_be_visible()
    expect(page.locator("[data-part=mark]")).to_be_hidden()


def test_without_javascript_paper_is_named(open_vote, visitor):
    for width in (PHONE, DESK):
        page = (
            visitor(js=False, width=width)
            .sign_in(open_vote.cast.yong)
            .open(f"/ballots/vote/{open_vote.election.code}/")
        )
        expect(page.locator("noscript")).to_be_visible()
        assert overhang(page) <= 0


@pytest.mark.parametrize(
    "look", [{"width": PHONE, "large": True}, {"width": DESK, "dark": True}], ids=["phone", "desk"]
)
def test_the_pages_of_a_vote_are_for_everybody(open_vote, visitor, axe, look):
    code = open_vote.election.code
    rounds = (
        (None, [f"/ballots/board/{code}/"]),
        (open_vote.committee, ["held/", f"held/{code}/", f"held/{code}/roll/"]),
        (open_vote.holders[0], ["watched/", f"key/{code}/"]),
        (open_vote.observer, [f"observed/{code}/", f"sheets/{code}/local/"]),
    )
    for member, paths in rounds:
        someone = visitor(**look)
        if member:
            someone.sign_in(member)
        for path in paths:
            page = someone.open(path if path.startswith("/") else f"/ballots/{path}")
            axe(page)
            assert overhang(page) <= 0, path
            page.close()


def practised(page):
    """Mark the third, look at it, and try one."""
    marked(page, 3)
    page.locator("[data-next]").click()
    page.locator("[data-practise]").click()
    expect(page.locator("[data-part=practised]")).to_be_visible()


def test_a_practice_ballot_is_sealed_opened_and_shown_and_one_votes_after_it(
    open_vote, visitor, axe
):
    someone = visitor(large=True).sign_in(open_vote.cast.yong)
    sent = []
    someone.context.on("request", lambda one: sent.append(one) if "/practice/" in one.url else None)
    page = someone.open(f"/ballots/vote/{open_vote.election.code}/")
    practised(page)
    expect(page.locator("[data-found] li")).to_have_text(["3 项目3"])
    expect(page.locator("[data-same]")).to_be_visible()
    expect(page.locator("[data-other]")).to_be_hidden()
    axe(page)
    assert lying(open_vote) == (0, 0)
    (request,) = sent
    assert not {name.lower() for name in request.all_headers()} & {"cookie", "referer"}
    told = json.loads(request.post_data)
    assert set(told) == {"sealed", "key"}
    # The urn's own key opens it as well: it was sealed as a real one is.
    message = unpacked(unseal(SECRET, open_vote.election.code, told["sealed"]), 0)[0]
    assert json.loads(message)["ch"] == ["3"]
    page.locator("[data-back]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-receipt]")).not_to_be_empty()
    assert lying(open_vote) == (1, 1)


def test_a_practice_ballot_that_holds_something_else_sends_the_voter_to_paper(open_vote, visitor):
    page = visitor().sign_in(open_vote.cast.yong).open(f"/ballots/vote/{open_vote.election.code}/")
    page.route(
        "**/practice/**",
        lambda route: route.fulfill(json={"choices": ["7"], "kind": "valid"}),
    )
    practised(page)
    expect(page.locator("[data-found] li")).to_have_text(["7 项目7"])
    expect(page.locator("[data-other]")).to_be_visible()
    expect(page.locator("[data-same]")).to_be_hidden()
