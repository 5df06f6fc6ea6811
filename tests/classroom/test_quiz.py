"""The quiz: late joiners, answers that count once, points, forgetting; on paper; the draw."""

from datetime import date, timedelta

import pytest

from mulin.commons.paper.registry import Taken, use_of
from mulin.ground.audit.models import Act, ActDetail
from mulin.kit.paper.definition import pages_of
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.classroom.actions.draws import enter_number, list_entrants
from mulin.parlour.classroom.actions.quiz import (
    answer,
    end_quiz,
    join_quiz,
    lead_on,
    open_quiz,
    put_on_paper,
)
from mulin.parlour.classroom.jobs import forget_quizzes
from mulin.parlour.classroom.models import Lesson, Player, QuizAnswer
from mulin.parlour.classroom.queries import standing
from mulin.parlour.classroom.redraw import fingerprint, winners
from tests.classroom.conftest import a_lesson, hold_question, lead
from tests.clock import NOW
from tests.support.filledin import read_back

#: The right answers of the first questions of the kit.
RIGHT = (1, 0, 2)


def test_points_stand_when_the_answer_is_shown(cast, running):
    lesson, first, second = running
    hold_question(lesson, cast, {first: RIGHT[0], second: 0})
    hold_question(lesson, cast, {first: RIGHT[1], second: RIGHT[1]})
    assert standing(lesson) == [(1, "桂花糕", 2), (2, "老船长", 1)]
    assert lesson.tally == [[2, 1], [2, 2]]


def test_the_first_answer_counts_and_only_while_the_question_stands(cast, running):
    lesson, first, second = running
    with pytest.raises(Refused):
        answer(first, lesson, at=0, choice=0, now=NOW)  # nothing is asked yet
    lead(lesson, cast)
    answer(first, lesson, at=0, choice=0, now=NOW)
    answer(first, lesson, at=0, choice=1, now=NOW)
    assert QuizAnswer.objects.get().choice == 0
    for at, choice, late in ((1, 0, 0), (0, 9, 0), (0, -1, 0), (0, 1, 33)):
        with pytest.raises(Refused):
            answer(second, lesson, at=at, choice=choice, now=NOW + timedelta(seconds=late))
    answer(second, lesson, at=0, choice=1, now=NOW + timedelta(seconds=31))  # on its way in time
    lead(lesson, cast)
    with pytest.raises(Refused):
        answer(second, lesson, at=0, choice=1, now=NOW)


def test_who_is_late_comes_in_and_a_name_is_given_once(cast, running):
    lesson, first, _second = running
    hold_question(lesson, cast, {first: RIGHT[0]})
    late = join_quiz(lesson, "  夜班  小李 ")
    assert late.nick == "夜班 小李"
    hold_question(lesson, cast, {late: RIGHT[1]})
    assert standing(lesson) == [(1, "夜班 小李", 1), (1, "桂花糕", 1), (3, "老船长", 0)]
    for nick in ("桂花糕", "", " ", "一二三四五六七八九十一二三"):
        with pytest.raises(Refused) as refusal:
            join_quiz(lesson, nick)
        assert refusal.value.field == "nick"


def test_two_presses_at_once_lead_on_once(cast, running):
    lesson, _first, _second = running
    seen = Lesson.objects.select_related("kit", "gathering").get(pk=lesson.pk)
    edition = seen.edition
    lead_on(lesson, edition, by=cast.chen.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        lead_on(seen, edition, by=cast.zhou.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        lead_on(lesson, edition, by=cast.zhou.actor, now=NOW)
    assert Lesson.objects.get(pk=lesson.pk).at == 0
    with pytest.raises(NotPermitted):
        lead_on(lesson, lesson.edition, by=cast.yong.actor, now=NOW)


def test_after_the_class_nobodys_mistakes_are_kept(cast, running):
    lesson, first, second = running
    hold_question(lesson, cast, {first: RIGHT[0], second: 0})
    lead(lesson, cast)
    end_quiz(lesson, by=cast.chen.actor, now=NOW)
    assert (Player.objects.count(), QuizAnswer.objects.count()) == (0, 0)
    lesson.refresh_from_db()
    assert (lesson.stage, lesson.players_were, lesson.tally) == ("over", 2, [[2, 1], [0, 0]])
    told = "".join(ActDetail.objects.values_list("changes", flat=True))
    assert "桂花糕" not in told
    assert not Act.objects.filter(kind__in=["classroom.player", "classroom.quizanswer"]).exists()
    with pytest.raises(Refused):
        join_quiz(lesson, "又来")
    with pytest.raises(TakenMeanwhile):
        end_quiz(lesson, by=cast.chen.actor, now=NOW)


def test_a_quiz_that_nobody_ended_is_forgotten_by_itself(cast, xinjie, running):
    lesson, _first, _second = running
    forget_quizzes(xinjie, NOW + timedelta(hours=12))
    assert Player.objects.count() == 2  # it ended forty minutes after it began
    forget_quizzes(xinjie, NOW + timedelta(hours=13))
    assert Player.objects.count() == 0
    assert Lesson.objects.get(pk=lesson.pk).stage == "over"


def test_a_phone_that_saw_the_quiz_before_it_ended_is_told_so(cast, xinjie, running):
    lesson, first, _second = running
    lead(lesson, cast)
    seen = Lesson.objects.select_related("kit", "gathering").get(pk=lesson.pk)
    end_quiz(lesson, by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        answer(first, seen, at=0, choice=0, now=NOW)
    with pytest.raises(Refused):
        join_quiz(seen, "迟到")
    assert Player.objects.count() == 0
    Player.objects.create(community=xinjie, lesson=lesson, nick="溜进来", key="k")
    forget_quizzes(xinjie, NOW)
    assert Player.objects.count() == 0


def test_a_quiz_is_opened_once_and_only_with_questions(cast, kits, running):
    lesson, _first, _second = running
    with pytest.raises(TakenMeanwhile):
        open_quiz(lesson, by=cast.chen.actor, now=NOW)
    lesson.kit.quiz = ""
    del lesson.kit.items
    with pytest.raises(Refused):
        open_quiz(lesson, by=cast.chen.actor, now=NOW)


def test_the_sheet_asks_what_the_lesson_on_paper_asks_and_keeps_counts_alone(cast, kits, lesson):
    use = use_of("QUIZ")
    assert use.subjects_for(cast.chen.actor, NOW) == {}
    put_on_paper(lesson, by=cast.chen.actor, now=NOW)
    assert list(use.subjects_for(cast.chen.actor, NOW)) == [str(lesson.pk)]
    form = use.form_about(str(lesson.pk))
    assert len(pages_of(form)) == 1
    assert form.fields[0].label.startswith("1. 有人打电话说您买的东西有问题")
    chosen = {one.name: "" for one in form.fields} | {"q1": "1", "q2": "1"}

    def take(values):
        return use.take(Taken(values, about=str(lesson.pk)), by=cast.chen.actor, now=NOW)

    assert read_back(form, {"q1": "1", "q2": "1"}) == chosen
    record = take(chosen)
    take(chosen | {"q2": "0"})
    record.refresh_from_db()
    assert record.sheet_tally[:3] == [[2, 2], [2, 1], [0, 0]]
    assert use.path(record.pk) == f"/classroom/lessons/{lesson.pk}/"
    with pytest.raises(Refused):
        take(dict.fromkeys(chosen, ""))
    other = a_lesson(kits["wages"], cast)
    put_on_paper(other, by=cast.chen.actor, now=NOW)
    assert use.form_about(str(other.pk)).fields[0].label.startswith("1. 进厂干活")
    assert list(Lesson.objects.filter(on_paper=True)) == [other]
    # A sheet that comes back when another lesson is on paper is still of its own lesson.
    assert take(chosen) == record
    other.refresh_from_db()
    assert other.sheet_tally == []
    with pytest.raises(Refused) as refusal:
        use.take(Taken(chosen), by=cast.chen.actor, now=NOW)
    assert str(refusal.value.message)


def test_every_kit_has_a_quiz_sheet_of_one_side(cast, kits):
    for kit in kits.values():
        form = use_of("QUIZ").form_about(str(a_lesson(kit, cast).pk))
        assert len(pages_of(form)) == 1
        assert len(form.fields) >= 5


def listed(lesson, cast, **values):
    told = {
        "entrants": "甲\n乙\n丙\n丁\n甲", "prizes": 2, "source": "福彩3D",
        "source_day": date(2026, 11, 26), "by": cast.chen.actor, "now": NOW,
    }  # fmt: skip
    return list_entrants(lesson, **(told | values))


def test_the_list_and_its_fingerprint_stand_before_the_number_and_decide_with_it(cast, lesson):
    draw = listed(lesson, cast, token="t")
    assert draw == listed(lesson, cast, token="t")
    assert draw.fingerprint == fingerprint(["甲", "乙", "丙", "丁"])
    assert draw.fingerprint in Act.objects.get(verb="classroom.list_entrants").detail.changes
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        enter_number(draw, "528", by=cast.chen.actor, now=NOW)  # it is not known yet
    assert refusal.value.field == "number"
    enter_number(draw, " 528 ", by=cast.chen.actor, now=tomorrow)
    assert draw.winners == winners(["甲", "乙", "丙", "丁"], "528", 2)
    with pytest.raises(TakenMeanwhile):
        enter_number(draw, "529", by=cast.zhou.actor, now=tomorrow)
    draw.refresh_from_db()
    assert draw.number == "528"


def test_a_draw_that_could_be_steered_is_refused(cast, lesson):
    for values, field in (
        ({"entrants": " \n"}, "entrants"), ({"prizes": 5}, "prizes"), ({"prizes": 0}, "prizes"),
        ({"source": " "}, "source"), ({"source_day": date(2026, 11, 25)}, "source_day"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            listed(lesson, cast, **values)
        assert refusal.value.field == field
    draw, tomorrow = listed(lesson, cast), NOW + timedelta(days=1)
    for number in ("", "五二八", "5 2 8", "1" * 21):
        with pytest.raises(Refused) as refusal:
            enter_number(draw, number, by=cast.chen.actor, now=tomorrow)
        assert refusal.value.field == "number"
    with pytest.raises(NotPermitted):
        enter_number(draw, "528", by=cast.sun.actor, now=tomorrow)
