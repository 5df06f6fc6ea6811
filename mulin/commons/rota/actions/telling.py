"""Whom the rota tells what: a member about their duty, the managers about what is lacking."""

from datetime import datetime

from mulin.commons.rota.models import Duty, Member
from mulin.commons.rota.registry import kind_of
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.queries import RECIPIENT_KIND

TOPIC = "rota"


def tell_member(
    member: Member, subject: object, body: object, *, by: Actor, now: datetime, key: str,
    is_alarm: bool = False, may_wait: bool = False,
) -> None:  # fmt: skip
    """One message to a member, on the way that reaches them. What `may_wait` (it hangs on the wall,
    too) sends nobody to ring or to knock.
    """
    tell(
        (RECIPIENT_KIND, member.person_id), by=by, topic=TOPIC, now=now, subject=str(subject),
        body=str(body), path="/rota/mine/", key=f"rota-{key}", is_alarm=is_alarm,
        may_wait=may_wait,
    )  # fmt: skip


def tell_managers(
    kind: str, subject: object, body: object, *, by: Actor, now: datetime, key: str,
    path: str = "/rota/", is_alarm: bool = False,
) -> None:  # fmt: skip
    """The same to everybody who manages a kind."""
    found = kind_of(kind)
    if found is None:
        return
    for account in holders_of(by.community_id, found.managers, now):
        tell(
            ("account", account.pk), by=by, topic=TOPIC, now=now, subject=str(subject),
            body=str(body), path=path, key=f"rota-{key}-{account.pk}", is_alarm=is_alarm,
        )  # fmt: skip


def month_path(duty: Duty) -> str:
    """The page of the month a duty belongs to."""
    return f"/rota/months/{duty.shift.month_id}/"
