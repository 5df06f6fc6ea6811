"""The room has too few adults and can't help it: everybody hears of it, and somebody is called."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.actions.duties import call_more
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions.outbox import tell
from mulin.workshop.childcare.queries import head_count, staff_accounts

TOPIC = "childcare"


def cry_short(key: str, *, by: Actor, now: datetime) -> None:
    """An alarm to the room and the head; so many substitutes of the rota are called as are missing.

    Within the act that left too few adults. `key` names that act's record.
    """
    for account_id in sorted(staff_accounts(now, with_head=True)):
        tell(
            ("account", account_id), by=by, topic=TOPIC, is_alarm=True, now=now,
            key=f"childcare-short-{key}", path="/childcare/count/",
            subject=_("Too few adults are with the children"),
            body=_("Go there now, or send somebody. The page says how many are missing."),
        )  # fmt: skip
    count = head_count(now)
    call_more("childcare", count.needed - count.adults, by=by, now=now)
