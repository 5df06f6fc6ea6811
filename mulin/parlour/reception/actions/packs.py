"""The emergency pack: made each morning, printed by the desk, gone after days."""

import base64
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell_desk
from mulin.kit.clock import local_day
from mulin.kit.paper.printing import PressFailed, PressMissing, pdf_of
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.models import EmergencyPack
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import pack_of
from mulin.parlour.reception.rules import PACK_KEPT_DAYS
from mulin.parlour.reception.sheets import demand_sheet

#: One sheet of empty lines for visits.
BLANK_LINES = 18


def make_pack(*, by: Actor, now: datetime, token: str | None = None) -> EmergencyPack:
    """Write down what the desk needs without a screen, as of now; today's earlier pack goes.

    Raises PressMissing where no PDF can be made.
    """
    if not by.is_system and not may(by, "keep_pack"):
        raise NotPermitted(_("Only the desk keeps the emergency pack."))
    # Pressed before the chain is locked: it takes a second or two.
    sheet = _pressed(by.community_id, now)
    with recording(by, "reception.make_pack", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(EmergencyPack)
        pack, _is_new = EmergencyPack.objects.update_or_create(
            day=local_day(now),
            defaults={
                "community_id": by.community_id, "made_at": now, "sheet": sheet,
                "printed_at": None, "printed_by": None,
            },
        )  # fmt: skip
        act.on(pack, after={"day": pack.day})
    return pack


def print_pack(pack: EmergencyPack, *, by: Actor, now: datetime, token: str | None = None) -> bytes:
    """The pack for the printer; who took it is noted, as of a look at everybody in it."""
    if not may(by, "print_pack"):
        raise NotPermitted(_("Only the desk prints the emergency pack."))
    with recording(by, "reception.print_pack", now=now, token=token) as act:
        if not act.is_repeat:
            EmergencyPack.objects.filter(pk=pack.pk).update(
                printed_at=now, printed_by_id=by.account_id
            )
            record_look(pack, by=by, what="emergency_pack", reason=str(_("printed")), now=now)
            act.on(pack, after={"day": pack.day})
    return base64.b64decode(pack.sheet)


def remind_to_print(*, by: Actor, now: datetime) -> None:
    """Tell the desk once a day that today's pack is not printed yet."""
    pack = EmergencyPack.objects.filter(day=local_day(now), printed_at__isnull=True).first()
    if pack is None:
        return
    tell_desk(
        by=by, topic="pack", subject=_("Please print today's emergency pack"),
        body=_("It lies ready: owners, phones, elders to check, forms. When the power goes it is too late."),
        path="/reception/emergency/", now=now, key=f"pack-{pack.day}",
    )  # fmt: skip


def forget_packs(*, by: Actor, now: datetime) -> int:
    """Delete the packs of days that have passed; how many."""
    if not by.is_system:
        raise NotPermitted(_("Packs go by themselves."))
    oldest = local_day(now) - timedelta(days=PACK_KEPT_DAYS)
    gone, _by_table = EmergencyPack.objects.filter(day__lt=oldest).delete()
    return int(gone)


def _pressed(community_id: int, now: datetime) -> str:
    community = Community.objects.get(pk=community_id)
    context = {
        "community": community,
        "now": now,
        "pack": pack_of(community_id, now),
        "lines": range(BLANK_LINES),
        "demand_form": demand_sheet(),
    }
    try:
        pdf = pdf_of("reception/paper/pack.html", context)
    except PressMissing:
        raise
    except PressFailed as error:
        raise Refused(_("The PDF was not finished. Please try again in a minute.")) from error
    return base64.b64encode(pdf).decode()
