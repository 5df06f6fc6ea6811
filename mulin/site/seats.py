"""Several people share one desk: who has signed in at this browser, and when it was left alone.

The names lie in a cookie of this browser, signed, with nothing but numbers in it. With each stands
when their second factor was last shown here; it counts for the rest of that working day, under the
password and the sessions it was shown with, and only for changing places at this desk: somebody
who knows a password alone gets in at no other browser, and here no longer than until tonight.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from mulin.ground.community.access import Request
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, factor_counts_still, is_left_alone
from mulin.kit import clock

COOKIE: Final = "mulin_seats"
#: In the session: somebody stood up and left the desk to others.
LOCKED: Final = "locked"
#: In the session: when a hand last asked for something, in seconds.
TOUCHED: Final = "touched"
#: A session is written anew no more often than this.
_TOUCH_EVERY: Final = timedelta(minutes=1)
_SALT: Final = "mulin.seats"
_REMEMBERED: Final = timedelta(days=30)
_MOST: Final = 9


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who has signed in here, and when their second factor was last shown here."""

    account_id: int
    community_id: int
    factor_at: int = 0
    mark: str = ""


def seats_in(request: HttpRequest) -> list[Seat]:
    """Whoever signed in at this browser, the last first; nobody where the cookie is not ours."""
    carried = request.COOKIES.get(COOKIE, "")
    try:
        rows = signing.loads(carried, salt=_SALT, max_age=_REMEMBERED)
        return [Seat(*row) for row in rows]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def accounts_here(request: Request) -> list[Account]:
    """The names the page shows: of this community's own staff, who work here now."""
    order = [
        seat.account_id for seat in seats_in(request) if seat.community_id == request.community.pk
    ]
    if request.user.is_authenticated and request.user.pk not in order:
        order.insert(0, request.user.pk)
    held = holders_of(request.community.pk, HANDLER_ROLES, request.now)
    found = {one.pk: one for one in held.filter(pk__in=order, login_name__isnull=False)}
    return [found[pk] for pk in order if pk in found]


def sit_down(
    request: Request, response: HttpResponseBase, account: Account, *, factor: bool = False,
    counts_still: bool = False,
) -> None:  # fmt: skip
    """Remember at this browser that they work here; `factor`: their second one was shown now;
    `counts_still`: it was shown before and goes on counting until its day is over.
    """
    known = {seat.account_id: seat for seat in seats_in(request)}
    seat = Seat(account.pk, request.community.pk)
    if factor:
        seat = replace(seat, factor_at=int(request.now.timestamp()), mark=_mark_of(account))
    elif counts_still:
        seat = replace(seat, factor_at=known[account.pk].factor_at, mark=_mark_of(account))
    others = [one for pk, one in known.items() if pk != account.pk]
    _keep(response, [seat, *others][:_MOST])


def stand_up(request: HttpRequest, response: HttpResponseBase, account_id: int) -> None:
    """They signed out: their second factor is asked for again. The name stays."""
    seats = seats_in(request)
    if seats:
        _keep(
            response,
            [
                replace(seat, factor_at=0, mark="") if seat.account_id == account_id else seat
                for seat in seats
            ],
        )


def has_shown_factor(request: Request, account: Account) -> bool:
    """Whether their second factor, shown here today, still counts."""
    for seat in seats_in(request):
        if seat.account_id == account.pk and seat.factor_at:
            shown = datetime.fromtimestamp(seat.factor_at, UTC)
            is_same = constant_time_compare(seat.mark, _mark_of(account))
            return is_same and factor_counts_still(shown, request.now)
    return False


def is_locked(request: Request) -> bool:
    """Whether the place was left: by hand, or, where all residents' matters are read, for so long
    that nobody seems to sit there.
    """
    session = request.session
    if session.get(LOCKED):
        return True
    touched = session.get(TOUCHED)
    if touched is None or not request.actor.is_desk:
        return False
    return is_left_alone(datetime.fromtimestamp(touched, UTC), request.now)


def touch(request: Request) -> None:
    """Somebody sits there."""
    now = int(request.now.timestamp())
    last = request.session.get(TOUCHED)
    if last is None or now - last >= _TOUCH_EVERY.total_seconds():
        request.session[TOUCHED] = now


def arrive(*, request: HttpRequest, **_signal: object) -> None:
    """Somebody has signed in: from now on it is counted how long nobody touches the desk."""
    request.session[TOUCHED] = int(clock.now().timestamp())


def lock(request: Request) -> None:
    """Shut it. The session gets another key: a request under way cannot write it open again."""
    request.session[LOCKED] = True
    request.session.cycle_key()


def unlock(request: Request) -> None:
    """The same person is back, and has said so by their password."""
    request.session.pop(LOCKED, None)
    request.session[TOUCHED] = int(request.now.timestamp())
    request.session.cycle_key()


def _mark_of(account: Account) -> str:
    """Changes with the password, with every change of role, and when all sessions are ended."""
    return salted_hmac(_SALT, account.get_session_auth_hash(), algorithm="sha256").hexdigest()[:24]


def _keep(response: HttpResponseBase, seats: Iterable[Seat]) -> None:
    rows = [[one.account_id, one.community_id, one.factor_at, one.mark] for one in seats]
    response.set_cookie(
        COOKIE, signing.dumps(rows, salt=_SALT), max_age=_REMEMBERED, httponly=True,
        samesite="Lax", secure=settings.HTTPS,
    )  # fmt: skip
