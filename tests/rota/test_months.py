"""A month from wishes to the wall: proposed, checked, published, kept."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mulin.commons.planning.duty.checks import faults
from mulin.commons.planning.duty.rota import BY_HAND, BY_SOLVER, from_snapshot
from mulin.commons.rota import registry
from mulin.commons.rota.actions.engine import duty_row
from mulin.commons.rota.actions.members import Said, leave, read_people, say_wishes
from mulin.commons.rota.actions.months import (
    Weekly,
    add_weekly,
    propose,
    publish,
    put_on,
    take_off,
)
from mulin.commons.rota.forms import WishesForm
from mulin.commons.rota.jobs import follow_rooms, work_out
from mulin.commons.rota.models import Duty, Member, Run, RunState, Shift, Wish
from mulin.commons.rota.queries import carried_into, duties_of, rota_of, shares_of, weeks_of
from mulin.commons.rota.registry import LEAD, Eligible, Needed, kind_of
from mulin.commons.rota.rules import Part, Stand, Wanted, When
from mulin.ground.audit.models import Act
from mulin.ground.community.queries import work_calendar
from mulin.ground.notify.models import Message
from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.rota.conftest import DECEMBER, DESK, MINDING

JANUARY = date(2027, 1, 1)


def minding(turns, *, people=3, checked=date(2026, 9, 1), adults=2, **more):
    """The childcare room says who may and what is needed: one Wednesday afternoon."""
    persons = [PersonFactory(community=turns.cast.xinjie) for _n in range(people)]
    turns.people[:] = [Eligible(one.pk, frozenset(), checked) for one in persons]
    turns.needs[:] = [Needed(date(2026, 12, 9), time(15), time(18), adults, why="8 个孩子", **more)]
    return turns.begin(MINDING)


def test_a_month_is_proposed_by_the_solver_and_wishes_are_kept(turns, cast):
    month = turns.begin()
    yong = turns.members["阿勇"]
    say_wishes(
        month, yong, Said({date(2026, 12, 7): Wanted.UNABLE, date(2026, 12, 8): Wanted.GLADLY}),
        by=cast.yong.actor, now=NOW,
    )  # fmt: skip
    run = propose(month, by=turns.by, now=NOW)
    work_out(cast.xinjie, NOW, run=run.pk)
    run.refresh_from_db()
    assert (run.state, run.told["made_by"], run.told["is_whole"]) == (
        RunState.DONE,
        BY_SOLVER,
        True,
    )
    assert Shift.objects.filter(month=month).count() == 9
    assert {len(who) for who in duties_of(month).values()} == {2}
    assert "张勇" not in turns.on(turns.shift(month, 7))
    assert "张勇" in turns.on(turns.shift(month, 8))
    work_out(cast.xinjie, NOW, run=run.pk)
    assert Duty.objects.filter(shift__month=month).count() == 18


def test_the_solver_killed_at_its_limit_leaves_the_best_so_far_and_the_page_says_so(
    turns, cast, client
):
    month = turns.begin()
    run = propose(month, by=turns.by, now=NOW)
    work_out(cast.xinjie, NOW, run=run.pk, seconds=-60)
    run.refresh_from_db()
    assert (run.state, run.told["is_whole"]) == (RunState.DONE, False)
    assert {len(who) for who in duties_of(month).values()} == {2}
    page = cast.enter(client, cast.chen).get(f"/rota/months/{month.pk}/").content.decode()
    words = "这回没有细算" if run.told["made_by"] == BY_HAND else "时间到了"
    assert words in page


def test_no_adult_available_is_said_shift_by_shift(turns, cast, client):
    month = minding(turns, people=3, checked=date(2025, 11, 1))
    turns.by_hand(month)
    assert not any(duties_of(month).values())
    page = cast.enter(client, cast.chen).get(f"/rota/months/{month.pk}/").content.decode()
    assert "还缺 2 人" in page
    with pytest.raises(Refused, match="排上"):
        publish(month, by=turns.by, now=NOW)


def test_what_one_more_trained_lead_would_change_is_kept_with_the_proposal(turns, cast, client):
    month = minding(turns, leads=1)
    run = propose(month, by=turns.by, now=NOW)
    work_out(cast.xinjie, NOW, run=run.pk)
    run.refresh_from_db()
    who, before, after = run.told["training"]["lead"]
    assert (before, after) == (1, 0)
    name = Member.objects.get(pk=int(who)).person.name
    page = cast.enter(client, cast.chen).get(f"/rota/months/{month.pk}/").content.decode()
    assert f"{name}去培训当带班" in page


def test_a_wish_of_a_part_of_a_day_is_one_of_the_shifts_in_it_and_goes_before_its_day(turns, cast):
    add_weekly(DESK, Weekly(When.MONDAY, time(13), time(17), 1), by=turns.by, now=NOW)
    month = turns.begin()
    yong, monday = turns.members["阿勇"], date(2026, 12, 7)
    said = Said(
        {monday: Wanted.UNABLE, date(2026, 12, 14): Wanted.GLADLY},
        parts={
            (monday, Part.AFTERNOON): Wanted.GLADLY,
            (date(2026, 12, 21), Part.MORNING): Wanted.UNABLE,
        },
    )
    say_wishes(month, yong, said, by=cast.yong.actor, now=NOW)
    person = rota_of(month).person(str(yong.pk))
    early, late = (
        {
            shift.day.day: str(shift.pk)
            for shift in Shift.objects.filter(month=month)
            if keeps(shift)
        }
        for keeps in (lambda one: one.starts_at.hour < 4, lambda one: one.starts_at.hour > 4)
    )
    assert person.unable == {early[7], early[21]}
    assert set(person.likes) == {late[7], early[14], late[14]}
    form = WishesForm(month=month, member=yong)
    assert form.of_parts[0].value() == ["2026-12-21/morning"]
    assert ("2026-12-08/morning", "8 周二 上午") not in form.of_parts[0].field.choices


def test_the_smallest_set_of_wishes_that_keeps_a_place_empty_is_said_in_words(turns, cast, client):
    month = turns.begin()
    for name in ("阿勇", "兰英", "水根"):
        say_wishes(
            month, turns.members[name], Said({date(2026, 12, 7): Wanted.UNABLE}), by=turns.by,
            now=NOW,
        )  # fmt: skip
    run = propose(month, by=turns.by, now=NOW)
    work_out(cast.xinjie, NOW, run=run.pk)
    run.refresh_from_db()
    monday = str(turns.shift(month, 7).pk)
    said = run.told["conflict"]
    assert sorted(said) == sorted(
        ["unable", str(turns.members[name].pk), monday] for name in ("阿勇", "兰英", "水根")
    )
    page = cast.enter(client, cast.chen).get(f"/rota/months/{month.pk}/").content.decode()
    assert "水根在 12月7日" in page


def test_a_shift_across_midnight_is_one_shift_and_takes_the_next_morning_s_rest(turns, cast):
    add_weekly(DESK, Weekly(When.MONDAY, time(20), time(6), 1), by=turns.by, now=NOW)
    month = turns.begin()
    night = Shift.objects.get(month=month, day=date(2026, 12, 7), starts_at__hour=20)
    assert night.ends_at - night.starts_at == timedelta(hours=10)
    assert night.points == 3
    put_on(night, turns.members["兰英"], by=turns.by, now=NOW)
    with pytest.raises(Refused, match="休息"):
        put_on(turns.shift(month, 8), turns.members["兰英"], by=turns.by, now=NOW)


def test_a_month_with_make_up_days_is_laid_as_the_state_council_says(turns, cast):
    add_weekly(DESK, Weekly(When.WORKDAYS, time(13), time(17), 1), by=turns.by, now=NOW)
    month = turns.begin(first=date(2026, 10, 1), now=datetime(2026, 9, 20, 9, tzinfo=SHANGHAI))
    afternoons = Shift.objects.filter(month=month, starts_at__hour=13)
    days = set(afternoons.values_list("day", flat=True))
    assert date(2026, 10, 10) in days
    assert date(2026, 10, 5) not in days
    weeks = weeks_of(month, work_calendar())
    by_day = {day.day.day: day for week in weeks for day in week if day}
    assert (by_day[10].is_make_up, by_day[1].is_holiday, by_day[11].is_off) == (True, True, True)
    holiday = Shift.objects.get(month=month, day=date(2026, 10, 5))
    assert holiday.points == 4


def test_published_the_plan_is_kept_with_what_it_was_made_from(turns, cast):
    month = turns.published()
    month.refresh_from_db()
    kept, plan = from_snapshot(month.snapshot), json.loads(month.plan)
    duties = {shift: tuple(who) for shift, who in plan["duties"].items()}
    assert faults(kept, duties) == []
    assert duties == duties_of(month)
    assert set(Duty.objects.values_list("stand", flat=True)) == {Stand.ASKED}
    told = Message.objects.filter(recipient_id=turns.members["阿勇"].person_id, topic="rota")
    assert sum("您的值日" in message.subject for message in told) == 1
    with pytest.raises(TakenMeanwhile):
        propose(month, by=turns.by, now=NOW)


def test_a_wish_after_the_proposal_is_found_when_it_is_published(turns, cast):
    month = turns.begin()
    turns.by_hand(month)
    duty = Duty.objects.filter(member=turns.members["阿勇"]).select_related("shift").first()
    say_wishes(month, duty.member, Said({duty.day: Wanted.UNABLE}), by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused, match="张勇"):
        publish(month, by=turns.by, now=NOW)
    take_off(duty, by=turns.by, now=NOW)
    assert publish(month, by=turns.by, now=NOW).is_published
    assert json.loads(month.plan)["made_by"] == BY_HAND
    with pytest.raises(Refused, match="已经公布"):
        say_wishes(month, duty.member, Said({}), by=cast.yong.actor, now=NOW)


def test_a_form_sent_twice_does_its_work_once(turns, cast):
    month = turns.begin()
    first = propose(month, by=turns.by, now=NOW, token="p")
    assert propose(month, by=turns.by, now=NOW, token="p") == first
    assert Run.objects.count() == 1
    with pytest.raises(Refused, match="正在"):
        propose(month, by=turns.by, now=NOW, token="other")
    later = NOW + timedelta(minutes=6)
    turns.by_hand(month, later)
    publish(month, by=turns.by, now=later, token="x")
    publish(month, by=turns.by, now=later, token="x")
    assert Act.objects.filter(verb="rota.publish").count() == 1


def test_points_are_carried_into_the_next_month_as_people_really_came(turns, cast):
    month = turns.published()
    missed = Duty.objects.filter(member=turns.members["兰英"]).first()
    Duty.objects.filter(pk=missed.pk).update(stand=Stand.MISSED)
    after = turns.begin(first=JANUARY)
    worked = {
        member.pk: sum(
            duty.shift.points
            for duty in Duty.objects.on().filter(member=member).select_related("shift")
        )
        for member in turns.members.values()
    }
    mean = sum(worked.values()) // 4
    assert carried_into(after) == {str(pk): points - mean for pk, points in worked.items()}
    assert {one.id: one.carried for one in rota_of(after).people} == carried_into(after)
    shares = shares_of(DESK, DECEMBER, work_calendar())
    assert {pk: share.total for pk, share in shares.items()} == worked
    assert shares[turns.members["兰英"].pk].months[-1] == worked[turns.members["兰英"].pk]
    assert month.pk != after.pk


def test_somebody_removed_in_mid_month_leaves_the_days_behind_them(turns, cast):
    month = turns.published()
    lan = turns.members["兰英"]
    before = Duty.objects.on().filter(member=lan, day__lt=date(2026, 12, 15)).count()
    leave(lan, on=date(2026, 12, 15), by=turns.by, now=NOW, token="l")
    leave(lan, on=date(2026, 12, 15), by=turns.by, now=NOW, token="l")
    assert Duty.objects.on().filter(member=lan).count() == before > 0
    run = Run.objects.get(away=lan)
    work_out(cast.xinjie, NOW, run=run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert {who for who, _shift in run.told["on"]}.isdisjoint({str(lan.pk)})
    assert all(
        Shift.objects.get(pk=int(shift)).day >= date(2026, 12, 15) for _who, shift in run.told["on"]
    )
    with pytest.raises(Refused, match="轮"):
        put_on(turns.shift(month, 15), lan, by=turns.by, now=NOW)


def test_the_database_itself_refuses_who_may_not_be_with_children(turns, cast):
    month = minding(turns)
    shift = Shift.objects.get(month=month)
    assert (shift.adults, shift.why, shift.with_children) == (2, "8 个孩子", True)
    member = Member.objects.filter(kind=MINDING).first()
    duty = duty_row(shift, member, Stand.PROPOSED)
    for checked, ends in ((None, None), (date(2025, 12, 9), date(2026, 12, 9)),
                          (date(2026, 12, 10), date(2027, 12, 10))):  # fmt: skip
        duty.checked_on, duty.check_ends_on = checked, ends
        with pytest.raises(IntegrityError), transaction.atomic():
            duty.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(adults=1)


@pytest.mark.parametrize("checked", [None, date(2025, 12, 9), date(2026, 12, 10)])
def test_nobody_without_a_record_check_of_this_year_is_put_beside_children(turns, checked):
    month = minding(turns, checked=checked)
    shift = Shift.objects.select_related("month").get(month=month)
    member = Member.objects.filter(kind=MINDING).first()
    with pytest.raises(Refused, match="查询"):
        put_on(shift, member, by=turns.by, now=NOW)


def test_nobody_is_left_alone_with_children(turns):
    month = minding(turns, people=2)
    turns.by_hand(month)
    shift = Shift.objects.select_related("month").get(month=month)
    duty = Duty.objects.select_related("shift__month", "member__person").filter(shift=shift).first()
    take_off(duty, by=turns.by, now=NOW)
    with pytest.raises(Refused, match="两名"):
        publish(month, by=turns.by, now=NOW)
    put_on(shift, duty.member, by=turns.by, now=NOW)
    publish(month, by=turns.by, now=NOW)
    asked = (
        Duty.objects.select_related("shift__month", "member__person").filter(shift=shift).first()
    )
    with pytest.raises(Refused, match="两名"):
        take_off(asked, by=turns.by, now=NOW)


def test_a_room_s_people_and_needs_are_read_anew_with_each_proposal(turns):
    month = minding(turns, people=3)
    turns.by_hand(month)
    gone = turns.people.pop()
    turns.needs[:] = [Needed(date(2026, 12, 9), time(15), time(18), 1)]
    turns.by_hand(month, NOW + timedelta(minutes=6))
    # Until then a check that runs out later counts: they may be on duty this month.
    assert Member.objects.get(person=gone.person_id).left_on == DECEMBER
    assert Shift.objects.get(month=month).adults == 2  # two with children, whatever is said
    read_people(kind_of(MINDING), DECEMBER, by=turns.by, now=NOW)
    assert Member.objects.filter(kind=MINDING, left_on__isnull=True).count() == 2


def test_whom_their_own_room_names_no_more_has_no_duty_left_and_the_engine_is_asked(turns, cast):
    month = minding(turns)
    turns.by_hand(month)
    publish(month, by=turns.by, now=NOW)
    shift = Shift.objects.get(month=month)
    held = list(Duty.objects.on().filter(shift=shift).order_by("pk"))
    follow_rooms(cast.xinjie, NOW)
    assert not Run.objects.filter(away__isnull=False).exists()
    gone, stays = held
    turns.people[:] = [one for one in turns.people if one.person_id != gone.member.person_id]
    for _twice in range(2):
        follow_rooms(cast.xinjie, NOW)
    assert list(Duty.objects.on().filter(shift=shift)) == [stays]
    assert [run.away for run in Run.objects.filter(away__isnull=False)] == [gone.member]
    assert Member.objects.get(pk=gone.member_id).left_on == DECEMBER
    assert Act.objects.filter(verb="rota.leave").count() == 1


def test_who_is_new_or_has_a_new_check_may_be_put_on_a_published_month(turns, cast):
    month = minding(turns, adults=3)
    turns.by_hand(month)
    old = turns.people[0]
    publish(month, by=turns.by, now=NOW)
    shift = Shift.objects.select_related("month").get(month=month)
    december = datetime(2026, 12, 2, 10, tzinfo=SHANGHAI)
    Member.objects.filter(person=old.person_id).update(checked_on=date(2025, 12, 1))
    Duty.objects.filter(member__person=old.person_id).update(stand=Stand.TAKEN_OFF)
    member = Member.objects.get(person=old.person_id)
    with pytest.raises(Refused, match="查询"):
        put_on(shift, member, by=turns.by, now=december)
    fresh = PersonFactory(community=cast.xinjie)
    turns.people.append(Eligible(fresh.pk, frozenset({LEAD}), date(2026, 12, 1)))
    for _twice in range(2):
        follow_rooms(cast.xinjie, december)
    member.refresh_from_db()
    put_on(shift, member, by=turns.by, now=december)
    joined = Member.objects.get(person=fresh)
    assert (joined.is_lead, joined.checked_on, joined.joined_on.day) == (True, date(2026, 12, 1), 2)
    assert Act.objects.filter(verb="rota.follow_people").count() == 1


def test_what_is_booked_after_a_month_was_published_makes_its_shifts_grow(turns, cast):
    month = minding(turns)
    turns.by_hand(month)
    publish(month, by=turns.by, now=NOW)
    shift = Shift.objects.get(month=month)
    duty = Duty.objects.on().filter(shift=shift).select_related("member").first()
    Duty.objects.filter(pk=duty.pk).update(stand=Stand.ACCEPTED)
    day = shift.day

    def now_needed(*needs):
        turns.needs[:] = [Needed(*one) for one in needs]
        for _twice in range(2):
            follow_rooms(cast.xinjie, NOW)
        return [
            (one.day.day, one.starts_at.astimezone(SHANGHAI).hour, one.adults, one.leads)
            for one in Shift.objects.filter(month=month)
        ]

    assert now_needed() == [(9, 15, 2, 0)]
    assert now_needed((day, time(15), time(18), 3, 1)) == [(9, 15, 3, 1)]
    assert Duty.objects.get(pk=duty.pk).stand == Stand.ACCEPTED
    more = (date(2026, 12, 10), time(14), time(18), 1)
    assert now_needed((day, time(15), time(18), 2), more) == [(9, 15, 3, 1), (10, 14, 2, 0)]
    # Nobody stays longer than they promised without being asked.
    longer = now_needed((day, time(14), time(17), 2))
    assert longer == [(9, 14, 3, 1), (10, 14, 2, 0)]
    assert Duty.objects.get(pk=duty.pk).stand == Stand.ASKED
    told = Message.objects.filter(recipient_id=duty.member.person_id, topic="rota")
    assert sum("变长" in message.subject for message in told) == 1
    assert Act.objects.filter(verb="rota.follow_needs").count() == 3


def test_who_is_on_duty_elsewhere_at_that_time_is_not_put_on(turns, cast):
    yong = turns.members["阿勇"]
    turns.people[:] = [Eligible(yong.person_id, frozenset(), date(2026, 9, 1))]
    monday = date(2026, 12, 7)
    turns.needs[:] = [Needed(monday, time(11), time(15), 2), Needed(monday, time(12), time(15), 2)]
    other = turns.begin(MINDING)
    member = Member.objects.get(kind=MINDING)
    month = turns.begin()
    put_on(turns.shift(month, 7), yong, by=turns.by, now=NOW)
    early, late = Shift.objects.filter(month=other).order_by("starts_at")
    assert rota_of(other).person(str(member.pk)).unable == frozenset()
    publish(month, by=turns.by, now=NOW)
    assert rota_of(other).person(str(member.pk)).unable == {str(early.pk)}
    with pytest.raises(Refused):
        put_on(early, member, by=turns.by, now=NOW)
    put_on(late, member, by=turns.by, now=NOW)


def test_two_posts_on_one_day_are_possible_where_the_kind_allows_it(turns, monkeypatch):
    add_weekly(DESK, Weekly(When.MONDAY, time(12), time(17), 1), by=turns.by, now=NOW)
    month = turns.begin()
    early, late = Shift.objects.filter(month=month, day=date(2026, 12, 7)).order_by("starts_at")
    put_on(early, turns.members["兰英"], by=turns.by, now=NOW)
    with pytest.raises(Refused):
        put_on(late, turns.members["兰英"], by=turns.by, now=NOW)
    volunteers = kind_of("volunteers")
    easy = replace(kind_of(DESK), rest=volunteers.rest, one_a_day=volunteers.one_a_day)
    monkeypatch.setitem(registry._kinds, DESK, easy)
    put_on(late, turns.members["兰英"], by=turns.by, now=NOW)


def test_only_managers_manage_and_wishes_are_one_s_own(turns, cast):
    month = turns.begin()
    with pytest.raises(NotPermitted):
        propose(month, by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        say_wishes(month, turns.members["兰英"], Said({}), by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        say_wishes(
            month,
            turns.members["阿勇"],
            Said({JANUARY: Wanted.UNABLE}),
            by=cast.yong.actor,
            now=NOW,
        )
    say_wishes(
        month, turns.members["兰英"], Said({DECEMBER: Wanted.UNABLE}, most_shifts=2), by=turns.by,
        now=NOW,
    )  # fmt: skip
    assert Wish.objects.get().member == turns.members["兰英"]
    assert timezone.is_aware(month.opened_at)
