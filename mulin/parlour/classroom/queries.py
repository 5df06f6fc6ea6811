"""What pages of the classroom read."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.rules import State
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.ground.people.models import Affiliation, Person, Residency
from mulin.ground.people.queries import kept_ids
from mulin.ground.places.models import Building, Place, PlaceKind, Residence
from mulin.kit.coordinates import Position, metres_between
from mulin.parlour.classroom.models import (
    AUDIENCE_LABELS,
    DrillCount,
    Feedback,
    Kit,
    KitPicture,
    KitQuerySet,
    Lesson,
    OnlineLesson,
    Player,
)
from mulin.parlour.classroom.rules import (
    KIND,
    NEAR_METRES,
    REACHED_FOR,
    Audience,
    KitText,
    audience_of,
    kit_as_toml,
    kit_from_toml,
    ranked,
)

KITS: Final = Path(__file__).resolve().parent / "kits"
KIT_FILE: Final = "kit.toml"
_ON_SCREEN: Final = 8


@cache
def shipped_kits() -> Mapping[str, KitText]:
    """The kits that come with the product, by the name of their file."""
    return {
        path.stem: kit_from_toml(path.read_text(encoding="utf-8"))
        for path in sorted(KITS.glob("*.toml"))
    }


def kits_not_laid_out() -> list[str]:
    """Kits of the product that this community has not taken into its own."""
    there = set(Kit.objects.filter(number=1).values_list("family", flat=True))
    return [name for name in shipped_kits() if name not in there]


def kit_list(subject: str) -> KitQuerySet:
    """The newest version of each kit, of one subject or of all."""
    rows: KitQuerySet = Kit.objects.latest_of_each()
    return rows.filter(subject=subject) if subject else rows


def versions_of(kit: Kit) -> "QuerySet[Kit]":
    """All versions of a kit, the newest first, without their long texts."""
    rows: QuerySet[Kit] = Kit.objects.filter(family=kit.family).select_related("saved_by")
    return rows.defer("script", "quiz", "scene", "plan").order_by("-number")


def kit_file(kit: Kit) -> bytes:
    """A kit with its pictures as one file, which another community takes in."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(KIT_FILE, kit_as_toml(kit.text))
        for picture in KitPicture.objects.filter(kit=kit):
            with picture.file.open() as file:
                archive.writestr(f"pictures/{picture.name}", file.read())
    return content.getvalue()


def lessons() -> "QuerySet[Lesson]":
    """Lessons with what a list says of them."""
    rows: QuerySet[Lesson] = Lesson.objects.select_related("gathering__place", "kit", "grid")
    return rows


def lesson_of(gathering_id: int) -> Lesson | None:
    """The classroom's own side of a gathering."""
    return lessons().filter(gathering=gathering_id).first()


def class_behind(code: str) -> Lesson | None:
    """The lesson of a class code that is not called off."""
    rows = lessons().exclude(gathering__state=State.CANCELLED)
    return rows.filter(code=code).first()


def class_of_code(code: str) -> Lesson | None:
    """The lesson of a class code, called off or not: whoever scans it is told."""
    return lessons().filter(code=code).first()


def player_of(lesson: Lesson, key: str) -> Player | None:
    """The phone that shows this secret, in this class."""
    rows: QuerySet[Player] = Player.objects.filter(lesson=lesson)
    return rows.filter(key=key).first() if key else None


def standing(lesson: Lesson) -> list[tuple[int, str, int]]:
    """The best of the class as the screen shows them: place, nickname, points."""
    rows = Player.objects.filter(lesson=lesson).values_list("nick", "points")
    return ranked(rows, most=_ON_SCREEN)


@dataclass(frozen=True, slots=True)
class Told:
    """A choice of a drill with how often the class took it."""

    words: str
    count: int


def drill_told(lesson: Lesson) -> list[tuple[str, list[Told]]]:
    """Each step of the drill at which somebody chose, with how often which way was taken."""
    counts = {(row.step, row.choice): row.count for row in DrillCount.objects.filter(lesson=lesson)}
    walked = {step for step, _choice in counts}
    return [
        (
            step.words,
            [
                Told(words, counts.get((number, place), 0))
                for place, (words, _goal) in enumerate(step.choices)
            ],
        )
        for number, step in sorted(lesson.kit.steps.items())
        if number in walked
    ]


def feedback_of(lesson: Lesson) -> dict[str, float | None]:
    """How many tapped, and the mean of each question (3 best)."""
    told: dict[str, float | None] = Feedback.objects.filter(lesson=lesson).aggregate(
        count=Count("pk"), understood=Avg("understood"), useful=Avg("useful"), again=Avg("again")
    )
    return told


def _works(day: date) -> Exists:
    return Exists(
        Affiliation.objects.filter(person=OuterRef("pk"))
        .filter(Q(until__isnull=True) | Q(until__gte=day))
        .filter(Q(since__isnull=True) | Q(since__lte=day))
    )


def _audiences(rows: "QuerySet[Person]", day: date) -> dict[int, tuple[int | None, Audience]]:
    """By person: the grid, and which kind of audience. One query."""
    found = rows.annotate(works=_works(day)).values_list(
        "pk", "grid_id", "birth_year", "residency", "works"
    )
    return {
        pk: (
            grid,
            audience_of(
                age=day.year - born if born else None,
                works=works,
                is_new=residency == Residency.NEW,
            ),
        )
        for pk, grid, born, residency, works in found
    }


def reached_by(lesson: Lesson, day: date) -> list[tuple[str, int, int]]:
    """By kind of audience: its name, how many signed in, how many came without a name."""
    here = Attendance.objects.filter(gathering=lesson.gathering).here().values("person")
    kinds = Counter(
        kind for _grid, kind in _audiences(Person.objects.filter(pk__in=here), day).values()
    )
    return [
        (str(label), kinds[kind], lesson.walk_ins.get(kind, 0))
        for kind, label in AUDIENCE_LABELS.items()
        if kinds[kind] or lesson.walk_ins.get(kind, 0)
    ]


@dataclass(slots=True)
class Share:
    """How many of a group a lesson has reached, of how many, and who is missing by kind."""

    name: str
    people: int = 0
    reached: int = 0
    missing: "Counter[Audience]" = field(default_factory=Counter)

    def count(self, kind: Audience, *, is_reached: bool) -> None:
        self.people += 1
        if is_reached:
            self.reached += 1
        else:
            self.missing[kind] += 1

    @property
    def unreached(self) -> int:
        return self.people - self.reached

    @property
    def missing_words(self) -> list[tuple[str, int]]:
        """Who is missing, by kind, in the order of kinds."""
        return [
            (str(label), self.missing[kind])
            for kind, label in AUDIENCE_LABELS.items()
            if self.missing[kind]
        ]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who on the roll has signed in at a lesson within a year: by grid, audience, building; and how
    many of the others live near each place.
    """

    grids: list[Share]
    audiences: list[Share]
    buildings: list[Share]
    places: list[Share]


def coverage(now: datetime) -> Coverage:
    """Sums over the roll of whoever lives here; seven queries, whatever the size. Nobody is named.

    A walk-in without a name reaches nobody on the roll: so much is not known here.
    """
    day = localtime(now).date()
    people = _audiences(
        Person.objects.on_roll().exclude(residency=Residency.VISITOR).order_by(), day
    )
    reached = _reached_since(now)
    grids = {grid.pk: Share(str(grid)) for grid in Grid.objects.all()}
    kinds = {kind: Share(str(label)) for kind, label in AUDIENCE_LABELS.items()}
    homes = _homes(day)
    buildings = {pk: Share(house.name) for pk, house in homes.buildings.items()}
    for pk, (grid, kind) in people.items():
        shares = [kinds[kind]]
        if grid in grids:
            shares.append(grids[grid])
        if (home := homes.of.get(pk)) is not None:
            shares.append(buildings[home])
        for share in shares:
            share.count(kind, is_reached=pk in reached)
    in_order = sorted(
        buildings, key=lambda pk: (-buildings[pk].unreached, homes.buildings[pk].sort_key)
    )
    return Coverage(
        grids=list(grids.values()),
        audiences=[share for share in kinds.values() if share.people],
        buildings=[buildings[pk] for pk in in_order if buildings[pk].people],
        places=_places(homes, buildings),
    )


def _reached_since(now: datetime) -> set[int]:
    """Persons who signed in at a lesson within a year; a merged record is its kept one."""
    came = set(
        Attendance.objects.filter(
            gathering__kind=KIND, gathering__starts_at__gte=now - REACHED_FOR
        )
        .here()
        .values_list("person_id", flat=True)
    )  # fmt: skip
    return set(kept_ids(came).values())


@dataclass(frozen=True, slots=True)
class _House:
    """A building: its name, order, grid, and position where the map knows it."""

    name: str
    sort_key: str
    grid: int
    where: Position | None

    def is_near(self, place: Place) -> bool:
        """Within a short walk of a place; in the same grid where a position is missing."""
        there = _position(place.latitude, place.longitude)
        if there is None or self.where is None:
            return bool(self.grid == place.grid_id)
        return metres_between(there, self.where) <= NEAR_METRES


@dataclass(frozen=True, slots=True)
class _Homes:
    """In which building each person lives."""

    of: dict[int, int]
    buildings: dict[int, _House]


def _homes(day: date) -> _Homes:
    rows = Residence.objects.filter(Q(until__isnull=True) | Q(until__gte=day)).values_list(
        "person_id", "dwelling__unit__building_id"
    )
    buildings = {
        building.pk: _House(
            building.name, building.sort_key, building.grid_id,
            _position(building.latitude, building.longitude),
        )
        for building in Building.objects.all()
    }  # fmt: skip
    return _Homes(dict(rows), buildings)


def _position(latitude: Decimal | None, longitude: Decimal | None) -> Position | None:
    if latitude is None or longitude is None:
        return None
    return Position(lat=float(latitude), lon=float(longitude))


def _places(homes: _Homes, buildings: Mapping[int, Share]) -> list[Share]:
    """Where people meet, by how many not reached yet live near; most first."""
    places = Place.objects.filter(closed_at__isnull=True).exclude(kind=PlaceKind.LAMP)
    found = [
        _together(
            place.name,
            [buildings[pk] for pk, house in homes.buildings.items() if house.is_near(place)],
        )
        for place in places
    ]
    return sorted((one for one in found if one.unreached), key=lambda one: -one.unreached)


def _together(name: str, shares: Iterable[Share]) -> Share:
    told = Share(name)
    for share in shares:
        told.people += share.people
        told.reached += share.reached
        told.missing.update(share.missing)
    return told


def online_lessons() -> "QuerySet[OnlineLesson]":
    """What can be read or watched, the newest first, with how often it was."""
    rows: QuerySet[OnlineLesson] = OnlineLesson.objects.filter(closed_at__isnull=True)
    counted: QuerySet[OnlineLesson] = (
        rows.select_related("kit")
        .annotate(visited=Count("visits", filter=Q(visits__is_replay=False)))
        .order_by("-id")
    )
    return counted


def lesson_for_chat(ref: str, by: Actor) -> Shared | None:
    """A lesson to come, as a chat group reads it."""
    lesson = class_behind(ref)
    if lesson is None or not lesson.gathering.is_public or not lesson.gathering.is_planned:
        return None
    gathering = lesson.gathering
    begins = localtime(gathering.starts_at)
    when = f"{formats.date_format(begins, 'DATE_FORMAT')} {begins:%H:%M}"
    lines = [f"{when} · {gathering.where}" if gathering.where else when]
    if lesson.kit.aim:
        lines.append(lesson.kit.aim)
    return Shared(
        title=_("Grid classroom: %(title)s") % {"title": gathering.title},
        lines=tuple(lines),
        path=reverse("gatherings:notice", args=[gathering.code]),
    )


def online_for_chat(ref: str, by: Actor) -> Shared | None:
    """A lesson online, as a chat group reads it."""
    found = online_lessons().filter(pk=int(ref)).first() if ref.isdecimal() else None
    if found is None:
        return None
    return Shared(
        title=found.title,
        lines=tuple(filter(None, (found.kit.aim,))),
        path=reverse("classroom:online-lesson", args=[found.pk]),
    )
