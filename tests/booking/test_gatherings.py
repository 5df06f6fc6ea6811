"""A meeting and a booking never meet in one room: who comes second is told what is there."""

from datetime import time

import pytest

from mulin.circle.booking.actions.bookings import book_series, move
from mulin.circle.booking.actions.ending import cancel
from mulin.circle.booking.models import Booking
from mulin.circle.booking.queries import conflicts, free_of, plans_of
from mulin.circle.booking.rules import State
from mulin.commons.gatherings.actions.planning import (
    Plan,
    cancel_gathering,
    move_gathering,
    plan_gathering,
)
from mulin.commons.gatherings.actions.series import SeriesPlan, start_series
from mulin.commons.gatherings.models import Gathering
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused
from tests.booking.conftest import span
from tests.clock import NOW

EVENING = span(2, 18, 20)


def talk(hall, when=EVENING, *, by=None, words="", is_public=True):
    plan = Plan(
        "文明大家谈", when.starts, when.ends, place=hall.room.place, place_words=words,
        is_public=is_public,
    )  # fmt: skip
    return plan_gathering("meeting", plan, by=by or hall.by, now=NOW)


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field, str(refusal.value.message)


def test_where_a_meeting_is_nobody_books_and_nothing_is_free(hall):
    talk(hall)
    field, words = refused(lambda: hall.book(span(2, 19, 21)))
    assert (field, "文明大家谈" in words) == ("starts", True)
    assert Booking.objects.count() == 0
    hall.book(span(2, 20.5, 21))
    (free,) = free_of([hall.room], EVENING.starts.date(), EVENING.starts.date(), NOW)
    assert not any(one.overlaps(EVENING) for one in free.spans)
    assert [why for _one, why in conflicts(hall.room, [EVENING, span(3, 18, 20)])] == ["taken", ""]
    (plan,) = plans_of([hall.room], local_day(EVENING.starts), local_day(EVENING.starts), NOW)
    assert [line.gathering for line in plan.lines if not line.is_free and not line.booking] == [
        "文明大家谈"
    ]


def test_where_a_booking_is_no_meeting_is_planned_or_moved_to_and_nobody_is_named(hall):
    booking = hall.book(EVENING)
    elsewhere = talk(hall, span(3, 18, 20))
    field, words = refused(lambda: talk(hall))
    assert (field, hall.room.name in words, hall.people[0].name in words) == ("place", True, False)
    assert refused(
        lambda: move_gathering(
            elsewhere, starts_at=EVENING.starts, ends_at=EVENING.ends, place=hall.room.place,
            why="换时间", by=hall.by, now=NOW,
        )
    )[0] == "place"  # fmt: skip
    cancel(booking, by=hall.by, now=NOW)
    assert talk(hall).place == hall.room.place


def test_another_room_of_the_place_is_another_room(hall):
    hall.book(EVENING)
    assert talk(hall, words="二楼").pk
    assert refused(lambda: talk(hall, words=hall.room.name))[0] == "place"


def test_the_monthly_meeting_is_made_without_the_room_that_somebody_has_booked(hall):
    evening = span(25, 19, 20)  # 20 December
    hall.book(evening)
    plan = SeriesPlan("meeting", "大家谈", time(19), time(20, 30), day=20, place=hall.room.place)
    start_series(plan, by=hall.by, now=NOW)
    made = Gathering.objects.get()
    assert (local_day(made.starts_at), made.place) == (local_day(evening.starts), None)


def test_a_booking_is_not_moved_into_a_meeting_and_a_weekly_one_leaves_its_date_out(hall):
    talk(hall)
    booking = hall.book(span(1, 18, 20))
    assert refused(lambda: move(booking, EVENING, by=hall.by, now=NOW))[0] == "starts"
    days = [local_day(span(day, 18, 20).starts) for day in (2, 9)]
    made = book_series(
        hall.wish(EVENING), days, every_weeks=1, waits=True, person=hall.people[1], by=hall.by,
        now=NOW,
    )  # fmt: skip
    assert [local_day(one.starts_at) for one in Booking.objects.filter(series=made)] == days[1:]


def test_who_waits_is_not_offered_what_a_meeting_took_meanwhile(hall):
    first = hall.book(EVENING)
    waits = hall.book(EVENING, hall.people[1])
    assert hall.state(waits) == State.WAITING
    late = talk(hall, span(3, 18, 20))
    # As if both had been entered at once: the meeting stands where the booking stood.
    Gathering.objects.filter(pk=late.pk).update(starts_at=EVENING.starts, ends_at=EVENING.ends)
    cancel(first, by=hall.by, now=NOW)
    assert hall.state(waits) == State.WAITING


def test_ones_own_lesson_goes_into_the_room_that_one_has_booked(hall, cast):
    teacher = cast.yong
    hall.book(EVENING, teacher.person)
    with pytest.raises(Refused):
        talk(hall)
    Gathering.objects.all().delete()
    hall.book(span(4, 18, 20), cast.yong.person)
    own = talk(hall, span(5, 18, 20))
    Gathering.objects.filter(pk=own.pk).update(host=teacher.account)
    assert hall.book(span(5, 18, 20), teacher.person, by=teacher.actor).state == State.BOOKED


def test_what_was_called_off_and_what_is_not_public(hall):
    hidden = talk(hall, is_public=False)
    assert "文明大家谈" not in refused(lambda: hall.book(EVENING))[1]
    cancel_gathering(hidden, why="停电", by=hall.by, now=NOW)
    assert hall.book(EVENING).state == State.BOOKED
