"""The quiz of a lesson on paper. It bears no name, and nothing of it is kept but counts.

Each sheet is about the lesson it was printed for, whichever is on paper when it comes back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import Choice, Form, FormFault, pages_of, statements
from mulin.kit.refusals import Refused
from mulin.parlour.classroom.actions.quiz import take_sheet
from mulin.parlour.classroom.models import Lesson
from mulin.parlour.classroom.queries import lessons
from mulin.parlour.classroom.rules import Item

CODE: Final = "QUIZ"
_MOST: Final = 15


def quiz_sheet(about: str) -> Form | None:
    """As many questions of a lesson as one side holds, from the first on; None without any."""
    lesson = _lesson(about)
    if lesson is None:
        return None
    for count in range(min(len(lesson.kit.items), _MOST), 0, -1):
        try:
            form = _form(lesson.kit.title, lesson.kit.items[:count])
            if len(pages_of(form)) == 1:
                return form
        except FormFault:
            continue
    return None


def _form(title: str, items: list[Item]) -> Form:
    letters = tuple(Choice(str(place), letter) for place, letter in enumerate("ABCD"))
    words = [
        f"{number}. {item.ask} " + " ".join(f"{letter} {said}" for letter, said in item.lettered)
        for number, item in enumerate(items, 1)
    ]
    widest = max(len(item.choices) for item in items)
    return Form(
        code=CODE, version=1, title=_("Quiz: %(title)s") % {"title": title},
        under=_("Tick one box for each question. No name: nobody's mistakes are kept."),
        fields=tuple(statements("q", words, letters[:widest])),
    )  # fmt: skip


def lessons_on_paper(_by: Actor, _now: datetime) -> Sequence[tuple[str, str]]:
    """The lesson whose quiz is on paper, with its day: sheets are printed for it now."""
    rows = lessons().filter(on_paper=True)
    return [(str(one.pk), f"{one} · {local_day(one.gathering.starts_at)}") for one in rows]


def take_quiz(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Count a sheet for the lesson it was printed for. Raises Refused for an empty one, and for one
    that names no lesson.
    """
    lesson = _lesson(taken.about)
    if lesson is None:
        raise Refused(_("This sheet does not say of which lesson it is. Count it by hand."))
    chosen = {
        at: int(taken.values[f"q{at + 1}"])
        for at, item in enumerate(lesson.kit.items)
        if taken.values.get(f"q{at + 1}") and int(taken.values[f"q{at + 1}"]) < len(item.choices)
    }
    return take_sheet(lesson, chosen, by=by, now=now)


def _lesson(about: str) -> Lesson | None:
    return lessons().filter(pk=int(about)).first() if about.isdecimal() else None


def number_of(record: models.Model) -> str:
    """What a quiz sheet is called: by its lesson."""
    return str(record) if isinstance(record, Lesson) else ""


QUIZ_SHEET: Final = PaperUse(
    code=CODE, define=lambda: None, take=take_quiz, number=number_of, model="classroom.lesson",
    page="classroom:lesson", roles=DESK_ROLES, is_fixed=False, keeps_nothing=True,
    subjects=Subjects(due=lessons_on_paper, define=quiz_sheet), name=gettext_lazy("Quiz of a lesson"),
)  # fmt: skip
