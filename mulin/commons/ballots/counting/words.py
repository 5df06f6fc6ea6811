"""The sentences for what counting has to tell: notes, reasons of refusal, steps of the sheet."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop, pgettext

from mulin.commons.ballots.counting.explain import Step
from mulin.commons.ballots.counting.result import Broken, Note

_NOTES: Final[Mapping[str, str]] = {
    # what the count has to say
    "withdrawn": gettext_noop(
        "Project %(project)s was withdrawn and is left out; %(ballots)s ballots name it."
    ),
    "no_ballots": gettext_noop(
        "Nobody of “%(constituency)s” cast a valid ballot: it has no first and no share, and full"
        " marks are %(full)s00."
    ),
    "points_ignored": gettext_noop(
        "Voters gave points; this rule counts whether a project was named, not how many points."
    ),
    "floors_cut": gettext_noop(
        "There are %(floors)s first projects of constituencies and only %(seats)s seats."
    ),
    "too_dear": gettext_noop("Passed over as too dear, with more votes than a winner: %(projects)s."),
    "endowment": gettext_noop("In the end every ballot stood for %(each)s of the budget."),
    "no_lot": gettext_noop(
        "A tie decides: %(projects)s. No public lot was given, so the order among them is only"
        " provisional."
    ),
    # what a file has to say
    "cumulative": gettext_noop("The ballots give points: projects are ranked by points."),
    "scoring": gettext_noop("The ballots give points: projects are ranked by points."),
    "ordinal": gettext_noop(
        "The ballots are rankings: the first place counts %(longest)s points, each next one less."
    ),
    "double_marks": gettext_noop(
        "%(ballots)s ballots name a project twice; it counts once. Lines: %(lines)s."
    ),
    "beyond_limit": gettext_noop(
        "%(ballots)s ballots do not keep to the file's “%(limit)s”; they were counted as they"
        " stand. Lines: %(lines)s."
    ),
    "count_differs": gettext_noop(
        "Line %(line)s: the file says “%(column)s” %(said)s for %(project)s, the ballots say"
        " %(counted)s."
    ),
    "rule_unknown": gettext_noop(
        "The file names the rule “%(rule)s”, which is not known here; without --rule it is counted"
        " as greedy."
    ),
    "no_winners_recorded": gettext_noop("The file does not record who won."),
    "winners_differ": gettext_noop(
        "The file records other winners. Only recorded: %(recorded)s. Only counted: %(counted)s."
    ),
    "tie_as_recorded": gettext_noop(
        "A tie decides: %(projects)s. It was broken as the file records it."
    ),
    # why a file can't be counted
    "not_utf8": gettext_noop("this is not UTF-8 text"),
    "quotes": gettext_noop("a quotation mark is opened and not closed, or stands in the middle"),
    "no_section": gettext_noop("the file must begin with META"),
    "section_twice": gettext_noop("the section %(section)s is there a second time"),
    "section_missing": gettext_noop("the section %(section)s is missing"),
    "columns": gettext_noop(
        "%(found)s columns where %(expected)s are expected; a text with “;” must be quoted"
    ),
    "column_missing": gettext_noop("the column “%(column)s” is missing"),
    "column_twice": gettext_noop("a column is there twice"),
    "not_a_number": gettext_noop("“%(typed)s” is no number (%(column)s)"),
    "number_differs": gettext_noop(
        "“%(key)s” says %(said)s, and there are %(found)s: a part of the file is missing or too much"
    ),
    "vote_type": gettext_noop("the vote type “%(type)s” is not known"),
    "currency": gettext_noop("“%(currency)s” is no currency; three capital letters are"),
    "project_id": gettext_noop("“%(project)s” can't be the number of a project"),
    "project_twice": gettext_noop("the project %(project)s is there a second time"),
    "unknown_project": gettext_noop("the ballot names %(project)s, which is no project"),
    "points_differ": gettext_noop("%(marks)s projects and %(points)s points"),
}  # fmt: skip

_STEPS: Final[Mapping[str, str]] = {
    "ballots": gettext_noop(
        "%(constituency)s: %(valid)s valid ballots, %(blank)s of them blank; %(void)s void ones do"
        " not count."
    ),
    "floor": gettext_noop(
        "The first of “%(constituency)s” is in for certain: %(project)s, on %(approvals)s of"
        " %(valid)s ballots."
    ),
    "sum": gettext_noop("%(project)s is in by its shares: %(parts)s = %(sum)s."),
    "missed": gettext_noop("The next, no longer in, is %(project)s: %(parts)s = %(sum)s."),
    "place": gettext_noop("%(place)s. %(project)s, with %(count)s"),
    "too_dear": gettext_noop("%(project)s has %(count)s; there was not enough money left for it."),
    "below": gettext_noop("%(project)s has %(count)s, which is less than the rule asks for."),
    "withdrawn": gettext_noop("%(project)s was withdrawn and is left out."),
    "elected": gettext_noop("Chosen are: %(projects)s."),
}
_PART: Final = gettext_noop("%(constituency)s %(approvals)s ÷ %(valid)s = %(share)s")
_TIES: Final[Mapping[str, str]] = {
    Broken.APPROVALS: gettext_noop("more votes in number"),
    Broken.LOWEST_SHARE: gettext_noop("the higher lowest share"),
    Broken.LOT: gettext_noop("the public lot, lowest first: %(lots)s"),
}
_TIE: Final = gettext_noop("Equal were %(projects)s; they stand in this order by %(by)s.")


def note_in_words(note: Note) -> str:
    """The sentence for a note, in the language that is active."""
    return gettext(_NOTES[note.code]) % _told(note.facts)


def step_in_words(step: Step) -> str:
    """The sentence for a step of the sheet, in the language that is active."""
    # Any: what a step tells is as its code has it.
    facts: dict[str, Any] = dict(step.facts)
    if step.code == "tie":
        lots = ", ".join(f"{name} {lot}" for name, lot in facts["lots"].items())
        by = [gettext(_TIES[one]) % {"lots": lots} for one in facts["by"]]
        return gettext(_TIE) % _told(facts | {"by": by})
    if "parts" in facts:
        parts = [gettext(_PART) % _told(one) for one in facts["parts"]]
        facts["parts"] = " + ".join(parts)
    return gettext(_STEPS[step.code]) % _told(facts)


def _told(facts: Mapping[str, object]) -> dict[str, str]:
    return {key: _plain(value) for key, value in facts.items()}


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return pgettext("between names in a list", ", ").join(map(_plain, value)) or "–"
    if isinstance(value, Fraction) and value.denominator != 1:
        return str(round(Decimal(value.numerator) / Decimal(value.denominator), 2))
    return str(value)
