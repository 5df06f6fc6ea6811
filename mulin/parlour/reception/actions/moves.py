"""What every act on a demand is made of: permission, the rule, the conditional move, who is told."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import go_with
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of, stand_ins
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.actions import tell
from mulin.ground.street.actions.hand_up import let_go
from mulin.kit.clock import last_day_of
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.models import (
    AT_STREET,
    Demand,
    Joining,
    Offer,
    Sending,
    Share,
)
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    OPEN_STATES,
    Act,
    OfferState,
    State,
    next_state,
    reminder_moment,
)


def work_on(demand: Demand, act: Act, *, by: Actor, now: datetime, **changes: Any) -> None:
    """Permission, the rule, and the conditional move of a handler's act. Any: mixed columns."""
    permit("work_on", by, demand)
    after = next_state(State(demand.state), act)
    if after is None:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    move(demand, after, now=now, **changes)


def move(demand: Demand, after: State, *, now: datetime, **changes: Any) -> None:
    """Change the state if nobody did meanwhile, and the object with it. Any: mixed columns.

    With another owner, or none needed any more, what was offered is settled; when nothing is owed
    any more, those who help are free.
    """
    unchanged = Demand.objects.filter(
        pk=demand.pk, state=demand.state, owner_id=demand.owner_id, round=demand.round
    )
    before = demand.owner_id
    changes |= {"state": after.value, "is_open": after in OPEN_STATES}
    if unchanged.update(**changes) != 1:
        raise TakenMeanwhile(
            _("Somebody else was a moment quicker. Open it again to see where it stands.")
        )
    for name, value in changes.items():
        setattr(demand, name, value)
    if demand.owner_id != before or not demand.is_open:
        Offer.objects.open().filter(demand=demand).update(state=OfferState.LAPSED, settled_at=now)
    if not demand.is_open:
        Share.objects.open().filter(demand=demand).update(released_at=now, nudge_at=None)
        out = Sending.objects.out().filter(demand=demand)
        if out.update(nudge_at=None):
            let_go(AT_STREET, list(out.values_list("id", flat=True)), now=now)


def change(demand: Demand, *, now: datetime, **changes: Any) -> None:
    """Change columns other than the state. Any: mixed columns."""
    move(demand, State(demand.state), now=now, **changes)


def first_word(demand: Demand, now: datetime) -> dict[str, Any]:
    """What changes when the asker hears from us for the first time: the limit is now the answer's.

    Any: mixed columns.
    """
    if demand.responded_at is not None:
        return {}
    return {
        "responded_at": now,
        "due_at": demand.answer_by,
        "remind_at": next_reminder(now, demand.answer_by),
        "was_late": demand.was_late or is_past(demand.respond_by, now),
        "escalated_at": None,
    }


def is_past(limit: datetime | None, now: datetime) -> bool:
    """Whether a limit there is has passed."""
    return limit is not None and limit < now


def end_joining(demand: Demand, *, now: datetime) -> None:
    """It goes with no other from now on, if it did."""
    if Joining.objects.filter(demand=demand, ended_at__isnull=True).update(ended_at=now):
        go_with(demand.need, None)


def permit(act: str, by: Actor, demand: Demand) -> None:
    """Raises NotPermitted, unless it is the system's own sweep."""
    if not by.is_system and not may(by, act, demand):
        raise NotPermitted(_("This is not yours to do."))


def head_of(community_id: int, now: datetime) -> Account | None:
    """The head of the community now."""
    return holders_of(community_id, [Role.HEAD], now).first()


def tell_owner(
    demand: Demand, *, by: Actor, now: datetime, subject: str | Promise, key: str
) -> None:
    """Tell the owner and whoever stands in for them now, unless it is they who act: the clock does
    not stop for a holiday. The subject has a place for the number.
    """
    if demand.owner_id is None:
        return
    away = stand_ins(now).get(demand.owner_id, [])
    for account_id in dict.fromkeys([demand.owner_id, *(stand_in.pk for stand_in in away)]):
        if account_id != by.account_id:
            tell(
                ("account", account_id), by=by, topic="demand",
                subject=str(subject) % {"number": demand.need.number},
                body=demand.need.words[:80], path=path_of(demand), now=now,
                key=f"demand-{demand.pk}-{key}-{account_id}",
            )  # fmt: skip


def path_of(demand: Demand) -> str:
    """Where the desk opens it."""
    return f"/reception/demands/{demand.pk}/"


def next_reminder(now: datetime, due: datetime | None) -> datetime | None:
    """When to remind of a limit that is still to come."""
    return reminder_moment(now, due) if due is not None and due > now else None


def name_of(account: Account | None) -> str:
    """Who looks after it, as the asker reads it."""
    return account.display_name if account else str(_("the community"))


def spoken(moment: datetime | None) -> str:
    """A limit in a line of a story."""
    if moment is None:
        return ""
    local = localtime(moment)
    if (local.hour, local.minute) == (0, 0):  # a limit of 24:00 is spoken of as that day
        return date_format(last_day_of(moment), "MONTH_DAY_FORMAT")
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {local.hour}:{local:%M}"
