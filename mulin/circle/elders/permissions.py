"""Who keeps the room, who cares for whom, who is near to whom."""

from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Elder, Group, is_of
from mulin.ground.community.rules import Actor, Role
from mulin.kit.refusals import NotPermitted


def may_keep(by: Actor) -> bool:
    """Take elders in, pair, keep groups, catalogue and programme."""
    return by.is_desk or by.is_system


def cares_for(by: Actor, elder: Elder) -> bool:
    """As `ElderQuerySet.visible_to`: the desk, the pair's helper, the leader of a group of theirs."""
    return may_keep(by) or bool(Elder.objects.visible_to(by).filter(pk=elder.pk).exists())


def is_near(by: Actor, elder: Elder) -> bool:
    """The elder themself, and kin they allowed to see."""
    return bool(Elder.objects.near_to(by).filter(pk=elder.pk).exists())


def leads(by: Actor, group: Group) -> bool:
    """Whoever leads the group, and the desk in their place."""
    if may_keep(by):
        return True
    return (
        by.person_id is not None
        and Group.objects.filter(is_of("leader", by.person_id), pk=group.pk, ended_on=None).exists()
    )


def may_set_paces(by: Actor) -> bool:
    """The head says how often whom."""
    return by.has(Role.HEAD)


def check_keeper(by: Actor) -> None:
    """Raises NotPermitted for whoever does not sit at the desk."""
    if not may_keep(by):
        raise NotPermitted(_("Please ask at the desk."))


def check_carer(by: Actor, elder: Elder) -> None:
    """Raises NotPermitted for whoever does not care for this person."""
    if not cares_for(by, elder):
        raise NotPermitted(_("Only those who care for this person may do this."))
