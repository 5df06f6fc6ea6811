"""A practice ballot: sealed as a real one, opened and shown, never counted."""

import hashlib
import json
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client

from mulin.commons.ballots import opener
from mulin.commons.ballots.actions.rolls import put_on_roll
from mulin.commons.ballots.actions.voting import practise
from mulin.commons.ballots.client import practice_of
from mulin.commons.ballots.models import Envelope, RollEntry
from mulin.commons.ballots.rules import Kind
from mulin.ground.audit.models import Act
from mulin.kit.clock import standing_still
from mulin.kit.refusals import Refused
from tests.ballots.conftest import DURING, SECRET, neighbour
from tests.clock import NOW


def tried(vote, choices=("1", "3"), **changed):
    facts = {
        "election": vote.election.code, "constituency": "local", "urn_key": vote.election.urn_key,
        "choices": list(choices),
    }  # fmt: skip
    return practice_of(**facts | changed)


def posted(vote, one):
    body = {"sealed": one.sealed, "key": b64encode(one.own).decode()}
    with standing_still(DURING):
        return Client().post(
            f"/ballots/practice/{vote.cast.xinjie.slug}/{vote.election.code}/", json.dumps(body),
            content_type="application/json",
        )  # fmt: skip


def test_it_is_opened_and_told_back_and_nothing_is_kept(running):
    acts = Act.objects.count()
    answer = posted(running, tried(running))
    assert (answer.status_code, answer.json()) == (200, {"choices": ["1", "3"], "kind": "valid"})
    assert not answer.cookies
    assert posted(running, tried(running, choices=[])).json()["kind"] == Kind.BLANK
    assert posted(running, tried(running, choices="123456")).json()["kind"] == Kind.VOID
    assert (RollEntry.objects.taken().count(), Envelope.objects.count()) == (0, 0)
    assert Act.objects.count() == acts
    # Whoever practised votes as before.
    running.vote(running.local[0], ["2"])


def test_it_is_never_counted_whoever_puts_it_into_the_urn(running):
    ballot = running.device(["2"])
    drawn = ballot.finished(running.draw(running.local[0], ballot))
    running.put(drawn, sealed=tried(running, choices=["7"]).sealed)
    running.seal().count()
    assert (running.election.urn_count, running.election.unreadable) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"election": "OTHER"}, {"urn_key": opener.public_of(SECRET + 1)}],
    ids=["another vote", "another urn"],
)
def test_what_is_no_practice_ballot_of_this_urn_is_refused(running, wrong):
    assert posted(running, tried(running, **wrong)).status_code == 409


def test_the_secret_of_another_envelope_opens_nothing(running):
    one, other = tried(running), tried(running)
    with pytest.raises(Refused):
        practise(running.election, sealed=one.sealed, own=other.own)
    real = running.vote(running.local[0], ["2"])
    with pytest.raises(Refused):
        practise(running.election, sealed=real.sealed, own=other.own)
    for broken in (b"", bytes(32), b"\xff" * 32):
        with pytest.raises(Refused):
            practise(running.election, sealed=one.sealed, own=broken)
    assert posted(running, one).status_code == 200
    answer = Client().post(
        f"/ballots/practice/{running.cast.xinjie.slug}/{running.election.code}/", "[]",
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 403


def test_one_may_try_from_the_key_on_until_the_end(vote):
    made = vote.draft().enrol().freeze()
    with pytest.raises(Refused):
        practise(made.election, sealed="", own=b"")
    made.ready()
    one = tried(made)
    assert practise(made.election, sealed=one.sealed, own=one.own).choices == ("1", "3")
    made.open()
    assert practise(made.election, sealed=one.sealed, own=one.own).kind is Kind.VALID
    made.seal()
    with pytest.raises(Refused):
        practise(made.election, sealed=one.sealed, own=one.own)


def test_anybody_opens_it_without_the_server(running, tmp_path):
    one = tried(running)
    told = {
        "format": "mulin-practice-1", "election": running.election.code,
        "urn_key": running.election.urn_key, "sealed": one.sealed,
        "key": b64encode(one.own).decode(),
    }  # fmt: skip
    (tmp_path / "opener.py").write_bytes(Path(opener.__file__).read_bytes())
    for changed, expected in (({}, 0), ({"election": "OTHER"}, 1)):
        (tmp_path / "practice.json").write_text(json.dumps(told | changed))
        done = subprocess.run(
            [sys.executable, "-I", "opener.py", "practice", "practice.json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == expected
    (tmp_path / "practice.json").write_text(json.dumps(told))
    assert done.stdout == ""
    script = Client().get(f"/ballots/board/{running.election.code}/opener.py")
    assert b"".join(script.streaming_content) == Path(opener.__file__).read_bytes()


def test_a_browser_runs_no_other_script_than_the_one_of_the_notice(vote, client):
    """Subresource Integrity: the page names the digest of the file that is served."""
    vote.draft().enrol()
    one = neighbour(vote.cast, 1)
    put_on_roll(vote.election, {"local": [one.person.pk]}, by=vote.committee.actor, now=NOW)
    vote.freeze().ready().open()
    with standing_still(DURING):
        page = vote.cast.enter(client, one).get(f"/ballots/vote/{vote.election.code}/")
    script = re.search(
        r'<script src="[^"]*vote[^"]*" integrity="sha256-([^"]+)"', page.content.decode()
    )
    served = Path(find("ballots/vote.js")).read_bytes()
    assert b64decode(script.group(1)) == hashlib.sha256(served).digest()
