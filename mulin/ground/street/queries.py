"""What the street reads: its communities side by side, grants, what was handed up."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, QuerySet

from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.rules import Actor, Role
from mulin.ground.figures.queries import measured
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period, share_percent
from mulin.ground.street.models import Grant, HandedUp, HandedUpQuerySet, Sum
from mulin.ground.street.registry import Column, columns
from mulin.ground.street.rules import is_hidden, key_of


@dataclass(frozen=True, slots=True)
class Line:
    """One community as the street reads it: its sums by name, what it let the street see, what it
    waits for. `summed_at` is the age of its oldest sum.
    """

    community: Community
    sums: dict[str, Sum]
    granted: frozenset[str]
    waiting: int
    summed_at: datetime | None


def overseen(actor: Actor) -> QuerySet[Community]:
    """The communities of the street that this overseer's own community belongs to."""
    own = Community.objects.filter(pk=actor.community_id).values("street_id")
    return Community.objects.filter(street__in=own).order_by("name", "id")


def side_by_side(actor: Actor, period: Period, now: datetime) -> list[Line]:
    """Every community of the street with its sums; four queries, however many there are."""
    communities = list(overseen(actor))
    ids = [one.pk for one in communities]
    sums: dict[int, dict[str, Sum]] = {}
    for one in Sum.objects.filter(community_id__in=ids, period=key_of(period)):
        sums.setdefault(one.community_id, {})[one.name] = one
    granted: dict[int, set[str]] = {}
    running = Grant.objects.running(now).filter(community_id__in=ids)
    for community_id, what in running.values_list("community_id", "what"):
        granted.setdefault(community_id, set()).add(what)
    waiting = dict(
        HandedUp.objects.open()
        .filter(community_id__in=ids)
        .order_by()
        .values_list("community_id")
        .annotate(count=Count("id"))
    )
    return [
        Line(
            community=one,
            sums=sums.get(one.pk, {}),
            granted=frozenset(granted.get(one.pk, ())),
            waiting=waiting.get(one.pk, 0),
            summed_at=min((each.summed_at for each in sums.get(one.pk, {}).values()), default=None),
        )
        for one in communities
    ]


def all_together(column: Column, lines: list[Line]) -> tuple[Decimal | None, int | None]:
    """The street's own number of a column, and what a rate is a share of: of the sums that are
    shown, for what is held back could be read off the rest.
    """
    name = column.figure.name
    shown = [line.sums[name] for line in lines if name in line.sums]
    shown = [one for one in shown if not one.is_held_back and one.value is not None]
    if not shown:
        return None, None
    if column.is_share:
        whole = sum(one.whole or 0 for one in shown)
        return share_percent(sum(one.part or 0 for one in shown), whole), whole
    return sum((one.value for one in shown if one.value is not None), Decimal(0)), None


def summed(community: Community, period: Period, now: datetime) -> list[Sum]:
    """The sums of a period as they are now, held back where they are small; not written yet.

    Inside the community.
    """
    return [_sum_of(community, column, period, now) for column in columns()]


def _sum_of(community: Community, column: Column, period: Period, now: datetime) -> Sum:
    figure = column.figure
    made = Sum(community=community, name=figure.name, period=key_of(period), summed_at=now)
    if column.is_share:
        whole = figure.of(period).count() if figure.of else _size(column.of, period)
        made.is_held_back = is_hidden(whole)
        if not made.is_held_back:
            made.whole, made.part = whole, _size(figure, period)
            made.value = share_percent(made.part, whole)
        return made
    (one,) = measured(period, [figure])
    # A sum of minutes may be large and still be one person's.
    made.is_held_back = is_hidden(one.persons)
    made.value = None if made.is_held_back else Decimal(one.value or 0)
    return made


def _size(figure: Figure | None, period: Period) -> int:
    """What a figure counts, or measures in whole numbers."""
    if figure is None:
        return 0
    if figure.measure is None:
        return figure.rows(period).count()
    return int(figure.rows(period).order_by().aggregate(number=figure.measure)["number"] or 0)


def oldest_sums(community: Community) -> dict[str, datetime]:
    """When the sums of each period were made last."""
    rows = Sum.objects.filter(community=community).values_list("period")
    return dict(rows.annotate(at=Min("summed_at")).order_by())


def own_sums(community: Community, period: Period) -> dict[str, Sum]:
    """What the street reads of a community in a period."""
    rows = Sum.objects.filter(community=community, period=key_of(period))
    return {one.name: one for one in rows}


def running_grant(community: Community, what: str, now: datetime) -> Grant | None:
    """The grant under which the street may look at this in this moment."""
    found: Grant | None = (
        Grant.objects.running(now).filter(community=community, what=what).order_by("-until").first()
    )
    return found


def grants_of(community_id: int) -> QuerySet[Grant]:
    """Every grant a community ever gave, the latest first."""
    found: QuerySet[Grant] = Grant.objects.filter(community_id=community_id)
    return found.select_related("given_by", "ended_by")


def handed_up_to(actor: Actor) -> HandedUpQuerySet:
    """What the communities of this overseer's street handed up; open ones first, by their limit."""
    own = Community.objects.filter(pk=actor.community_id).values("street_id")
    found: HandedUpQuerySet = HandedUp.objects.filter(community__street__in=own)
    return found.select_related("community", "taken_by", "closed_by")


def handed_up_by(door: str, record_ids: list[int]) -> dict[int, HandedUp]:
    """A room's own records that were handed up, by their numbers."""
    rows = HandedUp.objects.filter(door=door, record_id__in=record_ids)
    return {one.record_id: one for one in rows}


def overseers_of(street_id: int, now: datetime) -> list[tuple[Community, Account]]:
    """Who looks after this street now, each with the community in which they hold it."""
    held = (
        Membership.objects.running(now)
        .filter(
            role=Role.STREET_OVERSEER, community__street_id=street_id, account__is_active=True,
        )
        .select_related("account", "community")
        .order_by("id")
    )  # fmt: skip
    return list({one.account_id: (one.community, one.account) for one in held}.values())
