"""Lessons to read or watch at home, for programs. Lessons in a room are gatherings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.parlour.classroom.models import OnlineLesson
from mulin.parlour.classroom.queries import online_lessons


@dataclass(frozen=True, slots=True)
class OnlineLessonAnswer:
    """A lesson of the online classroom 网络讲堂; `page` is its path."""

    title: str
    opened_at: datetime
    has_film: bool
    has_quiz: bool
    page: str


def _list(_asked: Asked) -> "QuerySet[OnlineLesson]":
    return online_lessons()


def _shown(lesson: OnlineLesson) -> OnlineLessonAnswer:
    return OnlineLessonAnswer(
        title=lesson.title, opened_at=lesson.opened_at, has_film=bool(lesson.film),
        has_quiz=bool(lesson.kit.items), page=reverse("classroom:online-lesson", args=[lesson.pk]),
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="online-lessons", path="online-lessons/",
        summary=_("Lessons to read or watch at home, the newest first"),
        scope=Scope.PUBLIC_READ, answer=OnlineLessonAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip
