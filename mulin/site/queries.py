"""What the roof's pages read from several rooms; no rule of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mulin.commons.flow.models import Need, NeedQuerySet, Step, Visibility
from mulin.ground.community.models import ShortLink
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.community.ways import ways
from mulin.ground.places.queries import places
from mulin.kit.clock import local_day, start_of_day
from mulin.parlour.reception.models import Confirmation, Demand, Visit
from mulin.parlour.reception.rules import State
from mulin.parlour.reception.standing import standing


@dataclass(frozen=True, slots=True)
class Story:
    """A matter as a short story on its asker's page."""

    url: str
    icon: str
    title: str
    happened: str
    tone: str
    word: str | Promise
    number: str


def own_matters(actor: Actor, *, by_card: bool = False) -> NeedQuerySet:
    """An actor's own matters, newest first, each with its last line; three queries.

    What was said before and written down later stands where it was said. Whoever came in by a
    card alone may have found it: what was told in confidence, or is dealt with under seal, is not
    among them.
    """
    if actor.account_id is None:
        return Need.objects.none()
    own = Q(asked_by_account_id=actor.account_id)
    if actor.person_id is not None:
        own |= Q(person_id=actor.person_id)
    listed = Need.objects.filter(own)
    if by_card:
        listed = listed.filter(is_sealed=False).exclude(visibility=Visibility.CONFIDENTIAL)
    return (
        listed.select_related("category", "demand")
        .prefetch_related(
            Prefetch("steps", Step.objects.filter(is_for_asker=True).order_by("-id"), "told")
        )
        .order_by("-said_at", "-id")
    )


def story_of(need: Need, now: datetime) -> Story:
    """A matter as its asker reads it."""
    demand = getattr(need, "demand", None)
    tone, word = standing(demand.state, demand.due_at, now) if demand else ("", "")
    told = getattr(need, "told", [])
    return Story(
        url=reverse("reception:follow", args=[need.follow_code]),
        icon=need.category.icon if need.category else "message-circle",
        title=need.words[:40],
        happened=told[0].line if told else "",
        tone=tone,
        word=word,
        number=need.number,
    )


@dataclass(frozen=True, slots=True)
class Board:
    """What may stand on a wall: sums of the last thirty and seven days, no person in them."""

    received: int
    answered: int
    confirmed: int
    answered_in_seven: int
    visits: int
    kinds: list[tuple[str, int]]


def board(now: datetime) -> Board:
    """Counts of the last thirty days; four queries. Kinds with fewer than five are not named.

    Not of the running month: a wall that reads nought on the first of each tells of nothing.
    """
    today = local_day(now)
    thirty, seven = (start_of_day(today - timedelta(days=days - 1)) for days in (30, 7))
    received = Demand.objects.filter(received_at__gte=thirty, need__is_sealed=False)
    counts = received.aggregate(
        received=Count("id"),
        answered=Count("id", filter=Q(answered_at__isnull=False)),
        confirmed=Count("id", filter=Q(state=State.CONFIRMED)),
    )
    kinds = (
        received.values("need__category__name")
        .annotate(count=Count("id"))
        .filter(count__gte=5, need__category__isnull=False)
        .order_by("-count")[:6]
    )
    return Board(
        **counts,
        answered_in_seven=Confirmation.objects.filter(asked_at__gte=seven).count(),
        visits=Visit.objects.filter(at__gte=thirty).count(),
        kinds=[(row["need__category__name"], row["count"]) for row in kinds],
    )


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place, its hours today in words, and whether it is open now."""

    name: str
    hours: str
    is_open: bool


def open_places(now: datetime) -> list[OpenPlace]:
    """Places with hours today, those open now first; a fixed number of queries."""
    today, calendar = local_day(now), work_calendar()
    rows = []
    for place in places():
        table = place.timetable(calendar)
        spans = table.on(today)
        if spans:
            hours = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)
            rows.append(OpenPlace(place.name, hours, table.opening(now).is_open))
    return sorted(rows, key=lambda row: not row.is_open)


def opened_link(code: str) -> ShortLink | None:
    """What a printed code leads to, unless it was withdrawn."""
    return (
        ShortLink.objects.filter(code=code, revoked_at__isnull=True)
        .select_related("community")
        .first()
    )


@dataclass(frozen=True, slots=True)
class ToldWay:
    """One thing residents do, and each way to do it; `desk_url` for whoever does it for them."""

    what: str | Promise
    with_phone: str
    by_call: str | Promise
    on_paper: str | Promise
    desk_url: str


def told_ways(*, at_the_desk: bool) -> list[ToldWay]:
    """The ways of every room, in their order."""
    return [
        ToldWay(
            what=way.what,
            with_phone=_("Scan the code at the door, or open this site, and follow the words."),
            by_call=way.by_call,
            on_paper=way.on_paper,
            desk_url=reverse(way.at_the_desk) if at_the_desk else "",
        )
        for way in ways()
    ]
