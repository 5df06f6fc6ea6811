"""The doors: passwords and links to set one, second factors, phone codes, printed cards.

A code that was asked for and a try that failed write no act: whoever stands before the door is
nobody yet. Codes are counted instead, by blind indexes of phone and address. Links and cards
need no counting: they hold 117 random bits, beyond guessing.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin.ground.community.actions.roles import (
    check_password_strength,
    end_sessions_of,
    give_role,
    normalised_phone,
    open_account,
    phone_index_of,
)
from mulin.ground.community.acts import recording
from mulin.ground.community.models import (
    Account,
    Invitation,
    LoginCode,
    Membership,
    PersonalCard,
)
from mulin.ground.community.permissions import may_help_into, may_print_card
from mulin.ground.community.queries import running_memberships
from mulin.ground.community.rules import (
    CODE_LIFETIME,
    CODE_TRIES,
    CODES_KEPT,
    CODES_PER_ADDRESS_AND_HOUR,
    CODES_PER_DAY,
    CODES_PER_HOUR,
    INVITATION_LIFETIME,
    Actor,
    Role,
    system,
)
from mulin.kit.blindindex import blind_index
from mulin.kit.ids import normalise_code, public_code
from mulin.kit.refusals import NotPermitted, Refused

_HOUR: Final = timedelta(hours=1)
_CODE_DIGITS: Final = 6
_LINK_LENGTH: Final = 24  # of 30 letters: 117 bits, beyond guessing
#: Seconds of drift between two clocks that a second factor forgives, in steps of 30.
_TOTP_TOLERANCE: Final = 1

#: Takes a code on its way to its phone.
CodeCarrier = Callable[[LoginCode, str], None]


# ── passwords ────────────────────────────────────────────────────────────────────────────────


def change_password(account: Account, *, old: str, new: str, by: Actor, now: datetime) -> Account:
    """Change one's own password; every other session of the account ends."""
    if account.pk != by.account_id:
        raise NotPermitted(_("Everybody changes their own password."))
    if not account.check_password(old):
        raise Refused(_("This is not your present password."), field="old_password")
    check_password_strength(new, account)
    _set_password(account, new, verb="change_password", by=by, now=now)
    return account


def invite(account: Account, *, by: Actor, now: datetime) -> str:
    """The code of a link with which somebody sets a new password; earlier links are void."""
    if not account.login_name:
        raise Refused(_("This account has no login name, so it needs no password."))
    if not may_help_into(by, account, running_memberships(account.pk, now)):
        raise NotPermitted(_("You may not give this account a new way in."))
    code = public_code(_LINK_LENGTH)
    with recording(by, "invite", now=now) as act:
        Invitation.objects.filter(account=account, used_at__isnull=True).update(used_at=now)
        Invitation.objects.create(
            account=account, digest=_digest("invitation", code), made_at=now,
            expires_at=now + INVITATION_LIFETIME,
        )  # fmt: skip
        act.on(account)
    return code


def invited_account(code: str, now: datetime) -> Account | None:
    """Whom a link invites, or None when it is used up, too old or never was."""
    invitation = (
        Invitation.objects.select_related("account")
        .filter(
            digest=_digest("invitation", normalise_code(code)),
            used_at__isnull=True,
            expires_at__gt=now,
            account__is_active=True,
        )
        .first()
    )
    return invitation.account if invitation else None


def accept_invitation(code: str, *, password: str, community_id: int, now: datetime) -> Account:
    """Set the password the link was made for. The link is used up; a second factor stays."""
    account = invited_account(code, now)
    if account is None:
        raise Refused(_("This link is used up or too old. Ask for a new one."))
    check_password_strength(password, account)
    by = Actor(community_id=community_id, account_id=account.pk, name=account.display_name)
    with transaction.atomic():
        used = Invitation.objects.filter(
            digest=_digest("invitation", normalise_code(code)), used_at__isnull=True
        ).update(used_at=now)
        if not used:
            raise Refused(_("This link is used up or too old. Ask for a new one."))
        _set_password(account, password, verb="accept_invitation", by=by, now=now)
    return account


def _set_password(account: Account, new: str, *, verb: str, by: Actor, now: datetime) -> None:
    with recording(by, verb, now=now) as act:
        account.password = make_password(new)
        account.save(update_fields=["password"])
        act.on(account)


def end_sessions(account: Account, *, by: Actor, now: datetime) -> None:
    """Sign the account out everywhere."""
    is_own = account.pk == by.account_id
    if not (is_own or may_help_into(by, account, running_memberships(account.pk, now))):
        raise NotPermitted(_("You may not sign this account out."))
    with recording(by, "end_sessions", now=now) as act:
        end_sessions_of(account)
        act.on(account)


def keep_looks_of(
    account: Account, *, theme: str = "", type_size: str = "", language: str = ""
) -> None:
    """Remember how somebody likes their pages. A taste is no act, so none is written."""
    chosen = {"theme": theme, "type_size": type_size, "language": language}
    Account.objects.filter(pk=account.pk).update(
        **{name: value for name, value in chosen.items() if value}
    )


def name_account(account: Account, *, display_name: str, by: Actor, now: datetime) -> Account:
    """Say how one wants to be called."""
    if account.pk != by.account_id:
        raise NotPermitted(_("Everybody chooses their own name."))
    with recording(by, "name_account", now=now) as act:
        before = account.display_name
        account.display_name = display_name
        account.save(update_fields=["display_name"])
        act.on(account, before={"display_name": before}, after={"display_name": display_name})
    return account


# ── the second factor ────────────────────────────────────────────────────────────────────────


def new_totp_secret() -> str:
    """A fresh secret in hex, to be shown once as a QR code and confirmed with `enrol_totp`."""
    return secrets.token_hex(20)


def enrol_totp(account: Account, *, secret: str, code: str, by: Actor, now: datetime) -> TOTPDevice:
    """Set up the second factor once its first code is right; an earlier one stops working.

    Raises Refused when the code is wrong, and when the account has one and has not shown it.
    """
    if account.pk != by.account_id:
        raise NotPermitted(_("Everybody sets up their own second factor."))
    clock = TOTP(bytes.fromhex(secret))
    clock.time = now.timestamp()
    shown = _digits(code)
    if not (shown and clock.verify(int(shown), _TOTP_TOLERANCE)):
        raise _wrong_totp()
    with recording(by, "enrol_totp", now=now) as act:
        TOTPDevice.objects.filter(user=account).delete()
        device: TOTPDevice = TOTPDevice.objects.create(
            user=account, name="totp", key=secret, confirmed=True, tolerance=_TOTP_TOLERANCE,
            last_t=clock.t(), drift=clock.drift,
        )  # fmt: skip
        act.on(account)
    return device


def has_totp(account: Account) -> bool:
    """Whether a second factor was set up."""
    return bool(TOTPDevice.objects.filter(user=account, confirmed=True).exists())


def check_totp(account: Account, code: str, *, now: datetime) -> TOTPDevice:
    """Raises Refused unless the code is the one shown now. A code is good once, and after a
    wrong one the next is looked at only after a pause that doubles each time.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=account, confirmed=True).first()
        if device is None:
            raise _wrong_totp()
        allowed, _why = device.verify_is_allowed()
        is_right = allowed and _shows(device, _digits(code), now)
        if is_right:
            device.throttle_reset(commit=False)
            device.save()
        elif allowed:
            device.throttle_increment(commit=True)
    # Outside the block: the count of wrong tries must stay.
    if not allowed:
        raise Refused(
            _("Too many wrong codes. Please wait a while before you try again."), field="code"
        )
    if not is_right:
        raise _wrong_totp()
    return device


def _shows(device: TOTPDevice, code: str, now: datetime) -> bool:
    clock = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    clock.time = now.timestamp()
    if not (code and clock.verify(int(code), device.tolerance, device.last_t + 1)):
        return False
    device.last_t, device.drift = clock.t(), clock.drift
    return True


def reset_totp(account: Account, *, by: Actor, now: datetime) -> None:
    """Take away a second factor whose phone is lost; the next sign-in sets up a new one."""
    if not may_help_into(by, account, running_memberships(account.pk, now)):
        raise NotPermitted(_("You may not give this account a new way in."))
    with recording(by, "reset_totp", now=now) as act:
        TOTPDevice.objects.filter(user=account).delete()
        end_sessions_of(account)
        act.on(account)


def _wrong_totp() -> Refused:
    return Refused(
        _("The code is not right. Take the one your app shows now; it changes every 30 seconds."),
        field="code",
    )


# ── codes by phone ───────────────────────────────────────────────────────────────────────────


def send_login_code(phone: str, *, address: str, now: datetime, send: CodeCarrier) -> LoginCode:
    """Send a six-digit code to a phone, known or not: nobody learns here which it is.

    Of one address only codes that were not used are counted, so that a hall full of neighbours
    is never shut; a stranger there can stop no more than codes, and only for an hour.

    Raises Refused for what is no phone, and when this phone or this address had too many.
    """
    number = normalised_phone(phone)
    index, place = phone_index_of(number), _address_index(address)
    sent = LoginCode.objects.filter(phone_index=index, sent_at__lte=now)
    unused_here = LoginCode.objects.filter(
        address_index=place, used_at__isnull=True, sent_at__gt=now - _HOUR
    )
    if (
        sent.filter(sent_at__gt=now - _HOUR).count() >= CODES_PER_HOUR
        or sent.filter(sent_at__gt=now - timedelta(days=1)).count() >= CODES_PER_DAY
        or unused_here.count() >= CODES_PER_ADDRESS_AND_HOUR
    ):
        raise Refused(
            _("Too many codes were asked for. Please try again in an hour, or call us."),
            field="phone",
        )
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"
    row = LoginCode(
        phone=number,
        phone_index=index,
        address_index=place,
        sent_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    row.digest = _digest("login code", f"{row.pk}:{code}")
    with transaction.atomic():
        row.save(force_insert=True)
        send(row, code)
    return row


def sign_in_by_code(phone: str, code: str, *, community_id: int, now: datetime) -> Account:
    """The account of whoever holds this phone; a phone that comes for the first time gets one.

    Each try is counted before it is looked at, so that two at once can't share one. Raises
    Refused in the same words for a wrong, an old and a used code.
    """
    number = normalised_phone(phone)
    row = (
        LoginCode.objects.filter(
            phone_index=phone_index_of(number), used_at__isnull=True, expires_at__gt=now
        )
        .order_by("-sent_at", "-id")
        .first()
    )
    wrong = Refused(
        _("The code is not right, or it is older than 5 minutes. You can ask for a new one."),
        field="code",
    )
    if row is None:
        raise wrong
    counted = LoginCode.objects.filter(pk=row.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1)
    right = hmac.compare_digest(row.digest, _digest("login code", f"{row.pk}:{_digits(code)}"))
    if not (counted and right):
        raise wrong
    with transaction.atomic():
        if not LoginCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now):
            raise wrong
        # Those asked for before it are good no longer, and were no misuse.
        LoginCode.objects.filter(phone_index=row.phone_index, used_at__isnull=True).update(
            used_at=now
        )
        return _account_of_phone(number, community_id=community_id, now=now)


def _account_of_phone(number: str, *, community_id: int, now: datetime) -> Account:
    index = phone_index_of(number)
    account = Account.objects.filter(phone_index=index).first()
    if account is None:
        try:
            with transaction.atomic():
                return open_account(
                    display_name=f"{number[:3]}****{number[-4:]}", phone=number,
                    role=Role.RESIDENT, by=system(community_id), now=now,
                )  # fmt: skip
        except (IntegrityError, Refused):  # two codes of one phone at the same moment
            account = Account.objects.get(phone_index=index)
    if not account.is_active:
        raise Refused(_("This account is closed. Please call us."))
    if not Membership.objects.filter(account=account, community_id=community_id).exists():
        give_role(account, role=Role.RESIDENT, by=system(community_id), now=now)
    return account


def forget_old_tries(now: datetime) -> int:
    """Delete codes and wrong passwords that no limit counts any more; how many."""
    codes, _per_table = LoginCode.objects.filter(sent_at__lt=now - CODES_KEPT).delete()
    misses, _per_table = AccessAttempt.objects.filter(attempt_time__lt=now - CODES_KEPT).delete()
    return codes + int(misses)


def _digits(typed: str) -> str:
    """A code as it was meant: full-width digits and spaces undone."""
    return "".join(str(int(sign)) for sign in typed if sign.isdecimal())


# ── printed cards ────────────────────────────────────────────────────────────────────────────


def print_personal_card(account: Account, *, by: Actor, now: datetime) -> str:
    """The code of a new card, to be printed at once: only its digest is kept. Earlier cards of
    the account stop working.
    """
    if not may_print_card(by, running_memberships(account.pk, now)):
        raise NotPermitted(_("Cards are for residents; others sign in with name and password."))
    code = public_code(_LINK_LENGTH)
    with recording(by, "print_personal_card", now=now) as act:
        PersonalCard.objects.filter(account=account, revoked_at__isnull=True).update(revoked_at=now)
        card = PersonalCard.objects.create(
            account=account, digest=_digest("card", code), printed_at=now
        )
        act.on(card, after={"account": account.pk})
    return code


def revoke_card(card: PersonalCard, *, by: Actor, now: datetime) -> None:
    """A card was lost: it and every session of its account end."""
    is_own = card.account_id == by.account_id
    if not (is_own or may_print_card(by, running_memberships(card.account_id, now))):
        raise NotPermitted(_("You may not revoke this card."))
    with recording(by, "revoke_card", now=now) as act:
        PersonalCard.objects.filter(pk=card.pk, revoked_at__isnull=True).update(revoked_at=now)
        end_sessions_of(card.account)
        act.on(card)


def sign_in_by_card(code: str) -> Account:
    """The account a card belongs to. Raises Refused in the same words for any wrong card."""
    card = (
        PersonalCard.objects.select_related("account")
        .filter(
            digest=_digest("card", normalise_code(code)),
            revoked_at__isnull=True,
            account__is_active=True,
        )
        .first()
    )
    if card is None:
        raise Refused(_("This card is no longer good. We print you a new one at the desk."))
    return card.account


# ── counting ─────────────────────────────────────────────────────────────────────────────────


def _digest(kind: str, value: str) -> str:
    message = f"{kind}\0{value}".encode()
    return hmac.new(settings.MULIN_INDEX_KEY, message, sha256).hexdigest()


def _address_index(address: str) -> str:
    return blind_index("address", address or "unknown", key=settings.MULIN_INDEX_KEY)
