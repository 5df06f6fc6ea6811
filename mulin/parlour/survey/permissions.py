"""Who may do what with a survey."""

from mulin.ground.community.rules import Actor, Role
from mulin.parlour.survey.models import Sampled


def may_hold(actor: Actor) -> bool:
    """Draft, open, prolong, close, publish: the head of the community."""
    return actor.has(Role.HEAD) or actor.is_system


def may_enter(actor: Actor) -> bool:
    """Phone, type paper, print letters: the desk, which sees every household's phone anyway."""
    return actor.is_desk


def may_note_visit(actor: Actor, sampled: Sampled) -> bool:
    """Say that nobody was met, or nobody lives there: the desk, and the officer of the grid."""
    return may_enter(actor) or sampled.grid_id in actor.grid_ids


def may_read_remarks(actor: Actor) -> bool:
    """What people wrote may name somebody: the desk reads it, the street does not."""
    return actor.is_desk
