"""Whoever accepted a duty on the rota stands on the list of its post, for as long as they do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mulin.circle.volunteers.actions.duties import sign_off, sign_up
from mulin.circle.volunteers.duty import free_posts
from mulin.circle.volunteers.models import Duty, Shift, Volunteer
from mulin.circle.volunteers.queries import volunteer_of
from mulin.circle.volunteers.rules import DUTY_KIND
from mulin.commons.rota.models import Duty as RotaDuty
from mulin.commons.rota.queries import duties_between
from mulin.commons.rota.rules import Stand
from mulin.ground.community.rules import system
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused

#: Whoever stands so on the rota has promised, or has given it up again.
_HOLDS = frozenset({Stand.ACCEPTED, Stand.CAME})
_GIVEN_UP = frozenset({Stand.DECLINED, Stand.SICK, Stand.SWAPPED, Stand.TAKEN_OFF, Stand.NO_ANSWER})
_AHEAD = timedelta(days=62)


def follow_rota(community_id: int, now: datetime) -> int:
    """Put on lists whoever accepted on the rota, take off whoever gave it up; how many were moved.

    What cannot be (a clash, a post that is full) stays as it is and is seen on the rota. Twice is
    as good as once.
    """
    by = system(community_id)
    moved = 0
    given_up = Duty.objects.alive().filter(
        from_rota__stand__in=_GIVEN_UP, shift__activity__gathering__ends_at__gt=now
    )
    for duty in given_up.select_related("shift__activity__gathering", "volunteer"):
        sign_off(duty, by=by, now=now)
        moved += 1
    first, last = local_day(now), local_day(now + _AHEAD)
    accepted = duties_between(first, last, DUTY_KIND).filter(
        stand__in=_HOLDS, shift__starts_at__gt=now
    )
    known = set(
        Duty.objects.alive().filter(from_rota__in=accepted).values_list("from_rota", flat=True)
    )
    waiting = [one for one in accepted if one.pk not in known]
    if not waiting:
        return moved
    posts = free_posts(first, last)
    return moved + sum(_put_on(one, posts, community_id, now) for one in waiting)


def _put_on(turn: RotaDuty, posts: Sequence[Shift], community_id: int, now: datetime) -> bool:
    volunteer = volunteer_of(turn.member.person)
    if volunteer is None or volunteer.left_on is not None:
        return False
    for post in posts:
        if (post.starts_at, post.ends_at) != (turn.shift.starts_at, turn.shift.ends_at):
            continue
        if post.taken < post.wanted and _take(post, volunteer, turn, community_id, now):  # type: ignore[attr-defined]
            post.taken += 1  # type: ignore[attr-defined]
            return True
    return False


def _take(
    post: Shift, volunteer: Volunteer, turn: RotaDuty, community_id: int, now: datetime
) -> bool:
    try:
        with transaction.atomic():
            duty = sign_up(post, volunteer, by=system(community_id), now=now)
            duty.from_rota = turn
            duty.save(update_fields=["from_rota"])
    except Refused:
        return False
    return True
