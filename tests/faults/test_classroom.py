"""A quiz whose server is killed between two questions goes on where it stood."""

import signal

import pytest

from mulin.commons.gatherings.actions.planning import Plan
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.actions.kits import lay_out_kits
from mulin.parlour.classroom.actions.lessons import plan_lesson
from mulin.parlour.classroom.actions.quiz import answer, join_quiz, lead_on, open_quiz
from mulin.parlour.classroom.models import Kit, Lesson, Player, QuizAnswer
from mulin.parlour.classroom.queries import standing
from tests.cast import make_cast
from tests.classroom.conftest import ENDS
from tests.clock import NOW

KILLED = -signal.SIGKILL


@pytest.fixture
def cast(transactional_db):
    """A class of two whose first question has been answered, and is still open."""
    cast = make_cast()
    with in_community(cast.xinjie):
        lay_out_kits(by=cast.chen.actor, now=NOW)
        kit = Kit.objects.get(family="refund")
        lesson = plan_lesson(
            Plan("课", NOW, ENDS), kit=kit, site="mall", by=cast.chen.actor, now=NOW
        )
        open_quiz(lesson, by=cast.chen.actor, now=NOW)
        players = [join_quiz(lesson, nick) for nick in ("桂花糕", "老船长")]
        lead_on(lesson, lesson.edition, by=cast.chen.actor, now=NOW)
        answer(players[0], lesson, at=0, choice=kit.items[0].right, now=NOW)
    return cast


def press(community, teacher):
    """What the teacher's button does, in a server of its own."""
    with in_community(community):
        lesson = Lesson.objects.select_related("kit").get()
        lead_on(lesson, lesson.edition, by=teacher, now=NOW)


def state(community):
    with in_community(community):
        lesson = Lesson.objects.select_related("kit").get()
        return (
            lesson.stage, lesson.at, lesson.edition, Player.objects.count(),
            QuizAnswer.objects.count(), standing(lesson),
        )  # fmt: skip


def test_killed_between_two_questions_nothing_is_lost_and_the_next_press_goes_on(fork, cast):
    xinjie, teacher = cast.xinjie, cast.chen.actor
    assert fork(press, xinjie, teacher).wait() == 0
    shown = state(xinjie)
    assert shown == ("shown", 0, 3, 2, 1, [(1, "桂花糕", 1), (2, "老船长", 0)])
    killed = fork(press, xinjie, teacher, failpoint="classroom.between_questions")
    assert killed.wait() == KILLED
    assert state(xinjie) == shown
    assert fork(press, xinjie, teacher).wait() == 0
    assert state(xinjie) == ("asking", 1, 4, 2, 1, [(1, "桂花糕", 1), (2, "老船长", 0)])


def test_killed_while_answers_are_counted_they_are_counted_by_the_next_press(fork, cast):
    before = state(cast.xinjie)
    killed = fork(press, cast.xinjie, cast.chen.actor, failpoint="classroom.between_questions")
    assert killed.wait() == KILLED
    assert state(cast.xinjie) == before
    assert fork(press, cast.xinjie, cast.chen.actor).wait() == 0
    assert state(cast.xinjie)[5] == [(1, "桂花糕", 1), (2, "老船长", 0)]
