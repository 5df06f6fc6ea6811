"""What a rota is made from: shifts, people, rules; and what comes out: a plan."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from mulin.commons.planning.solving import Stage

#: Nobody is alone with children; no setting lifts this.
LEAST_ADULTS: Final = 2
#: What lies between any two shifts of a person.
REST: Final = timedelta(hours=11)
#: 《未成年人保护法》第62条: the check of criminal record before work and again every year.
_CHECK_YEARS: Final = 1
_SATURDAY: Final = 5
BY_SOLVER: Final = "solver"
BY_HAND: Final = "by hand"

#: shift → who is on duty in it
Duties = Mapping[str, tuple[str, ...]]


class Need(NamedTuple):
    """So many of those on duty have this skill; one person may count for several skills."""

    skill: str
    number: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift, also across midnight; times are aware.

    `points` is what it weighs in fairness: a holiday more than a working day. With children it has
    two adults at least, whatever `adults` says.
    """

    id: str
    starts: datetime
    ends: datetime
    adults: int
    needs: tuple[Need, ...] = ()
    points: int = 1
    with_children: bool = False

    @property
    def places(self) -> int:
        """How many are on duty when nobody is missing."""
        return max(self.adults, LEAST_ADULTS) if self.with_children else self.adults

    @property
    def day(self) -> date:
        """The day on which it begins."""
        return self.starts.date()

    @property
    def weekend(self) -> tuple[int, int] | None:
        """Which weekend it lies in: ISO year and week; None on other days."""
        year, week, weekday = self.starts.isocalendar()
        return (year, week) if weekday > _SATURDAY else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who may be on duty. All but `unable` and the limits may be given up for the others.

    `unable` are shifts the person can't do; `likes` and `dislikes` weigh from 1. `carried` are
    points from earlier months, in the same measure for all. `checked_on` is the day of the last
    recorded check of criminal record.
    """

    id: str
    skills: frozenset[str] = frozenset()
    unable: frozenset[str] = frozenset()
    most_shifts: int | None = None
    most_weekends: int | None = None
    likes: Mapping[str, int] = field(default_factory=dict)
    dislikes: Mapping[str, int] = field(default_factory=dict)
    carried: int = 0
    checked_on: date | None = None

    def is_cleared_for(self, shift: Shift) -> bool:
        """Whether the person may be with children then, or there are none."""
        if not shift.with_children:
            return True
        return self.checked_on is not None and (
            self.checked_on <= shift.day < _years_after(self.checked_on, _CHECK_YEARS)
        )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)  # 29 February


class Pin(NamedTuple):
    """A cell that stays: this person is on this shift, or is not."""

    person: str
    shift: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Rota:
    """All that a plan depends on. Raises ValueError when it names what is not there.

    `apart` are pairs who are never on one shift. `rest` lies between any two shifts of a person;
    `one_a_day` is switched off where two shifts on one day are possible (volunteers).
    """

    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    apart: tuple[frozenset[str], ...] = ()
    rest: timedelta = REST
    one_a_day: bool = True
    pins: tuple[Pin, ...] = ()

    def __post_init__(self) -> None:
        shifts, people = {one.id for one in self.shifts}, {one.id for one in self.people}
        if len(shifts) < len(self.shifts) or len(people) < len(self.people):
            raise ValueError("a shift or a person stands there twice")
        for shift in self.shifts:
            if shift.ends <= shift.starts or shift.adults < 0 or shift.points < 0:
                raise ValueError(f"{shift.id}: ends before it begins, or counts below nothing")
        named = {pin.shift for pin in self.pins} | {
            one for person in self.people for one in (*person.likes, *person.dislikes)
        }
        who = {pin.person for pin in self.pins} | {one for pair in self.apart for one in pair}
        if not named <= shifts or not who <= people:
            raise ValueError(f"not there: {sorted((named - shifts) | (who - people))}")

    def shift(self, id_: str) -> Shift:
        return next(one for one in self.shifts if one.id == id_)

    def person(self, id_: str) -> Person:
        return next(one for one in self.people if one.id == id_)

    def collides(self, one: Shift, other: Shift) -> bool:
        """Whether nobody can be on both: on one day, or with too little rest between."""
        if self.one_a_day and one.day == other.day:
            return True
        first, second = sorted((one, other), key=lambda shift: shift.starts)
        return second.starts - first.ends < self.rest if self.rest else second.starts < first.ends


class Lack(NamedTuple):
    """What a shift lacks: a skill, or (with "") people."""

    shift: str
    skill: str
    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal that breaks no hard rule. `is_whole` is false when the time was over too soon."""

    duties: Duties
    lacks: tuple[Lack, ...]
    stages: tuple[Stage, ...]
    made_by: str
    solver_version: str
    seed: int
    seconds: float
    is_whole: bool
    peak_kb: int = 0
    cpu_seconds: float = 0.0

    def as_json(self) -> str:
        """To be kept beside the snapshot of what it was made from."""
        told = {
            "duties": {shift: list(who) for shift, who in self.duties.items()},
            "lacks": [list(lack) for lack in self.lacks],
            "stages": [stage._asdict() for stage in self.stages],
            "made_by": self.made_by,
            "solver_version": self.solver_version,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "is_whole": self.is_whole,
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def loads(rota: Rota, duties: Duties) -> dict[str, int]:
    """Each person's points: carried and of this rota."""
    totals = {person.id: person.carried for person in rota.people}
    for shift in rota.shifts:
        for person in duties.get(shift.id, ()):
            totals[person] += shift.points
    return totals


def lacks(rota: Rota, duties: Duties) -> tuple[Lack, ...]:
    """What each shift lacks with these duties."""
    skills = {person.id: person.skills for person in rota.people}
    told = []
    for shift in rota.shifts:
        who = duties.get(shift.id, ())
        if len(who) < shift.places:
            told.append(Lack(shift.id, "", shift.places - len(who)))
        for need in shift.needs:
            there = sum(need.skill in skills[person] for person in who)
            if there < need.number:
                told.append(Lack(shift.id, need.skill, need.number - there))
    return tuple(told)


def carried_over(rota: Rota, duties: Duties) -> dict[str, int]:
    """Points for the next month's rota: above or below what all have on average (rounded down).

    Somebody new enters with 0: neither behind nor ahead.
    """
    totals = loads(rota, duties)
    mean = sum(totals.values()) // len(totals) if totals else 0
    return {person: total - mean for person, total in totals.items()}


def adults_for(children: Mapping[str, int], ratios: Mapping[str, int]) -> int:
    """How many adults so many children of each age band need; two at least.

    托育机构设置标准(试行) 第19条, 第20条: 1:3 from 6 months, 1:5 from 12, 1:7 from 24. Raises KeyError
    for a band without a ratio: there is none that could be guessed.
    """
    needed = sum(-(-count // ratios[band]) for band, count in children.items() if count)
    return max(LEAST_ADULTS, needed) if any(children.values()) else 0


def snapshot(rota: Rota) -> str:
    """All a plan was made from, as JSON that `from_snapshot` reads."""
    return json.dumps(
        {
            "shifts": [
                {
                    "id": one.id,
                    "starts": one.starts.isoformat(),
                    "ends": one.ends.isoformat(),
                    "adults": one.adults,
                    "needs": [list(need) for need in one.needs],
                    "points": one.points,
                    "with_children": one.with_children,
                }
                for one in rota.shifts
            ],
            "people": [
                {
                    "id": one.id,
                    "skills": sorted(one.skills),
                    "unable": sorted(one.unable),
                    "most_shifts": one.most_shifts,
                    "most_weekends": one.most_weekends,
                    "likes": dict(one.likes),
                    "dislikes": dict(one.dislikes),
                    "carried": one.carried,
                    "checked_on": one.checked_on and one.checked_on.isoformat(),
                }
                for one in rota.people
            ],
            "apart": [sorted(pair) for pair in rota.apart],
            "rest_seconds": int(rota.rest.total_seconds()),
            "one_a_day": rota.one_a_day,
            "pins": [list(pin) for pin in rota.pins],
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def from_snapshot(text: str) -> Rota:
    """The rota that was kept."""
    told: dict[str, Any] = json.loads(text)  # Any: JSON
    return Rota(
        shifts=tuple(
            Shift(
                **{
                    **one,
                    "starts": datetime.fromisoformat(one["starts"]),
                    "ends": datetime.fromisoformat(one["ends"]),
                    "needs": tuple(Need(*need) for need in one["needs"]),
                }
            )
            for one in told["shifts"]
        ),
        people=tuple(
            Person(
                **{
                    **one,
                    "skills": frozenset(one["skills"]),
                    "unable": frozenset(one["unable"]),
                    "checked_on": one["checked_on"] and date.fromisoformat(one["checked_on"]),
                }
            )
            for one in told["people"]
        ),
        apart=tuple(frozenset(pair) for pair in told["apart"]),
        rest=timedelta(seconds=told["rest_seconds"]),
        one_a_day=told["one_a_day"],
        pins=tuple(Pin(*pin) for pin in told["pins"]),
    )


def shifts_of(rota: Rota, duties: Duties, person: str) -> Sequence[Shift]:
    """What a person has, in order of time."""
    return sorted(
        (shift for shift in rota.shifts if person in duties.get(shift.id, ())),
        key=lambda shift: shift.starts,
    )
