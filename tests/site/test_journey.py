"""One box over all rooms, one timeline for each person, one page for each need."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.rules import Role, system
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.site.finding import search_all
from mulin.site.timeline import KINDS, moments, past_of
from tests.cast import Member
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie), standing_still(NOW):
        open_reception(by=system(cast.xinjie.pk), now=NOW - timedelta(days=90))
        yield cast.xinjie


def told(words, *, by, at=NOW, **more):
    return receive_demand(Said(words=words, **more), by=by.actor, now=at)


def found(actor, query, most=10):
    return {group.kind.name: [hit.what for hit in group.hits] for group in search_all(
        actor, query, most=most)}  # fmt: skip


def questions(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path)
    assert page.status_code == 200
    return len(asked), page


def lamps(cast, count):
    for number in range(count):
        told(f"路灯不亮{number}", by=cast.chen, person=cast.yong.person)
        plan_gathering(
            "meeting", Plan(f"路灯会{number}", NOW + HOUR, NOW + 2 * HOUR), by=cast.chen.actor,
            now=NOW,
        )  # fmt: skip


def test_one_box_finds_in_every_room_what_its_reader_may_see(cast, xinjie):
    lamps(cast, 1)
    found_organisation(name="路灯管理所", kind="unit", by=cast.zhou.actor, now=NOW)
    Matter.objects.create(
        community=xinjie, number=1, title="路灯改造", origin="desk", proposed_at=NOW,
        state="screened",
    )  # fmt: skip
    assert found(cast.zhou.actor, "路灯") == {
        "demands": ["路灯不亮0"], "matters": ["路灯改造"], "gatherings": ["路灯会0"],
        "organisations": ["路灯管理所"],
    }  # fmt: skip
    assert found(cast.wu.actor, "路灯")["gatherings"] == ["路灯会0"]
    assert "demands" not in found(cast.wu.actor, "路灯")  # of another grid
    assert found(cast.yong.actor, "路灯") == {}
    account = AccountFactory()
    MembershipFactory(community=xinjie, account=account, role=Role.WORKSHOP_MANAGER)
    keeper = Member(xinjie, "某人", account=account)
    assert found(keeper.actor, "路灯") == {}


def test_what_is_sealed_is_not_found(cast, xinjie):
    sealed = told("邻居吵架", by=cast.chen)
    Need.objects.filter(pk=sealed.need_id).update(is_sealed=True)
    assert found(cast.zhou.actor, "吵架") == {}


def test_many_hits_ask_as_often_as_few_and_more_of_a_kind_is_a_page(cast, xinjie, client):
    cast.enter(client, cast.zhou)
    lamps(cast, 2)
    few, _page = questions(client, "/search/?q=路灯")
    lamps(cast, 60)
    many, page = questions(client, "/search/?q=路灯")
    assert many == few
    groups = {group.kind.name: group for group in page.context["groups"]}
    assert len(groups["gatherings"].hits) == 10
    assert groups["gatherings"].has_more
    all_of_them, page = questions(client, "/search/?q=路灯&in=gatherings")
    assert all_of_them < many
    assert len(page.context["groups"][0].hits) == 50
    assert "page=2" in page.context["page"].next_url
    assert client.get("/search/?q=路灯&in=nonsense&page=x").status_code == 200
    typed = client.get("/search/?q=路灯", headers={"HX-Request": "true"}).content.decode()
    assert "路灯不亮" in typed
    assert "路灯会" not in typed


def test_a_timeline_tells_all_that_somebody_did_and_nobody_else_s(cast, xinjie, client):
    told("先说的", by=cast.chen, at=NOW - 3 * HOUR, person=cast.yong.person)
    told("别人说的", by=cast.chen, person=cast.wang.person)
    sealed = told("封起来的", by=cast.chen, person=cast.yong.person)
    Need.objects.filter(pk=sealed.need_id).update(is_sealed=True)
    lamps(cast, 1)
    sign_in(Gathering.objects.get(), cast.yong.person, by=cast.chen.actor, now=NOW + HOUR)
    rows = list(moments(list(past_of(cast.yong.actor)[:50])))
    assert [row.which for row in rows] == ["路灯会0", "路灯不亮0", "先说的"]
    cast.enter(client, cast.yong)
    page = client.get("/mine/timeline/").content.decode()
    assert "先说的" in page
    assert "封起来的" not in page
    for row in rows:
        assert client.get(row.url).status_code == 200


def test_a_long_life_asks_as_often_as_a_short_one(cast, xinjie, client):
    cast.enter(client, cast.yong)
    lamps(cast, 1)
    few, _page = questions(client, "/mine/timeline/")
    lamps(cast, 40)
    many, page = questions(client, "/mine/timeline/")
    assert many == few
    assert len(page.context["moments"]) == 30
    assert len(client.get("/mine/timeline/?page=2").context["moments"]) == 11
    assert len({kind.name for kind in KINDS}) == len(KINDS)
