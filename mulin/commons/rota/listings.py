"""The rota as files, for whoever keeps it: each kind of duty for its own managers. Who is never to be on one shift with whom is in none."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.models import (
    Duty,
    Member,
    Month,
    Shift,
    Swap,
    WeeklyShift,
    Wish,
)
from mulin.commons.rota.permissions import managed_by
from mulin.commons.rota.registry import kind_of
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.tables import table


def _manages(actor: Actor) -> bool:
    return bool(managed_by(actor))


def _kinds(actor: Actor) -> list[str]:
    return [kind.name for kind in managed_by(actor)]


def _kind(name: str) -> str:
    found = kind_of(name)
    return str(found.label) if found else name


LISTINGS: Final = (
    table(
        "rota.members", _("Who takes turns on duty"), Member, may=_manages, order=67,
        rows=lambda actor: Member.objects.filter(kind__in=_kinds(actor)), related=("person",),
        columns=(
            (_("Duty"), lambda row: _kind(row.kind)), (_("Name"), "person.name"),
            (_("Leads"), "is_lead"), (_("First aid"), "is_first_aider"),
            (_("At most a month"), "most_shifts"), (_("Weekends at most"), "most_weekends"),
            (_("Stands in"), "is_substitute"), (_("Since"), "joined_on"), (_("Left"), "left_on"),
        ),
    ),
    table(
        "rota.weekly", _("Shifts of every week"), WeeklyShift, may=_manages, order=67,
        rows=lambda actor: WeeklyShift.objects.filter(kind__in=_kinds(actor)), about_persons=False,
        columns=(
            (_("Duty"), lambda row: _kind(row.kind)), (_("Days"), "when"), (_("From"), "starts"),
            (_("Until"), "ends"), (_("Adults"), "adults"), (_("Leads"), "leads"),
            (_("First-aiders"), "first_aiders"),
        ),
    ),
    table(
        "rota.shifts", _("Shifts of the rota"), Shift, may=_manages, order=67, when="day",
        rows=lambda actor: Shift.objects.filter(month__kind__in=_kinds(actor)),
        related=("month",), holds=(Month,), about_persons=False, columns=(
            (_("Duty"), lambda row: _kind(row.month.kind)), (_("State"), "month.state"),
            (_("Day"), "day"), (_("From"), "starts_at"), (_("Until"), "ends_at"),
            (_("Adults"), "adults"), (_("Leads"), "leads"), (_("First-aiders"), "first_aiders"),
            (_("With children"), "with_children"), (_("Why"), "why"),
        ),
    ),
    table(
        "rota.duties", _("Who was on duty"), Duty, may=_manages, order=67, when="day",
        rows=lambda actor: Duty.objects.filter(member__kind__in=_kinds(actor)),
        related=("shift", "member__person"), columns=(
            (_("Duty"), lambda row: _kind(row.member.kind)), (_("Day"), "day"),
            (_("From"), "shift.starts_at"), (_("Until"), "shift.ends_at"),
            (_("Name"), "member.person.name"), (_("State"), "stand"), (_("Came"), "came_at"),
            (_("Stood in"), "is_stand_in"),
        ),
    ),
    table(
        "rota.wishes", _("Wishes for the rota"), Wish, may=_manages, order=67, when="day",
        rows=lambda actor: Wish.objects.filter(member__kind__in=_kinds(actor)),
        related=("member__person",), columns=(
            (_("Duty"), lambda row: _kind(row.member.kind)), (_("Day"), "day"), (_("Part"), "part"),
            (_("Name"), "member.person.name"), (_("Wish"), "wanted"),
        ),
    ),
    table(
        "rota.swaps", _("Swaps of duties"), Swap, may=_manages, order=67, when="asked_at",
        rows=lambda actor: Swap.objects.filter(duty__member__kind__in=_kinds(actor)),
        related=("duty__member__person", "duty__shift", "other__person"), columns=(
            (_("Duty"), lambda row: _kind(row.duty.member.kind)), (_("From"), "duty.shift.starts_at"),
            (_("Whose"), "duty.member.person.name"), (_("With whom"), "other.person.name"),
            (_("State"), "state"), (_("Asked"), "asked_at"), (_("Answered"), "answered_at"),
        ),
    ),
)  # fmt: skip
