"""Who may do what about an election."""

from mulin.ground.community.rules import Actor, Role

#: Who opens the committee's pages.
COMMITTEE = frozenset({Role.ELECTION_COMMITTEE})
#: Who reads along and decides unclear sheets.
OBSERVERS = frozenset({Role.OBSERVER})
HOLDERS = frozenset({Role.KEY_HOLDER})


def may_hold(actor: Actor) -> bool:
    """Draft, post, freeze, correct, open, seal, publish: the election committee."""
    return actor.has(Role.ELECTION_COMMITTEE)


def may_seal(actor: Actor) -> bool:
    """The committee, and the clock if nobody comes."""
    return may_hold(actor) or actor.is_system


def may_hold_key(actor: Actor) -> bool:
    """A key holder; nobody of the committee or who installed the server is one at the same time."""
    return actor.has(Role.KEY_HOLDER) and not actor.has(Role.ELECTION_COMMITTEE, Role.INSTALLER)


def may_observe(actor: Actor) -> bool:
    """Decide unclear sheets, recount the sample: the observers 监票人."""
    return actor.has(Role.OBSERVER)


def may_read_sheets(actor: Actor) -> bool:
    """Read paper out of the box: the committee and the observers."""
    return actor.has(Role.ELECTION_COMMITTEE, Role.OBSERVER)
