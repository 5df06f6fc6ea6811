"""The workshop's public page and the carrier's rounds as other offices' programs have them."""

from datetime import timedelta

import pytest

from mulin.ground.audit.models import Act
from mulin.ground.community.actions.programs import connect_program
from mulin.ground.community.rules import Role, Scope, system
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.lots import issue
from mulin.workshop.production.actions.sales import announce_sale
from mulin.workshop.production.models import Stop, StopKind
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.site.test_programs import Caller, let_in, questions
from tests.support.documented import check_documented

TODAY = NOW.date()


def test_what_is_made_here_is_told_without_whom_it_is_for(client, cast, shop):
    shop.out()
    announce_sale(
        title="手工香包直播",
        watch="微信视频号",
        begins_at=NOW + timedelta(days=3),
        by=shop.by,
        now=NOW,
    )
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    with standing_still(NOW):
        told = caller.get("workshop/")
    found = told.json()
    assert found["products"] == [shop.order.product]
    assert found["operations"] == [{"name": "锁边", "skill": None}]
    sale = {"title": "手工香包直播", "watch": "微信视频号", "words": "", "is_called_off": False}
    assert [{key: one[key] for key in sale} for one in found["sales"]] == [sale]
    for secret in (shop.customer.name, "兰英", cast.yong.person.name):
        assert secret not in str(told.json())


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


@pytest.fixture
def driver(cast, shop):
    """老马, who carries."""
    account = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.CARRIER)
    return account


@pytest.fixture
def steered(cast, client, shop):
    """The program by which the driver steers."""
    return Caller(client, let_in(cast.zhou, scopes=[Scope.CARRYING])[1])


def planned(shop, driver, *, day=TODAY, pieces=30):
    """A round of two doors: one lot brought, one fetched."""
    bring = shop.make_lot(10)
    issue(bring, shop.lan, quantity=10, by_tricycle=True, by=shop.by, now=NOW)
    errands = [
        Errand(StopKind.BRING, bring, shop.lan, 10),
        Errand(StopKind.FETCH, shop.out(pieces), shop.gui, pieces),
    ]
    return plan_round(errands, carrier=driver, day=day, by=shop.by, now=NOW)


def test_a_drivers_program_reads_the_days_doors_and_notes_what_was_done_once(
    cast, shop, driver, steered
):
    made = planned(shop, driver)
    planned(shop, driver, day=TODAY + timedelta(days=1))
    (found,) = steered.get("rounds/").json()["rows"]
    assert (found["number"], found["carrier"], found["day"]) == (made.pk, "老马", "2026-11-25")
    assert found["leaves_at"] == "08:00"
    doors = {(one["kind"], one["worker"], one["quantity"]) for one in found["stops"]}
    assert doors == {("bring", "兰英", 10), ("fetch", "张勇", 30)}
    assert len(steered.get("rounds/?day=2026-11-26").json()["rows"]) == 1
    assert steered.get("rounds/?day=2026-11-27").json()["rows"] == []
    stop = next(one for one in found["stops"] if one["kind"] == "fetch")
    path, key = f"stops/{stop['number']}/done/", {"HTTP_IDEMPOTENCY_KEY": "k1"}
    sent = {"quantity": 28, "happened": "2026-11-25T09:30:00+08:00"}
    done = steered.post(path, sent, **key)
    check_documented("stop-done", done.json())
    assert done.json() == stop | {"done_quantity": 28, "done_at": sent["happened"]}
    assert steered.post(path, sent, **key).json() == done.json()
    assert steered.post(path, sent).status_code == 409
    act = Act.objects.get(verb="production.hand_over")
    assert (act.channel, act.record_id) == ("api", stop["number"])


def test_a_driver_cannot_take_more_than_there_is_nor_at_a_door_that_is_none(shop, driver, steered):
    made = planned(shop, driver)
    stop = made.stops.get(kind="fetch")
    path = f"stops/{stop.pk}/done/"
    for sent, field in (({"quantity": 31}, "quantity"), ({}, "quantity"), ({"quantity": -1}, "quantity"),
                        ({"quantity": 1, "happened": "soon"}, "happened")):  # fmt: skip
        refused = steered.post(path, sent)
        assert refused.status_code == 422
        assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert steered.post(f"stops/{10**30}/done/", {"quantity": 1}).status_code == 404
    assert Stop.objects.get(pk=stop.pk).done_at is None


def test_rounds_open_to_their_own_scope_and_community_alone(cast, client, shop, driver):
    stop = planned(shop, driver).stops.first()
    other = [scope for scope in Scope if scope is not Scope.CARRYING]
    reader = Caller(client, let_in(cast.zhou, scopes=other)[1])
    assert reader.get("rounds/").status_code == 403
    assert reader.post(f"stops/{stop.pk}/done/", {"quantity": 1}).status_code == 403
    with in_community(cast.linli):
        _made, token = connect_program(
            name="邻", contact="x", scopes=list(Scope), expires_at=NOW + timedelta(9),
            by=system(cast.linli.pk), now=NOW,
        )  # fmt: skip
    neighbour = Caller(client, token)
    assert neighbour.get("rounds/").json()["rows"] == []
    assert neighbour.post(f"stops/{stop.pk}/done/", {"quantity": 1}).status_code == 404
    assert Stop.objects.get(pk=stop.pk).done_at is None


def test_a_day_of_rounds_takes_the_same_queries_however_many_doors(shop, driver, steered):
    planned(shop, driver)
    few = questions(steered, "rounds/")
    for _more in range(4):
        planned(shop, driver)
    assert len(questions(steered, "rounds/")) == len(few)
    assert len(steered.get("rounds/").json()["rows"]) == 5
