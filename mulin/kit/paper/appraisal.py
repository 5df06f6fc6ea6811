"""The appraisal of projects on paper: of each, whether it is done, whether one has seen it, whether one is
satisfied, and in one's own words.

A room that appraises registers a form of these fields and makes its records from `appraised`:

    Form(code="APPRAISE", version=1, title=…, fields=appraisal(projects))

`on_sheets` deals out to sides what one does not hold; some four projects fill it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kit.paper.definition import Choice, Field, Form, FormFault, Kind, pages_of

YES: Final = "yes"
PARTLY: Final = "partly"
NO: Final = "no"
#: How satisfied, the best first: the steps of the yearly survey.
STEPS: Final = (5, 4, 3, 2, 1)
_SEEN, _STEP, _WORDS = "seen", "step", "words"
MOST_WORDS: Final = 200


@dataclass(frozen=True, slots=True)
class Appraised:
    """What one sheet says of one project; what was left open is None, or no words."""

    project: str
    is_done: str | None
    has_seen: bool | None
    step: int | None
    words: str

    @property
    def is_empty(self) -> bool:
        return (self.is_done, self.has_seen, self.step, self.words) == (None, None, None, "")


def appraisal(projects: Iterable[tuple[str, str]]) -> tuple[Field, ...]:
    """Four lines for each project: a reference of letters and digits, and its name.

    Raises FormFault, when the form is made of them, for a name that is longer than its line holds.
    """
    return tuple(field for ref, name in projects for field in _lines(ref, name))


def on_sheets(
    projects: Iterable[tuple[str, str]], besides: tuple[Field, ...] = ()
) -> list[list[tuple[str, str]]]:
    """The projects of one side each, in their order; `besides` is what a side asks under them.

    Raises FormFault for a project that no side holds.
    """
    sides: list[list[tuple[str, str]]] = []
    for project in projects:
        if sides and _fits([*sides[-1], project], besides):
            sides[-1].append(project)
        elif _fits([project], besides):
            sides.append([project])
        else:
            raise FormFault(f"{project[1]}: more than a side holds")
    return sides


def _fits(projects: Iterable[tuple[str, str]], besides: tuple[Field, ...]) -> bool:
    return len(pages_of(Form("FITS", 1, "", (*appraisal(projects), *besides)))) == 1


def appraised(
    refs: Iterable[str], values: Mapping[str, Any]
) -> list[Appraised]:  # Any: what each kind of field gives
    """What was said of these projects, in their order; those of which nothing was said are left out."""
    said = [_said(ref, values) for ref in refs]
    return [one for one in said if not one.is_empty]


def _lines(ref: str, name: str) -> Iterable[Field]:
    done = (
        Choice(YES, pgettext("appraisal", "done")),
        Choice(PARTLY, _("in part")),
        Choice(NO, _("not done")),
    )
    seen = (Choice(YES, _("with my own eyes")), Choice(NO, _("not yet")))
    steps = tuple(Choice(str(step), str(step)) for step in STEPS)
    asked = _("%(project)s: is it done?") % {"project": name}
    yield Field(_named(ref), asked, Kind.ONE, done, in_row=True)
    yield Field(_named(ref, _SEEN), _("Have you seen it?"), Kind.ONE, seen, in_row=True)
    label = _("Satisfied? 5 very, 1 not at all")
    yield Field(_named(ref, _STEP), label, Kind.ONE, steps, in_row=True, decides=True)
    yield Field(_named(ref, _WORDS), _("Your words"), Kind.TEXT, most=MOST_WORDS, in_row=True)


def _named(ref: str, what: str = "") -> str:
    return f"p{ref}_{what}" if what else f"p{ref}"


def _said(ref: str, values: Mapping[str, Any]) -> Appraised:  # Any: as above
    seen, step = values.get(_named(ref, _SEEN)), values.get(_named(ref, _STEP))
    return Appraised(
        project=ref,
        is_done=values.get(_named(ref)) or None,
        has_seen=seen == YES if seen else None,
        step=int(step) if step else None,
        words=(values.get(_named(ref, _WORDS)) or "").strip(),
    )
