"""What the floors below the lists keep, as files: who holds which role, programs, messages, acts, looks."""

from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.models import Act, Look
from mulin.ground.audit.permissions import may_read_log
from mulin.ground.audit.queries import log
from mulin.ground.audit.verbs import label_of
from mulin.ground.community.models import SCOPE_LABELS, Account, ApiClient, ApiUse, Membership
from mulin.ground.community.permissions import may_connect_programs, may_see_team
from mulin.ground.community.rules import Actor, Role, Scope
from mulin.ground.downloads.registry import Listing
from mulin.ground.downloads.tables import table
from mulin.ground.notify.models import Message
from mulin.ground.notify.permissions import may_see_delivery
from mulin.ground.notify.topics import topic_name
from mulin.kit.channels import Channel

_CHANNELS: Final = dict(Channel.choices())


def _team(actor: Actor) -> "QuerySet[Membership]":
    rows: QuerySet[Membership] = Membership.objects.filter(community=actor.community_id)
    return rows.exclude(role=Role.RESIDENT)


def _acts(actor: Actor) -> "QuerySet[Act]":
    held = Membership.objects.filter(community=actor.community_id, account=OuterRef("account"))
    return log(actor).annotate(is_staff=Exists(held.exclude(role=Role.RESIDENT)))


def _who(act: Any) -> str:  # Any: an act, and whether staff did it
    """A resident who told something in confidence is not named, not even as having told."""
    return act.account.display_name if act.is_staff else ""


TEAM: Final[tuple[Listing, ...]] = (
    table(
        "community.team", _("Who held which role"), Membership, may=may_see_team, order=80,
        rows=_team, related=("account", "grid"), holds=(Account,), columns=(
            (_("Name"), "account.display_name"), (_("Role"), "role"), (_("Grid"), "grid.name"),
            (_("Since"), "since"), (_("Until"), "until"),
        ),
    ),
    table(
        "community.programs", _("Programs of other offices"), ApiClient, may=may_connect_programs,
        order=80, related=("account",), about_persons=False, columns=(
            (_("Name"), "account.display_name"), (_("Contact"), "contact"), (_("May do"), lambda row: "；".join(str(SCOPE_LABELS[Scope(one)]) for one in row.scopes)),
            (_("Since"), "made_at"), (_("Until"), "expires_at"), (_("Revoked"), "revoked_at"),
        ),
    ),
    table(
        "community.program_calls", _("Calls of programs, by day"), ApiUse, may=may_connect_programs,
        order=80, when="day", related=("client__account",), about_persons=False, columns=(
            (_("Name"), "client.account.display_name"), (_("Day"), "day"), (_("Call"), "call"),
            (_("Times"), "count"), (_("Refused"), "refused"),
        ),
    ),
)  # fmt: skip
SENT: Final = table(
    "notify.messages", _("What was sent and what failed"), Message, may=may_see_delivery, order=81,
    when="created_at", about_persons=False, columns=(
        (_("When"), "created_at"), (_("Matter"), lambda row: topic_name(row.topic)), (_("Channel"), "way"),
        (_("State"), "state"), (_("Sent"), "sent_at"), (_("Cost in yuan"), "cost_yuan"),
    ),
)  # fmt: skip
RECORD: Final[tuple[Listing, ...]] = (
    table(
        "audit.acts", _("Record of acts"), Act, may=may_read_log, order=82, when="at",
        rows=_acts, related=("account",), columns=(
            (_("Number"), "seq"), (_("When"), "at"), (_("Who"), _who),
            (_("What was done"), lambda row: label_of(row.verb)), (_("Channel"), lambda row: _CHANNELS.get(row.channel, row.channel)),
            (_("Seal"), "seal"),
        ),
    ),
    table(
        "audit.looks", _("Who read something sensitive"), Look, may=may_read_log, order=82,
        when="at", related=("account",), columns=(
            (_("When"), "at"), (_("Who"), "account.display_name"), (_("What"), "label"),
            (_("Reason"), "reason"),
        ),
    ),
)  # fmt: skip
