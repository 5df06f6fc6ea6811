"""Keys, codes and money; what is owed today; what is held of a person; the sheet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.circle.booking.actions.doors import give_code, hand_key, open_by_code
from mulin.circle.booking.actions.ending import cancel
from mulin.circle.booking.actions.groups import check_group
from mulin.circle.booking.actions.money import note_money
from mulin.circle.booking.figures import FIGURES
from mulin.circle.booking.holdings import bookings_told, erase_bookings, money_kept
from mulin.circle.booking.models import Booking, Entitlement, KeyLine, MoneyLine, Room
from mulin.circle.booking.rules import Group, Money, Purpose, State
from mulin.circle.booking.sheets import BOOKING_SHEET
from mulin.commons.paper.registry import Taken
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.figures.rules import Period
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.booking.conftest import at, span
from tests.clock import NOW
from tests.factories.people import PersonFactory


@pytest.fixture
def banquet(hall):
    return hall.book(span(1, 10, 12), purpose=Purpose.BANQUET, tables=5)


def test_money_is_lines_and_their_sums(hall, banquet):
    def line(kind, amount, **more):
        return note_money(banquet, kind, Decimal(amount), by=hall.by, now=NOW, **more)

    first = line(Money.DEPOSIT, 200, token="d")
    assert line(Money.DEPOSIT, 200, token="d") == first
    line(Money.PAID, 150)
    with pytest.raises(Refused) as refusal:
        line(Money.RETURNED, "200.01")
    assert refusal.value.field == "yuan"
    with pytest.raises(Refused) as refusal:
        line(Money.KEPT, 20)
    assert refusal.value.field == "note"
    line(Money.KEPT, 20, note="打碎两个盘子")
    line(Money.RETURNED, 180)
    with pytest.raises(Refused):
        line(Money.REFUNDED, 151)
    kept = Booking.objects.get(pk=banquet.pk)
    assert (kept.paid, kept.deposit_held, MoneyLine.objects.count()) == (150, 0, 4)
    with pytest.raises(Refused):
        line(Money.PAID, "0.004")


def test_a_key_goes_out_once_and_says_that_they_came(hall, banquet):
    hand_key(banquet, is_out=True, by=hall.by, now=NOW)  # the day before, to prepare
    assert hall.state(banquet) == State.BOOKED
    with pytest.raises(TakenMeanwhile):
        hand_key(banquet, is_out=True, by=hall.by, now=NOW)
    hand_key(banquet, is_out=False, by=hall.by, now=NOW)
    banquet.refresh_from_db()
    hand_key(banquet, is_out=True, by=hall.by, now=at(1, 9), token="k")
    hand_key(banquet, is_out=True, by=hall.by, now=at(1, 9), token="k")
    assert hall.state(banquet) == State.CAME
    assert KeyLine.objects.count() == 3


def test_a_key_that_is_out_and_a_deposit_that_is_held_stand_on_the_first_screen(hall, banquet):
    hand_key(banquet, is_out=True, by=hall.by, now=at(1, 9, 30))
    note_money(banquet, Money.DEPOSIT, Decimal(200), by=hall.by, now=NOW)

    def owed(until):
        asked = Asked(hall.by, frozenset({hall.by.account_id}), until, until)
        return {due.kind for due in owed_by(asked).dues if due.kind.startswith("booking.")}

    assert owed(at(1, 11)) == set()
    assert owed(at(1, 12)) == {"booking.key", "booking.deposit"}
    banquet.refresh_from_db()
    hand_key(banquet, is_out=False, by=hall.by, now=at(1, 12))
    note_money(banquet, Money.RETURNED, Decimal(200), by=hall.by, now=at(1, 12))
    assert owed(at(1, 13)) == set()


@pytest.fixture
def coded(hall):
    Room.objects.update(opens_by="code")
    hall.again()
    return hall.book(span(1, 10, 12))


def test_a_code_is_given_at_the_start_and_only_its_digest_is_kept(hall, cast, coded):
    for now in (at(1, 9, 44), at(1, 12)):
        with pytest.raises(Refused):
            give_code(coded, by=hall.by, now=now)
    with pytest.raises(NotPermitted):
        give_code(coded, by=cast.yong.actor, now=at(1, 9, 45))
    now = at(1, 9, 45)
    code = give_code(coded, by=hall.by, now=now, token="c")
    assert give_code(coded, by=hall.by, now=now, token="c") == ""
    kept = Booking.objects.get(pk=coded.pk)
    assert len(code) == 6
    assert code not in kept.door_digest
    assert open_by_code(hall.room, f"{code[:3]} {code[3:]}", by=hall.by, now=now) == coded
    assert hall.state(coded) == State.CAME
    # A second code ends the first one.
    second = give_code(coded, by=hall.by, now=now)
    if second != code:
        with pytest.raises(Refused):
            open_by_code(hall.room, code, by=hall.by, now=now)
    assert open_by_code(hall.room, second, by=hall.by, now=now) == coded


def test_five_wrong_codes_shut_the_door_until_a_new_one(hall, coded):
    now = at(1, 10)
    code = give_code(coded, by=hall.by, now=now)
    wrong = "000000" if code != "000000" else "000001"
    for _try in range(5):
        with pytest.raises(Refused):
            open_by_code(hall.room, wrong, by=hall.by, now=now)
    with pytest.raises(Refused):
        open_by_code(hall.room, code, by=hall.by, now=now)
    assert open_by_code(hall.room, give_code(coded, by=hall.by, now=now), by=hall.by, now=now)


def test_a_second_paper_takes_the_place_of_the_first(hall):
    person = hall.people[0]
    common = {"by": hall.by, "now": NOW}
    check_group(person, Group.DISABLED, paper="残疾证", until=None, token="p", **common)
    check_group(person, Group.DISABLED, paper="残疾证", until=None, token="p", **common)
    check_group(person, Group.DISABLED, paper="新证", until=date(2027, 1, 1), **common)
    assert list(Entitlement.objects.filter(ended_at=None).values_list("paper", flat=True)) == [
        "新证"
    ]
    for group, paper, until, field in (
        (Group.ELDER, "身份证", None, "group"), (Group.VETERAN, " ", None, "paper"),
        (Group.VETERAN, "证", date(2026, 11, 24), "until"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            check_group(person, group, paper=paper, until=until, **common)
        assert refusal.value.field == field


def test_erased_their_words_are_gone_their_times_free_and_money_stays(hall, banquet):
    person = banquet.person
    note_money(banquet, Money.DEPOSIT, Decimal(200), by=hall.by, now=NOW)
    waiting = hall.book(span(1, 10, 12), hall.people[1])
    check_group(person, Group.VETERAN, paper="优待证", until=None, by=hall.by, now=NOW)
    Booking.objects.filter(pk=banquet.pk).update(called="王家寿宴")
    told = bookings_told(person.pk)[0]
    assert told["bookings"][0]["called"] == "王家寿宴"
    assert told["groups"][0]["paper"] == "优待证"
    with standing_still(NOW):
        for _twice in range(2):
            erase_bookings(person.pk)
    kept = Booking.objects.get(pk=banquet.pk)
    assert (kept.called, kept.state, kept.deposit_held) == ("", State.CANCELLED, 200)
    assert hall.state(waiting) == State.OFFERED
    assert (money_kept(person.pk), Entitlement.objects.count()) == (1, 0)


def test_figures_count_what_took_place(hall):
    old = PersonFactory(community=hall.community, name="老人", born_on=date(1950, 1, 1))
    for when, person in ((span(1, 13, 15), old), (span(1, 17, 18.5), hall.people[0])):
        hand_key(hall.book(when, person), is_out=True, by=hall.by, now=when.starts)
    cancel(hall.book(span(2, 10, 12)), by=hall.by, now=NOW)
    period = Period(at(0, 0), at(5, 0))
    values = {}
    for figure in FIGURES:
        rows = figure.rows(period)
        values[figure.name] = (
            rows.aggregate(value=figure.measure)["value"] if figure.measure else rows.count()
        )
    assert values == {
        "booking.hours": Decimal("3.5"), "booking.idle_elders": Decimal(2),
        "booking.by_group": 1, "booking.missed": 0,
    }  # fmt: skip


def test_a_sheet_becomes_a_booking_or_says_what_cannot_be_read(hall):
    values = {
        "day": date(2026, 11, 27), "starts": "18点", "ends": "20：30", "people": Decimal(12),
        "purpose": "group", "called": "舞蹈队",
    }  # fmt: skip
    about = str(hall.room.pk)
    made = BOOKING_SHEET.take(
        Taken(values, person=hall.people[0], about=about), by=hall.by, now=NOW
    )
    assert (made.span, made.called, made.state) == (span(2, 18, 20.5), "舞蹈队", State.BOOKED)
    assert dict(BOOKING_SHEET.subjects.due(hall.by, NOW)) == {about: "家宴中心 大厅"}
    for change, field in (({"starts": "晚上"}, "starts"), ({"ends": "25:00"}, "ends")):
        with pytest.raises(Refused) as refusal:
            BOOKING_SHEET.take(
                Taken(values | change, person=hall.people[0], about=about), by=hall.by, now=NOW
            )
        assert refusal.value.field == field
    with pytest.raises(Refused):
        BOOKING_SHEET.take(Taken(values, about=about), by=hall.by, now=NOW + timedelta(minutes=1))
