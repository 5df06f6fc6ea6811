"""A community is founded; the calendar of working days is put right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.actions.roles import open_account
from mulin.ground.community.acts import recording
from mulin.ground.community.models import Account, Community, Grid, Street, WorkdayException
from mulin.ground.community.permissions import (
    may_change_calendar,
    may_found_community,
    may_set_dictation,
)
from mulin.ground.community.rules import SETUP_LIFETIME, Actor, Role
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community

_SETUP: Final = "mulin.setup"


@dataclass(frozen=True, slots=True)
class Founder:
    """Somebody who gets an account when a community is founded.

    Without a password the account waits for its invitation (`ways_in.invite`).
    """

    role: Role
    display_name: str
    login_name: str
    password: str | None = None


def found_community(
    *,
    street: str,
    name: str,
    slug: str,
    phone: str,
    grids: Sequence[str],
    founders: Sequence[Founder],
    by: Actor,
    now: datetime,
    address: str = "",
) -> tuple[Community, list[Account]]:
    """Found a community with its grids, numbered from 1, and its first accounts.

    Raises NotPermitted, and Refused when the short name or a login name is taken.
    """
    if not may_found_community(by):
        raise NotPermitted(_("Only the installer founds a community."))
    with transaction.atomic():
        office, _made = Street.objects.get_or_create(name=street)
        community = _new_community(office, name=name, slug=slug, phone=phone, address=address)
        here = replace(by, community_id=community.pk, is_system=True)
        with in_community(community):
            with recording(here, "found_community", now=now) as act:
                Grid.objects.bulk_create(
                    Grid(community=community, number=number, name=grid)
                    for number, grid in enumerate(grids, start=1)
                )
                act.on(community, after={"name": name, "slug": slug, "grids": list(grids)})
            accounts = [
                open_account(
                    display_name=founder.display_name,
                    login_name=founder.login_name,
                    password=founder.password,
                    role=founder.role,
                    by=here,
                    now=now,
                )
                for founder in founders
            ]
    return community, accounts


def _new_community(street: Street, *, slug: str, **values: str) -> Community:
    try:
        with transaction.atomic():
            return Community.objects.create(street=street, slug=slug, **values)
    except IntegrityError:
        raise Refused(
            _("Another community has this short name; please choose a different one."),
            field="slug",
        ) from None


def set_host(community: Community, host: str, *, by: Actor, now: datetime) -> Community:
    """Say under which name of its own a community is reached: messages lead there, and whoever
    opens that name is its visitor. An empty one takes it back.

    Raises NotPermitted, and Refused for what is no name of a host, or another community's.
    """
    if not may_found_community(by):
        raise NotPermitted(_("Only the installer says where a community is reached."))
    wanted = host.strip().lower()
    if wanted:
        _check_host(community, wanted)
    with recording(by, "set_host", now=now) as act:
        before, community.host = community.host, wanted
        community.save(update_fields=["host"])
        act.on(community, before={"host": before}, after={"host": wanted})
    return community


def set_dictation(community: Community, *, is_on: bool, by: Actor, now: datetime) -> Community:
    """Say whether staff may speak into fields, for which a browser sends the sound to its maker.

    Raises NotPermitted.
    """
    if not may_set_dictation(by, community):
        raise NotPermitted(_("Only the head of the community decides this."))
    with recording(by, "set_dictation", now=now) as act:
        before, community.takes_dictation = community.takes_dictation, is_on
        community.save(update_fields=["takes_dictation"])
        act.on(community, before={"dictation": before}, after={"dictation": is_on})
    return community


def _check_host(community: Community, host: str) -> None:
    try:
        validate_domain_name(host)
    except ValidationError:
        raise Refused(_("Write the name alone, such as xinjie.example.cn."), field="host") from None
    if Community.objects.filter(host=host).exclude(pk=community.pk).exists():
        raise Refused(_("Another community is reached there."), field="host")


def setup_token() -> str:
    """The secret part of the address at which the first community is founded."""
    return signing.dumps("set up", salt=_SETUP)


def may_set_up(token: str) -> bool:
    """Whether this address is ours, not too old, and nothing was founded yet."""
    try:
        signing.loads(token, salt=_SETUP, max_age=SETUP_LIFETIME)
    except signing.BadSignature:
        return False
    return not Community.objects.exists()


def add_workday_exception(
    day: date, *, is_workday: bool, source: str, by: Actor, now: datetime
) -> WorkdayException:
    """Say that a day is worked or off, against the built-in calendar; the last word counts."""
    if not may_change_calendar(by):
        raise NotPermitted(_("Only the installer changes the calendar of working days."))
    with recording(by, "add_workday_exception", now=now) as act:
        before = WorkdayException.objects.filter(day=day).values("is_workday", "source").first()
        exception, _made = WorkdayException.objects.update_or_create(
            day=day, defaults={"is_workday": is_workday, "source": source}
        )
        act.on(
            exception,
            before=before,
            after={"day": day, "is_workday": is_workday, "source": source},
        )
    return exception


def remove_workday_exception(exception: WorkdayException, *, by: Actor, now: datetime) -> None:
    """Let the built-in calendar decide about the day again."""
    if not may_change_calendar(by):
        raise NotPermitted(_("Only the installer changes the calendar of working days."))
    with recording(by, "remove_workday_exception", now=now) as act:
        act.on(
            exception,
            before={"day": exception.day, "is_workday": exception.is_workday},
        )
        exception.delete()
