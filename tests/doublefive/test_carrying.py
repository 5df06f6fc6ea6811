"""The five are carried out: steps, money, delays, who is told, who says what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.models import Message
from mulin.kit.clock import end_of_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.carrying import (
    begin_project,
    escalate_milestone,
    finish_project,
    give_to,
    picture_project,
    put_off,
    reach_milestone,
    set_milestone,
    spend,
)
from mulin.parlour.doublefive.actions.following import (
    answer_comment,
    comment,
    follow,
    hide_comment,
    show_comment,
    unfollow,
)
from mulin.parlour.doublefive.actions.ideas import offer_idea
from mulin.parlour.doublefive.actions.picturing import choose_pictures
from mulin.parlour.doublefive.holdings import ERASED, erase_said, said_told
from mulin.parlour.doublefive.jobs import escalate_late
from mulin.parlour.doublefive.models import (
    Chosen,
    Comment,
    Follow,
    Milestone,
    Moment,
    Picture,
    Project,
)
from mulin.parlour.doublefive.queries import comments_of, map_of, projects
from tests.clock import NOW
from tests.doublefive.conftest import picture, public

DAY = timedelta(days=1)


def told(words):
    """To whom a message with these words went (its texts are encrypted): kind and number."""
    rows = Message.objects.filter(topic="doublefive").order_by("id")
    found = rows.values_list("recipient_kind", "recipient_id", "subject", "body")
    return [(kind, pk) for kind, pk, subject, body in found if words in subject + body]


def test_the_head_gives_a_chosen_idea_to_somebody_who_works_here_once(cast, five):
    chosen = Chosen.objects.get(place=2)
    values = {"promise": "十把长椅", "budget_yuan": Decimal(5000), "now": NOW}
    with pytest.raises(NotPermitted):
        begin_project(chosen, owner=cast.sun.account, by=cast.chen.actor, **values)
    with pytest.raises(Refused):
        begin_project(chosen, owner=cast.yong.account, by=cast.zhou.actor, **values)
    for _turn in range(2):
        begin_project(chosen, owner=cast.sun.account, by=cast.zhou.actor, token="t", **values)
    with pytest.raises(TakenMeanwhile):
        begin_project(chosen, owner=cast.sun.account, by=cast.zhou.actor, **values)
    assert Project.objects.count() == 1


def test_nothing_is_carried_out_before_it_is_chosen(cast, project):
    season = project.chosen.season
    season.stage = "vote"
    season.save()
    with pytest.raises(Refused):
        begin_project(
            Chosen.objects.get(place=2), owner=cast.sun.account, promise="长椅",
            budget_yuan=Decimal(1), by=cast.zhou.actor, now=NOW,
        )  # fmt: skip


def test_whoever_carries_it_out_and_the_desk_set_steps_and_nobody_else(cast, project):
    later = (NOW + 5 * DAY).date()
    set_milestone(project, "比价", due_on=later, by=cast.sun.actor, now=NOW)
    set_milestone(project, "签合同", due_on=later, by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        set_milestone(project, "拆掉", due_on=later, by=cast.wu.actor, now=NOW)
    with pytest.raises(Refused):
        set_milestone(project, "昨天", due_on=(NOW - DAY).date(), by=cast.sun.actor, now=NOW)
    assert Milestone.objects.count() == 2


def test_a_step_is_reached_with_what_shows_it_and_whoever_follows_is_told_once(
    cast, project, milestone
):
    follow(project, by=cast.wang.actor, now=NOW)
    follow(project, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        reach_milestone(milestone, words=" ", by=cast.sun.actor, now=NOW)
    for _turn in range(2):
        reach_milestone(
            milestone, words="", photos=[picture()], by=cast.sun.actor, now=NOW, token="t"
        )
    with pytest.raises(TakenMeanwhile):
        reach_milestone(milestone, words="又好了", by=cast.sun.actor, now=NOW)
    shown = Picture.objects.get()
    assert (shown.milestone, shown.moment, shown.is_public) == (milestone, Moment.STEP, True)
    # 阿勇 is the author and follows: one word, not two. 王奶奶 has no phone: somebody tells her.
    assert sorted(set(told("立杆子"))) == sorted(
        ("person", one.person.pk) for one in (cast.yong, cast.wang)
    )
    assert told("立杆子").count(("person", cast.yong.person.pk)) == 1
    unfollow(project, by=cast.wang.actor, now=NOW)
    assert list(Follow.objects.values_list("person", flat=True)) == [cast.yong.person.pk]


def test_a_passer_by_follows_nothing_for_nobody_could_tell_them(cast, project):
    with pytest.raises(NotPermitted):
        follow(project, by=Actor(cast.xinjie.pk), now=NOW)


def test_a_delay_has_its_reason_a_later_day_and_ends_the_alarm(cast, project, milestone):
    late = milestone.due_at + DAY
    escalate_milestone(milestone, by=system(cast.xinjie.pk), now=late)
    with pytest.raises(Refused):
        put_off(milestone, due_on=late.date(), reason="", by=cast.sun.actor, now=late)
    with pytest.raises(Refused):
        put_off(milestone, due_on=NOW.date(), reason="下雨", by=cast.sun.actor, now=late)
    before, day = milestone.due_at, (late + 9 * DAY).date()
    put_off(milestone, due_on=day, reason="下雨", by=cast.sun.actor, now=late)
    found = Milestone.objects.get()
    assert (found.due_at, found.escalated) == (end_of_day(day), 0)
    delay = found.delays.get()
    assert (delay.was_due_at, delay.reason) == (before, "下雨")


def test_whoever_follows_reads_the_new_day_as_days_are_said(cast, project, milestone):
    follow(project, by=cast.yong.actor, now=NOW)
    put_off(milestone, due_on=date(2026, 12, 24), reason="下雨", by=cast.sun.actor, now=NOW)
    assert told("要延到 12月24日（周四）") == [("person", cast.yong.person.pk)]


def test_a_late_step_is_brought_before_owner_and_desk_and_a_week_later_before_the_head(
    cast, project, milestone
):
    due = milestone.due_at
    escalate_late(cast.xinjie, due)
    assert told("误期") == []
    for _turn in range(2):
        escalate_late(cast.xinjie, due + DAY)
    assert Milestone.objects.get().escalated == 1
    first = told("误期")
    head, owner = ("account", cast.zhou.account.pk), ("account", cast.sun.account.pk)
    assert first.count(owner) == 1
    escalate_late(cast.xinjie, due + 6 * DAY)
    assert told("误期") == first
    escalate_late(cast.xinjie, due + 8 * DAY)
    escalate_late(cast.xinjie, due + 9 * DAY)
    assert Milestone.objects.get().escalated == 2
    assert (told("误期").count(owner), told("误期").count(head) > first.count(head)) == (2, True)


def test_what_is_late_stands_with_whoever_owes_it(cast, project, milestone):
    def dues(member):
        asked = Asked(member.actor, frozenset({member.account.pk}), NOW, milestone.due_at + DAY)
        return [(one.kind, one.what) for one in owed_by(asked).dues if "doublefive" in one.kind]

    assert dues(cast.sun) == [("doublefive.step", f"{project}：立杆子")]
    assert dues(cast.wu) == []
    comment(project, "太暗", by=Actor(cast.xinjie.pk), now=NOW)
    assert dues(cast.chen) == [("doublefive.comment", "太暗")]
    reach_milestone(milestone, words="好了", by=cast.sun.actor, now=NOW)
    assert dues(cast.sun) == []


def test_ideas_and_appeals_stand_with_whoever_screens(cast, screening, lamp):
    def kinds(member):
        asked = Asked(member.actor, frozenset({member.account.pk}), NOW, NOW + DAY)
        return [one.kind for one in owed_by(asked).dues if "doublefive" in one.kind]

    assert kinds(cast.chen) == ["doublefive.screen"] * 2
    assert kinds(cast.sun) == []
    type(lamp).objects.filter(pk=lamp.pk).update(
        state="appealed", screened_by=cast.chen.account, reason="x",
        criterion=screening.criteria.first(),
    )  # fmt: skip
    assert kinds(cast.chen) == ["doublefive.screen"]
    assert sorted(kinds(cast.zhou)) == ["doublefive.appeal", "doublefive.screen"]


def test_money_is_added_up_to_the_cent_and_no_more_comes_back_than_went(cast, project):
    def note(yuan, what="灯杆", **changed):
        values = {"spent_on": NOW.date(), "by": cast.sun.actor, "now": NOW} | changed
        return spend(project, yuan=Decimal(yuan), what=what, **values)

    note("4200.10")
    note("4200.20", what="灯头")
    note("-0.30", what="多收的退回来")
    for wrong in ({"yuan": "0"}, {"yuan": "-9000"}, {"yuan": "1", "what": " "},
                  {"yuan": "1", "spent_on": (NOW + DAY).date()}):  # fmt: skip
        with pytest.raises(Refused):
            note(**wrong)
    with pytest.raises(NotPermitted):
        note("1", by=cast.wu.actor)
    found = projects().get()
    assert (found.spent, found.left) == (Decimal("8400.00"), Decimal("-400.00"))


def test_it_is_finished_when_all_steps_are_and_the_outcome_stands_beside_the_promise(
    cast, project, milestone
):
    with pytest.raises(Refused):
        finish_project(project, outcome="亮了", by=cast.sun.actor, now=NOW)
    reach_milestone(milestone, words="好了", by=cast.sun.actor, now=NOW)
    picture_project(project, [picture()], moment="after", by=cast.sun.actor, now=NOW)
    finish_project(project, outcome="亮了", by=cast.sun.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        finish_project(project, outcome="又亮了", by=cast.sun.actor, now=NOW)
    with pytest.raises(Refused):
        set_milestone(Project.objects.get(), "再来", due_on=NOW.date(), by=cast.sun.actor, now=NOW)
    assert Project.objects.get().outcome == "亮了"


def test_another_owner_is_told_and_may_go_on(cast, project):
    give_to(project, cast.wu.account, by=cast.zhou.actor, now=NOW)
    set_milestone(project, "接着做", due_on=NOW.date(), by=cast.wu.actor, now=NOW)
    with pytest.raises(NotPermitted):
        set_milestone(project, "也做", due_on=NOW.date(), by=cast.sun.actor, now=NOW)


# ── comments ─────────────────────────────────────────────────────────────────────────────────


def test_what_comes_without_login_is_held_for_a_look(cast, project):
    held = comment(project, "太暗", by=Actor(cast.xinjie.pk), now=NOW)
    shown = comment(project, "真好", by=cast.yong.actor, now=NOW)
    assert list(comments_of(project)) == [shown]
    with pytest.raises(NotPermitted):
        show_comment(held, by=cast.sun.actor, now=NOW)
    show_comment(held, by=cast.chen.actor, now=NOW)
    assert set(comments_of(project)) == {shown, held}
    with pytest.raises(Refused):
        hide_comment(shown, why="", by=cast.chen.actor, now=NOW)
    hide_comment(shown, why="骂人", by=cast.chen.actor, now=NOW)
    assert list(comments_of(project)) == [held]


def test_a_comment_is_answered_once_and_its_author_told(cast, project):
    said = comment(project, "真好", by=cast.yong.actor, now=NOW)
    answer_comment(said, "谢谢", by=cast.sun.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        answer_comment(said, "再谢", by=cast.sun.actor, now=NOW)
    assert told("谢谢") == [("person", cast.yong.person.pk)]
    noted = comment(project, "电话里说的", by=cast.chen.actor.by("phone"), now=NOW)
    assert (noted.person_id, noted.account_id) == (None, None)


def test_what_somebody_said_is_told_and_erased(cast, project):
    comment(project, "我家在三楼", by=cast.yong.actor, now=NOW)
    follow(project, by=cast.yong.actor, now=NOW)
    person = cast.yong.person.pk
    assert [sorted(one) for one in said_told(person)] == [
        ["answer", "at", "project", "words"], ["follows", "since"],
    ]  # fmt: skip
    for _turn in range(2):
        erase_said(person)
    assert Comment.objects.get().words == ERASED
    assert not Follow.objects.exists()


# ── pictures and the map ─────────────────────────────────────────────────────────────────────


def test_pictures_from_the_street_are_seen_by_nobody_before_the_desk_chose_them(cast, season):
    idea = offer_idea(
        public(), words="", photos=[picture(), picture()], by=Actor(cast.xinjie.pk), now=NOW
    )
    first, second = Picture.objects.order_by("id")
    assert not Picture.objects.public().exists()
    with pytest.raises(NotPermitted):
        choose_pictures(idea, [first.pk], by=cast.sun.actor, now=NOW)
    choose_pictures(idea, [first.pk], [picture()], by=cast.chen.actor, now=NOW)
    assert set(Picture.objects.public()) == set(Picture.objects.exclude(pk=second.pk))
    choose_pictures(idea, [], by=cast.chen.actor, now=NOW)
    assert not Picture.objects.public().exists()


def test_the_map_has_every_house_and_the_numbers_side_by_side(cast, season):
    house = cast.building_12
    house.latitude, house.longitude = Decimal("30.52"), Decimal("120.94")
    house.save()
    ideas = [
        offer_idea(public(building_id=house.pk), words="", by=cast.yong.actor, now=NOW)
        for _one in range(2)
    ]
    drawn = map_of([("1", ideas[0]), ("2", ideas[1])])
    assert [one.name for one in drawn.houses] == [house.name]
    first, second = drawn.marks
    assert (first.name, second.name, first.y == second.y, first.x < second.x) == (
        "1", "2", True, True,
    )  # fmt: skip
    assert map_of([("3", offer_idea(public(), words="", by=cast.yong.actor, now=NOW))]) is None


def test_what_a_caller_said_is_not_filed_under_whoever_wrote_it_down(cast, project):
    staff = replace(cast.chen.actor, person_id=cast.wang.person.pk)
    noted = comment(project, "电话里说的", by=staff.by("phone"), now=NOW)
    assert (noted.person_id, noted.account_id) == (None, None)
    own = comment(project, "我自己说的", by=staff.by("online"), now=NOW)
    assert own.person_id == cast.wang.person.pk
