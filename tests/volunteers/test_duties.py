"""Who is on duty: posts, waiting list, clashes, dangers, substitutes, organisations, series, wishes."""

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connections

from mulin.circle.volunteers.actions.duties import (
    ask_out,
    bring,
    hand_on,
    join_in,
    remind,
    sign_off,
    sign_up,
)
from mulin.circle.volunteers.actions.people import Says, leave, register
from mulin.circle.volunteers.actions.planning import (
    About,
    add_shift,
    begin_made,
    drop_shift,
    plan_activity,
    plan_monthly,
    set_up,
)
from mulin.circle.volunteers.actions.turns import follow_rota
from mulin.circle.volunteers.ledgers import undo_volunteer
from mulin.circle.volunteers.models import Activity, Duty, Shift, Volunteer, Wish
from mulin.circle.volunteers.queries import (
    lines_of,
    month_of_activities,
    others_of,
    who_could,
)
from mulin.circle.volunteers.rules import KIND, Post, Span
from mulin.commons.flow.models import Step
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import say_coming, tell_waiting
from mulin.commons.gatherings.actions.planning import (
    Plan,
    cancel_gathering,
    move_gathering,
    plan_gathering,
)
from mulin.commons.gatherings.actions.series import SeriesPlan
from mulin.commons.gatherings.models import Attendance
from mulin.commons.rota.actions.duties import answer, call_in_sick
from mulin.commons.rota.actions.months import open_month, publish, put_on
from mulin.commons.rota.models import Duty as RotaDuty
from mulin.commons.rota.models import Member, Month
from mulin.commons.rota.models import Shift as RotaShift
from mulin.commons.rota.rules import Stand as Turn
from mulin.ground.community.models import Community
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.bodies import merge_organisations
from mulin.ground.people.actions.organisations import affiliate, found_organisation
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.suggestions.actions.ideas import adopt_idea, bring_idea
from tests.cast import make_cast
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.volunteers.conftest import BEGINS, ENDS, MINUTE, make_street, shift_of


def test_a_form_sent_twice_takes_one_place(street, cast):
    first = sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW, token="t")
    again = sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW, token="t")
    assert again == first
    assert Duty.objects.count() == 1
    assert Attendance.objects.get().stand == "going"


def test_a_full_post_keeps_a_waiting_list_and_moves_up(street, cast):
    mine = sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    hers = sign_up(street.shift, street.lan, by=street.by, now=NOW + timedelta(minutes=1))
    assert (mine.stand, hers.stand) == ("going", "waiting")
    mine.shift = hers.shift = street.shift
    sign_off(mine, by=cast.yong.actor, now=NOW + timedelta(minutes=2))
    hers.refresh_from_db()
    assert hers.stand == "going"
    assert dict(Attendance.objects.values_list("person__name", "stand")) == {
        "张勇": "declined", "兰英": "going",
    }  # fmt: skip
    assert "理发日" in Message.objects.get(topic="volunteering").subject


@pytest.mark.django_db(transaction=True)
def test_helfertool_187_the_last_place_and_the_next_in_line_are_given_once_each():
    """helfertool#187: overfull by a race. Eventra#5698: two moved up for one place that came free."""
    cast = make_cast()
    with in_community(cast.xinjie):
        street = make_street(cast)
        shift = street.shift
        more = [
            register(
                PersonFactory(community=cast.xinjie, name=f"街坊{n}"), Says(), by=street.by, now=NOW
            )
            for n in range(2)
        ]
    everybody = (street.yong, street.lan, *more)
    at_once(cast, *(partial(sign_up, shift, one, by=street.by, now=NOW) for one in everybody))
    with in_community(cast.xinjie):
        rows = list(Duty.objects.select_related("shift__activity").order_by("stand", "id"))
    assert [one.stand for one in rows] == ["going", *["waiting"] * 3]
    # Who has the place gives it back, and the first who waits no longer wants it, at one moment.
    at_once(cast, *(partial(sign_off, one, by=street.by, now=NOW) for one in rows[:2]))
    with in_community(cast.xinjie):
        stands = Counter(Duty.objects.values_list("stand", flat=True))
    assert (stands["going"], stands["waiting"]) == (1, 1)


def at_once(cast, *acts):
    """Each in a thread of its own, all begun at the same moment."""
    start, problems = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(10)
            with in_community(cast.xinjie):
                act()
        except Exception as problem:  # noqa: BLE001  a thread's error would be lost
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []


def test_who_has_something_else_then_does_not_move_up(street, cast):
    mine = sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    hers = sign_up(street.shift, street.lan, by=street.by, now=NOW)
    other = street.plan(kind="义诊", place_words="卫生站")
    sign_up(shift_of(other), street.lan, knows_risks=True, by=street.by, now=NOW)
    sign_off(mine, by=cast.yong.actor, now=NOW)
    hers.refresh_from_db()
    assert hers.stand == "waiting"


def test_nobody_is_in_two_places(street, cast):
    sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    clinic = street.plan(
        kind="义诊", starts=ENDS - timedelta(minutes=1), ends=ENDS + timedelta(hours=1)
    )
    with pytest.raises(Refused, match="理发日"):
        sign_up(shift_of(clinic), street.yong, knows_risks=True, by=cast.yong.actor, now=NOW)
    meeting = plan_gathering("meeting", Plan("议事", BEGINS, ENDS), by=cast.chen.actor, now=NOW)
    say_coming(meeting, street.lan.person, comes=True, by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused, match="议事"):
        sign_up(street.shift, street.lan, by=street.by, now=NOW)
    second = add_shift(
        street.activity, post="扫地", starts_at=BEGINS + timedelta(hours=1), ends_at=ENDS, wanted=1,
        by=street.by, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):
        sign_up(second, street.yong, by=cast.yong.actor, now=NOW)


def test_dangers_are_told_and_insured_first(street, cast):
    repair = street.plan(kind="家电维修", posts=[Post("师傅", 1, "")])
    shift = shift_of(repair)
    with pytest.raises(Refused, match="保险"):
        sign_up(shift, street.yong, knows_risks=True, by=cast.yong.actor, now=NOW)
    set_up(
        repair, insurance="人保 2026-77", slot_minutes=0, chairs=1, organisation=None, by=street.by,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        sign_up(shift, street.yong, by=cast.yong.actor, now=NOW)
    assert refusal.value.field == "knows_risks"
    assert sign_up(shift, street.yong, knows_risks=True, by=cast.yong.actor, now=NOW).risks_told


def test_a_post_that_needs_a_skill_takes_whoever_has_it(street, cast):
    cut = street.plan(starts=BEGINS + timedelta(days=1), ends=ENDS + timedelta(days=1),
                      posts=[Post("师傅", 1, "理发")])  # fmt: skip
    with pytest.raises(Refused) as refusal:
        sign_up(shift_of(cut), street.lan, by=street.by, now=NOW)
    assert refusal.value.field == "shift"
    assert sign_up(shift_of(cut), street.yong, by=cast.yong.actor, now=NOW).stand == "going"
    assert who_could(shift_of(cut)) == []


def test_somebody_steps_in_and_both_are_told(street, cast):
    mine = sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    mine.shift = street.shift
    ask_out(mine, by=cast.yong.actor, now=NOW)
    assert who_could(street.shift) == [street.lan]
    with pytest.raises(NotPermitted):
        hand_on(mine, street.lan, knows_risks=False, by=cast.yong.actor, now=NOW)
    taken = hand_on(mine, street.lan, knows_risks=False, by=street.by, now=NOW)
    assert (taken.stand, taken.takes_over) == ("going", mine)
    mine.refresh_from_db()
    assert mine.stand == "off"
    assert {row.recipient_id for row in Message.objects.filter(topic="volunteering")} == {
        street.lan.person_id, street.yong.person_id,
    }  # fmt: skip


def test_a_clinic_comes_with_its_people(street, cast):
    clinic = found_organisation(by=cast.zhou.actor, now=NOW, name="卫生站", kind="unit")
    with pytest.raises(Refused) as refusal:
        bring(street.shift, clinic, knows_risks=True, by=street.by, now=NOW)
    assert refusal.value.field == "organisation"
    twin = found_organisation(by=cast.zhou.actor, now=NOW, name="武原卫生站", kind="unit")
    for volunteer, where in ((street.yong, clinic), (street.lan, twin)):
        affiliate(volunteer.person, where, by=cast.chen.actor, now=NOW)
    merge_organisations(clinic, twin, by=cast.chen.actor, now=NOW)
    Shift.objects.filter(pk=street.shift.pk).update(wanted=5)
    meeting = plan_gathering("meeting", Plan("议事", BEGINS, ENDS), by=cast.chen.actor, now=NOW)
    say_coming(meeting, street.lan.person, comes=True, by=cast.chen.actor, now=NOW)
    count, faults = bring(street.shift, clinic, knows_risks=True, by=street.by, now=NOW)
    assert count == 1
    assert "兰英" in faults[0]
    assert [one.volunteer for one in Duty.objects.going()] == [street.yong]


def test_whoever_is_on_duty_is_reminded_once(street, cast):
    sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW - timedelta(days=1))
    assert remind(BEGINS - timedelta(hours=25)) == 0
    assert remind(BEGINS - timedelta(hours=20)) == 1
    assert remind(BEGINS - timedelta(hours=19)) == 0
    assert Message.objects.filter(topic="volunteering").count() == 1


def test_whoever_has_a_post_hears_that_it_is_moved_and_the_post_moves_with_it(street, cast):
    sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    later = timedelta(days=2)
    gathering = move_gathering(
        street.activity.gathering, starts_at=BEGINS + later, ends_at=ENDS + later, place=None,
        place_words="家宴中心", why="停电", by=street.by, now=NOW,
    )  # fmt: skip
    assert tell_waiting(gathering, now=NOW) == 1
    assert Shift.objects.select_related("activity__gathering").get().starts_at == BEGINS + later
    cancel_gathering(gathering, why="下雨", by=street.by, now=NOW)
    shift = Shift.objects.select_related("activity__gathering", "activity__kind").get()
    with pytest.raises(Refused):
        sign_up(shift, street.lan, by=street.by, now=NOW)


def test_one_press_makes_a_volunteer_of_a_neighbour_and_nobody_else_may(street, cast):
    duty = join_in(street.shift, cast.wang.person, knows_risks=False, by=cast.chen.actor, now=NOW)
    assert duty.volunteer.person == cast.wang.person
    with pytest.raises(NotPermitted):
        register(cast.wang.person, Says(), by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        sign_off(duty, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        leave(duty.volunteer, by=cast.chen.actor, now=NOW)


def test_no_number_is_given_twice_after_an_old_list_was_handed_back(street, cast):
    assert (street.yong.number, street.lan.number) == ("2026-0001", "2026-0002")
    assert undo_volunteer(street.yong.pk)
    person = PersonFactory(community=cast.xinjie, name="水根")
    again = register(person, Says(), by=street.by, now=NOW)
    assert again.number == "2026-0003"


def test_a_child_under_fourteen_comes_with_a_parent(street, cast):
    child = PersonFactory(community=cast.xinjie, name="小宝", born_on=NOW.date().replace(year=2014))
    alone = cast.yong.actor.by("online")
    object.__setattr__(alone, "person_id", child.pk)
    with pytest.raises(Refused):
        register(child, Says(), by=alone, now=NOW)
    for who in (None, child, PersonFactory(community=cast.xinjie, born_on=date(2010, 1, 1))):
        with pytest.raises(Refused) as refused:
            register(child, Says(), guardian=who, by=cast.chen.actor, now=NOW)
        assert refused.value.field == "guardian"
    made = register(child, Says(), guardian=cast.wang.person, by=cast.chen.actor, now=NOW)
    assert (made.guardian, made.guardian_agreed_on) == (cast.wang.person, NOW.date())
    leave(made, by=cast.chen.actor, now=NOW)
    # The word of before still stands.
    assert register(child, Says(), by=cast.chen.actor, now=NOW).guardian == cast.wang.person


def test_who_left_comes_back_as_the_same_volunteer(street, cast):
    leave(street.yong, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    assert register(cast.yong.person, Says(), by=cast.yong.actor, now=NOW) == street.yong
    assert Volunteer.objects.count() == 2


def test_a_series_makes_its_activities_with_their_posts(street):
    starts = NOW + timedelta(days=3, hours=-1)
    series = plan_monthly(
        SeriesPlan(kind=KIND, title="每月义诊", begins=starts.time(), ends=(starts + timedelta(hours=2)).time(),
                   day=starts.day, place_words="卫生站"),
        About(street.kind("义诊"), [Post("医生", 2, "")], slot_minutes=10, chairs=2),
        by=street.by, now=NOW,
    )  # fmt: skip
    made = Activity.objects.filter(gathering__series=series).order_by("gathering__starts_at")
    assert [
        (
            local_day(one.gathering.starts_at).isoformat(),
            one.kind.name,
            one.shifts.get().wanted,
            one.chairs,
        )
        for one in made
    ] == [("2026-11-28", "义诊", 2, 2), ("2026-12-28", "义诊", 2, 2)]
    assert begin_made(NOW) == 0
    plan_gathering(KIND, Plan("另外", BEGINS, ENDS), by=street.by, now=NOW)
    assert begin_made(NOW) == 0


def test_the_month_says_which_kinds_it_lacks(street):
    month = month_of_activities(NOW.date().replace(day=1))
    assert [kind.name for kind, _count in month.held] == ["理发"]
    assert len(month.missing) == 7
    street.plan(kind="缝补", starts=BEGINS + timedelta(days=1), ends=ENDS + timedelta(days=1))
    month = month_of_activities(NOW.date().replace(day=1))
    assert len(month.missing) == 6
    shown = [day for week in month.weeks for day in week if day.entries]
    assert [(one.time, one.title, one.lacks) for day in shown for one in day.entries] == [
        ("9:00", "理发日", "缺 1 人"), ("9:00", "缝补日", "缺 1 人"),
    ]  # fmt: skip
    assert [line.lacks for line in lines_of(month, [pk for pk, _day in month.days])] == [1, 1]
    assert [day.day.day for day in shown] == [26, 27]


def test_an_adopted_idea_becomes_an_activity_and_its_author_hears_the_day(street, cast):
    idea = bring_idea(
        Said(words="每月磨一次剪刀", person=cast.yong.person), by=cast.yong.actor, now=NOW
    )
    adopt_idea(idea, to="volunteers", why="每月磨刀", by=cast.chen.actor, now=NOW)
    wish = Wish.objects.get()
    assert (wish.title, wish.need) == ("每月磨刀", idea.need)
    activity = plan_activity(
        Plan("磨刀日", BEGINS, ENDS, place_words="桂花广场"), About(street.kind("磨刀磨剪")), wish=wish,
        by=street.by, now=NOW,
    )  # fmt: skip
    assert wish.activity == activity
    assert "桂花广场" in Step.objects.filter(need=idea.need).latest("id").line
    with pytest.raises(Refused):
        plan_activity(
            Plan("再磨", BEGINS, ENDS),
            About(street.kind("磨刀磨剪")),
            wish=wish,
            by=street.by,
            now=NOW,
        )


def test_a_post_that_nobody_ever_took_can_go(street, cast):
    spare = add_shift(
        street.activity,
        post="引导",
        starts_at=BEGINS,
        ends_at=ENDS,
        wanted=1,
        by=street.by,
        now=NOW,
    )
    drop_shift(spare, by=street.by, now=NOW)
    sign_up(street.shift, street.yong, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        drop_shift(street.shift, by=street.by, now=NOW)
    with pytest.raises(NotPermitted):
        street.plan(by=cast.yong.actor)


def test_the_neighbour_sees_nothing(street, cast):
    with in_community(Community.objects.get(pk=cast.linli.pk)):
        assert not Activity.objects.exists()
        assert not Volunteer.objects.exists()


# ── turns on the rota ────────────────────────────────────────────────────────────────────────


def test_the_rota_asks_for_free_posts_and_whoever_accepts_stands_on_the_list(street, cast):
    posts = (Post("帮手", 2, ""), Post("记账", 1, ""), Post("裁缝", 1, "缝补"))
    begins = datetime(2026, 12, 10, 9, tzinfo=SHANGHAI)
    sewing = street.plan(kind="缝补", starts=begins, ends=begins + timedelta(hours=2), posts=posts)
    street.plan(kind="磨刀磨剪", starts=begins, ends=begins + timedelta(hours=2))  # has its dangers
    helping = sewing.shifts.get(post="帮手")
    sign_up(helping, street.lan, by=street.by, now=NOW)
    child = PersonFactory(community=cast.xinjie, born_on=date(2014, 1, 1))
    register(child, Says(), guardian=cast.wang.person, by=street.by, now=NOW)

    month = open_month("volunteers", date(2026, 12, 1), by=street.by, now=NOW)
    (turn,) = month.shifts.all()
    assert (turn.starts_at, turn.adults) == (begins, 2)  # one helper, one who keeps the books
    members = {one.person_id: one for one in Member.objects.filter(kind="volunteers")}
    assert members.keys() == {street.yong.person_id, street.lan.person_id}
    turn.month = month
    asked = put_on(turn, members[street.yong.person_id], by=street.by, now=NOW)
    publish(month, by=street.by, now=NOW)
    assert follow_rota(cast.xinjie.pk, NOW) == 0  # asked is not promised

    asked.refresh_from_db()
    asked = RotaDuty.objects.select_related("shift__month", "member__person").get(pk=asked.pk)
    answer(asked, accepts=True, by=cast.yong.actor, now=NOW)
    assert [follow_rota(cast.xinjie.pk, NOW) for _again in range(2)] == [1, 0]
    duty = Duty.objects.get(from_rota=asked)
    assert (duty.volunteer, duty.stand) == (street.yong, "going")
    assert duty.shift.activity == sewing

    call_in_sick(asked.member, since=NOW, until=None, by=cast.yong.actor, now=NOW)
    assert [follow_rota(cast.xinjie.pk, NOW) for _again in range(2)] == [1, 0]
    duty.refresh_from_db()
    assert duty.stand == "off"


def test_a_turn_of_another_kind_of_duty_is_a_clash_and_one_close_by_is_said(street, cast):
    person = street.lan.person
    member = Member.objects.create(
        community=cast.xinjie, kind="front-desk", person=person, joined_on=date(2026, 11, 1)
    )
    month = Month.objects.create(
        community=cast.xinjie, kind="front-desk", first=date(2026, 11, 1), state="published",
        opened_at=NOW, published_at=NOW, snapshot="{}", plan="{}",
    )  # fmt: skip
    turn = RotaShift.objects.create(
        community=cast.xinjie, month=month, day=local_day(BEGINS), starts_at=ENDS - MINUTE,
        ends_at=ENDS + timedelta(hours=2), adults=1, points=2,
    )  # fmt: skip
    RotaDuty.objects.create(
        community=cast.xinjie,
        shift=turn,
        member=member,
        stand=Turn.ACCEPTED,
        day=turn.day,
        with_children=False,
    )
    span = Span(BEGINS, ENDS)
    (other,) = others_of([person.pk], span)[person.pk]
    assert (other.title, other.is_hard) == ("前台值班", True)
    shift = shift_of(street.plan(posts=(Post("帮手", 1, ""),)))
    with pytest.raises(Refused, match="前台"):
        sign_up(shift, street.lan, by=street.by, now=NOW)
    assert street.lan not in who_could(shift)

    RotaShift.objects.filter(pk=turn.pk).update(starts_at=ENDS)
    (other,) = others_of([person.pk], span)[person.pk]
    assert not other.is_hard
    RotaDuty.objects.update(stand=Turn.DECLINED)
    assert not others_of([person.pk], span).get(person.pk)
