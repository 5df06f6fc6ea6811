"""Public rosters: shifts over some weeks, people with limits and wishes, cover that is wanted.

The instances of schedulingbenchmarks.org ("employee shift scheduling", Curtois and Qu 2014) as
JSON. Days begin with a Monday. What came before and after the weeks is unknown, so a run of work or
of days off at their edge may be shorter than the least.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Any, Final, NamedTuple

from mulin.commons.planning.linear import Model
from mulin.commons.planning.solving import (
    CP_SAT,
    EXCHANGE,
    HIGHS,
    NothingFound,
    Own,
    solve,
)

#: The engine that only rosters have.
MONTHS: Final = "months"
_WEEK: Final = 7
_SATURDAY, _SUNDAY = 5, 6

#: person → the shift of each day, or None for a day off
Assignments = Mapping[str, Sequence[str | None]]


class RosterRefused(ValueError):  # noqa: N818  states what is so
    """A file that is no roster; the message says what is missing."""


class Request(NamedTuple):
    """Somebody wants a shift, or wants not to have it."""

    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift, with its length in minutes and what may not follow on the next day."""

    id: str
    minutes: int
    not_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Member:
    """Who works, how much, and what they wish."""

    id: str
    most_of: Mapping[str, int]
    minutes: tuple[int, int]
    run: tuple[int, int]
    least_off: int
    most_weekends: int
    days_off: frozenset[int]
    wanted: tuple[Request, ...]
    unwanted: tuple[Request, ...]


class Cover(NamedTuple):
    """How many are wanted on a day in a shift, and what each too few or too many costs."""

    wanted: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole instance."""

    days: int
    shifts: tuple[Shift, ...]
    members: tuple[Member, ...]
    cover: Mapping[tuple[int, str], Cover]


def read_roster(path: Path) -> Roster:
    """The instance of a file. Raises RosterRefused if it is none."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return _roster(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RosterRefused(f"not a roster: {error!r}") from error


# Any: JSON of somebody else.
def _roster(told: Any) -> Roster:
    shifts = tuple(
        Shift(one["id"], one["length"], frozenset(one["forbiddenFollowingShifts"] or ()))
        for one in told["shifts"]
    )
    names = [shift.id for shift in shifts]
    members = tuple(
        Member(
            id=one["id"],
            most_of=dict(zip(names, one["maxShifts"], strict=True)),
            minutes=(one["minTotalMinutes"], one["maxTotalMinutes"]),
            run=(one["minConsecutiveShifts"], one["maxConsecutiveShifts"]),
            least_off=one["minConsecutiveDaysOff"],
            most_weekends=one["maxWeekends"],
            days_off=frozenset(one["daysOff"] or ()),
            wanted=_requests(one["onRequests"]),
            unwanted=_requests(one["offRequests"]),
        )
        for one in told["staffs"]
    )
    cover = {
        (day, name): Cover(cell["requirement"], cell["weightIfUnder"], cell["weightIfOver"])
        for day, row in enumerate(told["covers"])
        for name, cell in zip(names, row, strict=True)
    }
    return Roster(told["nDays"], shifts, members, cover)


def _requests(told: Any) -> tuple[Request, ...]:
    return tuple(Request(one["day"], one["shift"], one["weight"]) for one in told or ())


def penalty(roster: Roster, assignments: Assignments) -> int:
    """What an answer costs, counted from the answer alone. Raises ValueError if it breaks a rule."""
    told = faults(roster, assignments)
    if told:
        raise ValueError("; ".join(told))
    cost = 0
    for member in roster.members:
        row = assignments[member.id]
        cost += sum(one.weight for one in member.wanted if row[one.day] != one.shift)
        cost += sum(one.weight for one in member.unwanted if row[one.day] == one.shift)
    for (day, shift), cover in roster.cover.items():
        there = sum(row[day] == shift for row in assignments.values())
        cost += cover.under * max(0, cover.wanted - there)
        cost += cover.over * max(0, there - cover.wanted)
    return cost


def faults(roster: Roster, assignments: Assignments) -> list[str]:
    """Every hard rule that an answer breaks, in words for whoever runs the command."""
    if set(assignments) != {member.id for member in roster.members}:
        return ["the people are not those of the instance"]
    shifts = {shift.id: shift for shift in roster.shifts}
    told: list[str] = []
    for member in roster.members:
        row = assignments[member.id]
        if len(row) != roster.days or not {shift for shift in row if shift} <= set(shifts):
            told.append(f"{member.id}: not one known shift or none for each day")
            continue
        told += [f"{member.id}: {what}" for what in _faults_of(member, row, shifts)]
    return told


def _faults_of(member: Member, row: Sequence[str | None], shifts: Mapping[str, Shift]) -> list[str]:
    told = []
    for name, most in member.most_of.items():
        if row.count(name) > most:
            told.append(f"{row.count(name)} of {name}, at most {most}")
    minutes = sum(shifts[shift].minutes for shift in row if shift)
    if not member.minutes[0] <= minutes <= member.minutes[1]:
        told.append(f"{minutes} minutes")
    for day, (one, other) in enumerate(pairwise(row)):
        if one and other in shifts[one].not_before:
            told.append(f"day {day}: {other} after {one}")
    told += [f"day {day} is a day off" for day in sorted(member.days_off) if row[day]]
    weekends = sum(
        any(row[day + _SATURDAY : day + _SUNDAY + 1]) for day in range(0, len(row), _WEEK)
    )
    if weekends > member.most_weekends:
        told.append(f"{weekends} weekends, at most {member.most_weekends}")
    for start, end, is_work in _runs(row):
        at_edge = start == 0 or end == len(row)
        if is_work and end - start > member.run[1]:
            told.append(f"day {start}: {end - start} days of work in a row")
        least = member.run[0] if is_work else member.least_off
        if not at_edge and end - start < least:
            told.append(f"day {start}: only {end - start} in a row")
    return told


def _runs(row: Sequence[str | None]) -> list[tuple[int, int, bool]]:
    """Runs of work and of days off: first day, day after the last, whether it is work."""
    edges = [day for day in range(1, len(row)) if bool(row[day]) != bool(row[day - 1])]
    starts, ends = [0, *edges], [*edges, len(row)]
    return [(start, end, bool(row[start])) for start, end in zip(starts, ends, strict=True)]


class Ways(NamedTuple):
    """A person's unknowns beside the cells: runs of work, days off, weekends (by their Monday)."""

    runs: Mapping[tuple[int, int], int]
    rested: Sequence[int]
    weekends: Mapping[int, int]


class Posed(NamedTuple):
    """A roster as a linear model, and which unknown stands for which cell."""

    model: Model
    cells: Mapping[tuple[str, int, str], int]
    ways: Mapping[str, Ways]
    #: how many are too few, and how many too many
    gaps: Mapping[tuple[int, str], tuple[int, int]]

    def values(self, roster: Roster, assignments: Assignments) -> list[int]:
        """Every unknown's value in an answer that breaks no rule."""
        values = list(self.model.lows)
        for person, row in assignments.items():
            for day, shift in enumerate(row):
                if shift:
                    values[self.cells[person, day, shift]] = 1
        for member in roster.members:
            ways, row = self.ways[member.id], assignments[member.id]
            ends = {start: end for start, end, is_work in _runs(row) if is_work}
            day = 0
            while day < roster.days:
                if day not in ends:
                    values[ways.rested[day]] = 1
                    day += 1
                    continue
                values[ways.runs[day, ends[day]]] = 1
                day = ends[day] + (member.least_off if ends[day] < roster.days else 0)
            for monday, worked in ways.weekends.items():
                values[worked] = int(any(row[monday + _SATURDAY : monday + _SUNDAY + 1]))
        for (day, shift), (under, over) in self.gaps.items():
            there = sum(row[day] == shift for row in assignments.values())
            missing = roster.cover[day, shift].wanted - there
            values[under], values[over] = max(missing, 0), max(-missing, 0)
        return values

    def assignments(self, roster: Roster, values: Sequence[int]) -> dict[str, list[str | None]]:
        """The answer that these values are."""
        rows: dict[str, list[str | None]] = {
            member.id: [None] * roster.days for member in roster.members
        }
        for (person, day, shift), unknown in self.cells.items():
            if values[unknown]:
                rows[person][day] = shift
        return rows


@dataclass(frozen=True, slots=True)
class Filled:
    """A roster that keeps every rule, what it costs, and what none can beat (None: unknown)."""

    assignments: Mapping[str, Sequence[str | None]]
    penalty: int
    bound: int | None
    engine: str
    seconds: float


def fill_roster(roster: Roster, *, seconds: float, seed: int = 0) -> Filled:
    """The best of four engines at the same time, its penalty counted again from the answer. One of
    them puts whole months together (`months`), the others know nothing of rosters.

    Raises what `solving.solve` raises.
    """
    posed = pose(roster)
    answer = solve(
        posed.model, seconds=seconds, engines=(HIGHS, EXCHANGE, CP_SAT), seed=seed,
        own=Own(
            MONTHS, {"job": "months", "task": _task(roster)},
            lambda told: _read_months(roster, posed, told),
        ),
    )  # fmt: skip
    assignments = posed.assignments(roster, answer.values)
    told = faults(roster, assignments)
    if told:
        raise NothingFound("; ".join(told))
    return Filled(
        assignments,
        penalty(roster, assignments),
        answer.stages[0].bound,
        answer.engine,
        answer.seconds,
    )


def _read_months(
    roster: Roster, posed: Posed, told: Mapping[str, Any]
) -> dict[str, Any]:  # Any: JSON
    """A line of that engine in the words of the others. What breaks a rule is nothing."""
    if told.get("impossible"):
        return {"stage": 0, "values": None, "proved": True}
    names = [shift.id for shift in roster.shifts]
    assignments = {
        member.id: [names[shift] if shift >= 0 else None for shift in month]
        for member, month in zip(roster.members, told.get("months", ()), strict=False)
    }
    if faults(roster, assignments):
        return {}
    is_proved = told["bound"] is not None and penalty(roster, assignments) <= told["bound"]
    return {"stage": 0, "values": posed.values(roster, assignments), "proved": is_proved}


def _task(roster: Roster) -> dict[str, Any]:  # Any: JSON
    """The roster in numbers, as `months.Task` reads it."""
    number = {shift.id: at for at, shift in enumerate(roster.shifts)}
    step = gcd(*(shift.minutes for shift in roster.shifts))
    return {
        "lengths": [shift.minutes // step for shift in roster.shifts],
        "before": [
            [at for at, one in enumerate(roster.shifts) if shift.id not in one.not_before]
            for shift in roster.shifts
        ],
        "people": [_person_in_numbers(roster, one, number, step) for one in roster.members],
        "cover": [
            [list(roster.cover[day, shift.id]) for shift in roster.shifts]
            for day in range(roster.days)
        ],
    }


def _person_in_numbers(
    roster: Roster, member: Member, number: Mapping[str, int], step: int
) -> dict[str, Any]:  # Any: as above
    wish = [[0] * len(number) for _day in range(roster.days)]
    for one in member.wanted:
        wish[one.day][number[one.shift]] -= one.weight
    for one in member.unwanted:
        wish[one.day][number[one.shift]] += one.weight
    return {
        "most_of": {at: member.most_of[shift] for shift, at in number.items()},
        "units": [-(-member.minutes[0] // step), member.minutes[1] // step],
        "run": member.run,
        "least_off": member.least_off,
        "most_weekends": member.most_weekends,
        "days_off": sorted(member.days_off),
        "wish": wish,
        "constant": sum(one.weight for one in member.wanted),
    }


def pose(roster: Roster) -> Posed:
    """The roster as rows.

    A person's month is a path through runs of work and days off: each possible run is an unknown,
    so its least and greatest length, and the weekends that it touches, need no row of their own.
    That leaves far less between the relaxed and the whole answer than rows over single days.
    """
    model = Model()
    cells: dict[tuple[str, int, str], int] = {}
    ways: dict[str, Ways] = {}
    gaps: dict[tuple[int, str], tuple[int, int]] = {}
    cost: dict[int, int] = {}
    constant = 0
    for member in roster.members:
        first = len(model.lows)
        ways[member.id] = _pose_member(model, cells, roster, member)
        model.parts.append(range(first, len(model.lows)))
        for one in member.wanted:
            constant += one.weight
            cell = cells.get((member.id, one.day, one.shift))
            if cell is not None:
                cost[cell] = cost.get(cell, 0) - one.weight
        for one in member.unwanted:
            cell = cells.get((member.id, one.day, one.shift))
            if cell is not None:
                cost[cell] = cost.get(cell, 0) + one.weight
    for (day, shift), cover in roster.cover.items():
        there = [
            cells[key]
            for key in ((member.id, day, shift) for member in roster.members)
            if key in cells
        ]
        under = model.unknown(0, cover.wanted)
        over = model.unknown(0, max(0, len(there) - cover.wanted))
        model.hold(
            [*((cell, 1) for cell in there), (under, 1), (over, -1)],
            low=cover.wanted,
            high=cover.wanted,
        )
        gaps[day, shift] = under, over
        cost[under] = cover.under
        cost[over] = cover.over
    model.aim("penalty", cost, constant=constant)
    return Posed(model, cells, ways, gaps)


def _pose_member(
    model: Model, cells: dict[tuple[str, int, str], int], roster: Roster, member: Member
) -> Ways:
    shifts = [shift for shift in roster.shifts if member.most_of[shift.id] > 0]
    for day in range(roster.days):
        for shift in shifts:
            if day not in member.days_off:
                cells[member.id, day, shift.id] = model.unknown()
    own = {
        (day, shift.id): cells[member.id, day, shift.id]
        for day in range(roster.days)
        if day not in member.days_off
        for shift in shifts
    }
    runs = _possible_runs(member, roster.days)
    chosen = {run: model.unknown() for run in runs}
    rested = _flow(model, member, roster.days, chosen)
    for day in range(roster.days):
        model.hold(
            [
                *((own[day, shift.id], 1) for shift in shifts if (day, shift.id) in own),
                *((chosen[start, end], -1) for start, end in runs if start <= day < end),
            ],
            low=0,
            high=0,
        )
    for shift in shifts:
        also = [other.id for other in shifts if other.not_before >= shift.not_before]
        for day in range(roster.days - 1) if shift.not_before else ():
            model.hold(
                [
                    *((own[day, one], 1) for one in also if (day, one) in own),
                    *((own[day + 1, one], 1) for one in shift.not_before if (day + 1, one) in own),
                ],
                high=1,
            )
        model.hold(
            [(own[day, shift.id], 1) for day in range(roster.days) if (day, shift.id) in own],
            high=member.most_of[shift.id],
        )
    lengths = {shift.id: shift.minutes for shift in shifts}
    step = lengths[shifts[0].id] if len(set(lengths.values())) == 1 else 1
    model.hold(
        [(cell, lengths[name] // step) for (_day, name), cell in own.items()],
        low=-(-member.minutes[0] // step),
        high=member.minutes[1] // step,
    )
    return Ways(chosen, rested, _hold_weekends(model, member, roster.days, chosen))


def _possible_runs(member: Member, days: int) -> list[tuple[int, int]]:
    """Runs of work that the person may have: first day, day after the last."""
    return [
        (start, end)
        for start in range(days)
        for end in range(start + 1, min(days, start + member.run[1]) + 1)
        if (end - start >= member.run[0] or start == 0 or end == days)
        and not any(day in member.days_off for day in range(start, end))
    ]


def _flow(
    model: Model, member: Member, days: int, chosen: Mapping[tuple[int, int], int]
) -> list[int]:
    """Work begins where a person has rested long enough, and rest begins where work ends."""
    rested = [model.unknown() for _day in range(days)]  # one more day off, rested already
    into: list[list[int]] = [[] for _day in range(days + 1)]
    out: list[list[int]] = [[] for _day in range(days + 1)]
    for day in range(days):
        out[day].append(rested[day])
        into[day + 1].append(rested[day])
    for (start, end), unknown in chosen.items():
        out[start].append(unknown)
        if end < days:
            # Where the weeks end before the rest does, it goes on after them.
            into[min(days, end + member.least_off)].append(unknown)
        else:
            into[days].append(unknown)
    model.hold(((one, 1) for one in out[0]), low=1, high=1)
    model.hold(((one, 1) for one in into[days]), low=1, high=1)
    for day in range(1, days):
        model.hold(
            [*((one, 1) for one in out[day]), *((one, -1) for one in into[day])], low=0, high=0
        )
    return rested


def _hold_weekends(
    model: Model, member: Member, days: int, chosen: Mapping[tuple[int, int], int]
) -> dict[int, int]:
    weekends: dict[int, int] = {}
    for monday in range(0, days, _WEEK):
        touched = [
            unknown
            for (start, end), unknown in chosen.items()
            if start <= monday + _SUNDAY and end > monday + _SATURDAY
        ]
        worked = model.unknown()
        # Two short runs may touch one weekend; it counts once.
        for day in (monday + _SATURDAY, monday + _SUNDAY):
            over = [unknown for (start, end), unknown in chosen.items() if start <= day < end]
            model.hold([*((one, 1) for one in over), (worked, -1)], high=0)
        if member.least_off > 1:
            model.hold([*((one, 1) for one in touched), (worked, -1)], high=0)
        weekends[monday] = worked
    model.hold([(one, 1) for one in weekends.values()], high=member.most_weekends)
    return weekends
