"""An assessment on paper: one sheet for somebody on the list of a course, a box for each point."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import Actor
from mulin.kit.paper.definition import Choice, Field, Form, FormFault, Kind, pages_of, statements
from mulin.kit.refusals import Refused
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.skills.actions import assess
from mulin.workshop.skills.models import Course
from mulin.workshop.skills.permissions import may_train
from mulin.workshop.skills.queries import assessed_here, courses_to_assess

CODE: Final = "ASSESS"
SHOWN: Final = "shown"
#: Under which a point is ticked, by its place from one on.
POINT: Final = "c"
#: Letters of a point on the sheet; twelve long ones are cut so that they fit on one side.
_WHOLE: Final = 120
_SHORT: Final = 34


def assessment_sheet(about: str) -> Form | None:
    """The points of a course's skill; None for a course that is gone."""
    course, _person = _of(about)
    if course is None:
        return None
    for most in (_WHOLE, _SHORT):
        try:
            form = points_of(course, most)
            if len(pages_of(form)) == 1:
                return form
        except FormFault:
            continue
    return None


def points_of(course: Course, most: int = _WHOLE) -> Form:
    """What is looked at in a course's skill, with two boxes each. Raises FormFault."""
    boxes = (Choice(SHOWN, _("shown")), Choice("not", _("not shown yet")))
    words = [f"{place}. {line[:most]}" for place, line in enumerate(course.syllabus.lines, 1)]
    return Form(
        code=CODE, version=1,
        title=_("Assessment: %(skill)s") % {"skill": course.syllabus},
        under=_("Whoever assesses ticks one box for each point. Every point shown: the skill counts at once."),
        fields=(
            *statements(POINT, words, boxes),
            Field("assessor", _("Who saw it?"), Kind.NAME, is_required=True),
        ),
    )  # fmt: skip


def to_assess(by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """Who was at a course and has not shown all of it yet, the latest course first."""
    if not may_train(by):
        return []
    return [
        (f"{course.pk}-{person.pk}", f"{person} · {course}")
        for course, person in courses_to_assess(now)
    ]


def take_assessment(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """What was ticked as shown, by whom. Raises Refused where the points were changed since."""
    course, person_id = _of(taken.about)
    person = assessed_here(course, person_id) if course is not None else None
    if course is None or person is None:
        raise Refused(_("This sheet does not say whose it is. Write it down on the course's page."))
    now_asked = assessment_sheet(taken.about)
    if taken.sheet is not None and taken.sheet.version.form.fields != (
        now_asked.fields if now_asked else ()
    ):
        raise Refused(_("The points were changed since this sheet was printed. Print a new one."))
    met = [
        place
        for place in range(len(course.syllabus.lines))
        if taken.values.get(f"{POINT}{place + 1}") == SHOWN
    ]
    assess(
        person, course.syllabus, met=met, assessor=taken.values.get("assessor") or "",
        course=course, by=by, now=now,
    )  # fmt: skip
    return course


def _of(about: str) -> tuple[Course | None, int]:
    course, _dash, person = about.partition("-")
    if not (course.isdecimal() and person.isdecimal()):
        return None, 0
    found = Course.objects.filter(pk=int(course)).select_related("syllabus__skill", "gathering")
    return found.first(), int(person)


def number_of(record: models.Model) -> str:
    """What a sheet is called: as its course, so that no name is beside it."""
    return str(record) if isinstance(record, Course) else ""


ASSESSMENT_SHEET: Final = PaperUse(
    code=CODE, define=lambda: None, take=take_assessment, number=number_of,
    model=Course._meta.label_lower, page="skills:course", roles=KEEPERS, is_fixed=False,
    subjects=Subjects(due=to_assess, define=assessment_sheet),
    name=gettext_lazy("Assessment after a course"), copies=1,
)  # fmt: skip
