"""Whatever is booked, moved, prolonged, cancelled, offered, answered in any order: no two overlap."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mulin.circle.booking.actions.bookings import move
from mulin.circle.booking.actions.ending import answer_offer, cancel, lapse
from mulin.circle.booking.models import Booking, Slot
from mulin.circle.booking.rules import HOLDS, Span, State, slots_of
from mulin.ground.community.rules import system
from mulin.kit.ids import next_id
from mulin.kit.refusals import Refused
from tests.booking.conftest import at, span
from tests.clock import NOW

quarters = st.integers(36, 60)
lengths = st.integers(2, 12)
which = st.integers(0, 10_000)
STEP = timedelta(minutes=1)


class Days(RuleBasedStateMachine):
    """`hall` is put in by the test; each example has a day of its own in the same room."""

    hall = None
    days = 1

    def __init__(self):
        super().__init__()
        type(self).days += 1
        self.day, self.now = type(self).days, NOW

    def mine(self):
        around = span(self.day, 0, 24)
        return Booking.objects.with_all().within(around).filter(room=self.hall.room)

    def pick(self, number, *states):
        rows = list(self.mine().filter(state__in=states).order_by("id"))
        return rows[number % len(rows)] if rows else None

    def twice(self, act, *args, **values):
        """Sent twice; the second time nothing happens. What is refused changes nothing."""
        token = f"t{next_id()}"
        before = self.stand()
        try:
            first = act(*args, by=self.hall.by, now=self.now, token=token, **values)
        except Refused:
            assert self.stand() == before
            return
        after = self.stand()
        assert act(*args, by=self.hall.by, now=self.now, token=token, **values).pk == first.pk
        assert self.stand() == after

    def stand(self):
        return (
            list(self.mine().order_by("id").values_list("id", "state", "starts_at", "ends_at")),
            Slot.objects.filter(room=self.hall.room).count(),
        )

    def hours(self, quarter, length):
        return span(self.day, quarter / 4, (quarter + length) / 4)

    @rule(quarter=quarters, length=lengths, who=which, waits=st.booleans())
    def book(self, quarter, length, who, waits):
        self.now += STEP
        person = self.hall.people[who % len(self.hall.people)]
        self.twice(
            lambda by, now, token: self.hall.book(
                self.hours(quarter, length), person, by=by, now=now, waits=waits, token=token
            )
        )

    @rule(number=which, quarter=quarters, length=lengths)
    def move(self, number, quarter, length):
        if one := self.pick(number, State.BOOKED):
            self.twice(move, one, self.hours(quarter, length))

    @rule(number=which, more=st.integers(1, 4))
    def prolong(self, number, more):
        if one := self.pick(number, State.BOOKED):
            later = one.ends_at + more * timedelta(minutes=15)
            self.twice(move, one, Span(one.starts_at, later))

    @rule(number=which, is_theirs=st.booleans())
    def cancel(self, number, is_theirs):
        if one := self.pick(number, State.BOOKED, State.WAITING, State.OFFERED):
            self.twice(cancel, one, is_theirs=is_theirs)

    @rule(number=which, accepts=st.booleans())
    def answer(self, number, accepts):
        if one := self.pick(number, State.OFFERED):
            self.twice(answer_offer, one, accepts=accepts)

    @rule(number=which)
    def lapse(self, number):
        if one := self.pick(number, State.OFFERED):
            lapse(one, by=system(one.community_id), now=self.now)

    @invariant()
    def nobody_is_in_somebody_s_time(self):
        """Said again without the table of slots: from the times and the cleaning alone."""
        held = sorted(
            (one.starts_at, one.ends_at) for one in self.mine() if one.state in HOLDS
        )  # fmt: skip
        cleaning = timedelta(minutes=self.hall.room.cleaning_minutes)
        for (_starts, ends), (starts, _ends) in pairwise(held):
            assert ends + cleaning <= starts

    @invariant()
    def slots_are_those_of_the_bookings(self):
        wanted = [
            (number, one.pk)
            for one in self.mine()
            if one.state in HOLDS
            for number in slots_of(one.span, self.hall.room.cleaning_minutes)
        ]
        ids = [one.pk for one in self.mine()]
        found = Slot.objects.filter(booking__in=ids).values_list("number", "booking")
        assert sorted(found) == sorted(wanted)

    @invariant()
    def nobody_waits_for_what_is_free(self):
        """Whoever waits is stopped by somebody: what came free was offered at once."""
        taken = set(Slot.objects.filter(room=self.hall.room).values_list("number", flat=True))
        for one in self.mine().filter(state=State.WAITING):
            assert taken & set(slots_of(one.span, self.hall.room.cleaning_minutes))


@pytest.mark.django_db
def test_no_two_overlap_in_any_order(hall):
    assert at(0, 10) == NOW
    Days.hall = hall
    run_state_machine_as_test(
        Days, settings=settings(max_examples=12, stateful_step_count=14, deadline=None)
    )
