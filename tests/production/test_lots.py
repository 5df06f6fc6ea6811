"""A lot goes out and comes back; the public reports of WORKSHOP.md by name."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor
from mulin.ground.places.actions import add_place, move_in
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import (
    Verdict,
    agree_to_count,
    divide,
    do_again,
    find_more,
    give_back,
    hand_on,
    issue,
    judge,
    lose,
    material_back,
    material_out,
    return_unused,
    split_order,
)
from mulin.workshop.production.actions.offers import answer_offer, offer, take_back_offer
from mulin.workshop.production.actions.orders import (
    add_item,
    bring_in,
    cancel_order,
    deliver,
    finish,
)
from mulin.workshop.production.actions.setting import set_rate
from mulin.workshop.production.actions.workers import leave
from mulin.workshop.production.models import Item, Lot, Movement, Order, OrderState
from mulin.workshop.production.queries import (
    along_of,
    books,
    brought,
    errands,
    free_lots,
    in_store,
    loads,
    lots_with,
    metres_to_homes,
    offers_alive,
    qualities,
    standing,
    unjudged,
)
from mulin.workshop.production.rules import Cause, Spot
from tests.clock import NOW


def sums(lot):
    stands = standing(lot)
    assert stands.is_balanced
    return {
        name: int(getattr(stands, name))
        for name in ("issued", "accepted", "rework", "scrap", "loss", "returned", "out")
        if getattr(stands, name)
    }


def test_erpnext_41716_rejecting_100_of_200_leaves_200_on_the_books(shop):
    lot = shop.out(200)
    shop.back(lot, 200, accepted=100, scrap=100, cause=Cause.WORK)
    assert sums(lot) == {"issued": 200, "accepted": 100, "scrap": 100}


def test_erpnext_5336_rejected_pieces_use_up_their_parts_too(shop):
    lot = shop.out(200)
    shop.back(lot, 50, scrap=50, cause=Cause.MATERIAL)
    item = Item.objects.get(order=lot.order, is_piece=True)
    assert in_store(item.pk) == 0
    assert sums(lot) == {"issued": 200, "scrap": 50, "out": 150}


def test_erpnext_7831_half_comes_back_unworked_and_100_finished(shop):
    lot = shop.out(200)
    shop.back(lot, 100, accepted=100)
    return_unused(lot, shop.gui, quantity=100, by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 200, "accepted": 100, "returned": 100}
    assert in_store(Item.objects.get(order=lot.order, is_piece=True).pk) == 100


def test_erpnext_53547_what_is_still_to_be_fetched_knows_of_returns(shop):
    lot = shop.out(200)
    return_unused(lot, shop.gui, quantity=60, by=shop.by, now=NOW)
    assert [(kind, one.pk, amount) for kind, one, _who, amount in errands()] == [
        ("fetch", lot.pk, 140)
    ]


def test_erpnext_35083_more_comes_back_than_was_given_only_with_its_cause(shop):
    lot = shop.out(10)
    with pytest.raises(Refused, match="10"):
        give_back(lot, shop.gui, counted=11, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        find_more(lot, shop.gui, quantity=1, note=" ", by=shop.by, now=NOW)
    find_more(lot, shop.gui, quantity=1, note="布染后放长", by=shop.by, now=NOW)
    shop.back(lot, 11, accepted=11)
    assert sums(lot) == {"issued": 11, "accepted": 11}
    cloth = add_item(lot.order, name="布", unit="米", by=shop.by, now=NOW)
    bring_in(lot.order, item=cloth, quantity=Decimal(12), by=shop.by, now=NOW)
    # The report itself: ten metres out, ten and a half back.
    lot = shop.out(1, worker=shop.lan)
    cloth = add_item(lot.order, name="布", unit="米", by=shop.by, now=NOW)
    bring_in(lot.order, item=cloth, quantity=Decimal(12), by=shop.by, now=NOW)
    more = {"item": cloth, "quantity": Decimal("10.5"), "by": shop.by, "now": NOW}
    with pytest.raises(Refused) as refusal:
        material_back(lot, shop.lan, **more, note="布染后放长")
    assert refusal.value.field == "item"  # none of it went out
    material_out(lot, shop.lan, item=cloth, quantity=Decimal(10), by=shop.by, now=NOW)
    with pytest.raises(Refused, match="10") as refusal:
        material_back(lot, shop.lan, **more)
    assert refusal.value.field == "note"
    material_back(lot, shop.lan, **more, note="布染后放长")
    assert in_store(cloth.pk) == Decimal("12.5")
    (along,) = along_of(Movement.objects.filter(lot=lot).select_related("item"))
    assert (along.out, along.found, along.back, along.rest) == (
        10,
        Decimal("0.5"),
        Decimal("10.5"),
        0,
    )
    assert books(NOW.date()).is_balanced


def test_erpnext_37784_everything_comes_back_and_nothing_was_made(shop):
    lot = shop.out(200)
    return_unused(lot, shop.gui, quantity=200, by=shop.by, now=NOW)
    lot.refresh_from_db()
    assert sums(lot) == {"issued": 200, "returned": 200}
    assert lot.worker is None
    issue(lot, shop.lan, quantity=200, by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 400, "returned": 200, "out": 200}


def test_odoo_135120_receipts_of_1_2_and_the_rest_use_up_1_2_and_7(shop):
    lot = shop.out(10)
    used = []
    for count in (1, 2, 7):
        before = standing(lot).out
        receipt = shop.back(lot, count, accepted=count)
        used.append(before - standing(lot).out)
        assert receipt.counted == count
    assert used == [1, 2, 7]
    assert Lot.objects.get(pk=lot.pk).settled_at == NOW


def test_odoo_75065_in_whatever_order_lines_are_written_only_what_is_there_counts(shop):
    """A phone with a slow clock says that pieces came back before they went out."""
    lot = shop.make_lot(10)
    issue(lot, shop.gui, quantity=10, at=NOW, by=shop.by, now=NOW)
    early = NOW - timedelta(hours=3)
    give_back(lot, shop.gui, counted=10, at=early, is_agreed=True, by=shop.by, now=NOW)
    assert [row.source for row in Movement.objects.filter(lot=lot)] == [Spot.WORKER, Spot.STORE]
    stands = standing(Lot.objects.get(pk=lot.pk))
    assert (stands.out, stands.is_balanced) == (10, True)
    assert books(NOW.date() + timedelta(days=1)).is_balanced


def test_erpnext_48919_no_number_of_pieces_below_nothing(shop):
    lot = shop.out(10)
    receipt = shop.back(lot, 5)
    with pytest.raises(Refused):
        judge(receipt, Verdict(accepted=6, scrap=-1), by=shop.by, now=NOW)
    for wrong in (0, -3, Decimal("1.5")):
        with pytest.raises(Refused):
            give_back(lot, shop.gui, counted=wrong, by=shop.by, now=NOW)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Movement.objects.create(
            community_id=shop.by.community_id, lot=lot, quantity=-1, source="worker",
            target="counter", item=Item.objects.get(order=lot.order, is_piece=True), at=NOW,
            entered_at=NOW, channel="x", key="x",
        )  # fmt: skip


def test_erpnext_55620_and_50118_102_are_not_made_of_100(shop):
    lot = shop.out(100)
    shop.back(lot, 100, accepted=100)
    with pytest.raises(Refused):
        give_back(lot, shop.gui, counted=2, by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 100, "accepted": 100}


def test_erpnext_58466_what_waits_is_counted_once(shop):
    lot = shop.out(10)
    receipt = shop.back(lot, 5)
    judge(receipt, Verdict(accepted=2), by=shop.by, now=NOW)
    with pytest.raises(Refused, match="3"):
        judge(receipt, Verdict(accepted=4), by=shop.by, now=NOW)
    judge(receipt, Verdict(accepted=3), by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 10, "accepted": 5, "out": 5}


def test_the_second_who_scans_a_lot_reads_who_has_it(shop):
    lot = shop.out(50)
    with pytest.raises(Refused, match="张勇"):
        issue(lot, shop.lan, quantity=50, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        issue(lot, shop.gui, quantity=1, by=shop.by, now=NOW)
    assert Movement.objects.filter(lot=lot).count() == 1


def test_another_worker_has_a_lot_and_what_she_gives_back_is_hers(shop):
    lot = shop.out(50)
    shop.back(lot, 10, accepted=10)
    with pytest.raises(Refused, match="兰英"):
        give_back(lot, shop.lan, counted=40, by=shop.by, now=NOW)
    hand_on(lot, shop.gui, shop.lan, quantity=40, by=shop.by, now=NOW)
    shop.back(lot, 40, worker=shop.lan, accepted=40)
    paid = Movement.objects.filter(is_paid=True).order_by("id")
    assert [(row.source_worker, row.quantity) for row in paid] == [(shop.gui, 10), (shop.lan, 40)]
    lot.refresh_from_db()
    assert (lot.worker, lot.settled_at) == (shop.lan, NOW)


def test_nothing_is_judged_before_she_agreed_to_the_count(shop, cast):
    lot = shop.out(10)
    receipt = give_back(lot, shop.gui, counted=10, by=shop.by, now=NOW)
    with pytest.raises(Refused, match="张勇"):
        judge(receipt, Verdict(accepted=10), by=shop.by, now=NOW)
    with pytest.raises(NotPermitted):
        agree_to_count(receipt, by=cast.wang.actor, now=NOW)
    agree_to_count(receipt, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        agree_to_count(receipt, by=cast.yong.actor, now=NOW)
    judge(receipt, Verdict(accepted=10), by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 10, "accepted": 10}


def test_a_fault_needs_its_cause_and_the_cause_is_kept_with_who_bears_it(shop):
    lot = shop.out(10)
    receipt = shop.back(lot, 10)
    with pytest.raises(Refused) as refusal:
        judge(receipt, Verdict(accepted=9, scrap=1), by=shop.by, now=NOW)
    assert refusal.value.field == "cause"
    judge(receipt, Verdict(accepted=7, rework=2, scrap=1, cause=Cause.CHANGE), by=shop.by, now=NOW)
    rows = Movement.objects.filter(receipt=receipt, source="counter")
    assert {(row.target, row.is_paid, row.cause) for row in rows} == {
        ("accepted", True, ""), ("rework", True, "change"), ("scrap", True, "change"),
    }  # fmt: skip
    do_again(lot, shop.lan, quantity=2, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        do_again(lot, shop.lan, quantity=1, by=shop.by, now=NOW)
    shop.back(lot, 2, worker=shop.lan, accepted=2)
    assert sums(lot) == {"issued": 10, "accepted": 9, "scrap": 1}


def test_a_loss_needs_a_cause_and_a_word_and_cannot_be_more_than_is_there(shop):
    lot = shop.out(10)
    common = {"spot": Spot.WORKER, "worker": shop.gui, "by": shop.by, "now": NOW}
    with pytest.raises(Refused):
        lose(lot, quantity=1, cause=Cause.WORK, note="x", **common)
    with pytest.raises(Refused):
        lose(lot, quantity=1, cause=Cause.CARELESS, note="", **common)
    with pytest.raises(Refused):
        lose(lot, quantity=11, cause=Cause.CARELESS, note="火炉旁", **common)
    row = lose(lot, quantity=1, cause=Cause.CARELESS, note="火炉旁", **common)
    assert row.bearer
    assert sums(lot) == {"issued": 10, "loss": 1, "out": 9}


def test_an_order_cancelled_with_lots_out_gives_nothing_more_and_takes_all_back(shop):
    order = shop.make_order(quantity=100)
    split_order(order, quantity=100, size=50, by=shop.by, now=NOW)
    out, waiting = Lot.objects.filter(order=order).order_by("number")
    issue(out, shop.gui, quantity=50, by=shop.by, now=NOW)
    cancel_order(order, reason="客户改款", by=shop.by, now=NOW)
    waiting.refresh_from_db()
    assert waiting.settled_at == NOW
    with pytest.raises(Refused):
        issue(waiting, shop.lan, quantity=50, by=shop.by, now=NOW)
    out.refresh_from_db()
    assert out.settled_at is None
    shop.back(out, 20, scrap=20, cause=Cause.CHANGE)
    return_unused(out, shop.gui, quantity=30, by=shop.by, now=NOW)
    assert Movement.objects.get(lot=out, target="scrap").is_paid
    out.refresh_from_db()
    assert out.settled_at == NOW
    bring_in(order, quantity=80, back=True, by=shop.by, now=NOW)
    assert brought(Item.objects.get(order=order).pk) == 20


def test_the_rate_of_the_day_it_went_out_stays_with_a_lot(shop):
    early = shop.out(10)
    set_rate(
        shop.operation, yuan=Decimal("0.0275"), since=NOW.date(), source="下调", by=shop.by, now=NOW
    )
    late = shop.out(10)
    early.refresh_from_db()
    assert (early.rate, late.rate) == (Decimal("0.35"), Decimal("0.0275"))
    with pytest.raises(Refused):
        set_rate(shop.operation, yuan=Decimal(1), since=NOW.date(), source="x", by=shop.by, now=NOW)
    with pytest.raises(Refused):
        set_rate(
            shop.operation, yuan=Decimal("0.00001"), since=NOW.date() + timedelta(days=1),
            source="x", by=shop.by, now=NOW,
        )  # fmt: skip


def test_a_form_sent_twice_does_its_work_once(shop):
    lot = shop.make_lot(10)
    first = issue(lot, shop.gui, quantity=10, by=shop.by, now=NOW, token="a")
    assert issue(lot, shop.gui, quantity=10, by=shop.by, now=NOW, token="a") == first
    receipt = give_back(lot, shop.gui, counted=4, is_agreed=True, by=shop.by, now=NOW, token="b")
    assert (
        give_back(lot, shop.gui, counted=4, is_agreed=True, by=shop.by, now=NOW, token="b")
        == receipt
    )
    for _time in range(2):
        judge(receipt, Verdict(accepted=4), by=shop.by, now=NOW, token="c")
    assert sums(lot) == {"issued": 10, "accepted": 4, "out": 6}
    assert Act.objects.filter(verb="production.judge").count() == 1


def test_a_slip_is_turned_round_once_and_both_lines_stay(shop):
    lot = shop.out(10)
    receipt = shop.back(lot, 6, accepted=6)
    verdict = Movement.objects.get(receipt=receipt, target="accepted")
    given = Movement.objects.get(lot=lot, source="store")
    with pytest.raises(Refused):
        turn_round(given, reason="写错", by=shop.by, now=NOW)
    back = turn_round(verdict, reason="判错", by=shop.by, now=NOW)
    assert (back.source, back.target, back.reverses, back.is_paid) == (
        "accepted", "counter", verdict, True,
    )  # fmt: skip
    for row in (verdict, back):
        with pytest.raises(Refused):
            turn_round(row, reason="再来", by=shop.by, now=NOW)
    judge(receipt, Verdict(accepted=5, scrap=1, cause=Cause.WORK), by=shop.by, now=NOW)
    assert sums(lot) == {"issued": 10, "accepted": 5, "scrap": 1, "out": 4}


def test_part_of_a_lot_that_is_in_the_store_becomes_a_lot(shop):
    lot = shop.make_lot(100)
    issue(lot, shop.gui, quantity=40, by=shop.by, now=NOW)
    with pytest.raises(Refused, match="60"):
        divide(lot, quantity=61, by=shop.by, now=NOW)
    part = divide(lot, quantity=60, by=shop.by, now=NOW)
    lot.refresh_from_db()
    assert (lot.quantity, part.quantity, part.parent, part.code != lot.code) == (40, 60, lot, True)
    issue(part, shop.lan, quantity=60, by=shop.by, now=NOW)


def test_no_more_lots_than_the_order_has_pieces(shop):
    with pytest.raises(Refused, match="200"):
        split_order(shop.order, quantity=201, size=50, by=shop.by, now=NOW)
    split_order(shop.order, quantity=200, size=60, by=shop.by, now=NOW)
    assert list(shop.order.lots.order_by("number").values_list("quantity", flat=True)) == [50] * 4
    with pytest.raises(Refused):
        split_order(shop.order, quantity=1, size=1, by=shop.by, now=NOW)


def test_delivered_is_what_was_accepted_and_the_last_piece_ends_the_order(shop):
    lot = shop.out(10)
    shop.back(lot, 6, accepted=6)
    with pytest.raises(Refused, match="6"):
        deliver(lot.order, quantity=7, by=shop.by, now=NOW)
    deliver(lot.order, quantity=6, by=shop.by, now=NOW)
    assert lot.order.state == OrderState.RUNNING
    shop.back(lot, 4, accepted=4)
    done = deliver(lot.order, quantity=4, by=shop.by, now=NOW)
    assert (done.state, done.ended_at) == (OrderState.DONE, NOW)
    assert sums(lot) == {"issued": 10, "accepted": 10}


def test_the_store_never_gives_what_is_not_there(shop):
    lot = shop.make_lot(10, brought=4)
    with pytest.raises(Refused, match="4"):
        issue(lot, shop.gui, quantity=10, by=shop.by, now=NOW)
    issue(lot, shop.gui, quantity=4, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        bring_in(lot.order, quantity=1, back=True, by=shop.by, now=NOW)


def test_only_who_runs_the_workshop_moves_pieces_and_the_neighbour_sees_none(shop, cast):
    lot = shop.make_lot(10)
    for actor in (cast.yong.actor, cast.wang.actor, replace(Actor(cast.xinjie.pk), name="x")):
        with pytest.raises(NotPermitted):
            issue(lot, shop.gui, quantity=1, by=actor, now=NOW)
    with in_community(cast.linli):
        assert not Lot.objects.exists()


def test_the_books_count_again_and_see_a_line_that_was_forged(shop):
    lot = shop.out(10)
    shop.back(lot, 6, accepted=5, scrap=1, cause=Cause.WORK)
    assert books(NOW.date()).is_balanced
    Movement.objects.filter(target="scrap").update(quantity=9)
    found = books(NOW.date())
    assert (found.is_balanced, found.below_zero) == (False, [str(lot)])


def test_pieces_divided_off_a_lot_are_not_made_a_second_time_and_the_rest_is_offered(shop):
    lot = shop.make_lot(100)
    part = divide(lot, quantity=40, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        split_order(lot.order, quantity=1, size=1, by=shop.by, now=NOW)
    assert {one.pk for one in free_lots()} == {lot.pk, part.pk}


@pytest.mark.parametrize("spot", [Spot.STORE, Spot.OUTBOUND, Spot.INBOUND, Spot.COUNTER])
def test_nobody_pays_for_careless_keeping_of_what_she_has_not(shop, spot):
    lot = shop.out(10)
    shop.back(lot, 5)
    with pytest.raises(Refused) as told:
        lose(
            lot, quantity=1, spot=spot, worker=shop.gui, cause=Cause.CARELESS, note="x",
            by=shop.by, now=NOW,
        )  # fmt: skip
    assert told.value.field == "cause"


def test_a_give_back_turned_round_leaves_nothing_to_agree_to_or_to_judge(shop):
    lot = shop.out(10)
    receipt = give_back(lot, shop.gui, counted=10, by=shop.by, now=NOW)
    turn_round(receipt.verdicts.get(), reason="数错", by=shop.by, now=NOW)
    assert unjudged(receipt) == 0
    with pytest.raises(Refused):
        agree_to_count(receipt, by=shop.by, now=NOW)


def test_what_is_lost_on_the_table_is_not_left_to_be_judged(shop):
    lot = shop.out(10)
    early, late = shop.back(lot, 4), shop.back(lot, 6, now=NOW + timedelta(hours=1))
    lose(
        lot, quantity=5, spot=Spot.COUNTER, worker=shop.gui, cause=Cause.FORCE, note="水灾",
        by=shop.by, now=NOW,
    )  # fmt: skip
    assert (unjudged(early), unjudged(late)) == (0, 5)
    with pytest.raises(Refused):
        judge(late, Verdict(accepted=6), by=shop.by, now=NOW)


def test_a_judged_give_back_is_not_turned_round_on_another_receipts_pieces(shop):
    lot = shop.out(10)
    judged = shop.back(lot, 5, accepted=5)
    shop.back(lot, 5)
    came = Movement.objects.get(receipt=judged, target=Spot.COUNTER)
    with pytest.raises(Refused):
        turn_round(came, reason="数错", by=shop.by, now=NOW)


def test_an_order_with_a_lost_piece_is_finished_and_its_lots_rest(shop):
    order = shop.make_order(quantity=10)
    split_order(order, quantity=10, size=5, by=shop.by, now=NOW)
    first, second = order.lots.order_by("number")
    issue(first, shop.gui, quantity=5, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        finish(order, reason="客户不等了", by=shop.by, now=NOW)
    shop.back(first, 5, accepted=4, scrap=1, cause=Cause.WORK)
    finish(order, reason="客户不等了", by=shop.by, now=NOW)
    order.refresh_from_db()
    second.refresh_from_db()
    assert (order.state, order.reason) == (OrderState.DONE, "客户不等了")
    assert second.settled_at == NOW
    deliver(order, quantity=4, by=shop.by, now=NOW)


def test_an_issue_turned_round_frees_the_lot_for_another(shop):
    lot = shop.out(10)
    turn_round(Movement.objects.get(lot=lot), reason="拿错", by=shop.by, now=NOW)
    issue(lot, shop.lan, quantity=10, by=shop.by, now=NOW)


def test_a_lot_she_said_yes_to_and_never_fetched_is_taken_back(shop):
    lot = shop.make_lot(10)
    asked = offer(lot, shop.gui, by=shop.by, now=NOW)
    answer_offer(asked, accepts=True, by=shop.by, now=NOW)
    assert list(offers_alive()) == [asked]
    take_back_offer(asked, by=shop.by, now=NOW)
    assert list(free_lots()) == [lot]
    again = offer(lot, shop.gui, by=shop.by, now=NOW)
    answer_offer(again, accepts=True, by=shop.by, now=NOW)
    issue(lot, shop.gui, quantity=4, by=shop.by, now=NOW)
    assert not offers_alive()
    with pytest.raises(Refused):
        take_back_offer(again, by=shop.by, now=NOW)


def test_the_thousandth_order_of_a_year_is_followed_by_another(shop):
    Order.objects.filter(pk=shop.order.pk).update(number="2026-999")
    assert [shop.make_order().number for _again in range(2)] == ["2026-1000", "2026-1001"]


def test_who_has_pieces_of_anothers_lot_does_not_leave_and_is_reckoned_with(shop):
    lot = shop.out(100)
    hand_on(lot, shop.gui, shop.lan, quantity=30, by=shop.by, now=NOW)
    with pytest.raises(Refused):
        leave(shop.lan, by=shop.by, now=NOW)
    assert (loads()[shop.gui.pk], loads()[shop.lan.pk]) == (70, 30)
    assert list(lots_with(shop.lan)) == [lot]


def test_a_fault_of_the_material_does_not_count_against_her(shop):
    lot = shop.out(20)
    shop.back(lot, 20, accepted=8, scrap=10, cause=Cause.MATERIAL)
    assert qualities(NOW + timedelta(days=1))[shop.gui.pk] == 1


def test_the_way_to_a_home_is_measured_as_the_earth_is(shop, cast):
    """A hundredth of a degree to the east is 959 m here, and 1,112 m only at the equator."""
    building, east = cast.building_12, Decimal("0.01")
    building.longitude, building.latitude = Decimal("120.94"), Decimal("30.52")
    building.save()
    place = add_place(
        by=cast.chen.actor, now=NOW, name="工坊", kind=PlaceKind.WORKSHOP, grid=cast.grid_1
    )
    Place.objects.filter(pk=place.pk).update(
        longitude=building.longitude + east, latitude=building.latitude
    )
    move_in(
        shop.gui.person, cast.dwelling_12_301, by=cast.chen.actor, now=NOW, since=local_day(NOW)
    )
    assert abs(metres_to_homes([shop.gui])[shop.gui.pk] - 958) <= 2
