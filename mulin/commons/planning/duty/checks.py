"""The hard rules, read off an answer in plain Python: what made it is not asked."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from mulin.commons.planning.duty.rota import (
    LEAST_ADULTS,
    Duties,
    Person,
    Rota,
    Shift,
    lacks,
    shifts_of,
)


class Fault(NamedTuple):
    """A hard rule that is broken: which, by whom, in which shift (or "")."""

    rule: str
    person: str
    shift: str


def faults(rota: Rota, duties: Duties) -> list[Fault]:
    """Every hard rule that these duties break.

    Rules: unknown, twice, unable, unchecked (no recorded check of criminal record within twelve
    months), day, rest, shifts, weekends, apart, alone (fewer than two adults with children),
    crowd (more than are wanted), pinned.
    """
    shifts, people = {one.id: one for one in rota.shifts}, {one.id: one for one in rota.people}
    told = [Fault("unknown", "", shift) for shift in duties if shift not in shifts]
    for shift in rota.shifts:
        told += _of_shift(rota, shift, duties.get(shift.id, ()), people)
    for person in rota.people:
        told += _of_person(rota, person, shifts_of(rota, duties, person.id))
    for pin in rota.pins:
        if (pin.person in duties.get(pin.shift, ())) != pin.is_on:
            told.append(Fault("pinned", pin.person, pin.shift))
    return told


def _of_shift(
    rota: Rota, shift: Shift, who: Sequence[str], people: dict[str, Person]
) -> list[Fault]:
    told = [Fault("unknown", one, shift.id) for one in who if one not in people]
    told += [Fault("twice", one, shift.id) for one in sorted(set(who)) if who.count(one) > 1]
    for one in who:
        person = people.get(one)
        if person is not None and shift.id in person.unable:
            told.append(Fault("unable", one, shift.id))
        if person is not None and not person.is_cleared_for(shift):
            told.append(Fault("unchecked", one, shift.id))
    told += [Fault("apart", min(pair), shift.id) for pair in rota.apart if pair <= set(who)]
    if shift.with_children and 0 < len(who) < LEAST_ADULTS:
        told.append(Fault("alone", who[0], shift.id))
    pinned = sum(pin.is_on and pin.shift == shift.id for pin in rota.pins)
    if len(who) > max(shift.places, pinned):
        told.append(Fault("crowd", "", shift.id))
    return told


def _of_person(rota: Rota, person: Person, own: Sequence[Shift]) -> list[Fault]:
    told = []
    for one, other in combinations(own, 2):
        if rota.one_a_day and one.day == other.day:
            told.append(Fault("day", person.id, other.id))
        elif rota.collides(one, other):
            told.append(Fault("rest", person.id, other.id))
    if person.most_shifts is not None and len(own) > person.most_shifts:
        told.append(Fault("shifts", person.id, ""))
    weekends = {shift.weekend for shift in own} - {None}
    if person.most_weekends is not None and len(weekends) > person.most_weekends:
        told.append(Fault("weekends", person.id, ""))
    return told


def changed(
    duties: Duties, *, off: Sequence[tuple[str, str]] = (), on: Sequence[tuple[str, str]] = ()
) -> dict[str, tuple[str, ...]]:
    """The duties without and with these (person, shift)."""
    after = {shift: list(who) for shift, who in duties.items()}
    for person, shift in off:
        after[shift] = [one for one in after.get(shift, ()) if one != person]
    for person, shift in on:
        after.setdefault(shift, []).append(person)
    return {shift: tuple(who) for shift, who in after.items()}


def swap_faults(
    rota: Rota, duties: Duties, one: tuple[str, str], other: tuple[str, str]
) -> list[Fault]:
    """What a swap would break that is whole now: each takes the other's shift.

    `one` and `other` are (person, shift) as they stand. A skill that a shift would lose counts,
    too (rule "lack"). Raises ValueError where they do not stand so.
    """
    if any(person not in duties.get(shift, ()) for person, shift in (one, other)):
        raise ValueError("this is not their duty")
    after = changed(duties, off=(one, other), on=((one[0], other[1]), (other[0], one[1])))
    return new_faults(rota, duties, after)


def new_faults(rota: Rota, before: Duties, after: Duties) -> list[Fault]:
    """What is broken after and was not before, lacks among it."""
    known = set(faults(rota, before))
    told = [fault for fault in faults(rota, after) if fault not in known]
    lacked = {(lack.shift, lack.skill): lack.number for lack in lacks(rota, before)}
    told += [
        Fault("lack", lack.skill, lack.shift)
        for lack in lacks(rota, after)
        if lack.number > lacked.get((lack.shift, lack.skill), 0)
    ]
    return told
