"""What the duty rota asks of the room."""

from datetime import date, time, timedelta

from mulin.commons.rota.registry import FIRST_AID, LEAD, Eligible, Needed, kind_of
from mulin.kit.clock import local_day
from mulin.workshop.childcare.duty import needs_of, people_of
from mulin.workshop.childcare.models import Carer
from tests.childcare.conftest import TODAY

LAST = TODAY + timedelta(days=30)


def test_the_kind_asks_the_room_for_people_and_needs(room):
    kind = kind_of("childcare")
    assert kind.with_children
    assert (kind.people, kind.needs) == (people_of, needs_of)


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
