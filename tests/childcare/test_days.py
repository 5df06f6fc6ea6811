"""A day: places, gates at arrival, adults who come and go, meals, medicine, what happened, duty."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from mulin.ground.audit.actions import record_look
from mulin.ground.audit.models import Look
from mulin.ground.community.rules import Role
from mulin.ground.notify.models import Message
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.workshop.childcare.actions.days import (
    arrive,
    book,
    cancel_booking,
    give_medicine,
    order_medicine,
    say_told,
    serve,
    stop_order,
    write_incident,
)
from mulin.workshop.childcare.actions.enrolment import Facts, write_facts
from mulin.workshop.childcare.actions.staff import (
    clear,
    come,
    end_clearance,
    go,
    keep_carer,
    stop_carer,
)
from mulin.workshop.childcare.models import (
    Booking,
    Carer,
    Clearance,
    Incident,
    Presence,
    Stay,
)
from mulin.workshop.childcare.permissions import clearance_of
from mulin.workshop.childcare.queries import (
    allergic,
    births_here,
    head_count,
    must_not_eat,
    working_parents,
    year_in_numbers,
)
from mulin.workshop.childcare.rules import Lack, adults_needed, per_adult_on
from mulin.workshop.production.actions.lots import issue
from mulin.workshop.production.actions.offers import answer_offer, offer
from mulin.workshop.production.along import offered_along
from mulin.workshop.production.models import Offer, OfferState
from tests.childcare.conftest import TODAY, make_room
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.production.conftest import make_shop

# ── who may read, who may mind ───────────────────────────────────────────────────────────────


def test_leave_to_read_is_given_by_another_for_a_while_and_ends(room, cast):
    head, lead = cast.zhou.actor, room.lead
    running = clearance_of(room.duty, TODAY)
    assert (running.approved_by, running.reason) == (cast.shen.account, "周三值日")
    assert clearance_of(room.duty, running.until + timedelta(days=1)) is None
    assert clearance_of(head, TODAY) is None
    year = TODAY + timedelta(days=366)
    wrong = [
        (cast.shen.account, lead, year, "x", "account"),
        (room.duty_account, lead, year + timedelta(days=1), "x", "until"),
        (room.duty_account, lead, TODAY - timedelta(days=1), "x", "until"),
        (room.duty_account, lead, year, " ", "reason"),
        (cast.chen.account, head, year, "x", "account"),
    ]
    for account, by, until, reason, field in wrong:
        with pytest.raises(Refused) as refusal:
            clear(account, reason=reason, since=TODAY, until=until, by=by, now=NOW)
        assert refusal.value.field == field
    for other in (room.duty, cast.chen.actor, cast.installer.actor):
        with pytest.raises(NotPermitted):
            clear(room.duty_account, reason="x", since=TODAY, until=year, by=other, now=NOW)
    end_clearance(running, by=head, now=NOW)
    assert clearance_of(room.duty, TODAY) is None
    with pytest.raises(NotPermitted):
        room.in_room() and serve("饭", [], by=room.duty, now=NOW)
    with pytest.raises(TakenMeanwhile):
        end_clearance(running, by=head, now=NOW)


def test_nobody_allows_themselves_in_the_database_either(room, cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clearance.objects.create(
            community=cast.xinjie, account=cast.shen.account, approved_by=cast.shen.account,
            reason="x", since=TODAY, until=TODAY, at=NOW,
        )  # fmt: skip


def test_without_a_check_of_the_last_twelve_months_nobody_is_with_children(room, cast):
    person = PersonFactory(community=cast.xinjie, name="新来的")
    with pytest.raises(Refused) as refusal:
        keep_carer(
            person, checked_on=date(2025, 11, 25), is_lead=False, first_aid_until=None,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "checked_on"
    carer = keep_carer(
        person, checked_on=date(2025, 11, 26), is_lead=False, first_aid_until=None,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    come(carer, by=room.lead, now=NOW)
    with pytest.raises(Refused):
        stop_carer(carer, by=cast.zhou.actor, now=NOW)
    go(carer, by=room.lead, now=NOW)
    with pytest.raises(Refused):
        come(carer, by=room.lead, now=NOW + timedelta(days=1))
    again = keep_carer(
        person, checked_on=TODAY, is_lead=True, first_aid_until=None, by=cast.zhou.actor, now=NOW
    )
    assert (again.pk, Carer.objects.count()) == (carer.pk, 3)
    stop_carer(carer, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        come(Carer.objects.get(pk=carer.pk), by=room.lead, now=NOW)


def test_nobody_sees_their_own_paper(room, cast):
    with pytest.raises(Refused) as refusal:
        keep_carer(
            room.shen.person, checked_on=TODAY, is_lead=True, first_aid_until=None, by=room.lead,
            now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "who"


# ── gates ────────────────────────────────────────────────────────────────────────────────────


def test_a_child_is_taken_in_where_two_adults_are(cast):
    with in_community(cast.xinjie):
        room = make_room(cast, are_here=False)
        come(room.shen, by=room.lead, now=NOW)
        with pytest.raises(Refused):
            room.in_room()
        come(room.zhu, by=room.lead, now=NOW)
        with pytest.raises(Refused):
            come(room.zhu, by=room.lead, now=NOW)
        stay = room.in_room()
        assert stay.closing_at - NOW == timedelta(hours=7, minutes=30)
        with pytest.raises(TakenMeanwhile):
            room.in_room()
        for carer in (room.shen, room.zhu):
            with pytest.raises(Refused):
                go(carer, by=room.lead, now=NOW)
        Stay.objects.update(left_at=NOW)
        go(room.zhu, by=room.lead, now=NOW)


def test_who_forgot_to_go_minds_nobody_on_the_next_morning(room, cast):
    night, morning = NOW.replace(hour=23), NOW + timedelta(days=1)
    assert head_count(night + timedelta(hours=3)).adults == 2
    assert head_count(morning).adults == 0
    with pytest.raises(Refused):
        room.in_room(now=morning)
    come(room.zhu, by=room.lead, now=morning)
    with pytest.raises(Refused):
        room.in_room(now=morning)
    with pytest.raises(Refused):
        hand_over_seen_by(room, morning)
    come(room.shen, by=room.lead, now=morning)
    room.in_room(now=morning)
    ended = NOW.replace(hour=4, minute=0) + timedelta(days=1)
    forgotten = Presence.objects.filter(came_at=NOW)
    assert set(forgotten.values_list("went_at", flat=True)) == {ended}


def hand_over_seen_by(room, now):
    """Medicine given, and somebody who forgot to go said to have watched."""
    order = order_medicine(
        room.child, medicine="药", dose="1", signed_by="医", first=TODAY,
        last=TODAY + timedelta(days=2), per_day=3, by=room.lead, now=now,
    )  # fmt: skip
    give_medicine(order, watched_by=room.shen, by=room.duty, now=now)


def test_the_database_too_keeps_out_whose_check_is_too_old(room):
    for checked, ends in (
        (date(2025, 11, 26), TODAY), (TODAY + timedelta(days=1), TODAY + timedelta(days=366)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="carer_checked"), transaction.atomic():
            Presence.objects.create(
                community=room.cast.xinjie, carer=room.shen, came_at=NOW, went_at=NOW, day=TODAY,
                checked_on=checked, check_ends_on=ends,
            )  # fmt: skip


def test_the_child_that_would_break_the_ratio_stays_with_whoever_brought_it(room):
    babies = [
        room.make_child(f"宝{n}", born_on=date(2026, 1, 10), phone=f"1380000100{n}")
        for n in range(7)
    ]
    for baby in babies[:6]:
        room.in_room(baby)
    with pytest.raises(Refused):
        room.in_room(babies[6])
    assert head_count(NOW).lacks == frozenset()
    assert Stay.objects.here().count() == 6


def test_the_database_too_lets_no_child_too_many_in(room):
    """Whoever writes past the action, with one adult less than a seventh baby needs, is refused."""
    babies = [
        room.make_child(f"宝{n}", born_on=date(2026, 1, 10), phone=f"1380000100{n}")
        for n in range(7)
    ]
    for baby in babies[:6]:
        room.in_room(baby)
    seventh = {
        "community": room.cast.xinjie, "child": babies[6], "day": TODAY, "arrived_at": NOW,
        "closing_at": NOW, "rings_at": NOW, "per_adult": 3,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="care_no_child_too_many"), transaction.atomic():
        Stay.objects.create(**seventh)
    gone = Stay.objects.create(**seventh, left_at=NOW)
    with pytest.raises(IntegrityError, match="care_no_child_too_many_again"), transaction.atomic():
        Stay.objects.filter(pk=gone.pk).update(left_at=None)
    Stay.objects.here().filter(child=babies[0]).update(left_at=NOW)
    Stay.objects.filter(pk=gone.pk).update(left_at=None)
    assert Stay.objects.here().count() == 6


def test_the_database_too_lets_no_adult_go_who_is_needed(room):
    room.in_room()
    with pytest.raises(IntegrityError, match="care_no_adult_too_few"), transaction.atomic():
        Presence.objects.filter(carer=room.zhu).update(went_at=NOW)
    Stay.objects.update(left_at=NOW)
    Presence.objects.filter(carer=room.zhu).update(went_at=NOW)
    with pytest.raises(IntegrityError, match="care_no_child_too_many_again"), transaction.atomic():
        Stay.objects.update(left_at=None)


@pytest.mark.parametrize(
    "months", [[100] * 31, [100] * 30 + [20], [60] * 10 + [100], [8] * 4 + [20]]
)
def test_the_gate_of_the_database_counts_as_the_rule_does(room, months):
    """Children of mixed ages, one more each time, until the rule says that two are too few."""
    children = [
        room.make_child(
            f"孩{n}", born_on=date(2026 - (old + 1) // 12, 12 - (old + 1) % 12, 1),
            phone=f"138000{n:05d}",
        )
        for n, old in enumerate(months)
    ]  # fmt: skip
    for number, child in enumerate(children, start=1):
        births = [one.born_on for one in children[:number]]
        row = Stay(
            community=room.cast.xinjie, child=child, day=TODAY, arrived_at=NOW, closing_at=NOW,
            rings_at=NOW, per_adult=per_adult_on(child.born_on, TODAY),
        )  # fmt: skip
        if adults_needed(births, TODAY) <= 2:
            row.save()
            continue
        with pytest.raises(IntegrityError, match="care_no_child_too_many"), transaction.atomic():
            row.save()
        break
    else:
        pytest.fail("two adults were enough for all")


def test_a_child_that_came_alone_is_taken_in_and_everybody_hears_it(room, cast):
    go(room.zhu, by=room.lead, now=NOW)
    with pytest.raises(Refused):
        room.in_room()
    stay = arrive(room.child, until=time(17, 30), is_alone=True, by=room.lead, now=NOW)
    assert stay.is_short
    assert head_count(NOW).is_red
    told = Message.objects.filter(topic="childcare", is_alarm=True)
    assert set(told.values_list("account", flat=True)) == {
        cast.shen.account.pk, room.duty_account.pk, cast.zhou.account.pk,
    }  # fmt: skip
    assert "张小满" not in "".join(f"{one.subject}{one.body}" for one in told)
    come(room.zhu, by=room.lead, now=NOW)
    assert not head_count(NOW).is_red


def test_one_that_came_alone_where_enough_adults_are_is_like_any_other(room):
    assert not arrive(room.child, until=time(17, 30), is_alone=True, by=room.lead, now=NOW).is_short
    assert not Message.objects.filter(topic="childcare", is_alarm=True).exists()


def test_who_had_to_go_is_gone_and_the_count_says_so(room):
    room.in_room()
    with pytest.raises(Refused):
        go(room.zhu, by=room.lead, now=NOW)
    assert go(room.zhu, had_to=True, by=room.lead, now=NOW).is_short
    count = head_count(NOW)
    assert (count.adults, count.is_red) == (1, True)
    assert count.lacks == {Lack.TWO, Lack.RATIO}
    assert Message.objects.filter(topic="childcare", is_alarm=True).count() == 3


def test_a_day_of_before_is_counted_without_whoever_came_since(room):
    room.in_room(now=NOW + timedelta(hours=1))
    assert births_here(NOW) == []
    assert births_here(NOW + timedelta(hours=1)) == [room.child.born_on]


def test_the_count_names_what_lacks_and_who_is_expected(room):
    room.book()
    before = head_count(NOW)
    assert (before.children, before.adults, before.expected, before.expected_adults) == (0, 2, 1, 2)
    stay = room.in_room()
    assert (head_count(NOW).children, head_count(NOW).expected) == (1, 0)
    assert not head_count(NOW).is_red
    assert head_count(stay.closing_at).late == 1
    Carer.objects.update(is_lead=False)
    assert head_count(NOW).lacks == {Lack.LEADER}


def test_a_child_without_a_place_says_until_when_and_one_that_is_not_enrolled_stays_out(room):
    with pytest.raises(Refused) as refusal:
        arrive(room.child, by=room.duty, now=NOW)
    assert refusal.value.field == "until"
    room.child.accepted_at = None
    with pytest.raises(Refused):
        room.in_room()


# ── places ───────────────────────────────────────────────────────────────────────────────────


def test_a_guardian_books_once_a_day_and_cancels(room, cast):
    day = TODAY + timedelta(days=1)
    by = cast.yong.actor
    times = {"starts": time(8, 30), "ends": time(17)}
    booking = book(room.child, day, by=by, now=NOW, token="t" * 20, **times)
    assert book(room.child, day, by=by, now=NOW, token="t" * 20, **times) == booking
    for wrong, field in (
        ({"day": day}, "day"), ({"day": TODAY - timedelta(days=1)}, "day"),
        ({"day": TODAY + timedelta(days=63)}, "day"), ({"day": TODAY, "ends": time(8)}, "ends"),
    ):  # fmt: skip
        values = times | wrong
        with pytest.raises(Refused) as refusal:
            book(room.child, by=by, now=NOW, **values)
        assert refusal.value.field == field
    cancel_booking(booking, by=by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        cancel_booking(booking, by=by, now=NOW)
    book(room.child, day, by=by, now=NOW, **times)
    with pytest.raises(NotPermitted):
        book(room.child, TODAY, by=cast.chen.actor, now=NOW, **times)
    assert Booking.objects.on(day).count() == 1


# ── meals, medicine, incidents ───────────────────────────────────────────────────────────────


def test_a_meal_is_held_against_allergies(room):
    egg = room.make_child("小鸡", phone="13800000098")
    words = room.make_child("小芒", phone="13800000097")
    write_facts(egg, Facts(allergens=("egg",)), by=room.lead, now=NOW)
    write_facts(words, Facts(allergy="芒果"), by=room.lead, now=NOW)
    known = allergic([egg.pk, words.pk, room.child.pk])
    meal = serve("番茄炒蛋", ["egg"], by=room.duty, now=NOW)
    assert {one.child_id for one in must_not_eat(meal.allergens, known)} == {egg.pk, words.pk}
    assert {one.child_id for one in must_not_eat([], known)} == {words.pk}


def test_medicine_by_a_written_order_only_with_another_adult_watching(room):
    order = order_medicine(
        room.child, medicine="布洛芬", dose="5 ml", signed_by="王医生、张勇", first=TODAY,
        last=TODAY, per_day=1, by=room.lead, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):
        give_medicine(order, watched_by=room.zhu, by=room.duty, now=NOW)
    give_medicine(order, watched_by=room.shen, by=room.duty, now=NOW)
    with pytest.raises(Refused):
        give_medicine(order, watched_by=room.shen, by=room.duty, now=NOW)
    with pytest.raises(Refused):
        give_medicine(order, watched_by=room.shen, by=room.duty, now=NOW + timedelta(days=1))
    other = order_medicine(
        room.child, medicine="药", dose="1", signed_by="医", first=TODAY, last=TODAY, per_day=3,
        by=room.lead, now=NOW,
    )  # fmt: skip
    stop_order(other, by=room.cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        give_medicine(other, watched_by=room.shen, by=room.duty, now=NOW)


def test_an_incident_is_written_and_the_family_told(room):
    row = write_incident(
        room.child, what="摔了一跤", done="清洗、贴创可贴", happened_at=NOW, by=room.duty, now=NOW
    )
    assert (row.told_at, Incident.objects.count()) == (None, 1)
    (message,) = Message.objects.filter(topic="childcare", way="in_app")
    assert "摔" not in f"{message.subject}{message.body}"
    say_told(row, "妈妈，电话", by=room.duty, now=NOW)
    assert Incident.objects.get().told_at == NOW
    with pytest.raises(Refused):
        write_incident(
            room.child, what="x", done="y", happened_at=NOW + timedelta(minutes=1), by=room.duty,
            now=NOW,
        )  # fmt: skip


# ── the workshop, the report ─────────────────────────────────────────────────────────────────


def test_children_of_whoever_has_a_lot_at_home_are_known(room, cast):
    shop = make_shop(cast)
    assert working_parents(TODAY) == []
    lot = shop.make_lot(20)
    issue(lot, shop.gui, quantity=20, by=shop.by, now=NOW)
    assert working_parents(TODAY) == [(room.child, False)]
    room.book()
    assert working_parents(TODAY) == [(room.child, True)]


def test_a_parent_who_takes_a_lot_books_a_place_in_the_same_act(room, cast):
    shop = make_shop(cast)
    by, due = cast.yong.actor, TODAY + timedelta(days=1)
    ((_label, choices),) = offered_along(by, TODAY, due)
    assert [words[:3] for _ref, words in choices] == ["张小满"] * 2
    refs = [ref for ref, _words in choices]
    assert offered_along(cast.wang.actor, TODAY, due) == []

    def asked():
        return offer(shop.make_lot(20), shop.gui, by=shop.by, now=NOW)

    first = asked()
    strangers = room.make_child("李安安", guardian="李强", phone="13800000093")
    for wrong in (f"childcare:{strangers.pk}/{TODAY}", "childcare:x/y", "garden:1"):
        with pytest.raises(Refused):
            answer_offer(first, accepts=True, along=[refs[0], wrong], by=by, now=NOW)
    # All of it, or nothing: the lot is still hers to take.
    assert (Offer.objects.get().state, Booking.objects.count()) == (OfferState.OPEN, 0)
    for _twice in range(2):
        answer_offer(first, accepts=True, along=refs, by=by, now=NOW, token="t")
    assert [(one.child, one.day) for one in Booking.objects.order_by("day")] == [
        (room.child, TODAY), (room.child, due)
    ]  # fmt: skip
    assert offered_along(by, TODAY, due) == []
    answer_offer(asked(), accepts=False, by=by, now=NOW)
    assert Booking.objects.count() == 2


def test_the_report_of_a_year_counts_looks_and_hand_overs(room, cast, client):
    room.in_room()
    duty = cast.enter(client, cast.shen)
    duty.get("/childcare/")
    duty.get(f"/childcare/children/{room.child.pk}/")
    numbers = year_in_numbers(NOW.year)
    looks = Look.objects.filter(kind__startswith="childcare.").count()
    assert (sum(row.total for row in numbers["looks"]), looks) == (2, 2)
    assert {row.account for row in numbers["looks"]} == {"沈阿姨"}
    assert (numbers["stays"], numbers["late"], len(numbers["clearances"])) == (1, 0, 2)
    assert year_in_numbers(2024)["looks"] == []
    # Two of one name are two lines, or one of them could hide behind the other.
    room.duty_account.display_name = "沈阿姨"
    room.duty_account.save(update_fields=["display_name"])
    record_look(room.child, by=room.duty, what="child", reason="值日", now=NOW)
    rows = year_in_numbers(NOW.year)["looks"]
    assert sorted((row.account, row.total) for row in rows) == [("沈阿姨", 1), ("沈阿姨", 2)]


def test_an_account_of_the_neighbour_gets_no_leave_here(room, cast):
    stranger = AccountFactory(display_name="外人")
    MembershipFactory(community=cast.linli, account=stranger, role=Role.CHILD_DUTY)
    with pytest.raises(Refused):
        clear(stranger, reason="x", since=TODAY, until=TODAY, by=cast.zhou.actor, now=NOW)
