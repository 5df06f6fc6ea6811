"""The questionnaire of a household on paper: the faces as numbers, its code printed on it.

What it says is nobody's: the picture, and all that was read, goes in the transaction that seals the
answers (see the package's own words on what nothing joins).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.commons.paper.models import Sheet
from mulin.commons.paper.registry import PaperUse, Rows, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.paper.definition import Choice, Field, Form, FormFault, Kind, pages_of, statements
from mulin.kit.refusals import Refused
from mulin.parlour.survey.actions.asking import note_try, type_paper
from mulin.parlour.survey.models import STEP_LABELS, Question, Sampled, Survey
from mulin.parlour.survey.queries import code_of, surveys
from mulin.parlour.survey.rules import (
    MOST_WORDS,
    STEPS,
    UNSURE,
    Answers,
    Disposition,
    Outcome,
    State,
    in_fours,
)

CODE: Final = "SURVEY"
_HOME: Final = "home"
#: Its questions are fields by this and their place, counted from one.
QUESTION: Final = "q"
WORDS: Final = "words"
_REFUSED: Final = "refused"


def survey_sheet() -> Form | None:
    """The questions of the survey that is open. None without one, and where its questions are so
    long that they need two sides: then there are the letters, typed as ever.
    """
    survey = surveys().filter(state=State.OPEN).first()
    if survey is None:
        return None
    try:
        form = asked_by(survey)
        return form if len(pages_of(form)) == 1 else None
    except FormFault:
        return None


def asked_by(survey: Survey) -> Form:
    """What a survey asks a household: on paper, on the page of its code, on the phone.

    Raises FormFault for a question that no sheet can hold.
    """
    steps = (
        *(Choice(str(step), str(step)) for step in STEPS),
        Choice(str(UNSURE), str(STEP_LABELS[UNSURE])),
    )
    refused = (Choice(_REFUSED, _("we do not want to")),)
    questions = [question.words for question in survey.questions.order_by("position")]
    return Form(
        code=CODE,
        version=1,
        title=_("How satisfied are you? %(year)s") % {"year": survey.year},
        under=" ".join(f"{step} {STEP_LABELS[step]}" for step in STEPS),
        fields=(
            Field(_HOME, "", Kind.MANY, refused, in_row=True, is_filled=True),
            *statements(QUESTION, questions, steps, decides=True),
            Field(WORDS, survey.free_words, Kind.TEXT, lines=2, most=MOST_WORDS),
        ),
    )  # fmt: skip


def due_homes(_by: Actor, _now: datetime) -> Sequence[str]:
    """The households that have not answered, in the order of the stairs: first those for whom no
    sheet was printed yet; when all have one, all again.
    """
    rows = Sampled.objects.filter(survey__state=State.OPEN).exclude(
        disposition__in=[Disposition.RETURNED, Disposition.EMPTY]
    )
    order = ("dwelling__unit__building__sort_key", "dwelling__unit__name", "address")
    waiting = [str(pk) for pk in rows.order_by(*order).values_list("pk", flat=True)]
    printed = Sheet.objects.filter(version__code=CODE).values_list("rows", flat=True)
    have = {one.get(_HOME) for one in printed}
    return [pk for pk in waiting if pk not in have] or waiting


def home_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """The code of the household's letter, and nothing that says where it lives."""
    found = Sampled.objects.filter(pk__in=map(int, refs))
    return {str(one.pk): _("Code %(code)s") % {"code": in_fours(code_of(one))} for one in found}


def take_answers(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """The household has answered, or said that it does not want to.

    Raises Refused for an empty sheet, TakenMeanwhile where it has answered already.
    """
    sheet = taken.sheet
    if sheet is None:
        raise Refused(_("A list is printed first."))
    sampled: Sampled = Sampled.objects.select_related("survey__standard").get(
        pk=int(sheet.rows[_HOME])
    )
    answers = answers_of(sampled.survey.questions.order_by("position"), taken.values)
    if answers.is_empty and taken.values.get(_HOME):
        return note_try(sampled, Outcome.REFUSED, by=by, now=now)
    return type_paper(sampled, answers, by=by, now=now)


def answers_of(
    questions: Iterable[Question], values: Mapping[str, Any]
) -> Answers:  # Any: what each kind of field gives
    """What was said to questions in their order, on paper as on the page."""
    steps: dict[int, int | None] = {}
    for number, question in enumerate(questions, 1):
        said = values.get(f"{QUESTION}{number}")
        steps[question.pk] = int(said) if said else None
    return Answers(steps, (values.get(WORDS) or "").strip())


def number_of(_record: models.Model) -> str:
    """What a household's sheet is called; never its code."""
    return _("yearly survey")


SURVEY_SHEET: Final = PaperUse(
    code=CODE,
    define=survey_sheet,
    take=take_answers,
    number=number_of,
    model="survey.sampled",
    page="survey:household",
    roles=DESK_ROLES,
    rows=Rows(due=due_homes, words=home_words),
    is_fixed=False,
    keeps_nothing=True,
)
