"""A lesson of 新街社区 that begins now, with the kit on false customer service, taught by 小陈."""

from datetime import timedelta

import pytest

from mulin.commons.gatherings.actions.planning import Plan
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.actions.kits import lay_out_kits
from mulin.parlour.classroom.actions.lessons import plan_lesson
from mulin.parlour.classroom.actions.quiz import answer, join_quiz, lead_on, open_quiz
from mulin.parlour.classroom.models import Kit
from tests.clock import NOW

ENDS = NOW + timedelta(minutes=40)


@pytest.fixture(autouse=True)
def _clock():
    """Pages, too, live at the moment of the tests."""
    with standing_still(NOW):
        yield


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def kits(cast, xinjie):
    """The kits of the product, by the name of their file."""
    lay_out_kits(by=cast.chen.actor, now=NOW)
    return {kit.family: kit for kit in Kit.objects.all()}


def a_lesson(kit, cast, **values):
    """Plan one that begins now."""
    plan = Plan("先别急着退款", NOW, ENDS, place_words="睦邻客厅")
    return plan_lesson(plan, kit=kit, site="compound", by=cast.chen.actor, now=NOW, **values)


@pytest.fixture
def lesson(cast, kits):
    return a_lesson(kits["refund"], cast, grid=cast.grid_1, teacher="小陈")


def lead(lesson, cast, *, now=NOW):
    """The teacher's next press, as they see the page."""
    lesson.refresh_from_db()
    return lead_on(lesson, lesson.edition, by=cast.chen.actor, now=now)


def hold_question(lesson, cast, chosen):
    """Ask the next question, let each player choose, show the answer."""
    lead(lesson, cast)
    for player, choice in chosen.items():
        answer(player, lesson, at=lesson.at, choice=choice, now=NOW)
    return lead(lesson, cast)


@pytest.fixture
def running(lesson, cast):
    """Its quiz is open, and two phones are in it."""
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    return lesson, join_quiz(lesson, "桂花糕"), join_quiz(lesson, "老船长")
