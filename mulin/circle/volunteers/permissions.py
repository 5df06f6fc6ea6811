"""Who may do what in the room of volunteers."""

from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Volunteer
from mulin.circle.volunteers.rules import KEEPERS
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted


def may_keep(by: Actor) -> bool:
    """Plan activities, keep lists and record, decide, issue: the desk and whoever leads volunteers."""
    return by.is_system or by.has(*KEEPERS)


def is_themselves(by: Actor, person: Person) -> bool:
    """Their own matter, or a keeper in their name."""
    mine = by.person_id is not None and by.person_id in Person.everyone_of(person)
    return mine or may_keep(by)


def check_keeper(by: Actor) -> None:
    """Raises NotPermitted for whoever does not keep the volunteers' lists."""
    if not may_keep(by):
        raise NotPermitted(_("Please ask at the desk."))


def check_own(by: Actor, volunteer: Volunteer) -> None:
    """Raises NotPermitted for whoever is neither the volunteer nor a keeper."""
    if not is_themselves(by, volunteer.person):
        raise NotPermitted(_("Everybody answers for themselves, or at the desk."))
