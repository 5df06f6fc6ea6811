"""Other offices' programs are let in, counted and shut out; secret addresses of calendars."""

import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.acts import recording
from mulin.ground.community.models import (
    Account,
    ApiClient,
    ApiUse,
    CalendarAddress,
    Community,
)
from mulin.ground.community.permissions import may_connect_programs
from mulin.ground.community.rules import (
    CALLS_PER_MINUTE,
    LONGEST_TOKEN,
    USES_KEPT,
    Actor,
    Scope,
    may_give_scope,
)
from mulin.kit.blindindex import blind_index
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

_TOKEN_BYTES: Final = 32


def digest_of_token(token: str) -> str:
    """Under which a token is found. It is random and long, so a plain digest tells nothing."""
    return sha256(token.encode()).hexdigest()


def connect_program(
    *,
    name: str,
    contact: str,
    scopes: Collection[Scope],
    expires_at: datetime,
    by: Actor,
    now: datetime,
) -> tuple[ApiClient, str]:
    """Let a program in. The token is returned once and cannot be read again.

    Raises NotPermitted, and Refused without a scope, for one that only the head gives, or for too
    long a time.
    """
    if not may_connect_programs(by):
        raise NotPermitted(_("Only the head or the installer lets programs in."))
    if not scopes:
        raise Refused(_("Choose what the program may do."), field="scopes")
    _check_gives(by, scopes)
    if not now < expires_at <= now + LONGEST_TOKEN:
        raise Refused(_("Choose a last day within the next two years."), field="until")
    with recording(by, "connect_program", now=now) as act:
        account = Account.objects.create(
            display_name=name, password=make_password(None), created_at=now
        )
        token = _fresh_token(by.community_id)
        client = ApiClient.objects.create(
            community_id=by.community_id, account=account, contact=contact,
            scopes=sorted(scopes), digest=digest_of_token(token), made_at=now,
            made_by_id=by.account_id, expires_at=expires_at,
        )  # fmt: skip
        act.on(
            client,
            after={"name": name, "scopes": sorted(scopes), "expires_at": expires_at},
        )
    return client, token


def renew_token(client: ApiClient, *, by: Actor, now: datetime) -> str:
    """Another token in the place of one that was lost or seen; the old one opens nothing more.

    Raises NotPermitted, Refused for a scope that only the head gives, and TakenMeanwhile.
    """
    if not may_connect_programs(by):
        raise NotPermitted(_("Only the head or the installer lets programs in."))
    _check_gives(by, [Scope(name) for name in client.scopes])
    with recording(by, "renew_token", now=now) as act:
        token = _fresh_token(client.community_id)
        running = ApiClient.objects.running(now).filter(pk=client.pk)
        if running.update(digest=digest_of_token(token)) != 1:
            raise TakenMeanwhile(_("This program is shut out. Let it in anew."))
        act.on(client)
    return token


def shut_out(client: ApiClient, *, by: Actor, now: datetime) -> ApiClient:
    """The program may no longer call. What it did stays."""
    if not may_connect_programs(by):
        raise NotPermitted(_("Only the head or the installer lets programs in."))
    with recording(by, "shut_out_program", now=now) as act:
        still_in = ApiClient.objects.filter(pk=client.pk, revoked_at__isnull=True)
        if still_in.update(revoked_at=now) != 1:
            raise TakenMeanwhile(_("This program was shut out already."))
        client.revoked_at = now
        act.on(client, after={"revoked_at": now})
    return client


def count_call(client: ApiClient, call: str, *, now: datetime) -> bool:
    """Count one call. False if the program has made too many of this kind in this minute."""
    minute = now.replace(second=0, microsecond=0)
    use, _made = ApiUse.objects.get_or_create(
        community_id=client.community_id, client=client, day=local_day(now), call=call,
        defaults={"last_at": now, "minute": minute},
    )  # fmt: skip
    row = ApiUse.objects.filter(pk=use.pk)
    counted = {"count": F("count") + 1, "last_at": now}
    within = row.filter(minute=minute, in_minute__lt=CALLS_PER_MINUTE)
    if within.update(in_minute=F("in_minute") + 1, **counted):
        return True
    if row.exclude(minute=minute).update(minute=minute, in_minute=1, **counted):
        return True
    row.update(refused=F("refused") + 1, last_at=now)
    return False


def forget_old_uses(now: datetime) -> int:
    """Counts of calls are kept a year and a bit. Called by a sweep."""
    gone: int = ApiUse.objects.filter(day__lt=local_day(now - USES_KEPT)).delete()[0]
    return gone


def _check_gives(by: Actor, scopes: Collection[Scope]) -> None:
    if not all(may_give_scope(by, scope) for scope in scopes):
        raise Refused(
            _("A token that opens names, homes or money only the head gives."), field="scopes"
        )


def _fresh_token(community_id: int) -> str:
    """The community's short name stands in front: it is found before anything else is known."""
    community = Community.objects.get(pk=community_id)
    return f"{community.slug}.{secrets.token_urlsafe(_TOKEN_BYTES)}"


# ── calendars ────────────────────────────────────────────────────────────────────────────────


def calendar_index(secret: str) -> str:
    """The blind index under which a secret address is found."""
    return blind_index("calendar", secret, key=settings.MULIN_INDEX_KEY)


def give_calendar_address(*, by: Actor, now: datetime) -> CalendarAddress:
    """A secret address for one's own calendar; an earlier one opens nothing more.

    Raises NotPermitted for whoever has not signed in.
    """
    if by.account_id is None:
        raise NotPermitted(_("Sign in first."))
    secret = secrets.token_urlsafe(24)
    with recording(by, "give_calendar_address", now=now) as act:
        address, _made = CalendarAddress.objects.update_or_create(
            community_id=by.community_id, account_id=by.account_id,
            defaults={
                "secret": secret, "secret_index": calendar_index(secret), "made_at": now,
                "fetched_at": None,
            },
        )  # fmt: skip
        act.on(address)
    return address


def take_calendar_address_back(*, by: Actor, now: datetime) -> None:
    """The address opens nothing more. Raises NotPermitted, TakenMeanwhile."""
    if by.account_id is None:
        raise NotPermitted(_("Sign in first."))
    own = CalendarAddress.objects.filter(account_id=by.account_id).first()
    if own is None:
        raise TakenMeanwhile(_("There is no address to take back."))
    with recording(by, "take_calendar_address_back", now=now) as act:
        act.on(own)
        CalendarAddress.objects.filter(pk=own.pk).delete()


def note_fetch(address: CalendarAddress, *, now: datetime) -> None:
    """When a calendar program last came, for its owner to see."""
    CalendarAddress.objects.filter(pk=address.pk).update(fetched_at=now)
