"""The evening's plan: asked, worked out beside, checked, weighed by hand, offered with its reason."""

from datetime import timedelta

import pytest

from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.evening import ask_plan, keep_plan
from mulin.workshop.production.actions.lots import split_order
from mulin.workshop.production.actions.setting import add_operation
from mulin.workshop.production.actions.workers import ask_for_work, certify
from mulin.workshop.production.evening import COUNTER, FAIR, WISHES, stages_told, work_of
from mulin.workshop.production.jobs import ask_in_the_evening, work_out
from mulin.workshop.production.models import LotPlan, Offer, PlanState, Skill
from mulin.workshop.production.queries import batches, free_lots, hands, queues
from tests.clock import NOW
from tests.production.test_views import enter

EVENING = NOW.replace(hour=20)


@pytest.fixture
def planned(shop, cast):
    """Ten lots of an hour, two who can do them, worked out."""
    order = shop.make_order(quantity=600)
    split_order(order, quantity=600, size=60, by=shop.by, now=NOW)
    plan = ask_plan(by=shop.by, now=NOW, token="once")
    assert ask_plan(by=shop.by, now=NOW, token="once") == plan
    work_out(cast.xinjie, NOW, plan=plan.pk, seconds=2)
    plan.refresh_from_db()
    return plan


def test_the_plan_is_kept_with_its_input_value_and_bound_beside_the_other_rules(
    planned, shop, cast
):
    told = planned.told
    assert planned.state == PlanState.DONE
    assert "wanted_before" in planned.snapshot
    assert len(told[FAIR]["given"]) == 10
    assert told["first_come"]["worst"] <= told[COUNTER]["worst"] <= told[FAIR]["bound"]
    assert told[FAIR]["worst"] <= told[FAIR]["bound"] == 50  # 600 of 1200 minutes
    done = planned.done_at
    work_out(cast.xinjie, NOW + timedelta(minutes=1), plan=planned.pk, seconds=2)
    planned.refresh_from_db()
    assert planned.done_at == done


def test_an_answer_that_breaks_a_rule_is_none(shop, cast):
    lot = shop.make_lot(20)
    plan = ask_plan(by=shop.by, now=NOW)
    work = work_of(batches([lot]), hands(NOW, [lot])[0])
    given = {FAIR: {"given": {str(lot.pk): "1"}, "worst": 0, "bound": 0}}
    assert keep_plan(plan, work, given, by=shop.by, now=NOW).pk == plan.pk
    plan.refresh_from_db()
    assert (plan.state, plan.snapshot) == (PlanState.FAILED, "")


def test_rows_are_weighed_as_they_are_moved_and_offered_with_what_would_be_otherwise(
    planned, shop, client, cast
):
    keeper = enter(client, shop.manager)
    page = keeper.get("/production/allocation/").content.decode()
    assert 'draggable="true"' in page
    everything = {f"lot-{lot.pk}": shop.gui.pk for lot in free_lots()}
    moved = keeper.get("/production/allocation/weigh/", everything)
    assert moved.context["lowest"] == 0
    assert [worker for worker, _width, _share in moved.context["bars"]] == [shop.lan, shop.gui]
    assert [why for _worker, why in moved.context["refused"]] == []
    shop.make_lot(60)
    over = keeper.get(
        "/production/allocation/weigh/", {f"lot-{lot.pk}": shop.gui.pk for lot in free_lots()}
    )
    assert over.context["refused"] == [(shop.gui, "time")]
    assert Offer.objects.count() == 0
    keeper.post("/production/allocation/", {"by": FAIR, "everything": "yes", "token": "a"})
    assert Offer.objects.filter(state="open").count() == 10
    assert {one.because for one in Offer.objects.all()} <= {"worst", "equal", "time"}
    assert keeper.get(f"/production/plans/{planned.pk}/").status_code == 200


def test_lots_in_hand_are_weighed_against_their_day(shop, client):
    lot = shop.out(200)
    assert [(one.minutes, one.lot) for one in queues()[shop.gui.pk]] == [(200, lot.pk)]
    shop.make_lot(200)
    found = enter(client, shop.manager).get("/production/allocation/")
    assert found.context["late"] == []
    # The reason says the same shares as the bars beside it.
    ((_lot, one, worker, _parted),) = found.context["lines"]
    assert (worker, one.share_after) in [
        (who, share) for who, _width, share in found.context["bars"]
    ]


def test_what_she_would_rather_do_is_bought_with_a_little_equality(shop, cast):
    for name in ("绣花", "钉扣"):
        add_operation(name=name, seconds=60, skill=name, by=shop.by, now=NOW)
    for skill in Skill.objects.all():
        for worker in (shop.gui, shop.lan):
            certify(worker, skill, assessor="金师傅", by=shop.by, now=NOW)
    sewing = Skill.objects.get(name="绣花")
    ask_for_work(shop.lan, kind="other", skill=sewing, by=shop.by, now=NOW)
    lots = [shop.make_lot(60) for _time in range(2)]
    people = {one.id: one for one in hands(NOW, lots)[0]}
    assert people[shop.lan.pk].likes == {sewing.pk}
    assert people[shop.gui.pk].likes == frozenset()
    assert hands(NOW + timedelta(days=91), lots)[0][0].likes == frozenset()


def test_in_the_evening_it_is_asked_by_itself_once_and_only_for_lots_that_are_free(shop, cast):
    ask_in_the_evening(cast.xinjie, EVENING)
    assert LotPlan.objects.count() == 0
    shop.make_lot(20)
    ask_in_the_evening(cast.xinjie, NOW.replace(hour=12))
    assert LotPlan.objects.count() == 0
    ask_in_the_evening(cast.xinjie, EVENING)
    ask_in_the_evening(cast.xinjie, EVENING + timedelta(minutes=30))
    assert LotPlan.objects.count() == 1


def test_only_whoever_runs_the_workshop_asks_and_not_twice_at_once(shop, cast):
    with pytest.raises(NotPermitted):
        ask_plan(by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        ask_plan(by=shop.by, now=NOW)  # no lot is free
    shop.make_lot(20)
    plan = ask_plan(by=shop.by, now=NOW)
    with pytest.raises(Refused):
        ask_plan(by=shop.by, now=NOW)
    assert ask_plan(by=shop.by, now=NOW + timedelta(minutes=6)) != plan
    with in_community(cast.linli):
        assert not LotPlan.objects.exists()


def test_the_names_of_the_ways_are_those_that_are_kept(planned):
    assert (
        {FAIR, COUNTER, "first_come"} <= set(planned.told) <= {FAIR, WISHES, COUNTER, "first_come"}
    )


def test_each_stage_of_a_kept_plan_is_said_in_words(planned, shop, client):
    kept = [
        ["left over", 0, 0, True],
        ["worst share", -863, -901, False],
        ["wishes", -12, None, False],
    ]
    assert stages_told(kept) == [
        ("left over", 0, 0, True), ("worst share", 86, 90, False), ("wishes", 12, None, False)
    ]  # fmt: skip
    planned.told[FAIR] |= {"stages": kept, "worst": 0, "bound": 0}
    planned.save()
    page = enter(client, shop.manager).get(f"/production/plans/{planned.pk}/").content.decode()
    assert "最少的人有她想做的 86% · 再怎么派也高不过 90%" in page
    assert "顾到 12 个心愿</li>" in page
    assert 'data-label="最高能到（%）">0</td>' in page
