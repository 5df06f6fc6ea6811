"""Somebody's own duties in their own calendar. No person is named."""

from collections.abc import Iterator
from datetime import datetime

from mulin.commons.rota.queries import own_duties
from mulin.commons.rota.registry import kind_of
from mulin.commons.rota.rules import Stand
from mulin.ground.community.rules import Actor
from mulin.kit.ical import Event


def mine(actor: Actor, now: datetime, base: str) -> Iterator[Event]:
    """What an actor is asked for or has promised."""
    for duty in own_duties(actor, now):
        if duty.stand in {Stand.MISSED, Stand.CALLED}:
            continue
        shift = duty.shift
        kind = kind_of(shift.month.kind)
        yield Event(
            uid=f"duty-{duty.pk}-{duty.community_id}@mulin",
            title=str(kind.label) if kind else "",
            starts=shift.starts_at,
            ends=shift.ends_at,
            url=f"{base}/rota/duties/{duty.pk}/",
        )
