"""A room is booked once, waited for, offered, moved, cancelled, missed; by whom and on which terms."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from mulin.circle.booking.actions.bookings import book_series, move
from mulin.circle.booking.actions.ending import (
    answer_offer,
    cancel,
    cancel_rest,
    note_came,
    note_missed,
)
from mulin.circle.booking.actions.groups import check_group, end_group
from mulin.circle.booking.actions.rooms import (
    PriceValues,
    open_again,
    set_hours,
    set_price,
    shut,
)
from mulin.circle.booking.jobs import see_to_bookings
from mulin.circle.booking.models import Booking, Closure, Hours, Room, Slot
from mulin.circle.booking.queries import (
    conflicts,
    free_of,
    hours_booked,
    idle_of_week,
    place_in_line,
    plans_of,
    prices_on,
)
from mulin.circle.booking.rules import Basis, Group, Purpose, State, Window
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import add_workday_exception
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.booking.conftest import at, make_hall, span
from tests.cast import make_cast
from tests.clock import NOW
from tests.factories.people import PersonFactory


def test_a_form_sent_twice_books_once(hall):
    one = hall.book(span(1, 10, 12), token="t")
    assert hall.book(span(1, 10, 12), token="t") == one
    assert Booking.objects.count() == 1
    assert Act.objects.filter(verb="booking.book").count() == 1
    assert Slot.objects.count() == 8 + 2  # half an hour of cleaning


def test_who_comes_second_waits_and_whoever_does_not_want_to_is_told(hall):
    hall.book(span(1, 10, 12))
    second = hall.book(span(1, 11, 13), hall.people[1])
    assert (second.state, place_in_line(second)) == (State.WAITING, 1)
    with pytest.raises(Refused) as refusal:
        hall.book(span(1, 11, 13), hall.people[2], waits=False)
    assert refusal.value.field == "starts"
    assert Booking.objects.count() == 2


def test_cleaning_lies_between_two_bookings(hall):
    hall.book(span(1, 12, 14))
    for starts, ends, state in (
        (14, 15, State.WAITING), (14.5, 15, State.BOOKED), (11, 12, State.WAITING), (11, 11.5, State.BOOKED),
    ):  # fmt: skip
        assert hall.book(span(1, starts, ends), hall.people[1]).state == state


def test_the_database_itself_lets_no_second_one_in(hall):
    one, other = hall.book(span(1, 10, 11)), hall.book(span(1, 14, 15))
    slot = one.slots.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(
            community=hall.community, room=hall.room, number=slot.number, booking=other
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_in_the_same_moment_one_gets_it_and_the_other_waits():
    cast = make_cast()
    with in_community(cast.xinjie):
        hall = make_hall(cast)
    start, problems = threading.Barrier(2), []

    def press(person):
        try:
            start.wait(10)
            with in_community(cast.xinjie):
                hall.book(span(1, 10, 12), person)
        except Exception as problem:  # noqa: BLE001  a thread's error would be lost
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(one,)) for one in hall.people[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    with in_community(cast.xinjie):
        assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "waiting"]


def test_a_place_that_comes_free_goes_to_whoever_goes_first_and_then_waited_longest(hall):
    taken = hall.book(span(3, 10, 12))
    young = hall.book(span(3, 10, 12), hall.people[1])
    old = PersonFactory(community=hall.community, name="老人", born_on=date(1950, 1, 1))
    elder = hall.book(span(3, 11, 12), old, now=NOW + timedelta(minutes=1))
    cancel(taken, by=hall.by, now=NOW, is_theirs=True)
    assert (hall.state(elder), hall.state(young)) == (State.OFFERED, State.WAITING)
    elder.refresh_from_db()
    assert elder.answer_by == NOW + timedelta(hours=24)
    assert Message.objects.filter(topic="booking", recipient_id=old.pk).exists()
    # The time to say yes is over: the next one is asked, and says yes.
    later = NOW + timedelta(hours=25)
    see_to_bookings(hall.community, later)
    assert (hall.state(elder), hall.state(young)) == (State.LAPSED, State.OFFERED)
    young.refresh_from_db()
    answer_offer(young, accepts=True, by=hall.by, now=later)
    assert hall.state(young) == State.BOOKED
    assert hall.book(span(3, 10, 12), hall.people[2]).state == State.WAITING


def test_a_no_goes_to_the_next_and_a_yes_too_late_to_nobody(hall):
    taken = hall.book(span(3, 10, 12))
    waiting = [hall.book(span(3, 10, 12), person) for person in hall.people[1:4]]
    cancel(taken, by=hall.by, now=NOW)
    first = Booking.objects.get(state=State.OFFERED)
    answer_offer(first, accepts=False, by=hall.by, now=NOW)
    second = Booking.objects.get(state=State.OFFERED)
    assert [first.pk, second.pk] == [one.pk for one in waiting[:2]]
    with pytest.raises(Refused):
        answer_offer(second, accepts=True, by=hall.by, now=second.answer_by)
    with pytest.raises(TakenMeanwhile):
        answer_offer(waiting[2], accepts=True, by=hall.by, now=NOW)


def test_whoever_waits_in_vain_is_let_go_when_it_begins(hall):
    hall.book(span(1, 10, 12))
    waiting = hall.book(span(1, 10, 12), hall.people[1])
    see_to_bookings(hall.community, at(1, 9, 59))
    assert hall.state(waiting) == State.WAITING
    see_to_bookings(hall.community, at(1, 10))
    assert hall.state(waiting) == State.LAPSED


def test_past_midnight_and_over_a_holiday(hall):
    friday = span(9, 22, 25)  # 4 December
    assert hall.book(friday).state == State.BOOKED
    assert hall.book(span(10, 9, 10), hall.people[1]).state == State.BOOKED
    with pytest.raises(Refused):
        hall.book(span(8, 22, 25))  # a Thursday closes at nine
    new_year = span(37, 10, 12)  # 1 January 2027
    assert new_year.starts.date() == date(2027, 1, 1)
    assert hall.book(new_year).state == State.BOOKED
    add_workday_exception(
        new_year.starts.date(),
        is_workday=False,
        source="国办发明电",
        by=system(hall.community.pk),
        now=NOW,
    )
    assert hall.book(new_year, hall.people[2]).state == State.WAITING
    Room.objects.update(is_closed_on_holidays=True)
    hall.again()
    with pytest.raises(Refused) as refusal:
        hall.book(new_year, hall.people[1])
    assert refusal.value.field == "starts"


@pytest.mark.parametrize(
    ("when", "more", "field"),
    [
        (span(1, 8, 10), {}, "starts"),
        (span(1, 20, 21.25), {}, "starts"),
        (span(0, 9, 9.5), {}, "starts"),
        (span(1, 10, 10.25), {}, "ends"),
        (span(1, 10.1, 12), {}, "starts"),
        (span(1, 10, 12), {"people": 81}, "people"),
        (span(1, 10, 12), {"people": 0}, "people"),
        (span(1, 10, 12), {"tables": 11}, "tables"),
        (span(1, 10, 12), {"purpose": Purpose.BANQUET}, "tables"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(hall, when, more, field):
    with pytest.raises(Refused) as refusal:
        hall.book(when, **more)
    assert refusal.value.field == field
    assert Booking.objects.count() == 0


def test_whoever_books_for_themselves_is_fair_to_the_others(hall, cast):
    yong = {"person": cast.yong.person, "by": cast.yong.actor}
    with pytest.raises(NotPermitted):
        hall.book(span(1, 10, 12), hall.people[0], by=cast.yong.actor)
    with pytest.raises(Refused) as refusal:
        hall.book(span(1, 10, 14.25), **yong)
    assert refusal.value.field == "ends"
    with pytest.raises(Refused) as refusal:
        hall.book(span(31, 10, 12), **yong)
    assert refusal.value.field == "day"
    check_group(cast.yong.person, Group.VETERAN, paper="优待证", until=None, by=hall.by, now=NOW)
    assert hall.book(span(31, 10, 12), **yong).state == State.BOOKED
    hall.book(span(1, 10, 12), **yong)
    with pytest.raises(Refused) as refusal:
        hall.book(span(1, 11, 13), **yong)
    assert refusal.value.field == "starts"
    hall.book(span(2, 10, 12), **yong)
    with pytest.raises(Refused):
        hall.book(span(3, 10, 12), **yong)
    assert hall.book(span(3, 10, 14.25), cast.yong.person).state == State.BOOKED  # the desk may


def test_two_misses_are_a_pause_and_the_desk_may_still_book(hall, cast):
    yong = {"person": cast.yong.person, "by": cast.yong.actor}
    for day in (1, 2):
        hall.book(span(day, 10, 12), **yong)
    see_to_bookings(hall.community, at(2, 13, 59))
    assert Booking.objects.filter(state=State.MISSED).count() == 1
    see_to_bookings(hall.community, at(2, 14))
    missed = Booking.objects.filter(state=State.MISSED)
    assert missed.count() == 2
    now = at(2, 15)
    with pytest.raises(Refused):
        hall.book(span(4, 10, 12), now=now, **yong)
    assert hall.book(span(4, 10, 12), cast.yong.person, now=now).state == State.BOOKED
    # Somebody wrote by mistake that they did not come.
    note_came(missed[0], by=hall.by, now=now)
    assert hall.book(span(5, 10, 12), now=now, **yong).state == State.BOOKED


def test_a_cancellation_without_notice_counts_like_a_miss(hall, cast):
    yong = {"by": cast.yong.actor}
    early, late = (hall.book(span(day, 10, 12), cast.yong.person, **yong) for day in (3, 1))
    cancel(early, now=NOW, **yong)
    cancel(late, now=at(0, 10, 1), **yong)
    assert [Booking.objects.get(pk=one.pk).is_late for one in (early, late)] == [False, True]
    assert Slot.objects.count() == 0
    with pytest.raises(TakenMeanwhile):
        cancel(late, now=NOW, **yong)


def test_moved_it_has_the_price_of_then_and_what_it_held_is_offered(hall):
    one = hall.book(span(1, 10, 12))
    waiting = hall.book(span(1, 10, 12), hall.people[1])
    other = hall.book(span(2, 10, 12), hall.people[2])
    with pytest.raises(Refused):
        move(one, span(2, 11, 13), by=hall.by, now=NOW)
    assert Slot.objects.filter(booking=one).count() == 10
    assert Booking.objects.get(pk=one.pk).span == span(1, 10, 12)
    moved = move(one, span(2, 12.5, 15.5), by=hall.by, now=NOW, token="m")
    assert move(one, span(2, 12.5, 15.5), by=hall.by, now=NOW, token="m") == moved
    assert (moved.price_yuan, moved.minutes) == (Decimal("150.00"), 180)
    assert hall.state(waiting) == State.OFFERED
    assert hall.state(other) == State.BOOKED


def test_to_move_is_no_way_around_the_rules(hall, cast):
    """Neither farther ahead than one may book, nor out of what begins soon, nor onto one's own."""
    yong = {"person": cast.yong.person, "by": cast.yong.actor}
    one = hall.book(span(20, 10, 12), **yong)
    for when, field in ((span(31, 10, 12), "day"), (span(20, 16, 20.25), "ends")):
        with pytest.raises(Refused) as refusal:
            move(one, when, by=cast.yong.actor, now=NOW)
        assert refusal.value.field == field
    other = hall.book(span(20, 15, 17), **yong)
    with pytest.raises(Refused) as refusal:
        move(one, span(20, 14, 16), by=cast.yong.actor, now=NOW)
    assert refusal.value.field == "starts"
    cancel(other, by=cast.yong.actor, now=NOW)
    # A day before it begins it may still be given away; an hour before nobody else has use of it.
    assert move(one, span(21, 10, 12), by=cast.yong.actor, now=at(19, 9)).span == span(21, 10, 12)
    with pytest.raises(Refused) as refusal:
        move(one, span(22, 10, 12), by=cast.yong.actor, now=at(21, 9))
    assert refusal.value.field == "starts"
    assert move(one, span(21, 10, 13), by=cast.yong.actor, now=at(21, 9)).minutes == 180
    assert move(one, span(22, 10, 12), by=hall.by, now=at(21, 9)).span == span(22, 10, 12)
    # Whoever goes first may go as far ahead by moving as by booking.
    check_group(cast.yong.person, Group.VETERAN, paper="优待证", until=None, by=hall.by, now=NOW)
    assert move(one, span(31, 10, 12), by=cast.yong.actor, now=NOW).span == span(31, 10, 12)


def test_what_goes_on_is_prolonged_by_the_desk_until_the_next_one(hall, cast):
    one = hall.book(span(1, 10, 12), cast.yong.person)
    hall.book(span(1, 14, 15), hall.people[1])
    now = at(1, 11)
    note_came(one, by=hall.by, now=now)
    with pytest.raises(Refused):
        move(one, span(1, 10, 13), by=cast.yong.actor, now=now)
    with pytest.raises(Refused):
        move(one, span(1, 11, 13), by=hall.by, now=now)  # it began at ten
    with pytest.raises(Refused):
        move(one, span(1, 10, 13.75), by=hall.by, now=now)  # cleaning would be too short
    assert move(one, span(1, 10, 13.5), by=hall.by, now=now).minutes == 210


def test_prices_follow_group_purpose_and_idle_hours(hall):
    old = PersonFactory(community=hall.community, name="老人", born_on=date(1966, 11, 26))
    on_birthday = hall.book(span(1, 13, 15), old, people=4, purpose=Purpose.REST)
    assert (on_birthday.price_yuan, on_birthday.group) == (0, Group.ELDER)
    assert (on_birthday.is_idle, on_birthday.base_yuan) == (True, Decimal("100.00"))
    half_idle = hall.book(span(2, 12, 14), old)
    assert (half_idle.price_yuan, half_idle.is_idle) == (Decimal("100.00"), False)
    poor = hall.people[0]
    paper = check_group(
        poor, Group.LOW_INCOME, paper="低保证", until=date(2026, 11, 28), by=hall.by, now=NOW
    )
    banquet = {"purpose": Purpose.BANQUET, "tables": 5}
    found = hall.book(span(3, 17, 20), poor, **banquet)
    assert (found.price_yuan, found.deposit_yuan) == (Decimal("75.00"), Decimal("200.00"))
    assert hall.book(span(4, 17, 20), poor, **banquet).price_yuan == Decimal("150.00")
    end_group(paper, by=hall.by, now=NOW)
    assert hall.book(span(3, 10, 12), poor).discount_yuan == 0


def test_every_week_with_what_stands_against_it(hall):
    hall.book(span(8, 19, 20), hall.people[1])
    Closure.objects.create(
        community=hall.community, room=hall.again(), first_day=date(2026, 12, 10),
        last_day=date(2026, 12, 10), reason="消毒",
    )  # fmt: skip
    room = hall.again()
    wish = hall.wish(span(1, 19, 20.5))
    dates = [date(2026, 11, 26) + timedelta(weeks=n) for n in range(4)]
    spans = [span(1 + 7 * n, 19, 20.5) for n in range(4)]
    assert [why for _span, why in conflicts(room, spans)] == ["", "taken", "closed", ""]
    common = {"every_weeks": 1, "person": hall.people[0], "by": hall.by, "now": NOW}
    made = book_series(wish, dates, waits=True, token="s", **common)
    assert book_series(wish, dates, waits=True, token="s", **common) == made
    assert list(made.dates.values_list("state", flat=True)) == ["booked", "waiting", "booked"]
    with pytest.raises(Refused):
        book_series(wish, dates[:1], waits=False, **common)


def test_a_neighbour_takes_as_many_dates_as_the_room_allows_and_they_count_as_one(hall, cast):
    dates = [date(2026, 11, 26) + timedelta(weeks=n) for n in range(4)]
    wish = hall.wish(span(1, 19, 20))
    own = {"every_weeks": 1, "waits": True, "person": cast.yong.person, "by": cast.yong.actor}
    for allowed, refused in ((1, True), (3, True), (4, False)):
        Room.objects.filter(pk=hall.room.pk).update(most_dates=allowed, most_open=2)
        wish = replace(wish, room=hall.again())
        if refused:
            with pytest.raises(Refused) as refusal:
                book_series(wish, dates, now=NOW, **own)
            assert refusal.value.field == "until"
    made = book_series(wish, dates, now=NOW, **own)
    with pytest.raises(Refused) as refusal:  # the third week is theirs already
        book_series(hall.wish(span(15, 19.5, 21)), dates[2:3], now=NOW, **own)
    assert refusal.value.field == "starts"
    hall.book(span(2, 10, 11), cast.yong.person, by=cast.yong.actor)
    with pytest.raises(Refused):  # a series and one more are two
        hall.book(span(3, 10, 11), cast.yong.person, by=cast.yong.actor)
    second = made.dates.all()[1]
    cancel_rest(second, by=cast.yong.actor, now=NOW)
    assert list(made.dates.values_list("state", flat=True)) == ["booked"] + ["cancelled"] * 3
    with pytest.raises(NotPermitted):
        cancel_rest(made.dates.all()[0], by=cast.wang.actor, now=NOW)


def test_a_room_that_is_shut_cancels_and_tells(hall):
    one = hall.book(span(2, 10, 12))
    closure = shut(
        hall.room, date(2026, 11, 27), date(2026, 11, 27), reason="水管坏了", by=hall.by, now=NOW
    )
    kept = Booking.objects.get(pk=one.pk)
    assert (kept.state, kept.is_late, kept.reason) == (State.CANCELLED, False, "水管坏了")
    assert Message.objects.filter(topic="booking", recipient_id=one.person_id).exists()
    hall.again()
    with pytest.raises(Refused):
        hall.book(span(2, 10, 12))
    open_again(closure, by=hall.by, now=NOW)
    hall.again()
    assert hall.book(span(2, 10, 12)).state == State.BOOKED


def test_hours_that_cross_themselves_change_nothing(hall):
    count = Hours.objects.count()
    with pytest.raises(Refused) as refusal:
        set_hours(hall.room, [Window(1, 0, 120), Window(1, 60, 180)], by=hall.by, now=NOW)
    assert (refusal.value.field, Hours.objects.count()) == ("hours", count)


def test_what_is_free_and_how_busy_it_is(hall):
    hall.book(span(1, 13, 14))
    came = hall.book(span(1, 18, 20), hall.people[1])
    note_came(came, by=hall.by, now=at(1, 18))
    hall.book(span(1, 13, 14), hall.people[2])  # waits
    room = hall.again()
    idle = idle_of_week([room], at(1, 8))[0]
    assert idle.spans[0] == span(1, 14.5, 16)
    free = free_of([room], date(2026, 11, 26), date(2026, 11, 26), at(1, 8))[0]
    assert free.spans == [span(1, 9, 12.5), span(1, 14.5, 17.5), span(1, 20.5, 21)]
    place = hall.room.place
    assert hours_booked(place, at(1, 0), at(2, 0)) == 3
    assert hours_booked(place, at(1, 13, 30), at(1, 19)) == Decimal("1.5")
    assert hours_booked(place, at(2, 0), at(3, 0)) == 0
    plan = plans_of([room], date(2026, 11, 26), date(2026, 11, 26), at(1, 8))[0]
    assert [line.booking is not None for line in plan.lines] == [False, True, False, True, False]


def test_of_a_long_free_time_it_is_said_which_part_is_idle(hall):
    (plan,) = plans_of([hall.again()], at(1, 0).date(), at(1, 0).date(), NOW)
    assert [(line.words, line.idle_words) for line in plan.lines] == [
        ("09:00–21:00", "闲时 13:00–16:00")
    ]
    hall.book(span(1, 9, 12.5))
    hall.book(span(1, 16.5, 21), hall.people[1])
    (plan,) = plans_of([hall.again()], at(1, 0).date(), at(1, 0).date(), NOW)
    assert [(line.words, line.idle_words) for line in plan.lines if line.booking is None] == [
        ("13:00–16:00", "闲时")
    ]


def test_what_is_asked_is_the_price_of_the_day_and_those_to_come(hall):
    """A price whose place was taken is no price any more, though nobody wrote its last day."""

    def price(since, yuan, purpose="", until=None):
        values = PriceValues(
            purpose=purpose, basis=Basis.HOUR, yuan=Decimal(yuan), since=since, until=until,
            source="居民议事会",
        )  # fmt: skip
        return set_price(hall.room, values, by=hall.by, now=NOW)

    price(date(2020, 1, 1), "10")
    price(date(2025, 1, 1), "20", until=date(2026, 1, 31))
    to_come = price(date(2027, 1, 1), "60")
    shown = prices_on(hall.again().prices.all(), NOW.date())
    assert [(one.purpose, one.yuan) for one in shown] == [("", 60), ("", 50), ("banquet", 30)]
    assert to_come in shown
    assert [one.yuan for one in prices_on(shown, date(2027, 1, 1))] == [60, 30]


def test_nobody_came_before_it_began_is_no_miss(hall):
    one = hall.book(span(1, 10, 12))
    with pytest.raises(Refused):
        note_missed(one, by=hall.by, now=NOW)
    with pytest.raises(Refused):
        note_came(one, by=hall.by, now=NOW)


def test_the_neighbour_sees_nothing(hall, cast):
    hall.book(span(1, 10, 12))
    with in_community(cast.linli):
        assert list(Room.objects.all()) == list(Booking.objects.all()) == []
