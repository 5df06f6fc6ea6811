"""Who may press for somebody, answer an alarm, set the watch up."""

from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm, Watch
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.near import looked_after_by
from mulin.kit.refusals import NotPermitted

#: Who finds the pages of the watch at all.
WATCH_ROLES = HANDLER_ROLES
#: Who may press for somebody else, when they stand beside them or have them on the phone.
PRESS_ROLES = HANDLER_ROLES | {Role.VOLUNTEER, Role.VOLUNTEER_LEAD, Role.KEY_HOLDER, Role.FAMILY}
#: Who sets devices, ladders and the phone on duty up.
SETUP_ROLES = DESK_ROLES


def may_press_for(by: Actor, person: Person) -> bool:
    """Anybody who helps, whoever is close to them, and they themselves."""
    if by.is_system or by.has(*PRESS_ROLES):
        return True
    everyone = set(Person.everyone_of(person))
    return by.person_id in everyone or not everyone.isdisjoint(looked_after_by(by.person_id))


def may_answer(by: Actor, alarm: Alarm) -> bool:
    """Whoever sees it: the desk, the officer of the grid, everybody who was called."""
    return by.is_system or Alarm.objects.visible_to(by).filter(pk=alarm.pk).exists()


def may_keep_watch(by: Actor, watch: Watch | None = None) -> bool:
    """The desk writes down who is watched over; an officer those of their grid."""
    if by.is_desk or by.is_system:
        return True
    return watch is not None and watch.person.grid_id in by.grid_ids


def may_say_away(by: Actor, watch: Watch) -> bool:
    """They themselves too, and whoever is among their contacts."""
    return may_keep_watch(by, watch) or Watch.objects.visible_to(by).filter(pk=watch.pk).exists()


def check_setup(by: Actor) -> None:
    """Raises NotPermitted for whoever may not set the watch up."""
    if not (by.is_system or by.has(*SETUP_ROLES)):
        raise NotPermitted(_("Please ask the desk."))
