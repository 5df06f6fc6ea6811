"""Nothing can be done with a phone alone, and a found card shows nothing sensitive."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from mulin.commons.flow.models import Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.access import access_of
from mulin.ground.community.actions.ways_in import print_personal_card
from mulin.ground.community.rules import DESK_ROLES, Role, system
from mulin.ground.community.ways import ways
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception

#: Pages of residents that do nothing for them but show, lead on, or open a door.
SHOWN_ONLY = {
    "site:home": "leads on",
    "site:ours": "shows; hangs in the hall as well",
    "site:help": "shows how to reach somebody",
    "site:ways": "is the sheet itself",
    "site:screen": "the hall screen",
    "site:tell": "leads to telling",
    "site:need": "leads to following",
    "site:opened": "leads to telling",
    "site:community": "chooses the community of a visitor",
    "site:month": "leads to the month of a grid",
    "reception:month": "shows; hangs on the notice board as well",
    "reception:stories": "shows",
    "suggestions:ideas": "shows; leads to bringing one",
    "suggestions:idea": "shows; leads to supporting it",
    "suggestions:became": "shows",
    "suggestions:waiting": "shows",
    "suggestions:topics": "leads to the questions",
    "suggestions:result": "shows",
    "reception:story": "shows",
    "classroom:now": "the part of a page that is covered",
    "classroom:screen": "hangs on the wall of the class",
    "classroom:draw": "shows; hangs on the notice board as well",
    "classroom:draw-list": "the list of a page that shows",
    "classroom:draw-script": "the script of a page that shows",
    "classroom:online": "leads to reading a lesson",
    "classroom:picture": "a picture on a page that is covered",
    "site:letter": "leads to answering the survey",
    "survey:thanks": "says that it arrived",
    "doublefive:river": "shows; hangs on the notice board as well",
    "doublefive:river-of": "shows; hangs on the notice board as well",
    "doublefive:appraised": "shows; hangs on the notice board as well",
    "doublefive:years": "shows; hangs on the notice board as well",
    "doublefive:picture": "a picture on a page that is covered",
    "doublefive:picture-small": "a picture on a page that is covered",
    "booking:rooms": "shows; hangs at the rooms as well",
    "booking:room": "shows; leads to booking it",
    "booking:wall": "hangs on the wall",
    "booking:feed": "the same as a calendar",
    "production:about": "shows; hangs on the notice board as well",
    "childcare:about": "shows; hangs on the notice board as well",
    "elders:about": "shows; hangs on the notice board as well",
    "figures:open": "shows; hangs on the notice board as well",
    "figures:book": "the sheet for the notice board",
    "figures:open-files": "shows; for whoever counts again",
    "survey:results": "shows; hangs on the notice board as well",
    "survey:result": "shows",
    "ballots:boards": "shows; hangs on the notice board as well",
    "ballots:board": "shows; hangs on the notice board as well",
    "ballots:notice": "the sheet for the notice board",
    "ballots:opener": "shows; for whoever opens a practice ballot without us",
    "ballots:certificate": "shows; hangs on the notice board as well",
    "ballots:certificate-sheet": "the sheet for the notice board",
    "doublefive:electorate": "shows; hangs on the notice board as well",
    "doublefive:result": "shows; hangs on the notice board as well",
    "doublefive:result-sheet": "the sheet for the notice board",
    "doublefive:result-file": "shows; for whoever counts again",
    "ballots:board-file": "shows; for whoever counts again",
    "gatherings:public": "shows; hangs on the notice board as well",
    "gatherings:feed": "the same as a calendar",
    "gatherings:notice": "shows; hangs on the notice board as well",
    "gatherings:event": "the same as a calendar",
    "gatherings:paper": "a document on a page that is covered",
    "deliberation:matters": "shows; hangs on the notice board as well",
    "deliberation:public": "shows; hangs on the notice board as well",
    "deliberation:notice": "the sheet for the notice board",
    "flow:photo": "a photo on a page that is covered",
    "flow:photo-small": "a photo on a page that is covered",
    "site:calendar": "the staff's own limits, which their pages show as well",
    "site:seats": "where the staff change places",
    "drafts:keep": "keeps what is being typed on a page that is covered",
    "drafts:kept": "gives back what was typed on a page that is covered",
    "drafts:throw-away": "drops what was typed on a page that is covered",
    "site:sign-in": "a door: the card and the desk are the others",
    "site:sign-in-code": "a door",
    "site:sign-in-staff": "the staff's door",
    "site:second-factor": "the staff's door",
    "site:sign-out": "a door",
    "site:own-key": "says what a card does not open",
    "site:wechat": "a door",
    "site:wechat-back": "a door",
    "site:wechat-file": "WeChat looks at it, nobody else",
    "notify:wechat-calls": "WeChat calls it, nobody else",
    "notify:receipts": "the gateway of text messages calls it, nobody else",
    "places:photo": "a picture on a page of a place",
    "deliberation:photo": "a picture on the page of a matter",
    "deliberation:photo-small": "a picture on the page of a matter",
    "site:tour": "a way through the pages; the acts on them have their own",
    "site:welcome": "the staff's door",
    "site:set-up": "the installer's door",
}


def of_residents():
    """Names of all pages that a resident may use."""

    def walk(patterns, space=""):
        for one in patterns:
            if isinstance(one, URLPattern):
                mark = access_of(one.callback)
                if (
                    mark
                    and not mark.for_programs
                    and (mark.roles is None or Role.RESIDENT in mark.roles)
                ):
                    yield f"{space}{one.name}"
            else:
                yield from walk(one.url_patterns, f"{one.namespace}:" if one.namespace else space)

    return set(walk(get_resolver().url_patterns))


def test_each_page_of_a_resident_has_a_way_without_a_phone():
    """A page that is not here was built for phones alone: register its `Way` in `apps.py`."""
    covered = [page for way in ways() for page in way.pages]
    assert of_residents() - set(covered) - set(SHOWN_ONLY) == set()
    assert sorted(covered) == sorted(set(covered))
    assert set(covered) | set(SHOWN_ONLY) <= of_residents()


def test_what_the_desk_is_to_do_it_can_open():
    for way in ways():
        view = get_resolver().resolve(reverse(way.at_the_desk)).func
        roles = access_of(view).roles
        assert roles is not None
        assert roles >= DESK_ROLES, way.at_the_desk


def test_the_sheet_tells_every_way_and_leads_the_desk_there(cast, client):
    page = client.get("/help/ways/").content.decode()
    for way in ways():
        assert str(way.what) in page
        assert str(way.by_call) in page
        assert str(way.on_paper) in page
        assert reverse(way.at_the_desk) not in page
    desk = cast.enter(client, cast.chen).get("/help/ways/").content.decode()
    assert all(reverse(way.at_the_desk) in desk for way in ways())


@pytest.fixture
def by_card(cast):
    """王奶奶 with three matters of her own, come in by the card the desk printed."""
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=clock.now())
        for words, visibility in (
            ("楼下路灯不亮", Visibility.NAMED),
            ("隔壁的密事", Visibility.CONFIDENTIAL),
        ):
            receive_demand(
                Said(words=words, person=cast.yong.person, visibility=visibility),
                by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk),
                now=clock.now(),
            )
        code = print_personal_card(cast.yong.account, by=cast.chen.actor, now=clock.now())
    client = Client()
    assert client.post(f"/card/{code}/", {}).status_code == 302
    return client


def test_a_card_opens_my_matters_without_what_was_told_in_confidence(by_card):
    for path in ("/", "/mine/"):
        page = by_card.get(path).content.decode()
        assert "楼下路灯不亮" in page
        assert "密事" not in page


def test_my_latest_matter_stands_first_though_an_old_one_was_written_down_after_it(cast, client):
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=clock.now())
        for words, days in (("今天的路灯", 0), ("去年的水管", 400)):
            said_at = clock.now() - timedelta(days=days)
            receive_demand(
                Said(words=words, person=cast.yong.person, said_at=said_at),
                by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk),
                now=clock.now(),
            )
    cast.enter(client, cast.yong)
    for path in ("/", "/mine/"):
        page = client.get(path).content.decode()
        assert page.index("今天的路灯") < page.index("去年的水管")


def test_my_matters_stand_ten_to_a_page(cast, client):
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=clock.now())
        for number in range(11):
            receive_demand(
                Said(words=f"第{number:02}件", person=cast.yong.person),
                by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk),
                now=clock.now(),
            )
    cast.enter(client, cast.yong)
    pages = [client.get("/mine/", {"page": number}).content.decode() for number in (1, 2)]
    assert [len(set(re.findall(r"第\d\d件", page))) for page in pages] == [10, 1]


@pytest.mark.parametrize(
    "path", ["/account/", "/account/name/", "/people/mine/", "/notify/inbox/", "/account/password/"]
)
def test_a_card_does_not_open_what_only_its_owner_should_see(by_card, path):
    answer = by_card.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/own-key/")
    assert by_card.get(answer.url).status_code == 403


def test_one_s_own_phone_opens_it_again(cast, by_card, settings):
    settings.MULIN_DEMO, settings.MULIN_SMS_URL = True, ""  # the code stands on the page
    by_card.post("/sign-in/", {"phone": cast.yong.account.phone})
    code = by_card.get("/sign-in/code/").context["shown_code"]
    assert by_card.post("/sign-in/code/", {"code": code}).status_code == 302
    assert by_card.get("/account/").status_code == 200
    assert "密事" in by_card.get("/mine/").content.decode()
    assert by_card.session.get_expiry_age() > 30 * 60


def test_a_card_on_a_strange_phone_is_forgotten_in_half_an_hour(by_card):
    assert by_card.session.get_expiry_age() == 30 * 60


def test_a_desk_page_is_not_opened_by_a_card(cast, by_card):
    cast.enter(by_card, cast.chen)
    session = by_card.session
    session["by_card"] = True
    session.save()
    assert by_card.get("/reception/").url.startswith("/sign-in/own-key/")
