"""Reading matters, meetings, quorums, and what stands on a matter's public page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from mulin.commons.ballots.models import Election
from mulin.commons.ballots.rules import State as Stand
from mulin.commons.gatherings.models import AgendaItem, Attendance, Gathering
from mulin.commons.gatherings.queries import group_of_roll, items_of
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Residence
from mulin.parlour.deliberation.models import (
    LEVEL_LABELS,
    Amendment,
    Appraisal,
    Argument,
    Matter,
    MatterQuerySet,
    Meeting,
    MeetingRule,
    Objection,
    Point,
    Practice,
    Proxy,
    Publication,
    Resolution,
    RollEntry,
    Seconder,
    Side,
    Task,
    Weight,
)
from mulin.parlour.deliberation.rules import (
    BALLOT_ORIGIN,
    FIRST_SECONDERS,
    LEAST_SHOWN,
    Basis,
    Seat,
    State,
    seats_present,
)


def seconders_wanted(day: date) -> int:
    """How many second a motion on that day."""
    held = Practice.objects.filter(since__lte=day).order_by("-since").first()
    return int(held.seconders) if held is not None else FIRST_SECONDERS


def rules_on(day: date) -> list[MeetingRule]:
    """The kinds of meeting with what holds on that day, each once."""
    found: dict[str, MeetingRule] = {}
    for rule in MeetingRule.objects.filter(since__lte=day).order_by("name", "-since"):
        found.setdefault(rule.name, rule)
    return list(found.values())


def next_number() -> int:
    """The number of the next matter."""
    return int(Matter.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def matters_for(actor: Actor) -> MatterQuerySet:
    """All that an actor sees, the latest first."""
    rows: MatterQuerySet = Matter.objects.visible_to(actor).select_related("need", "proposer")
    return rows


def meetings_to_come(now: datetime) -> "QuerySet[Meeting]":
    """Meetings that still take points, the next first."""
    rows: QuerySet[Meeting] = Meeting.objects.filter(
        gathering__in=Gathering.objects.to_come(now).order_by()
    ).select_related("gathering__place", "rule")
    return rows.order_by("gathering__starts_at")


def meeting_of(gathering_id: int) -> Meeting | None:
    """The hall's own side of a gathering."""
    found: Meeting | None = (
        Meeting.objects.filter(gathering=gathering_id)
        .select_related("gathering__place", "gathering__host", "rule")
        .first()
    )
    return found


def points_of(meeting: Meeting) -> list[Point]:
    """The matters on its agenda, in its order, with what was decided."""
    return list(
        Point.objects.filter(item__gathering=meeting.gathering)
        .select_related("item", "matter", "resolution")
        .prefetch_related("amendments")
        .order_by("item__position", "item")
    )


def agenda_of(meeting: Meeting) -> list[tuple[AgendaItem, Point | None]]:
    """The whole agenda in its order; greetings and reports are no matter and have no point."""
    points = {point.item_id: point for point in points_of(meeting)}
    return [(item, points.get(item.pk)) for item in items_of(meeting.gathering)]


def who_has_a_seat(meeting: Meeting, day: date) -> list[tuple[int, int]]:
    """(person, seat) of whoever belongs to this meeting by its rule on that day."""
    basis = meeting.rule.basis
    if basis == Basis.NAMED:
        listed = Attendance.objects.filter(gathering=meeting.gathering)
        return [(pk, pk) for pk in listed.order_by("line").values_list("person", flat=True)]
    adults = group_of_roll("adults", grid_id=None, day=day)
    if basis == Basis.PERSONS:
        return [(pk, pk) for pk in adults.order_by("pk").values_list("pk", flat=True)]
    homes = Residence.objects.filter(person__in=adults.order_by(), until__isnull=True)
    return list(homes.order_by("person").values_list("person", "dwelling"))


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many seats there are, how many are filled now, how many must be, by which rule."""

    seats: int
    present: int
    needed: int
    is_met: bool
    source: str


def quorum_of(meeting: Meeting) -> Quorum | None:
    """Counted live from the frozen roll and who is in the room; None before the roll is frozen."""
    if meeting.frozen_at is None or meeting.roll_seats is None:
        return None
    present = len(seats_filled(meeting))
    rule = meeting.rule
    return Quorum(
        seats=meeting.roll_seats,
        present=present,
        needed=rule.quorum.least(meeting.roll_seats),
        is_met=rule.quorum.is_met(present, meeting.roll_seats),
        source=rule.source,
    )


def seats_filled(meeting: Meeting) -> frozenset[int]:
    """The seats that count as present; three queries however long the roll is."""
    here = entries_here(meeting)
    proxies = dict(Proxy.objects.filter(meeting=meeting).values_list("giver", "holder"))
    wanted = {*here, *proxies}
    roll = [
        Seat(pk, seat)
        for pk, seat in RollEntry.objects.filter(meeting=meeting, pk__in=wanted).values_list(
            "pk", "seat"
        )
    ]
    return seats_present(roll, here, proxies)


def entries_here(meeting: Meeting) -> list[int]:
    """Entries of the roll whose persons are in the room and have not left."""
    present = Attendance.objects.filter(
        gathering=meeting.gathering, came_at__isnull=False, left_at__isnull=True
    ).values("person")
    return list(
        RollEntry.objects.filter(meeting=meeting, person__in=present).values_list("pk", flat=True)
    )


def who_votes(meeting: Meeting) -> "QuerySet[RollEntry]":
    """Those of the roll who are called: in the room, or spoken for by somebody in the room."""
    here = entries_here(meeting)
    spoken_for = Proxy.objects.filter(meeting=meeting, holder__in=here).values("giver")
    rows: QuerySet[RollEntry] = RollEntry.objects.filter(
        pk__in=[*here, *spoken_for.values_list("giver", flat=True)]
    )
    return rows.select_related("person").order_by("seat", "pk")


def entry_of(meeting: Meeting, person_id: int) -> RollEntry | None:
    """The entry of a person on a meeting's roll."""
    found: RollEntry | None = RollEntry.objects.filter(meeting=meeting, person=person_id).first()
    return found


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that stands on a matter's page."""

    matter: Matter
    seconders: int
    points: Sequence[Point]
    resolution: Resolution | None
    publication: Publication | None
    objections: list[Objection]  # the street reads those that were read
    tasks: list[Task]
    arguments: "list[tuple[str, list[Argument]]]"
    ratings: Mapping[int, int]
    rated: int
    taken_off: list[str]  # why arguments do not stand there any more

    @property
    def read_objections(self) -> list[Objection]:
        """Those that stand in the street."""
        return [one for one in self.objections if one.read_at is not None]

    @property
    def held_objections(self) -> list[Objection]:
        """Those that nobody of the committee has read: the street reads how many, and until when."""
        return [one for one in self.objections if one.read_at is None]

    @property
    def held_until(self) -> datetime:
        """When the last of them is to be read."""
        return max(one.read_until for one in self.held_objections)

    @property
    def ratings_in_words(self) -> list[tuple[str, int]]:
        """What those who were there found of it, the best first, and how many did."""
        return [
            (str(LEVEL_LABELS[level]), self.ratings[level])
            for level in sorted(self.ratings, reverse=True)
        ]

    @property
    def has_reasons(self) -> bool:
        """Whether anything was said for or against."""
        return any(rows for _label, rows in self.arguments)

    @property
    def is_held_too_long(self) -> bool:
        """Whether one of them was not read in time."""
        return any(one.escalated_at is not None for one in self.held_objections)


def story_of(matter: Matter) -> Story:
    """What was asked, who met, what was decided, what became of it; a fixed number of queries."""
    points = list(
        Point.objects.filter(matter=matter)
        .select_related("item__gathering__place", "item__gathering__meeting__rule", "resolution")
        .prefetch_related("amendments")
        .annotate(here=Count("item__gathering__attendances__came_at"))
        .order_by("item__gathering__starts_at", "pk")
    )
    publication = Publication.objects.filter(matter=matter).order_by("-pk").first()
    objections = Objection.objects.filter(publication=publication) if publication else ()
    ratings = dict(
        Appraisal.objects.filter(matter=matter)
        .order_by().values_list("level").annotate(count=Count("pk"))
    )  # fmt: skip
    rated = sum(ratings.values())
    return Story(
        matter=matter,
        seconders=Seconder.objects.filter(matter=matter).count(),
        points=points,
        resolution=Resolution.objects.filter(matter=matter)
        .select_related("point__item__gathering__meeting__rule")
        .order_by("-pk")
        .first(),
        publication=publication,
        objections=list(objections),
        tasks=list(
            Task.objects.filter(matter=matter).select_related("owner").prefetch_related("photos")
        ),
        arguments=arguments_of(matter),
        taken_off=list(
            Argument.objects.filter(matter=matter)
            .exclude(why_hidden="")
            .order_by("pk")
            .values_list("why_hidden", flat=True)[:20]
        ),
        ratings=ratings if rated >= LEAST_SHOWN else {},
        rated=rated,
    )


def arguments_of(matter: Matter) -> "list[tuple[str, list[Argument]]]":
    """For and against, each side by how many readers find that it weighs."""
    rows = list(
        Argument.objects.filter(matter=matter, why_hidden="")
        .annotate(weight=Count("weights"))
        .order_by("-weight", "pk")
    )
    return [(str(side.label), [row for row in rows if row.side == side.value]) for side in Side]


def was_there(matter: Matter, person_id: int) -> bool:
    """Whether somebody came to a meeting that had this matter on its agenda."""
    met = Point.objects.filter(matter=matter).values("item__gathering")
    found: bool = Attendance.objects.filter(
        gathering__in=met, person=person_id, came_at__isnull=False
    ).exists()
    return found


def seconded(matter: Matter, person: Person) -> bool:
    """Whether somebody wants a motion to be heard."""
    rows = Seconder.objects.filter(matter=matter, person__in=Person.everyone_of(person))
    found: bool = rows.exists()
    return found


def has_appraised(matter: Matter, person: Person) -> bool:
    """Whether somebody has said how good they find what became of it."""
    found: bool = Appraisal.objects.filter(matter=matter, person=person).exists()
    return found


def spoken_for(meeting: Meeting) -> dict[int, str]:
    """Who speaks for an entry of the roll that is not in the room, by the entry."""
    rows = Proxy.objects.filter(meeting=meeting).select_related("holder__person")
    return {row.giver_id: str(row.holder.person) for row in rows}


def weighed_by(person: Person, matter: Matter) -> set[int]:
    """The arguments of a matter that somebody finds to weigh."""
    rows = Weight.objects.filter(argument__matter=matter, person=person)
    return set(rows.values_list("argument", flat=True))


def street_address(point_id: int) -> str:
    """The public page of the matter that a point of a meeting is about; "" where there is none."""
    point = Point.objects.select_related("matter").get(pk=point_id)
    if not Matter.objects.public().filter(pk=point.matter_id).exists():
        return ""
    return reverse("deliberation:public", args=[point.matter.code])


def publications_over(today: date) -> "QuerySet[Publication]":
    """Whose days are over, and nobody's objection is without an answer."""
    waiting = Objection.objects.filter(answered_at__isnull=True).values("publication")
    rows: QuerySet[Publication] = Publication.objects.filter(
        ended_at__isnull=True, last_day__lt=today
    ).exclude(pk__in=waiting)
    return rows.select_related("matter")


def late_tasks(now: datetime) -> "QuerySet[Task]":
    """Tasks past their limit of which nobody has been told."""
    rows: QuerySet[Task] = (
        Task.objects.open().filter(due_at__lt=now, escalated_at__isnull=True)
    )  # fmt: skip
    return rows.select_related("matter", "owner")


def unread_objections(now: datetime) -> "QuerySet[Objection]":
    """Objections that should have been read by now, and of which nobody was told."""
    rows: QuerySet[Objection] = Objection.objects.unread().filter(
        read_until__lt=now, escalated_at__isnull=True
    )
    return rows.select_related("publication__matter")


def amendments_of(point: Point) -> list[Amendment]:
    """Other words that were voted on, in their order."""
    return list(Amendment.objects.filter(point=point))


def secret_vote_of(point: Point) -> Election | None:
    """The secret vote on a point, however far it is; one that was withdrawn is none."""
    return _secret_votes().filter(origin_id=point.pk).first()


def points_for_ballot() -> "QuerySet[Point]":
    """What may be voted on secretly now: points that are worded and undecided, of a meeting whose
    roll is frozen; and those whose secret vote still runs. The latest meeting first.
    """
    begun = _secret_votes().values("origin_id")
    ready = Q(item__gathering__state="planned", item__gathering__meeting__frozen_at__isnull=False)
    rows: QuerySet[Point] = Point.objects.filter(matter__state=State.LISTED).exclude(draft="")
    return (
        rows.filter(ready | Q(pk__in=begun))
        .select_related("item__gathering__meeting__rule", "matter")
        .order_by("-item__gathering__starts_at", "pk")
    )


def secret_votes_of(points: Iterable[Point]) -> dict[int, Election]:
    """The secret votes on these points, by point."""
    ids = [point.pk for point in points]
    return {one.origin_id: one for one in _secret_votes().filter(origin_id__in=ids)}


def untaken_results() -> "QuerySet[Point]":
    """Points whose secret vote is published and whose result nobody has taken over."""
    told = _secret_votes().filter(state=Stand.PUBLISHED).values("origin_id")
    rows: QuerySet[Point] = Point.objects.filter(matter__state=State.LISTED, pk__in=told)
    return rows


def _secret_votes() -> "QuerySet[Election]":
    rows: QuerySet[Election] = Election.objects.filter(origin_kind=BALLOT_ORIGIN)
    return rows.exclude(state=Stand.WIPED)


def proxies_at(meetings: Iterable[Meeting]) -> dict[int, list[Proxy]]:
    """Who speaks for whom, by meeting: at a secret vote whoever holds a proxy gets the giver's sheet
    besides their own.
    """
    rows = Proxy.objects.filter(meeting__in=list(meetings))
    found: dict[int, list[Proxy]] = {}
    for one in rows.select_related("giver__person", "holder__person").order_by("pk"):
        found.setdefault(one.meeting_id, []).append(one)
    return found
