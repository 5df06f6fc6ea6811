"""What is asked at the year's end of each project, once: on its page, at the desk, on a sheet.

A sheet holds four projects; five of them are two sheets, or the two sides of one. It says whose
constituency it is for and nothing else of whoever fills it in: picture and readings go when it is
handed in, and it becomes an envelope among the others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mulin.commons.paper.registry import ABOUT, PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.parlour.doublefive.actions.appraising import take_side
from mulin.parlour.doublefive.models import CONSTITUENCY_LABELS, Appraisal, Project, Season
from mulin.parlour.doublefive.queries import projects_of
from mulin.parlour.doublefive.rules import A_SHEET, MOST_WORDS, STEPS, Constituency, Says

CODE: Final = "APPRAISE"
VERSION: Final = 1
YES: Final = "yes"
NO: Final = "no"
_SEEN, _STEP, _WORDS = "_seen", "_step", "_words"
#: As much of a project as stands beside its boxes: its title and the beginning of its promise.
_LETTERS: Final = 46


def appraisal_sheet() -> Form:
    """One side: four projects, whichever they are."""
    return asked_of(A_SHEET)


def asked_of(count: int) -> Form:
    """Four questions on each of so many projects."""
    return Form(
        code=CODE,
        version=VERSION,
        title=_("What became of the five?"),
        under=_("Write no name on it. Leave out what you cannot say. It goes into the box at the desk."),
        fields=tuple(field for place in range(1, count + 1) for field in _lines(slot(place))),
    )  # fmt: skip


def slot(place: int) -> str:
    """The field that asks whether the project in this place, from 1, was done."""
    return f"p{place}"


def names_in(of: str) -> tuple[str, str, str, str]:
    """The fields of one project: done, seen, step, words."""
    return of, f"{of}{_SEEN}", f"{of}{_STEP}", f"{of}{_WORDS}"


def _lines(of: str) -> Iterable[Field]:
    done = (Choice(YES, pgettext("appraisal", "done")), Choice(NO, _("not done")))
    seen = (Choice(YES, _("with my own eyes")), Choice(NO, _("not yet")))
    steps = tuple(Choice(str(step), str(step)) for step in STEPS)
    names = names_in(of)
    yield Field(names[0], "", Kind.ONE, done, in_row=True, is_filled=True, decides=True)
    yield Field(names[1], _("Have you seen it?"), Kind.ONE, seen, in_row=True, decides=True)
    label = _("Satisfied? 5 very, 1 not at all")
    yield Field(names[2], label, Kind.ONE, steps, in_row=True, decides=True)
    yield Field(names[3], _("Your words"), Kind.TEXT, most=MOST_WORDS, in_row=True)


def says_in(values: Mapping[str, Any], names: Sequence[str]) -> Says:  # Any: what each field gives
    """What was said of one project in its four fields, whatever they are called."""
    done, seen, step, words = (values.get(name) or "" for name in names)
    return Says(
        is_done=done == YES if done else None,
        is_seen=seen == YES if seen else None,
        step=int(step) if step else None,
        words=words.strip(),
    )


def to_print(_by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """The appraisal that takes answers, once for each constituency."""
    running = Appraisal.objects.filter(published_at__isnull=True, last_day__gte=local_day(now))
    return [
        (about_of(one, group), f"{one} · {label}")
        for one in running.select_related("season").order_by("-id")
        for group, label in CONSTITUENCY_LABELS.items()
    ]


def about_of(appraisal: Appraisal, group: Constituency) -> str:
    """By what a sheet knows whose it is: an appraisal and a constituency."""
    return f"{appraisal.pk}-{group.value}"


def projects_on(about: str) -> Sequence[str]:
    """The projects of an appraisal, in the order they were chosen."""
    appraisal, _group = _of(about)
    rows = projects_of(appraisal.season).values_list("pk", flat=True) if appraisal else ()
    return [str(pk) for pk in rows]


def project_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Each project as it stands beside its boxes: with its promise, as far as there is room."""
    rows = Project.objects.filter(pk__in=map(int, refs)).select_related("chosen__idea")
    return {str(one.pk): _on_the_line(one) for one in rows}


def _on_the_line(project: Project) -> str:
    whole = _("%(place)s. %(project)s. Promised: %(promise)s") % {
        "place": project.chosen.place, "project": project, "promise": project.promise,
    }  # fmt: skip
    return whole if len(whole) <= _LETTERS else f"{whole[: _LETTERS - 1]}…"


def take_appraisal(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet out of the box becomes an envelope among the others. A blank one counts, too.

    Raises Refused for one that names no appraisal, and when as many were taken in as were put into
    the box.
    """
    appraisal, group = _of(taken.about)
    if appraisal is None or group is None or taken.sheet is None:
        raise Refused(_("This sheet belongs to no appraisal. Type it on the appraisal's page."))
    answers = {
        int(ref): says_in(taken.values, names_in(name))
        for name, ref in taken.sheet.rows.items()
        if name != ABOUT
    }
    take_side(appraisal, answers, constituency=group, by=by, now=now)
    return appraisal.season


def _of(about: str) -> tuple[Appraisal | None, Constituency | None]:
    pk, _dash, group = about.partition("-")
    if not pk.isdecimal() or group not in set(Constituency):
        return None, None
    found = Appraisal.objects.filter(pk=int(pk)).select_related("season")
    return found.first(), Constituency(group)


def number_of(_record: models.Model) -> str:
    """What a sheet is called; never whose it is."""
    return _("appraisal of the five")


APPRAISAL_SHEET: Final = PaperUse(
    code=CODE,
    define=appraisal_sheet,
    take=take_appraisal,
    number=number_of,
    model=Season._meta.label_lower,
    page="doublefive:appraisal",
    roles=DESK_ROLES,
    keeps_nothing=True,
    hides_person=True,
    subjects=Subjects(
        due=to_print, rows=projects_on, words=project_words, is_list=True, in_copies=True
    ),
    name=gettext_lazy("Appraisal of the Double-Five"),
)
