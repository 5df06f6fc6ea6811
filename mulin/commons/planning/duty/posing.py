"""A rota as a linear model: cells, hard rules, and what is made small stage by stage."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from mulin.commons.planning.duty.rota import LEAST_ADULTS, Duties, Person, Rota, Shift
from mulin.commons.planning.linear import Model, total_of

#: A wish that may be given up: what kind, whose, and what it is about.
Wish = tuple[str, str, str]
#: What an unknown is, given the values of those before it.
Derive = Callable[[Sequence[int]], int]


class Sum(NamedTuple):
    """Cells with their weights, and what is added to them."""

    terms: Sequence[tuple[int, int]]
    constant: int = 0

    def of(self, values: Sequence[int]) -> int:
        return self.constant + total_of(self.terms, values)


@dataclass(slots=True)
class Posed:
    """The model, and what its unknowns stand for."""

    rota: Rota
    model: Model = field(default_factory=Model)
    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    #: (shift, skill or "") → how many are missing
    missing: dict[tuple[str, str], int] = field(default_factory=dict)
    wishes: dict[Wish, int] = field(default_factory=dict)
    #: person → whether they are the one who is trained
    trained: dict[str, int] = field(default_factory=dict)
    #: unknowns that follow from the cells, in an order in which each can be worked out
    derived: list[tuple[int, Derive]] = field(default_factory=list)

    def duties(self, values: Sequence[int]) -> dict[str, tuple[str, ...]]:
        """Who is on duty, by these values."""
        who: dict[str, list[str]] = {shift.id: [] for shift in self.rota.shifts}
        for (person, shift), cell in self.cells.items():
            if values[cell]:
                who[shift].append(person)
        return {shift: tuple(people) for shift, people in who.items()}

    def follows(self, derive: Derive, high: int = 1, low: int = 0) -> int:
        """One more unknown, whose value follows from those before it."""
        unknown = self.model.unknown(low, high)
        self.derived.append((unknown, derive))
        return unknown

    def hint(self, duties: Duties) -> list[int]:
        """The values of a known answer."""
        values = list(self.model.lows)
        for (person, shift), cell in self.cells.items():
            values[cell] = int(person in duties.get(shift, ()))
        for unknown, derive in self.derived:
            values[unknown] = derive(values)
        return values


def pose(rota: Rota, *, as_wishes: bool = False, train: str = "") -> Posed:
    """Cells and hard rules, no goals yet.

    With `as_wishes` what people can't or won't do is held by a yes-or-no unknown each, so that it
    can be asked which of them stand against each other. With `train` one person may get a skill.
    """
    posed = Posed(rota)
    for person in rota.people:
        for shift in rota.shifts:
            if not person.is_cleared_for(shift):
                continue
            if shift.id not in person.unable:
                posed.cells[person.id, shift.id] = posed.model.unknown()
            elif as_wishes:
                cell = posed.cells[person.id, shift.id] = posed.model.unknown()
                wish = _wish(posed, ("unable", person.id, shift.id))
                posed.model.hold([(cell, 1), (wish, 1)], high=1)
    for pin in rota.pins:
        _pin(posed, pin.person, pin.shift, is_on=pin.is_on)
    if train:
        posed.trained = {
            person.id: posed.model.unknown() for person in rota.people if train not in person.skills
        }
        posed.model.hold(((one, 1) for one in posed.trained.values()), high=1)
    for shift in rota.shifts:
        _pose_shift(posed, shift, train)
    for person in rota.people:
        _pose_person(posed, person, as_wishes=as_wishes)
    _hold_apart(posed, as_wishes=as_wishes)
    return posed


def _wish(posed: Posed, wish: Wish) -> int:
    return posed.wishes.setdefault(wish, posed.model.unknown())


def _pin(posed: Posed, person: str, shift: str, *, is_on: bool) -> None:
    cell = posed.cells.get((person, shift))
    if cell is not None:
        posed.model.pin(cell, int(is_on))
    elif is_on:
        # What can't be is pinned: no answer, and the solver proves it.
        posed.model.hold([(posed.model.unknown(0, 0), 1)], low=1)


def _pose_shift(posed: Posed, shift: Shift, train: str) -> None:
    model, rota = posed.model, posed.rota
    there = [
        posed.cells[one.id, shift.id] for one in rota.people if (one.id, shift.id) in posed.cells
    ]
    pinned = sum(pin.is_on and pin.shift == shift.id for pin in rota.pins)
    places = shift.places
    short = posed.missing[shift.id, ""] = posed.follows(
        lambda values: max(0, places - sum(values[cell] for cell in there)), places
    )
    model.hold([*((cell, 1) for cell in there), (short, 1)], low=shift.places)
    model.hold(((cell, 1) for cell in there), high=max(shift.places, pinned))
    if shift.with_children:
        is_held = posed.follows(lambda values: max((values[cell] for cell in there), default=0))
        model.hold([*((cell, 1) for cell in there), (is_held, -LEAST_ADULTS)], low=0)
        model.hold([*((cell, 1) for cell in there), (is_held, -max(shift.places, pinned))], high=0)
    for need in shift.needs:
        skilled = [
            posed.cells[one.id, shift.id]
            for one in rota.people
            if need.skill in one.skills and (one.id, shift.id) in posed.cells
        ]
        if need.skill == train:
            skilled += _newly_skilled(posed, shift)
        short = posed.missing[shift.id, need.skill] = posed.follows(
            _missing_of(need.number, skilled), need.number
        )
        model.hold([*((cell, 1) for cell in skilled), (short, 1)], low=need.number)


def _missing_of(wanted: int, cells: Sequence[int]) -> Derive:
    return lambda values: max(0, wanted - sum(values[cell] for cell in cells))


def _newly_skilled(posed: Posed, shift: Shift) -> list[int]:
    """On this shift, and the one who is trained."""
    both = []
    for person, is_trained in posed.trained.items():
        cell = posed.cells.get((person, shift.id))
        if cell is not None:
            one = posed.model.unknown()
            posed.model.hold([(one, 1), (cell, -1)], high=0)
            posed.model.hold([(one, 1), (is_trained, -1)], high=0)
            both.append(one)
    return both


def _pose_person(posed: Posed, person: Person, *, as_wishes: bool) -> None:
    model, rota = posed.model, posed.rota
    own = [shift for shift in rota.shifts if (person.id, shift.id) in posed.cells]
    cell_of = {shift.id: posed.cells[person.id, shift.id] for shift in own}
    for group in _cliques(rota, own):
        model.hold(((cell_of[shift.id], 1) for shift in group), high=1)
    if person.most_shifts is not None:
        over: tuple[tuple[int, int], ...] = ()
        if as_wishes and len(own) > person.most_shifts:
            wish = _wish(posed, ("shifts", person.id, ""))
            over = ((wish, len(own) - person.most_shifts),)
        model.hold([*((cell, 1) for cell in cell_of.values()), *over],
                   high=len(own) if over else person.most_shifts)  # fmt: skip
    if person.most_weekends is not None:
        worked = _weekends(posed, own, cell_of)
        over = ()
        if as_wishes and len(worked) > person.most_weekends:
            wish = _wish(posed, ("weekends", person.id, ""))
            over = ((wish, len(worked) - person.most_weekends),)
        model.hold([*((one, 1) for one in worked), *over],
                   high=len(worked) if over else person.most_weekends)  # fmt: skip


def _cliques(rota: Rota, own: Sequence[Shift]) -> list[tuple[Shift, ...]]:
    """Groups of which a person has one at most: whole days at once, other collisions in pairs."""
    days: dict[object, list[Shift]] = {}
    for shift in own:
        days.setdefault(shift.day, []).append(shift)
    groups = [tuple(day) for day in days.values() if len(day) > 1] if rota.one_a_day else []
    groups += [
        pair
        for pair in combinations(sorted(own, key=lambda shift: shift.starts), 2)
        if rota.collides(*pair) and not (rota.one_a_day and pair[0].day == pair[1].day)
    ]
    return groups


def _weekends(posed: Posed, own: Sequence[Shift], cell_of: Mapping[str, int]) -> list[int]:
    cells: dict[object, list[int]] = {}
    for shift in own:
        if shift.weekend is not None:
            cells.setdefault(shift.weekend, []).append(cell_of[shift.id])
    worked = []
    for group in cells.values():
        worked.append(posed.follows(_any_of(group)))
        for cell in group:
            posed.model.hold([(cell, 1), (worked[-1], -1)], high=0)
    return worked


def _any_of(cells: Sequence[int]) -> Derive:
    return lambda values: max(values[cell] for cell in cells)


def _hold_apart(posed: Posed, *, as_wishes: bool) -> None:
    for pair in posed.rota.apart:
        one, other = sorted(pair)
        for shift in posed.rota.shifts:
            cells = [posed.cells.get((who, shift.id)) for who in (one, other)]
            if None in cells:
                continue
            terms = [(cell, 1) for cell in cells if cell is not None]
            if as_wishes:
                wish = _wish(posed, ("apart", one, other))
                posed.model.hold([*terms, (wish, 1)], high=2)
            else:
                posed.model.hold(terms, high=1)


def aim_for_cover(posed: Posed) -> None:
    """As few empty places and missing skills as possible."""
    posed.model.aim("cover", ((one, 1) for one in posed.missing.values()))


def aim_for_few_changes(posed: Posed, before: Duties, spared: Iterable[str]) -> None:
    """As few cells as possible that differ from before, but for those people."""
    terms, constant, left_out = [], 0, set(spared)
    for (person, shift), cell in posed.cells.items():
        if person in left_out:
            continue
        was_on = person in before.get(shift, ())
        terms.append((cell, -1 if was_on else 1))
        constant += was_on
    posed.model.aim("changes", terms, constant=constant)


def aim_for_fairness(posed: Posed) -> None:
    """The greatest load small, then the smallest great, then weekends even.

    Who carries more than anybody need have this month counts as carrying just that, so that
    nobody's past hides what is unfair among the others; and who can't reach it by their own limits
    does not hold the smallest load down.
    """
    rota, model = posed.rota, posed.model
    level = fair_level(rota)
    total = sum(shift.points * shift.places for shift in rota.shifts)
    lowest = min((one.carried for one in rota.people), default=0)
    all_loads: list[Sum] = []
    fair_loads: list[Sum] = []
    weekends: list[Sum] = []
    for person in rota.people:
        own = [shift for shift in rota.shifts if (person.id, shift.id) in posed.cells]
        terms = [(posed.cells[person.id, one.id], one.points) for one in own]
        load = Sum(terms, min(person.carried, level))
        all_loads.append(load)
        if person.carried + reachable(rota, person) >= level:
            fair_loads.append(load)
        weekends.append(Sum([(posed.cells[person.id, one.id], 1) for one in own if one.weekend]))
    span = {"low": min(lowest, level), "high": level + total}
    most = posed.follows(
        lambda values: max((one.of(values) for one in all_loads), default=0), **span
    )
    least = posed.follows(
        lambda values: min((one.of(values) for one in fair_loads), default=level), **span
    )
    busiest = posed.follows(
        lambda values: max((one.of(values) for one in weekends), default=0), len(rota.shifts)
    )
    for one in all_loads:
        model.hold([*one.terms, (most, -1)], high=-one.constant)
    for one in fair_loads:
        model.hold([*one.terms, (least, -1)], low=-one.constant)
    for one in weekends:
        model.hold([*one.terms, (busiest, -1)], high=0)
    model.aim("greatest load", [(most, 1)])
    model.aim("smallest load", [(least, -1)])
    model.aim("weekends", [(busiest, 1)])


def fair_level(rota: Rota) -> int:
    """The load all would have if every place were filled and points went to whoever has least."""
    left = sum(shift.points * shift.places for shift in rota.shifts)
    carried = sorted(person.carried for person in rota.people)
    if not carried:
        return 0
    level = carried[0]
    for count in range(1, len(carried) + 1):
        upto = carried[count] if count < len(carried) else None
        if upto is None or (upto - level) * count >= left:
            return level + -(-left // count)
        left -= (upto - level) * count
        level = upto
    return level


def reachable(rota: Rota, person: Person) -> int:
    """The most points that a person's own limits allow: a shift on each day they can."""
    days: dict[object, int] = {}
    for shift in rota.shifts:
        if shift.id not in person.unable and person.is_cleared_for(shift):
            key = shift.day if rota.one_a_day else shift.id
            days[key] = max(days.get(key, 0), shift.points)
    best = sorted(days.values(), reverse=True)
    return sum(best if person.most_shifts is None else best[: person.most_shifts])


def aim_for_wishes(posed: Posed) -> None:
    """As little as possible of what people would rather not have, or have wished in vain."""
    terms, constant = [], 0
    for person in posed.rota.people:
        for shift, weight in person.dislikes.items():
            if (person.id, shift) in posed.cells:
                terms.append((posed.cells[person.id, shift], weight))
        for shift, weight in person.likes.items():
            constant += weight
            if (person.id, shift) in posed.cells:
                terms.append((posed.cells[person.id, shift], -weight))
    posed.model.aim("wishes", terms, constant=constant)
