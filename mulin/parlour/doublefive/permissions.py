"""Who may do what with the double five."""

from mulin.commons.ballots.permissions import may_hold as may_keep_votes
from mulin.ground.community.rules import Actor, Role
from mulin.parlour.doublefive.models import Idea, Project, Screener, Season


def may_hold(actor: Actor) -> bool:
    """Open a season, word its criteria, name screeners, go on to the next stage, record the five."""
    return actor.has(Role.HEAD) or actor.is_system


def may_keep_roll(actor: Actor) -> bool:
    """Word the rules of the roll, decide about single people, draft the vote and count it: the
    election committee, and nobody who holds the season.
    """
    return may_keep_votes(actor) and not actor.has(Role.HEAD)


def may_record(actor: Actor) -> bool:
    """Write down what was chosen: the head, or the committee when it has counted."""
    return may_hold(actor) or may_keep_votes(actor)


def may_keep_representatives(actor: Actor) -> bool:
    """Write down who speaks for the new residents: whoever was told, at the desk or in the
    committee.
    """
    return actor.is_desk or may_keep_votes(actor)


def may_arrange(actor: Actor) -> bool:
    """Put ideas in order and ask authors whether two are one: the desk."""
    return actor.is_desk


def may_screen(actor: Actor, season: Season) -> bool:
    """Only whom the season names."""
    if actor.account_id is None:
        return False
    return Screener.objects.filter(season=season, account=actor.account_id).exists()


def may_run(actor: Actor, project: Project) -> bool:
    """Set and reach milestones, write money down, answer: whoever it was given to, and the desk."""
    return actor.is_desk or (actor.account_id is not None and actor.account_id == project.owner_id)


def may_ask(actor: Actor) -> bool:
    """Write down, in an appraisal, what somebody said on the phone, at the door or at the desk."""
    return actor.is_handler


def is_author(actor: Actor, idea: Idea, code: str) -> bool:
    """Whoever holds the code of the idea; it was given to nobody else."""
    return idea.follow_code == code
