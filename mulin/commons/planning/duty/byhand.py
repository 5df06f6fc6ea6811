"""Rotas without a solver: the least loaded first, and plain turns to compare with."""

from mulin.commons.planning.duty.checks import changed, faults
from mulin.commons.planning.duty.rota import (
    LEAST_ADULTS,
    Duties,
    Person,
    Pin,
    Rota,
    Shift,
    shifts_of,
)

Drafted = dict[str, tuple[str, ...]]


def least_loaded(rota: Rota, *, start: Duties | None = None) -> Drafted:
    """The shifts that few can do first; in each who has a skill it lacks, then who has done least.

    Goes on from `start`, if there is one. Keeps every hard rule; raises ValueError where it ends in
    breaking one, because of what is pinned or was there at the start.
    """
    duties = _pinned(rota, start or {})
    points = {person.id: person.carried for person in rota.people}
    for shift in rota.shifts:
        for person in duties[shift.id]:
            points[person] += shift.points
    # Shifts that few can do come first: later nobody may be left for them.
    for shift in sorted(rota.shifts, key=lambda one: (_choice(rota, one), one.starts)):
        while len(duties[shift.id]) < shift.places:
            free = [one for one in rota.people if may_have(rota, duties, one, shift)]
            if not free:
                break
            best = min(free, key=lambda one: _order(one, shift, duties, rota, points))
            duties[shift.id] = (*duties[shift.id], best.id)
            points[best.id] += shift.points
        if shift.with_children and 0 < len(duties[shift.id]) < LEAST_ADULTS:
            duties[shift.id] = tuple(
                pin.person for pin in rota.pins if pin.is_on and pin.shift == shift.id
            )
    told = faults(rota, duties)
    if told:
        raise ValueError(f"it breaks a rule: {told}")
    return duties


def in_turn(rota: Rota) -> Drafted:
    """轮流: down the list and again from the top, past who can't; skills and wishes are not asked."""
    duties = _pinned(rota, {})
    order = list(rota.people)
    for shift in sorted(rota.shifts, key=lambda one: one.starts):
        for person in list(order):
            if len(duties[shift.id]) >= shift.places:
                break
            if may_have(rota, duties, person, shift):
                duties[shift.id] = (*duties[shift.id], person.id)
                order.remove(person)
                order.append(person)
    return duties


def _pinned(rota: Rota, start: Duties) -> Drafted:
    duties: Drafted = {shift.id: start.get(shift.id, ()) for shift in rota.shifts}
    pinned = [pin[:2] for pin in rota.pins if pin.is_on]
    return changed(
        duties, on=[(person, shift) for person, shift in pinned if person not in duties[shift]]
    )


def may_have(rota: Rota, duties: Drafted, person: Person, shift: Shift) -> bool:
    """Whether one more duty of this person breaks nothing but that somebody is still alone."""
    if (
        person.id in duties[shift.id]
        or shift.id in person.unable
        or not person.is_cleared_for(shift)
        or Pin(person.id, shift.id, is_on=False) in rota.pins
    ):
        return False
    own = shifts_of(rota, duties, person.id)
    if any(rota.collides(one, shift) for one in own):
        return False
    if person.most_shifts is not None and len(own) >= person.most_shifts:
        return False
    weekends = {one.weekend for one in (*own, shift)} - {None}
    if person.most_weekends is not None and len(weekends) > person.most_weekends:
        return False
    return not any(person.id in pair and pair & set(duties[shift.id]) for pair in rota.apart)


def _choice(rota: Rota, shift: Shift) -> int:
    """How many could do the scarcest thing that a shift asks for."""
    able = [one for one in rota.people if shift.id not in one.unable and one.is_cleared_for(shift)]
    return min(
        [len(able) - shift.places]
        + [sum(need.skill in one.skills for one in able) - need.number for need in shift.needs]
    )


def _order(
    person: Person, shift: Shift, duties: Drafted, rota: Rota, points: dict[str, int]
) -> tuple[int, int, int]:
    """First who brings what is lacking, then who has least, then who minds least."""
    there = [rota.person(one) for one in duties[shift.id]]
    brings = any(
        need.skill in person.skills
        for need in shift.needs
        if sum(need.skill in one.skills for one in there) < need.number
    )
    minds = person.dislikes.get(shift.id, 0) - person.likes.get(shift.id, 0)
    return int(not brings), points[person.id], minds
