"""What the pages of a round read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from mulin.commons.flow.door import Standing, front_door
from mulin.commons.flow.models import Need, Step, Visibility
from mulin.ground.community.models import Membership
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.queries import tasks_of
from mulin.ground.people.models import Person
from mulin.ground.people.queries import RECIPIENT_KIND
from mulin.ground.places.models import Building, Dwelling, Residence
from mulin.ground.places.rules import natural_key
from mulin.kit.clock import local_day, start_of_day
from mulin.parlour.rounds.models import HandOver, PaceSetting, RoundVisit, Wish
from mulin.parlour.rounds.rules import FIRST_PACES, Home, Kind, Outcome, Pace


def paces(today: date) -> dict[Kind, Pace]:
    """How often homes of each kind are visited now: the community's own, else the first ones."""
    told = dict(FIRST_PACES)
    for row in PaceSetting.objects.filter(since__lte=today).order_by("since"):
        told[Kind(row.kind)] = Pace(row.days, row.source)
    return told


@dataclass(slots=True)
class Household:
    """A home with who lives there, what is open, and when somebody last came."""

    dwelling: Dwelling
    persons: list[Person] = field(default_factory=list)
    needs: list["OpenNeed"] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    news: int = 0
    known_since: date | None = None
    last_seen: datetime | None = None
    last_refused: datetime | None = None
    last_try: datetime | None = None

    @property
    def door(self) -> str:
        """As it stands on the door plate."""
        return str(self.dwelling)

    @property
    def last_seen_on(self) -> date | None:
        """The day on which somebody was met here."""
        return _day(self.last_seen)

    @property
    def names(self) -> str:
        return "、".join(person.name for person in self.persons)

    def as_home(self, today: date) -> Home:
        """What the rules need of it."""
        return Home(
            id=self.dwelling.pk,
            rank=rank_of(self.dwelling),
            birth_years=tuple(person.birth_year for person in self.persons),
            last_seen=_day(self.last_seen),
            last_refused=_day(self.last_refused),
            known_since=self.known_since,
            wished_since=_day(self.wishes[0].asked_at) if self.wishes else None,
            news=self.news,
            open_demands=len(self.needs),
            late_demands=sum(need.standing.is_late for need in self.needs),
            is_done_today=_day(self.last_try) == today,
        )


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need of somebody at home that waits for an answer."""

    need: Need
    standing: Standing


def rank_of(dwelling: Dwelling) -> tuple[str, ...]:
    """The place of a door on the way: house, staircase, floor and door."""
    unit = dwelling.unit
    return (unit.building.sort_key, natural_key(unit.name), natural_key(dwelling.room))


def dwellings_of(actor: Actor) -> "QuerySet[Dwelling]":
    """The homes of the actor's grids; of those they walk for somebody else, too."""
    rows: QuerySet[Dwelling] = Dwelling.objects.filter(
        unit__building__grid__in=actor.grid_ids
    ).select_related("unit__building")
    return rows


def households(dwellings: "QuerySet[Dwelling]", actor: Actor, now: datetime) -> list[Household]:
    """These homes in the order of the way; as many queries for two as for two hundred."""
    found = {one.pk: Household(one) for one in dwellings}
    within = dwellings.order_by().values("pk")
    at_home = _put_persons(found, within, local_day(now))
    _put_needs(found, at_home, within, actor, now)
    _put_news(found, at_home, actor, now)
    for wish in Wish.objects.filter(dwelling__in=within, fulfilled_at__isnull=True):
        found[wish.dwelling_id].wishes.append(wish)
    for row in _last_visits(within):
        home = found[row["dwelling"]]
        home.last_seen, home.last_refused = row["last_seen"], row["last_refused"]
        home.last_try = row["last_try"]
    return sorted(found.values(), key=lambda home: rank_of(home.dwelling))


# Any: rows of one column each, for a subquery.
def _put_persons(
    found: Mapping[int, Household], within: "QuerySet[Any, Any]", today: date
) -> dict[int, int]:
    """Who lives in each home; gives the home of each person."""
    living = (
        Residence.objects.filter(dwelling__in=within, since__lte=today)
        .filter(Q(until__isnull=True) | Q(until__gt=today))
        .filter(person__erased_at__isnull=True)
        .select_related("person")
        .order_by("since", "id")
    )
    at_home = {}
    for residence in living:
        home = found[residence.dwelling_id]
        home.persons.append(residence.person)
        home.known_since = min(home.known_since or residence.since, residence.since)
        at_home[residence.person_id] = residence.dwelling_id
    return at_home


def _put_needs(
    found: Mapping[int, Household], at_home: Mapping[int, int], within: "QuerySet[Any, Any]",
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Open needs that were said with a name: one said without is nobody's door."""
    needs = {
        need.pk: need
        for need in Need.objects.visible_to(actor).filter(
            person__residences__dwelling__in=within,
            person__residences__until__isnull=True,
            visibility=Visibility.NAMED,
            is_sealed=False,
            closed_at__isnull=True,
        )
        if need.person_id in at_home
    }
    standings = front_door().standings(actor, needs, now)
    for pk, standing in sorted(standings.items()):
        person_id = needs[pk].person_id
        found[at_home[person_id or 0]].needs.append(OpenNeed(needs[pk], standing))


def _put_news(
    found: Mapping[int, Household], at_home: Mapping[int, int], actor: Actor, now: datetime
) -> None:
    """News that somebody is to bring to the door."""
    tasks = tasks_of(actor, now).filter(recipient_kind=RECIPIENT_KIND)
    for person_id in tasks.order_by().values_list("recipient_id", flat=True):
        if person_id in at_home:
            found[at_home[person_id]].news += 1


def _last_visits(within: "QuerySet[Any, Any]") -> Iterable[Any]:
    rows: Iterable[Any] = (  # Any: a dictionary with the columns below
        RoundVisit.objects.filter(dwelling__in=within)
        .order_by()
        .values("dwelling")
        .annotate(
            last_seen=Max("at", filter=Q(outcome=Outcome.SEEN)),
            last_refused=Max("at", filter=Q(outcome=Outcome.REFUSED)),
            last_try=Max("at"),
        )
    )
    return rows


def _day(moment: datetime | None) -> date | None:
    return local_day(moment) if moment is not None else None


def home_for(actor: Actor, pk: int) -> Dwelling | None:
    """A home the actor may see."""
    rows = Dwelling.objects.select_related("unit__building__grid").filter(pk=pk)
    if not actor.is_desk:
        rows = rows.filter(unit__building__grid__in=actor.grid_ids)
    dwelling: Dwelling | None = rows.first()
    return dwelling


@dataclass(frozen=True, slots=True)
class House:
    """A building of the grid with how many live there, what is open, and who waits longest."""

    building: Building
    homes: int
    open_needs: int
    longest_on: date | None
    never: int


def houses_of(actor: Actor, now: datetime) -> list[House]:
    """The buildings of the actor's grids in their order."""
    listed: dict[int, list[Household]] = defaultdict(list)
    for home in households(dwellings_of(actor), actor, now):
        listed[home.dwelling.unit.building_id].append(home)
    houses = []
    for homes in listed.values():
        lived_in = [home for home in homes if home.persons]
        seen = [home.last_seen for home in lived_in if home.last_seen is not None]
        houses.append(
            House(
                building=homes[0].dwelling.unit.building,
                homes=len(lived_in),
                open_needs=sum(len(home.needs) for home in homes),
                longest_on=_day(min(seen)) if seen else None,
                never=len(lived_in) - len(seen),
            )
        )
    return houses


def visits_to(dwelling: Dwelling) -> "QuerySet[RoundVisit]":
    """Who came to this door, newest first."""
    rows: QuerySet[RoundVisit] = RoundVisit.objects.filter(dwelling=dwelling).select_related(
        "officer", "need"
    )
    return rows


def done_today(actor: Actor, now: datetime) -> list[RoundVisit]:
    """Today's visits in the actor's grids, newest first."""
    since = start_of_day(local_day(now))
    rows = RoundVisit.objects.filter(grid__in=actor.grid_ids, at__gte=since)
    return list(rows.select_related("officer", "dwelling__unit__building", "need"))


def other_visits_of_the_day(visit: RoundVisit) -> list[RoundVisit]:
    """Who else knocked at the same door that day: said to whoever comes with a late note."""
    since = start_of_day(local_day(visit.at))
    return list(
        RoundVisit.objects.filter(dwelling=visit.dwelling_id, at__gte=since)
        .exclude(officer=visit.officer_id)
        .select_related("officer")
    )


# ── hand-overs ───────────────────────────────────────────────────────────────────────────────


def rounds_to_hand_over(actor: Actor, now: datetime) -> "QuerySet[Membership]":
    """The officers' own roles that this actor may hand over: theirs, or all for a head."""
    held: QuerySet[Membership] = (
        Membership.objects.running(now)
        .filter(
            community_id=actor.community_id, role=Role.GRID_OFFICER, stands_in_for__isnull=True,
            account__is_active=True,
        )
        .select_related("account", "grid")
        .order_by("grid__number", "id")
    )  # fmt: skip
    return held if actor.has(Role.HEAD) else held.filter(account_id=actor.account_id or 0)


def hand_overs(actor: Actor) -> "QuerySet[HandOver]":
    """Hand-overs the actor sees, the latest first."""
    rows: QuerySet[HandOver] = HandOver.objects.visible_to(actor).select_related(
        "membership__account", "membership__grid", "deputy", "proposed_by", "place"
    )
    return rows


@dataclass(frozen=True, slots=True)
class Watch:
    """What the deputy finds and, afterwards, what was done while they walked the round."""

    open_needs: list[tuple[Need, Standing]]
    wishes: list[Wish]
    visits: list[RoundVisit]
    steps: list[Step]


def watch_of(hand_over: HandOver, actor: Actor, now: datetime, *, most: int = 100) -> Watch:
    """For the deputy what is open in the grid; for the officer who is back what was done."""
    grid_id = hand_over.membership.grid_id
    if not actor.is_desk and grid_id not in actor.grid_ids:
        return Watch([], [], [], [])  # a deputy before the first day, or after the last
    needs = {
        need.pk: need
        for need in Need.objects.visible_to(actor).filter(
            grid=grid_id, closed_at__isnull=True, is_sealed=False
        )
    }
    standings = front_door().standings(actor, needs, now)
    span = {"at__gte": hand_over.since, "at__lt": min(hand_over.until, now)}
    visits = RoundVisit.objects.filter(grid=grid_id, officer=hand_over.deputy_id, **span)
    steps = Step.objects.filter(
        need__in=Need.objects.visible_to(actor).filter(grid=grid_id),
        by_id=hand_over.deputy_id, **span,
    )  # fmt: skip
    return Watch(
        open_needs=[(needs[pk], standing) for pk, standing in sorted(standings.items())][:most],
        wishes=list(
            Wish.objects.filter(
                dwelling__unit__building__grid=grid_id, fulfilled_at__isnull=True
            ).select_related("dwelling__unit__building", "asked_by")[:most]
        ),
        visits=list(visits.select_related("dwelling__unit__building", "need")[:most]),
        steps=list(steps.select_related("need").order_by("-id")[:most]),
    )
