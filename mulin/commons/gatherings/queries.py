"""Reading gatherings: lists, who was told how, who came, whose minutes come to how many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from mulin.commons.gatherings.models import (
    AgendaItem,
    Attendance,
    Gathering,
    GatheringPaper,
    GatheringQuerySet,
    Series,
)
from mulin.commons.gatherings.permissions import may_keep_series
from mulin.commons.gatherings.rules import (
    Coming,
    Group,
    Stand,
    State,
    coming_in,
    following_month,
    free_seats,
)
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.models import Message
from mulin.ground.people.models import Person, PersonQuerySet, Residency
from mulin.ground.people.queries import kept_ids, roll
from mulin.ground.people.rules import ADULT_FROM
from mulin.ground.places.holding import Held
from mulin.kit.clock import local_day

#: By this name gatherings say which places they hold.
HOLDING: Final = "gatherings"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were told, come, wait, decline, are here, walked in without a name."""

    told: int
    going: int
    waiting: int
    declined: int
    here: int
    walk_ins: int
    free: int | None

    @property
    def present(self) -> int:
        """Everybody in the room."""
        return self.here + self.walk_ins


def places_held(places: Collection[int], starts: datetime, ends: datetime) -> Iterator[Held]:
    """What planned gatherings hold of places; what is not public is not named. One query."""
    rows = Gathering.objects.filter(
        state=State.PLANNED, place__in=list(places), starts_at__lt=ends, ends_at__gt=starts
    )
    for one in rows:
        title = one.title if one.is_public else _("a gathering")
        yield Held(
            one.place_id, one.place_words, one.starts_at, one.ends_at, title, account=one.host_id
        )


def gatherings_for(actor: Actor) -> GatheringQuerySet:
    """All that an actor sees, the latest first, with their places."""
    rows: GatheringQuerySet = Gathering.objects.visible_to(actor).select_related("place", "host")
    return rows


def public_gatherings(now: datetime) -> GatheringQuerySet:
    """What anybody may come to, the next first."""
    rows: GatheringQuerySet = Gathering.objects.filter(is_public=True).to_come(now)
    return rows.select_related("place__building")


def gathering_behind(code: str) -> Gathering | None:
    """The gathering of a notice's code."""
    found: Gathering | None = (
        Gathering.objects.filter(code=code).select_related("place__building", "host").first()
    )
    return found


def gathering_at_door(code: str) -> Gathering | None:
    """The gathering whose code hangs at the door."""
    found: Gathering | None = (
        Gathering.objects.filter(door_code=code).select_related("place", "host").first()
    )
    return found


def counts_of(gathering: Gathering) -> Counts:
    """All counts of one gathering in one query."""
    found = Attendance.objects.filter(gathering=gathering).aggregate(
        told=Count("pk"),
        going=Count("pk", filter=Q(stand=Stand.GOING)),
        waiting=Count("pk", filter=Q(stand=Stand.WAITING)),
        declined=Count("pk", filter=Q(stand=Stand.DECLINED)),
        here=Count("pk", filter=Q(came_at__isnull=False)),
    )
    return Counts(
        **found, walk_ins=gathering.walk_ins, free=free_seats(gathering.capacity, found["going"])
    )


def next_line(gathering: Gathering) -> int:
    """The number that the next person gets on the paper list."""
    last = Attendance.objects.filter(gathering=gathering).aggregate(last=Max("line"))["last"]
    return int(last or 0) + 1


def attendances_of(gathering: Gathering, *, show: str = "") -> "QuerySet[Attendance]":
    """Who is on the list; `show` narrows it: here, absent, or a stand."""
    rows: QuerySet[Attendance] = Attendance.objects.filter(gathering=gathering).select_related(
        "person"
    )
    if show == "here":
        return rows.filter(came_at__isnull=False)
    if show == "absent":
        return rows.filter(came_at__isnull=True)
    return rows.filter(stand=show) if show in set(Stand) else rows


def found_at_door(
    actor: Actor, gathering: Gathering, query: str, *, most: int
) -> list[tuple[Person, str, int | None]]:
    """Whom a host may press at the door, each with the address if the actor sees their record, and
    with the number on the list, since several may have one name: who is expected and not here yet; and by a `query` whoever it finds on the list, and on the roll.
    """
    listed = Attendance.objects.filter(gathering=gathering)
    on_roll = Person.objects.on_roll()
    if query:
        on_list = on_roll.filter(pk__in=listed.values("person")).search(query, most=None)
    else:
        expected = listed.filter(stand=Stand.GOING, came_at__isnull=True)
        on_list = on_roll.filter(pk__in=expected.values("person"))
    seen = list(roll(actor, query=query)[:most]) if query else []
    known = {one.pk for one in seen}
    known |= set(on_roll.visible_to(actor).filter(pk__in=on_list).values_list("pk", flat=True))
    found = {
        one.pk: one
        for one in [*on_list.select_related("grid").order_by("pinyin", "id")[:most], *seen]
    }
    lines = dict(listed.filter(person__in=found).values_list("person", "line"))
    return [
        (one, one.address if one.pk in known else "", lines.get(one.pk)) for one in found.values()
    ][:most]


def attendance_of(gathering: Gathering, person_id: int | None) -> Attendance | None:
    """How a person stands to a gathering."""
    if person_id is None:
        return None
    found: Attendance | None = Attendance.objects.filter(
        gathering=gathering, person_id=person_id
    ).first()
    return found


def items_of(gathering: Gathering) -> list[AgendaItem]:
    """The agenda in its order."""
    return list(AgendaItem.objects.filter(gathering=gathering))


def papers_of(gathering: Gathering, *, public_only: bool) -> list[GatheringPaper]:
    """Its documents."""
    rows = GatheringPaper.objects.filter(gathering=gathering)
    return list(rows.filter(is_public=True) if public_only else rows)


def topic_of(gathering: Gathering) -> str:
    """Under which topic everything about it is told."""
    return f"gathering.{gathering.pk}"


def told_how(gathering: Gathering, person_ids: Iterable[int]) -> dict[int, list[Message]]:
    """By person, the messages about it: the way, and whether it was sent or told. One query."""
    found: dict[int, list[Message]] = defaultdict(list)
    rows = Message.objects.filter(
        recipient_kind="person", recipient_id__in=list(person_ids), topic=topic_of(gathering)
    ).order_by("id")
    for message in rows:
        found[message.recipient_id].append(message)
    return dict(found)


def group_of_roll(group: str, *, grid_id: int | None, day: date) -> PersonQuerySet:
    """Whom a notice goes to: people on the roll of this group, of one grid or of all.

    Who is not of age is not asked to a meeting; an unknown year of birth does not shut out.
    """
    of_age = Q(birth_year__isnull=True) | Q(birth_year__lte=day.year - ADULT_FROM)
    rows: PersonQuerySet = Person.objects.on_roll().filter(of_age)
    if group == Group.PARTY:
        rows = rows.filter(is_party_member=True)
    elif group == Group.NEW:
        rows = rows.filter(residency=Residency.NEW)
    else:
        rows = rows.exclude(residency=Residency.VISITOR)
    return rows.filter(grid=grid_id) if grid_id else rows


def minutes_of(
    person_ids: Iterable[int], *, kinds: Iterable[str] = (), since: datetime | None = None,
    until: datetime | None = None,
) -> dict[int, int]:  # fmt: skip
    """Minutes of presence by person, of gatherings that are closed: the one sum of hours.

    Records that were merged are one person: their minutes stand under the kept one.
    """
    kept = kept_ids(person_ids)
    everyone = kept_ids(
        [*kept, *Person.objects.filter(merged_into__in=kept).values_list("pk", flat=True)]
    )
    rows = Attendance.objects.filter(person__in=everyone, minutes__isnull=False)
    if kinds:
        rows = rows.filter(gathering__kind__in=list(kinds))
    if since is not None:
        rows = rows.filter(gathering__starts_at__gte=since)
    if until is not None:
        rows = rows.filter(gathering__starts_at__lt=until)
    sums: dict[int, int] = defaultdict(int)
    for person_id, minutes in rows.order_by().values_list("person").annotate(total=Sum("minutes")):
        sums[everyone[person_id]] += minutes
    return dict(sums)


def calendar_of(actor: Actor, now: datetime, *, most: int = 200) -> list[Gathering]:
    """What is still to come for whoever was asked to it or holds it."""
    mine = Q(pk__in=())
    if actor.account_id is not None:
        mine |= Q(host_id=actor.account_id)
    if actor.person_id is not None:
        asked = Attendance.objects.filter(person_id=actor.person_id).exclude(stand=Stand.DECLINED)
        mine |= Q(pk__in=asked.values("gathering"))
    rows = Gathering.objects.filter(mine).to_come(now).select_related("place__building")
    return list(rows[:most])


def gatherings_to_tell(now: datetime) -> "QuerySet[Gathering]":
    """Those with somebody who has not been told their latest, the next first."""
    waiting = Attendance.objects.to_tell().values("gathering")
    rows: QuerySet[Gathering] = Gathering.objects.filter(
        pk__in=waiting, ends_at__gt=now, noticed_at__isnull=False
    ).exclude(state=State.HELD)
    return rows.order_by("starts_at", "id")


def series_for(actor: Actor) -> list[Series]:
    """What comes every month, those that go on first; an actor sees what they keep."""
    rows = Series.objects.select_related("place", "host").order_by("ended_on", "id")
    return [one for one in rows if may_keep_series(actor, one)]


def months_ahead(series: Series, today: date, count: int = 6) -> list[Coming]:
    """What the rule gives for this month and the next ones."""
    days, month, found = work_calendar(), today.replace(day=1), []
    for _number in range(count):
        found.append(coming_in(series.rule, month, days))
        month = following_month(month)
    return found


def to_announce(today: date, now: datetime) -> list[Gathering]:
    """Those of a series that are told today or were to be told before, and nobody was yet. What has
    no place waits until its host names one: nobody is invited to nowhere.
    """
    rows = (
        Gathering.objects.to_come(now)
        .filter(noticed_at__isnull=True, series__isnull=False)
        .exclude(series__group="")
        .exclude(place=None, place_words="")
        .select_related("series", "place")
    )
    return [
        one
        for one in rows
        if one.series and (local_day(one.starts_at) - today).days <= one.series.told_days
    ]


def attendances_told(person_id: int) -> list[dict[str, object]]:
    """The gatherings a person was told of or came to, for the file of what is held of them."""
    rows = Attendance.objects.filter(person=person_id).select_related("gathering").order_by("id")
    return [
        {
            "gathering": row.gathering.title,
            "starts_at": row.gathering.starts_at.isoformat(),
            "stand": row.stand,
            "came_at": row.came_at.isoformat() if row.came_at else None,
            "minutes": row.minutes,
        }
        for row in rows
    ]


def attendances_kept(person_id: int) -> int:
    """How many rows stay after an erasure: that somebody came, without a name."""
    count: int = Attendance.objects.filter(person=person_id).count()
    return count
