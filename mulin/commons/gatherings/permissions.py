"""Who may do what with a gathering."""

from mulin.commons.gatherings.models import Gathering, Series
from mulin.commons.gatherings.registry import kind_of
from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role
from mulin.ground.people.models import Person

#: Whom the pages of a gathering let in. Whoever is no handler is asked besides whether they keep
#: this one.
HOST_ROLES = HANDLER_ROLES | {Role.CLASS_LEAD}
#: Whom the pages of one gathering let in: who leads volunteers, or runs the workshop, comes to theirs
#: from their own room.
ROOM_HOSTS = HOST_ROLES | {Role.VOLUNTEER_LEAD, Role.WORKSHOP_MANAGER}


def may_keep(actor: Actor, gathering: Gathering) -> bool:
    """Its host and the keepers of its kind: they change it, and read who comes."""
    is_host = actor.account_id is not None and actor.account_id == gathering.host_id
    return is_host or kind_of(gathering.kind).may_keep(actor)


def may_keep_series(actor: Actor, series: Series) -> bool:
    """Whoever entered it and the keepers of its kind."""
    is_host = actor.account_id is not None and actor.account_id == series.host_id
    return is_host or kind_of(series.kind).may_keep(actor)


def is_themselves(actor: Actor, person: Person) -> bool:
    """Whether it is the actor's own record, also one that was merged into another."""
    return actor.person_id is not None and actor.person_id in Person.everyone_of(person)
