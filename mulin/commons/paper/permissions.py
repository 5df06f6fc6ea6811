"""Who works with forms on paper."""

from mulin.commons.paper.models import Handed, Reading
from mulin.commons.paper.registry import handed_use_of, use_of, uses
from mulin.ground.community.rules import Actor


def may_take_in(actor: Actor) -> bool:
    return actor.is_desk and any(use.may(actor) for use in uses())


def may_finish(actor: Actor, reading: Reading) -> bool:
    if not may_take_in(actor):
        return False
    return reading.version is None or use_of(reading.version.code).may(actor)


def may_see_handed(actor: Actor, handed: Handed) -> bool:
    """Whoever may print such a sheet for this record may print it again."""
    return handed_use_of(handed.kind).may(actor, handed.record_id)
