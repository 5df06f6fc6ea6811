"""What the rota says in words: faults, reasons, wishes that stand against each other, what is lacking."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from mulin.commons.planning.duty.checks import Fault
from mulin.commons.planning.duty.reasons import Why
from mulin.commons.rota.models import Shift
from mulin.commons.rota.registry import FIRST_AID, LEAD
from mulin.kit.clock import SHANGHAI
from mulin.kit.templatetags.kit import dated

#: What stands in somebody's way, said about them.
_RULES: dict[str, str | Promise] = {
    "unknown": gettext_lazy("%(who)s does not take turns in this month."),
    "twice": gettext_lazy("%(who)s stands on %(shift)s already."),
    "unable": gettext_lazy("%(who)s can't on %(shift)s: they said so, or do not take turns then."),
    "unchecked": gettext_lazy(
        "%(who)s has no record check that is less than twelve months old on %(shift)s."
    ),
    "day": gettext_lazy("%(who)s has another shift on that day, %(shift)s."),
    "rest": gettext_lazy(
        "%(who)s would have less than 11 hours of rest before or after %(shift)s."
    ),
    "shifts": gettext_lazy("%(who)s would have more shifts than they agreed to."),
    "weekends": gettext_lazy("%(who)s would have more weekends than they agreed to."),
    "apart": gettext_lazy("Two people would be together on %(shift)s who are never on one shift."),
    "alone": gettext_lazy(
        "Somebody would be alone with children on %(shift)s: two adults at least."
    ),
    "crowd": gettext_lazy("On %(shift)s are as many people as it needs already."),
    "pinned": gettext_lazy("%(shift)s has begun, or was fixed: it stays as it is."),
}
_LACKS: dict[str, str | Promise] = {
    "": gettext_lazy("%(shift)s would have too few people."),
    LEAD: gettext_lazy("%(shift)s would have no trained lead."),
    FIRST_AID: gettext_lazy("%(shift)s would have no first aider."),
}


def shift_words(shift: Shift) -> str:
    """Day and hours of a shift."""
    return span_words(shift.starts_at, shift.ends_at)


def span_words(starts: datetime, ends: datetime) -> str:
    """Day and hours: 11月3日（周二） 8:30–12:00."""
    return f"{dated(starts)}–{until_words(starts, ends)}"


def day_words(day: date) -> str:
    """A day of a month that is known: 7 周一."""
    names = (
        pgettext("day of the week", "Mon"), pgettext("day of the week", "Tue"),
        pgettext("day of the week", "Wed"), pgettext("day of the week", "Thu"),
        pgettext("day of the week", "Fri"), pgettext("day of the week", "Sat"),
        pgettext("day of the week", "Sun"),
    )  # fmt: skip
    return f"{day.day} {names[day.weekday()]}"


def hours_words(starts: datetime, ends: datetime) -> str:
    """Hours alone: 8:30–12:00."""
    first = starts.astimezone(SHANGHAI)
    return f"{first.hour}:{first:%M}–{until_words(starts, ends)}"


def until_words(starts: datetime, ends: datetime) -> str:
    """When it ends; an end on the next day says so."""
    first, last = starts.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    until = f"{last.hour}:{last:%M}"
    if last.date() > first.date():
        return _("%(time)s the next day") % {"time": until}
    return until


def fault_words(
    faults: Iterable[Fault], names: Mapping[str, str], shifts: Mapping[str, str]
) -> str:
    """All that stands in the way, each once. `names` and `shifts` are words by the engine's ids."""
    told = []
    for fault in faults:
        text = _LACKS[fault.person] if fault.rule == "lack" else _RULES[fault.rule]
        told.append(
            str(text) % {"who": names.get(fault.person, ""), "shift": shifts.get(fault.shift, "")}
        )
    return " ".join(dict.fromkeys(told))


def lack_words(people: int, leads: int, first_aiders: int) -> str:
    """What a shift lacks."""
    told = []
    if people:
        told.append(
            ngettext("%(count)s person is missing", "%(count)s people are missing", people)
            % {"count": people}
        )
    if leads:
        told.append(_("no trained lead"))
    if first_aiders:
        told.append(_("no first aider"))
    return " · ".join(told)


_STANDS: tuple[tuple[str, str | Promise], ...] = (
    ("unchecked", gettext_lazy("have no record check of this year")),
    ("unable", gettext_lazy("can't on that day")),
    ("day", gettext_lazy("are on duty that day already")),
    ("rest", gettext_lazy("would have too little rest")),
    ("shifts", gettext_lazy("have all the shifts they agreed to")),
    ("weekends", gettext_lazy("have all the weekends they agreed to")),
    ("apart", gettext_lazy("can't be put beside whoever is on that shift")),
    ("lack", gettext_lazy("would leave the shift without what it needs")),
)


def stand_in_the_way(others: Mapping[str, Sequence[str]]) -> list[tuple[int, str]]:
    """Of how many others what stands in the way: nobody's own reason is told to a neighbour."""
    known = dict(_STANDS)
    count: Counter[str] = Counter()
    for rules in others.values():
        first = next((rule for rule in known if rule in rules), None)
        if first is not None:
            count[first] += 1
    return [(count[rule], str(words)) for rule, words in _STANDS if count[rule]]


#: What one more yes, paper or hour would change, of somebody in whose way one thing stands alone.
_CHANGES: tuple[tuple[str, str | Promise], ...] = (
    ("unable", gettext_lazy("%(count)s could take it if that day suited them.")),
    ("day", gettext_lazy("%(count)s could take it if they gave away another shift of that day.")),
    ("shifts", gettext_lazy("%(count)s could take it if they agreed to one shift more.")),
    ("weekends", gettext_lazy("%(count)s could take it if they agreed to one weekend more.")),
    ("unchecked", gettext_lazy("%(count)s could take it with a record check of this year.")),
    ("rest", gettext_lazy("%(count)s could take it if a shift close to it went to somebody else.")),
    ("apart", gettext_lazy("%(count)s could take it if somebody else of that shift changed.")),
    ("lack", gettext_lazy("%(count)s could take it once they are trained as you are.")),
)


def change_words(why: Why) -> list[str]:
    """What would have to change for somebody else to have this day; nobody is named, for a reason
    is its owner's alone.
    """
    if why.instead:
        return [
            _("Nothing: somebody could take it. Ask below, or say no, and somebody is looked for.")
        ]
    single = Counter(rules[0] for rules in why.others.values() if len(rules) == 1)
    told = [str(words) % {"count": single[rule]} for rule, words in _CHANGES if single[rule]]
    if not told and why.others:
        told.append(_("More than one thing at once, for each of the others."))
    return told


def why_words(why: Why) -> list[str]:
    """What speaks for this person having this day."""
    told = []
    if why.is_pinned:
        told.append(_("This duty was fixed by hand, or has begun."))
    if why.is_wished:
        told.append(_("You said that you would gladly."))
    if LEAD in why.needed_for:
        told.append(_("Without you the shift would have no trained lead."))
    if FIRST_AID in why.needed_for:
        told.append(_("Without you the shift would have no first aider."))
    if not why.instead:
        told.append(_("Nobody else could take it without breaking a rule."))
    elif not told:
        told.append(
            _("You had the fewest points of those who could, or the month came out evenest so.")
        )
    return told


def wish_words(
    wishes: Iterable[Sequence[str]], names: Mapping[str, str], shifts: Mapping[str, str]
) -> list[str]:
    """The smallest set of wishes that keeps places empty: one line each."""
    told = []
    for kind, who, about in wishes:
        said = {
            "who": names.get(who, ""),
            "other": names.get(about, ""),
            "shift": shifts.get(about, ""),
        }
        text = {
            "unable": _("%(who)s can't on %(shift)s"),
            "shifts": _("%(who)s does not want more shifts"),
            "weekends": _("%(who)s does not want more weekends"),
            "apart": _("%(who)s and %(other)s are never on one shift"),
        }[kind]
        told.append(text % said)
    return told
