"""What the duty rota asks of the room."""

from datetime import date, datetime, time, timedelta

from mulin.commons.rota.actions.members import Terms, change_member
from mulin.commons.rota.actions.months import open_month, publish, put_on
from mulin.commons.rota.jobs import follow_rooms, watch
from mulin.commons.rota.models import Duty, Member, Shift
from mulin.commons.rota.registry import FIRST_AID, LEAD, Eligible, Needed, kind_of
from mulin.commons.rota.rules import Stand
from mulin.kit.clock import SHANGHAI, local_day
from mulin.workshop.childcare.actions.days import arrive, cancel_booking
from mulin.workshop.childcare.actions.staff import come, go, keep_carer
from mulin.workshop.childcare.duty import here, needs_of, people_of
from mulin.workshop.childcare.jobs import hold_places
from mulin.workshop.childcare.models import Booking, Carer
from mulin.workshop.childcare.queries import head_count
from tests.childcare.conftest import TODAY
from tests.clock import NOW
from tests.factories.people import PersonFactory

LAST = TODAY + timedelta(days=30)


def test_the_kind_asks_the_room_for_people_and_needs(room):
    kind = kind_of("childcare")
    assert kind.with_children
    assert (kind.people, kind.needs, kind.here) == (people_of, needs_of, here)


def test_carers_with_a_check_that_counts_are_eligible(room):
    checked = date(2026, 6, 1)
    both = frozenset({LEAD, FIRST_AID})
    assert people_of(TODAY, LAST) == [
        Eligible(room.shen.person_id, both, checked),
        Eligible(room.zhu.person_id, frozenset({FIRST_AID}), checked),
    ]
    Carer.objects.filter(pk=room.zhu.pk).update(record_checked_on=date(2025, 11, 25))
    Carer.objects.filter(pk=room.shen.pk).update(first_aid_until=LAST - timedelta(days=1))
    assert people_of(TODAY, LAST) == [Eligible(room.shen.person_id, frozenset({LEAD}), checked)]


def test_a_day_with_bookings_needs_one_shift_for_its_fullest_moment(room):
    babies = [
        room.make_child(f"宝{n}", born_on=date(2026, 1, 10), phone=f"1380000200{n}")
        for n in range(7)
    ]
    for baby in babies:
        room.book(baby, starts=time(9), ends=time(12))
    room.book(starts=time(11), ends=time(18))
    (shift,) = needs_of(TODAY, LAST)
    assert (shift.day, shift.starts, shift.ends) == (TODAY, time(9), time(18))
    # Seven babies need three adults, and the school child beside them one more.
    assert shift == Needed(
        TODAY, time(9), time(18), adults=4, leads=1, first_aiders=1, why=shift.why
    )
    assert "8" in shift.why
    assert needs_of(local_day(room.child.asked_at) + timedelta(days=1), LAST) == []


def test_who_signed_in_with_the_children_is_on_duty_and_who_did_not_come_is_replaced(room, cast):
    third = keep_carer(
        PersonFactory(community=cast.xinjie, name="桂芳"), checked_on=date(2026, 6, 1),
        is_lead=False, first_aid_until=None, by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    tomorrow = TODAY + timedelta(days=1)
    room.book(day=tomorrow, starts=time(15), ends=time(18))
    month = open_month("childcare", TODAY, by=room.lead, now=NOW)
    shift = Shift.objects.select_related("month").get(day=tomorrow)
    members = {one.person_id: one for one in Member.objects.select_related("person")}
    for carer in (room.shen, room.zhu):
        put_on(shift, members[carer.person_id], by=room.lead, now=NOW)
    substitute = members[third.person_id]
    terms = Terms(checked_on=third.record_checked_on, is_substitute=True)
    change_member(substitute, terms, by=room.lead, now=NOW)
    publish(month, by=room.lead, now=NOW)
    begins = datetime.combine(tomorrow, time(15), SHANGHAI)
    come(room.shen, by=room.lead, now=begins - timedelta(minutes=20))
    watch(cast.xinjie, begins + timedelta(minutes=9))
    watch(cast.xinjie, begins + timedelta(minutes=10))
    stands = dict(Duty.objects.filter(shift=shift).values_list("member__person", "stand"))
    assert stands == {
        room.shen.person_id: Stand.CAME, room.zhu.person_id: Stand.MISSED,
        third.person_id: Stand.CALLED,
    }  # fmt: skip
    come(third, by=room.lead, now=begins + timedelta(minutes=25))
    assert here(begins + timedelta(minutes=26)) == {room.shen.person_id, third.person_id}
    watch(cast.xinjie, begins + timedelta(minutes=26))
    assert Duty.objects.get(member=substitute).stand == Stand.CAME
    go(third, by=room.lead, now=begins + timedelta(minutes=30))
    assert here(begins + timedelta(minutes=31)) == {room.shen.person_id}


def test_in_a_room_with_too_few_adults_a_substitute_of_the_rota_is_called(room, cast):
    third, fourth = (
        keep_carer(
            PersonFactory(community=cast.xinjie, name=name), checked_on=date(2026, 6, 1),
            is_lead=False, first_aid_until=None, by=cast.zhou.actor, now=NOW,
        )
        for name in ("桂芳", "阿英")
    )  # fmt: skip
    room.book(starts=NOW.astimezone(SHANGHAI).time(), ends=time(18))
    month = open_month("childcare", TODAY, by=room.lead, now=NOW - timedelta(hours=1))
    shift = Shift.objects.select_related("month").get(day=TODAY)
    members = {one.person_id: one for one in Member.objects.select_related("person")}
    for carer in (room.shen, room.zhu):
        put_on(shift, members[carer.person_id], by=room.lead, now=NOW)
    for carer in (third, fourth):
        terms = Terms(checked_on=carer.record_checked_on, is_substitute=True)
        change_member(members[carer.person_id], terms, by=room.lead, now=NOW)
    publish(month, by=room.lead, now=NOW)
    room.in_room()
    go(room.zhu, had_to=True, by=room.lead, now=NOW + timedelta(minutes=5))
    called = Duty.objects.filter(shift=shift, stand=Stand.CALLED)
    assert called.count() == 1
    # Whoever is called already is not missing once more.
    twin = room.make_child("张小苗")
    arrive(twin, until=time(18), is_alone=True, by=room.lead, now=NOW + timedelta(minutes=6))
    assert called.count() == 1
    come(room.zhu, by=room.lead, now=NOW + timedelta(minutes=9))
    assert not head_count(NOW + timedelta(minutes=9)).is_red


def test_a_place_beyond_the_adults_of_the_published_rota_waits_until_they_are_found(room, cast):
    """Two adults mind six babies; the seventh is asked for, the shift grows, a third comes on."""
    third = keep_carer(
        PersonFactory(community=cast.xinjie, name="桂芳"), checked_on=date(2026, 6, 1),
        is_lead=False, first_aid_until=None, by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    tomorrow = TODAY + timedelta(days=1)
    babies = [
        room.make_child(f"宝{n}", born_on=date(2026, 1, 10), phone=f"1380000300{n}")
        for n in range(8)
    ]
    hours = {"starts": time(9), "ends": time(12)}
    # Before the rota is published it is made for whoever is booked.
    assert [room.book(one, tomorrow, **hours).waits for one in babies[:6]] == [False] * 6
    month = open_month("childcare", TODAY, by=room.lead, now=NOW)
    shift = Shift.objects.select_related("month").get(day=tomorrow)
    members = {one.person_id: one for one in Member.objects.select_related("person")}
    for carer in (room.shen, room.zhu):
        put_on(shift, members[carer.person_id], by=room.lead, now=NOW)
    publish(month, by=room.lead, now=NOW)
    later = room.book(babies[7], tomorrow, starts=time(12), ends=time(13))
    assert later.waits, "nobody is on duty then"
    seventh = room.book(babies[6], tomorrow, **hours)
    assert seventh.waits
    hold_places(cast.xinjie, NOW)
    assert Booking.objects.get(pk=seventh.pk).waits
    cancel_booking(later, by=room.lead, now=NOW)
    follow_rooms(cast.xinjie, NOW)
    shift.refresh_from_db()
    assert shift.adults == 3
    put_on(shift, members[third.person_id], by=room.lead, now=NOW)
    hold_places(cast.xinjie, NOW)
    assert not Booking.objects.get(pk=seventh.pk).waits
