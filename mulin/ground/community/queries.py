"""What an account or a program may do where, who looks after a grid, which days are worked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from axes.models import AccessAttempt
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, IntegerField, Max, Model, Q, QuerySet, Sum, Value, When

from mulin.ground.community.models import (
    Account,
    ApiClient,
    CalendarAddress,
    Community,
    Grid,
    Membership,
    WorkdayException,
)
from mulin.ground.community.rules import (
    MISSES_PER_ACCOUNT,
    TOTP_ROLES,
    Actor,
    Grant,
    Role,
    Scope,
    is_running,
)
from mulin.kit.calendar import WorkCalendar
from mulin.kit.channels import Channel
from mulin.kit.scoping import current_community
from mulin.kit.wording import Question


def running_memberships(account_id: int, now: datetime) -> list[Membership]:
    """What an account holds now, in every community, with the community; one query.

    Every page of everybody who has signed in begins with it. An account has a handful, so those
    that have ended are told apart here: to word that for the database would take longer.
    """
    return [
        one for one in map(_membership, _HELD.rows(account_id))
        if is_running(one.since, one.until, now)
    ]  # fmt: skip


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_HELD: Final = Question(
    lambda account_id: (
        Membership.objects.filter(account_id=account_id)
        .order_by("id")
        .values_list(*_names(Membership), *(f"community__{name}" for name in _names(Community)))
    ),
    everywhere=True,
)


def _membership(row: tuple[Any, ...]) -> Membership:  # Any: the columns of two tables
    """The membership with its community, as Django would put them together."""
    names = _names(Membership)
    held = Membership.from_db(DEFAULT_DB_ALIAS, names, row[: len(names)])
    held.community = Community.from_db(DEFAULT_DB_ALIAS, _names(Community), row[len(names) :])
    return held


def grants_of(memberships: Iterable[Membership], community_id: int) -> tuple[Grant, ...]:
    """The rights in one community that these memberships give."""
    return tuple(
        Grant(Role(held.role), held.grid_id)
        for held in memberships
        if held.community_id == community_id
    )


def needs_second_factor(memberships: Iterable[Membership]) -> bool:
    """Whether somebody who holds these may read what others may not."""
    return any(held.role in TOTP_ROLES for held in memberships)


def actor_of(
    account: Account, community: Community, *, now: datetime, person_id: int | None = None
) -> Actor:
    """The actor an account is in a community, outside of a web request."""
    return Actor(
        community_id=community.pk,
        account_id=account.pk,
        person_id=person_id,
        name=account.display_name,
        grants=grants_of(running_memberships(account.pk, now), community.pk),
    )


def community_for_visitor(*, host: str, slug: str) -> Community | None:
    """The community a visitor means: by the address of the site, by their choice, or the first."""
    return (
        Community.objects.annotate(
            nearness=Case(
                When(Q(host=host) & ~Q(host=""), then=Value(0)),
                When(slug=slug, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("nearness", "id")
        .first()
    )


def officers_of(grid_id: int, now: datetime) -> QuerySet[Account]:
    """Who looks after a grid now: the stand-in comes before the officer who is away."""
    held = Membership.objects.running(now).filter(role=Role.GRID_OFFICER, grid_id=grid_id)
    return (
        Account.objects.filter(memberships__in=held, is_active=True)
        .annotate(
            place=Case(
                When(memberships__stands_in_for__isnull=False, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("place", "memberships__id")
        .distinct()
    )


def officer_of(grid: Grid | int, now: datetime) -> Account | None:
    """The one who looks after a grid at this moment, or None when nobody does."""
    return officers_of(grid if isinstance(grid, int) else grid.pk, now).first()


class StandIn(NamedTuple):
    """Who does somebody's work while they are away."""

    pk: int
    display_name: str


#: Every list of the desk asks it. Whose time is over is told apart in Python: few ever stood in.
_STAND_INS: Final = Question(
    lambda: (
        Membership.objects.filter(
            community_id=current_community().pk, stands_in_for__isnull=False,
            account__is_active=True,
        )
        .order_by("id")
        .values_list(
            "stands_in_for__account_id", "since", "until", "account_id", "account__display_name"
        )
    )
)  # fmt: skip


def stand_ins(now: datetime) -> dict[int, list[StandIn]]:
    """Who is away now in this community, and who stands in for them; one query."""
    found: dict[int, list[StandIn]] = {}
    for away_id, since, until, account_id, name in _STAND_INS.rows():
        if is_running(since, until, now):
            found.setdefault(away_id, []).append(StandIn(account_id, name))
    return found


def stood_in_for(actor: Actor, now: datetime) -> dict[int, str]:
    """Whose work this actor does now beside their own: account and name; one query."""
    places = (
        Membership.objects.running(now)
        .filter(
            community_id=actor.community_id, account_id=actor.account_id or 0,
            stands_in_for__isnull=False,
        )
        .values_list("stands_in_for__account_id", "stands_in_for__account__display_name")
    )  # fmt: skip
    return dict(places)


def holders_of(community_id: int, roles: Iterable[Role], now: datetime) -> QuerySet[Account]:
    """The accounts that hold one of these roles in a community now."""
    held = Membership.objects.running(now).filter(community_id=community_id, role__in=list(roles))
    return Account.objects.filter(memberships__in=held, is_active=True).order_by("id").distinct()


def is_resting(login_name: str, now: datetime) -> bool:
    """Whether so many wrong passwords came for this name, from wherever, that nobody gets in for
    a while; django-axes shuts single addresses out much sooner.
    """
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    misses = AccessAttempt.objects.filter(username=login_name, attempt_time__gt=since)
    total = misses.aggregate(total=Sum("failures_since_start"))["total"] or 0
    return bool(total >= MISSES_PER_ACCOUNT)


def team(community_id: int, now: datetime) -> QuerySet[Membership]:
    """Who holds which role, now or soon, residents apart; the stand-ins beside them."""
    held: QuerySet[Membership] = (
        Membership.objects.filter(community_id=community_id)
        .filter(Q(until__isnull=True) | Q(until__gt=now))
        .exclude(role=Role.RESIDENT)
        .select_related("account", "grid", "stands_in_for__account")
        .order_by("role", "grid__number", "id")
    )
    return held


def staff_among(community_id: int, account_ids: Iterable[int]) -> set[int]:
    """Which of these accounts ever held a role here beyond that of a resident."""
    held = Membership.objects.filter(community_id=community_id, account_id__in=list(account_ids))
    return set(held.exclude(role=Role.RESIDENT).values_list("account_id", flat=True))


def programs(community_id: int) -> QuerySet[ApiClient]:
    """The programs that were let in, the latest first, each with its calls and its last one."""
    found: QuerySet[ApiClient] = (
        ApiClient.objects.filter(community_id=community_id)
        .select_related("account", "made_by")
        .annotate(calls=Sum("uses__count"), last_at=Max("uses__last_at"))
        .order_by("-id")
    )
    return found


def program_with(digest: str, now: datetime) -> ApiClient | None:
    """The program whose token has this digest, while the token is good."""
    found: ApiClient | None = (
        ApiClient.objects.running(now)
        .filter(digest=digest, account__is_active=True)
        .select_related("account")
        .first()
    )
    return found


def actor_of_program(client: ApiClient) -> Actor:
    """Who a program is to an action."""
    return Actor(
        community_id=client.community_id,
        account_id=client.account_id,
        name=client.account.display_name,
        channel=Channel.API,
        scopes=frozenset(Scope(name) for name in client.scopes),
    )


def calendar_behind(secret_index: str) -> CalendarAddress | None:
    """Whose calendar a secret address is."""
    found: CalendarAddress | None = (
        CalendarAddress.objects.filter(secret_index=secret_index, account__is_active=True)
        .select_related("account")
        .first()
    )
    return found


def work_calendar() -> WorkCalendar:
    """The calendar of working days with the table of exceptions; one query.

    A year with at least one exception for each of the seven holidays would be guesswork; a year
    counts as entered once its table says so, by an entry for 1 January.
    """
    exceptions = dict(WorkdayException.objects.values_list("day", "is_workday"))
    complete = {day.year for day in exceptions if (day.month, day.day) == (1, 1)}
    return WorkCalendar(exceptions, complete_years=complete)
