"""A believable front desk: three months of turns behind it, one that runs, one to say wishes for."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from mulin.commons.planning.duty.byhand import least_loaded
from mulin.commons.planning.duty.rota import BY_HAND, Plan, lacks
from mulin.commons.rota.actions.duties import answer, sign_in
from mulin.commons.rota.actions.engine import keep_plan
from mulin.commons.rota.actions.members import (
    Said,
    Terms,
    change_member,
    keep_apart,
    say_wishes,
    take_on,
)
from mulin.commons.rota.actions.months import Weekly, add_weekly, open_month, propose, publish
from mulin.commons.rota.actions.swaps import ask_to_swap
from mulin.commons.rota.actions.telling import TOPIC
from mulin.commons.rota.models import Duty, Member, Month
from mulin.commons.rota.queries import rota_of
from mulin.commons.rota.rules import Wanted, When, days_of, month_of
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import mark_told
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.lifelike import ago, at, lately
from mulin.kit.refusals import Refused

_KIND: Final = "front-desk"
_MONTHS_BACK: Final = 3
_WISHING: Final = 5


def take_turns(
    *, desk: Actor, own: Person, people: Sequence[Person], seed: int, now: datetime
) -> None:
    """`own` has an account and finds their days, a question and a swap on their page."""
    dice = random.Random(f"{seed}-rota")  # noqa: S311  the same each time
    this = month_of(local_day(now))
    begun = at(month_of(this, -_MONTHS_BACK) - timedelta(days=8), 9)
    for when, starts, ends, adults in (
        (When.WORKDAYS, time(8, 30), time(12), 1), (When.DAYS_OFF, time(9), time(11, 30), 2),
    ):  # fmt: skip
        add_weekly(_KIND, Weekly(when, starts, ends, adults), by=desk, now=begun)
    members = [
        take_on(
            person, _KIND,
            Terms(is_first_aider=number % 3 == 0, is_substitute=number % 4 == 1,
                  most_weekends=2 if number % 2 else None),
            by=desk, now=begun,
        )
        for number, person in enumerate((own, *people))
    ]  # fmt: skip
    keep_apart(members[2], members[5], by=desk, now=begun)
    for back in range(_MONTHS_BACK, -1, -1):
        keep_month(_KIND, month_of(this, -back), by=desk, dice=dice, now=now)
        _ring(desk, now)
    coming = open_month(_KIND, month_of(this, 1), by=desk, now=ago(now, 1, 9, 10))
    for member in members[1:5]:
        _say(coming, member, desk, dice, lately(now, hours=5))
    _ask(members, desk, now)


def begun_at(first: date) -> datetime:
    """When a month was opened for wishes."""
    return at(first - timedelta(days=6), 9)


def keep_month(
    kind: str, first: date, *, by: Actor, dice: random.Random, now: datetime, may_call: int = 0
) -> None:
    """A month of any kind as it was: from its wishes to who came, until now. So many of its members
    `may_call` be called when somebody is missing.
    """
    month = _month(kind, first, by, dice, begun_at(first))
    members = Member.objects.filter(kind=kind).at(first).order_by("-pk")[:may_call]
    for member in members:
        if not member.is_substitute:
            terms = Terms(
                member.is_lead, member.is_first_aider, member.checked_on, member.most_shifts,
                member.most_weekends, is_substitute=True,
            )  # fmt: skip
            change_member(member, terms, by=by, now=begun_at(first))
    _live_through(month, by, dice, now)


def have_proposed(kind: str, first: date, *, by: Actor, dice: random.Random, now: datetime) -> None:
    """A month that comes, of any kind: some said their wishes, and the engine is at work on it."""
    month = _wished_for(kind, first, by, dice, now)
    propose(month, by=by, now=now)


def _wished_for(kind: str, first: date, desk: Actor, dice: random.Random, at: datetime) -> Month:
    month = open_month(kind, first, by=desk, now=at)
    members = list(Member.objects.filter(kind=kind).at(first).order_by("pk"))
    for member in dice.sample(members, min(_WISHING, len(members) // 2)):
        _say(month, member, desk, dice, at)
    return month


def _month(kind: str, first: date, desk: Actor, dice: random.Random, at: datetime) -> Month:
    """Opened, wished for, laid by hand as without a solver, published."""
    month = _wished_for(kind, first, desk, dice, at)
    run = propose(month, by=desk, now=at)
    rota = rota_of(month)
    duties = least_loaded(rota)
    plan = Plan(duties, lacks(rota, duties), (), BY_HAND, "", 0, 0.0, is_whole=False)
    keep_plan(
        run, rota, plan, {"made_by": BY_HAND, "is_whole": False}, by=system(desk.community_id),
        now=at,
    )  # fmt: skip
    return publish(month, by=desk, now=at + timedelta(days=1))


def _say(month: Month, member: Member, desk: Actor, dice: random.Random, at: datetime) -> None:
    days = dice.sample(days_of(month.first), 5)
    said = dict.fromkeys(days[:3], Wanted.UNABLE) | {days[3]: Wanted.GLADLY}
    say_wishes(
        month, member, Said(said, member.most_shifts, member.most_weekends), by=desk.by("phone"),
        now=at,
    )  # fmt: skip


def _live_through(month: Month, desk: Actor, dice: random.Random, now: datetime) -> None:
    """What lies behind us was done; most of what comes was promised."""
    rows = Duty.objects.filter(shift__month=month).select_related("shift__month", "member__person")
    for duty in rows.order_by("shift__starts_at", "id"):
        starts = duty.shift.starts_at
        if starts <= now:
            sign_in(duty, by=desk, now=starts)
        elif dice.random() < 0.7:  # noqa: PLR2004  made up
            answer(
                duty,
                accepts=True,
                by=desk.by("phone"),
                now=min(lately(now), starts - timedelta(days=2)),
            )


def _ring(desk: Actor, now: datetime) -> None:
    """Who gets no messages is told on the phone, on the same day."""
    waiting = Message.objects.filter(
        topic=TOPIC, state=State.TASK, created_at__lt=now - timedelta(days=1)
    )
    for message in waiting:
        told_at = message.created_at + timedelta(hours=3)
        mark_told(message, by=desk, note="电话里说了", now=told_at)


def _ask(members: Sequence[Member], desk: Actor, now: datetime) -> None:
    """Somebody would like the one with the account to take a day."""
    coming = Duty.objects.expected().filter(shift__starts_at__gt=now + timedelta(days=1))
    for duty in coming.exclude(member=members[0]).select_related("shift__month", "member__person")[
        :10
    ]:
        try:
            ask_to_swap(duty, members[0], by=desk.by("phone"), now=lately(now, hours=2))
        except Refused:
            continue
        return
