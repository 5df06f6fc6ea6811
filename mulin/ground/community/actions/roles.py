"""Accounts are opened; roles are given, ended, and carried by a stand-in for a while.

A change of role ends every open session of the account: what a page may show was decided when
it was signed in.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import (
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.acts import recording
from mulin.ground.community.models import Account, Grid, Membership
from mulin.ground.community.permissions import may_end_role, may_give_role
from mulin.ground.community.rules import Actor, Role, needs_grid
from mulin.kit.blindindex import blind_index
from mulin.kit.phones import NumberRefused, normalise_phone
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: Without one of these a community could no longer be run.
_KEPT = frozenset({Role.HEAD, Role.INSTALLER})
#: Django's own looks at fields that our accounts do not have.
_UNLIKE_THEIR_NAMES = UserAttributeSimilarityValidator(
    user_attributes=("login_name", "display_name")
)


def phone_index_of(phone: str) -> str:
    """The blind index under which an account is found by its normalised phone."""
    return blind_index("phone", phone, key=settings.MULIN_INDEX_KEY)


def normalised_phone(typed: str) -> str:
    """The one spelling of a phone. Raises Refused, to be shown beside the field."""
    try:
        return normalise_phone(typed)
    except NumberRefused:
        raise Refused(
            _("This is not a phone number. It looks like 138 0000 0000."), field="phone"
        ) from None


def open_account(
    *,
    display_name: str,
    role: Role,
    by: Actor,
    now: datetime,
    login_name: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    grid: Grid | None = None,
    until: datetime | None = None,
    is_demo: bool = False,
) -> Account:
    """Open an account with its first role. With neither login name nor phone it is opened by a
    printed card only. Raises NotPermitted and Refused.
    """
    _check_role(role, grid, by)
    number = normalised_phone(phone) if phone else None
    account = Account(
        display_name=display_name,
        login_name=login_name or None,
        phone=number,
        phone_index=phone_index_of(number) if number else None,
        created_at=now,
        is_demo=is_demo,
    )
    if password is not None:
        check_password_strength(password, account)
    account.password = make_password(password)
    with recording(by, "open_account", now=now) as act:
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            raise _door_taken(account) from None
        Membership.objects.create(
            community_id=by.community_id, account=account, role=role, grid=grid, since=now,
            until=until,
        )  # fmt: skip
        act.on(account, after={"role": role, "grid": grid and grid.number, "until": until})
    return account


def _door_taken(account: Account) -> Refused:
    if account.login_name and Account.objects.filter(login_name=account.login_name).exists():
        return Refused(_("Somebody signs in with this name already."), field="login_name")
    return Refused(
        _("This phone has an account already. Give that account the role instead."), field="phone"
    )


def check_password_strength(password: str, account: Account) -> None:
    """Raises Refused with the first thing that is wrong with a new password."""
    try:
        validate_password(password, account)
        _UNLIKE_THEIR_NAMES.validate(password, account)
    except ValidationError as weak:
        raise Refused(weak.messages[0], field="password") from None


def give_role(
    account: Account,
    *,
    role: Role,
    by: Actor,
    now: datetime,
    grid: Grid | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Membership:
    """Give an account a role in the actor's community, from now or a later day, to a day."""
    _check_role(role, grid, by)
    begins = since or now
    _check_dates(begins, until)
    with recording(by, "give_role", now=now) as act:
        _locked(account)
        # A role that is held, or will be, is not given again beside itself.
        same = Membership.objects.filter(
            community_id=by.community_id, account=account, role=role, grid=grid,
            stands_in_for__isnull=True,
        ).filter(Q(until__isnull=True) | Q(until__gt=begins))  # fmt: skip
        if same.exists():
            raise Refused(_("This account holds the role already."), field="role")
        membership: Membership = Membership.objects.create(
            community_id=by.community_id, account=account, role=role, grid=grid, since=begins,
            until=until,
        )  # fmt: skip
        end_sessions_of(account)
        act.on(membership, after=_in_words(membership))
    return membership


def end_role(membership: Membership, *, by: Actor, now: datetime) -> None:
    """End a role now. One that has not begun is taken back and leaves no trace but its act."""
    if not may_end_role(by, membership):
        raise NotPermitted(_("You may not end this role."))
    with recording(by, "end_role", now=now) as act:
        if membership.role in _KEPT and not _others_hold(membership, now):
            raise Refused(_("Nobody else holds this role. Give it to somebody else first."))
        not_ended = Membership.objects.filter(pk=membership.pk).filter(
            Q(until__isnull=True) | Q(until__gt=now)
        )
        before = _in_words(membership)
        if membership.since >= now:
            changed, _per_table = not_ended.delete()
        else:
            changed = not_ended.update(until=now)
        if not changed:
            raise TakenMeanwhile(_("The role has ended already."))
        end_sessions_of(membership.account)
        act.on(membership, before=before, after={"until": now})


def appoint_stand_in(
    membership: Membership,
    *,
    stand_in: Account,
    since: datetime,
    until: datetime,
    by: Actor,
    now: datetime,
) -> Membership:
    """Let another account carry a role while its holder is away, from a day to a day."""
    role = Role(membership.role)
    if membership.community_id != by.community_id:
        raise NotPermitted(_("You may not appoint a stand-in for this role."))
    _check_role(role, membership.grid, by)
    _check_dates(since, until)
    if stand_in.pk == membership.account_id:
        raise Refused(_("Nobody stands in for themselves."), field="stand_in")
    if until <= now:
        raise Refused(_("The last day is over already."), field="until")
    with recording(by, "appoint_stand_in", now=now) as act:
        place: Membership = Membership.objects.create(
            community_id=by.community_id, account=stand_in, role=role, grid=membership.grid,
            since=since, until=until, stands_in_for=membership,
        )  # fmt: skip
        end_sessions_of(stand_in)
        act.on(place, after={**_in_words(place), "stands_in_for": membership.pk})
    return place


def end_sessions_of(account: Account) -> None:
    """Every open session of the account ends at its next page."""
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
    account.refresh_from_db(fields=["session_epoch"])


def _locked(account: Account) -> None:
    """Two changes of one account's roles come one after the other."""
    Account.objects.select_for_update().get(pk=account.pk)


def _check_role(role: Role, grid: Grid | None, by: Actor) -> None:
    if not may_give_role(by, role):
        raise NotPermitted(_("You may not give this role."))
    if needs_grid(role) != (grid is not None):
        raise Refused(
            _("A grid officer needs a grid, and only a grid officer has one."), field="grid"
        )
    if grid is not None and grid.community_id != by.community_id:
        raise NotPermitted(_("The grid belongs to another community."))


def _check_dates(since: datetime, until: datetime | None) -> None:
    if until is not None and until <= since:
        raise Refused(_("The last day must come after the first."), field="until")


def _others_hold(membership: Membership, now: datetime) -> bool:
    return bool(
        Membership.objects.running(now)
        .filter(
            community_id=membership.community_id,
            role=membership.role,
            account__is_active=True,
            stands_in_for__isnull=True,
        )
        .exclude(account_id=membership.account_id)
        .exists()
    )


def _in_words(membership: Membership) -> dict[str, object]:
    return {
        "account": membership.account_id,
        "role": membership.role,
        "grid": membership.grid_id,
        "since": membership.since,
        "until": membership.until,
    }
