"""Random orders, issues, returns, rejects and corrections in any order, every form sent twice: to
the piece and to the cent.
"""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mulin.kit.clock import SHANGHAI
from mulin.kit.ids import next_id
from mulin.kit.refusals import Refused
from mulin.workshop.production.actions.carrying import Errand, hand_over, plan_round
from mulin.workshop.production.actions.deposits import (
    Sum,
    give_deposit_back,
    receive_deposit,
    receive_payment,
    set_deposit_off,
    turn_deposit_round,
)
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
    merge,
    return_unused,
)
from mulin.workshop.production.actions.orders import add_item, bring_in, cancel_order, deliver
from mulin.workshop.production.deposits import deposit_faults, deposit_now
from mulin.workshop.production.models import (
    DepositLine,
    Item,
    Lot,
    Movement,
    Order,
    Receipt,
    Stop,
    StopKind,
)
from mulin.workshop.production.queries import books, errands, in_store, piece_item, standing
from mulin.workshop.production.rules import ENDLESS, FAULT_CAUSES, LOSS_CAUSES, Spot
from mulin.workshop.wages.actions.months import close_month
from mulin.workshop.wages.models import MoneyLine
from mulin.workshop.wages.queries import faults
from mulin.workshop.wages.rules import Kind, amount_of
from tests.clock import NOW

few = st.integers(1, 12)
which = st.integers(0, 10_000)


def lines_of(thread):
    return Movement.objects.filter(item=thread).values_list(
        "source", "target", "source_worker", "target_worker", "lot", "quantity"
    )


def thread_by_place(thread):
    """How much lies in the store, and at each worker's for each lot, by its lines."""
    there = {}
    for source, target, giver, taker, lot, quantity in lines_of(thread):
        for spot, who, sign in ((source, giver, -1), (target, taker, 1)):
            if spot not in ENDLESS:
                place = (spot, who, lot if spot == Spot.WORKER else None)
                there[place] = there.get(place, 0) + sign * quantity
    return there


def came_less_went(thread):
    """What the customer brought of it and has not got back, and what more came out of it."""
    return sum(
        ((source in ENDLESS) - (target in ENDLESS)) * quantity
        for source, target, _giver, _taker, _lot, quantity in lines_of(thread)
    )


class Workshop(RuleBasedStateMachine):
    """`shop` is put in by the test; each example has orders of its own in the same community."""

    shop = None

    def __init__(self):
        super().__init__()
        self.lots = [
            self.shop.make_lot(20, material_yuan=Decimal("0.3333")).pk,
            self.shop.make_lot(15, brought=9).pk,
        ]
        for number in (0, 1):
            order = self.lot(number).order
            thread = add_item(order, name="线", unit="个", by=self.shop.by, now=NOW)
            bring_in(order, item=thread, quantity=Decimal("9.5"), by=self.shop.by, now=NOW)

    def lot(self, number):
        return Lot.objects.select_related("order").get(pk=self.lots[number % len(self.lots)])

    def worker(self, number):
        return (self.shop.gui, self.shop.lan)[number % 2]

    def written(self):
        return Movement.objects.count() + DepositLine.objects.count()

    def twice(self, act, *args, **values):
        """Sent twice; what is refused is refused twice and writes nothing."""
        token = f"t{next_id()}"
        before, results = self.written(), []
        for _time in range(2):
            try:
                found = act(*args, **values, by=self.shop.by, now=NOW, token=token)
                results.append(found.pk)
            except Refused:
                results.append(None)
            if len(results) == 1:
                written = self.written()
        assert results[0] == results[1]
        assert self.written() == written
        assert results[0] is not None or written == before

    @rule(number=which, who=which, quantity=few, by_tricycle=st.booleans())
    def issue(self, number, who, **values):
        self.twice(issue, self.lot(number), self.worker(who), **values)

    @rule(number=which, quantity=few)
    def ride(self, number, quantity):
        """A door: left there what lies on the tricycle for her, or taken along what she has."""
        there = [one for one in errands() if one[1].pk in self.lots]
        if there:
            kind, lot, worker, pieces = there[number % len(there)]
            errand = Errand(StopKind(kind), lot, worker, int(pieces))
            self.twice(plan_round, [errand], carrier=self.shop.manager, day=NOW.date())
        stops = list(Stop.objects.filter(lot__in=self.lots, done_at__isnull=True))
        if stops:
            self.twice(hand_over, stops[number % len(stops)], quantity=quantity)

    @rule(number=which, who=which, counted=few, is_agreed=st.booleans())
    def give_back(self, number, who, **values):
        self.twice(give_back, self.lot(number), self.worker(who), **values)

    @rule(number=which)
    def agree_to_count(self, number):
        receipts = list(Receipt.objects.filter(lot__in=self.lots, agreed_at__isnull=True))
        if receipts:
            self.twice(agree_to_count, receipts[number % len(receipts)])

    @rule(number=which, other=st.integers(1, 4))
    def merge(self, number, other):
        self.twice(merge, self.lot(number), other=other)

    @rule(
        number=which, accepted=st.integers(0, 6), rework=st.integers(0, 3), scrap=st.integers(0, 3),
        cause=st.sampled_from(FAULT_CAUSES),
    )  # fmt: skip
    def judge(self, number, **values):
        receipts = list(Receipt.objects.filter(lot__in=self.lots))
        if receipts:
            self.twice(judge, receipts[number % len(receipts)], Verdict(**values))

    @rule(number=which, who=which, quantity=few)
    def return_unused(self, number, who, quantity):
        self.twice(return_unused, self.lot(number), self.worker(who), quantity=quantity)

    @rule(number=which, who=which, quantity=few)
    def do_again(self, number, who, quantity):
        self.twice(do_again, self.lot(number), self.worker(who), quantity=quantity)

    @rule(number=which, who=which, quantity=few)
    def hand_on(self, number, who, quantity):
        self.twice(
            hand_on, self.lot(number), self.worker(who), self.worker(who + 1), quantity=quantity
        )

    @rule(
        number=which, who=which, quantity=few, cause=st.sampled_from(LOSS_CAUSES),
        spot=st.sampled_from(
            [Spot.WORKER, Spot.COUNTER, Spot.STORE, Spot.OUTBOUND, Spot.INBOUND]
        ),
    )  # fmt: skip
    def lose(self, number, who, **values):
        self.twice(lose, self.lot(number), worker=self.worker(who), note="丢", **values)

    @rule(number=which, who=which, quantity=few)
    def find_more(self, number, who, quantity):
        self.twice(find_more, self.lot(number), self.worker(who), quantity=quantity, note="多")

    @rule(number=which, quantity=few)
    def deliver(self, number, quantity):
        self.twice(deliver, self.lot(number).order, quantity=quantity)

    @rule(number=which, quantity=few, back=st.booleans())
    def bring(self, number, quantity, back):
        self.twice(bring_in, self.lot(number).order, quantity=Decimal(quantity), back=back)

    @rule(
        number=which, who=which, quantity=st.decimals("0.001", 9, places=3),
        note=st.sampled_from([None, "", "放长了"]),
    )  # fmt: skip
    def material(self, number, who, quantity, note):
        """It goes with a lot; or comes back, and more than went with the reason."""
        lot = self.lot(number)
        act, why = (material_out, {}) if note is None else (material_back, {"note": note})
        thread = Item.objects.get(order=lot.order, is_piece=False)
        self.twice(act, lot, self.worker(who), item=thread, quantity=quantity, **why)

    @rule(number=which, quantity=st.decimals("0.001", 9, places=3), back=st.booleans())
    def bring_material(self, number, quantity, back):
        order = self.lot(number).order
        thread = Item.objects.get(order=order, is_piece=False)
        self.twice(bring_in, order, item=thread, quantity=quantity, back=back)

    @rule(
        number=which, yuan=st.decimals("0.01", 12, places=2),
        act=st.sampled_from(
            [receive_deposit, set_deposit_off, give_deposit_back, receive_payment]
        ),
    )  # fmt: skip
    def deposit(self, number, yuan, act):
        self.twice(act, self.lot(number).order, Sum(yuan))

    @rule(number=which)
    def turn_deposit_round(self, number):
        rows = list(DepositLine.objects.filter(order__lots__in=self.lots).distinct())
        if rows:
            self.twice(turn_deposit_round, rows[number % len(rows)], reason="错")

    @rule(number=which, quantity=few)
    def divide(self, number, quantity):
        known = set(Lot.objects.values_list("pk", flat=True))
        self.twice(divide, self.lot(number), quantity=quantity)
        self.lots += set(Lot.objects.values_list("pk", flat=True)) - known

    @rule(number=which)
    def turn_round(self, number):
        rows = list(Movement.objects.filter(lot__in=self.lots).order_by("id"))
        if rows:
            self.twice(turn_round, rows[number % len(rows)], reason="错")

    @rule(number=which, chance=st.integers(0, 9))
    def cancel(self, number, chance):
        if chance == 0:
            self.twice(cancel_order, self.lot(number).order, reason="客户取消")

    @invariant()
    def every_piece_is_somewhere(self):
        for pk in self.lots:
            lot = Lot.objects.select_related("order").get(pk=pk)
            stands = standing(lot)
            assert stands.is_balanced
            parts = (stands.accepted, stands.rework, stands.scrap, stands.loss, stands.out)
            assert min(parts) >= 0
            assert in_store(piece_item(lot.order).pk) >= 0
            assert deposit_now(lot.order).held >= 0
        for order in Order.objects.filter(lots__in=self.lots).distinct():
            assert sum(lot.quantity for lot in order.lots.standing()) == order.quantity
        for thread in Item.objects.filter(order__lots__in=self.lots, is_piece=False).distinct():
            there = thread_by_place(thread)
            assert min(there.values(), default=0) >= 0
            assert sum(there.values()) == came_less_went(thread)

    def teardown(self):
        """The books count again; the month pays each verdict that stands once, to the fen."""
        assert books(NOW.date()).is_balanced
        assert deposit_faults(NOW.date()) == []
        expected = {}
        for row in Movement.objects.filter(lot__in=self.lots, is_paid=True).select_related("lot"):
            who = row.target_worker_id if row.reverses_id else row.source_worker_id
            sign = -1 if row.reverses_id else 1
            expected[who] = expected.get(who, 0) + sign * amount_of(row.lot.rate, row.quantity)
        Workshop.expected = {
            who: Workshop.expected.get(who, 0) + expected.get(who, 0)
            for who in {*Workshop.expected, *expected}
        }


def test_pieces_and_money_balance_in_any_order_with_every_form_sent_twice(shop):
    Workshop.shop, Workshop.expected = shop, {}
    run_state_machine_as_test(
        Workshop, settings=settings(max_examples=10, stateful_step_count=30, deadline=None)
    )
    after = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
    close_month(date(2026, 11, 1), by=shop.by, now=after)
    assert faults(after.date()) == []
    earned = {}
    for line in MoneyLine.objects.filter(kind=Kind.EARNING):
        sign = 1 if line.is_for_her else -1
        earned[line.worker_id] = earned.get(line.worker_id, 0) + sign * line.amount
    assert {who: yuan for who, yuan in earned.items() if yuan} == {
        who: yuan for who, yuan in Workshop.expected.items() if yuan
    }


@pytest.mark.parametrize("wrong", ["quantity", "target"])
def test_the_machine_would_see_a_forged_line(shop, wrong):
    lot = shop.out(10)
    shop.back(lot, 10, accepted=10)
    values = {"quantity": {"quantity": 11}, "target": {"target": "store"}}[wrong]
    Movement.objects.filter(target="accepted").update(**values)
    assert not books(NOW.date()).is_balanced
