"""Who may book, for whom, and who keeps the rooms."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor, Scope
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted


def may_keep(by: Actor) -> bool:
    """The desk books for others, gives keys, takes money, sets hours and prices."""
    return by.is_desk or by.is_system


def is_theirs(by: Actor, person: Person) -> bool:
    """Somebody's own booking, or the desk acts for them."""
    if may_keep(by):
        return True
    return by.person_id is not None and by.person_id == Person.kept_of(person).pk


def check_keeper(by: Actor) -> None:
    """Raises NotPermitted for whoever does not sit at the desk."""
    if not may_keep(by):
        raise NotPermitted(_("Please ask at the desk."))


def check_opener(by: Actor) -> None:
    """Raises NotPermitted for whoever neither sits at the desk nor is a lock that was let in."""
    if not may_keep(by) and Scope.DOORS not in by.scopes:
        raise NotPermitted(_("Please ask at the desk."))


def check_theirs(by: Actor, person: Person) -> None:
    """Raises NotPermitted for a stranger."""
    if not is_theirs(by, person):
        raise NotPermitted(_("This is not your booking."))
