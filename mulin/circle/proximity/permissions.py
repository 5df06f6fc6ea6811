"""Who may do what with the circle. What is near is for everybody."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted


def may_keep_map(by: Actor) -> bool:
    """Take a map in, correct it, see who lacks what."""
    return by.is_desk or by.is_system


def check_map_keeper(by: Actor) -> None:
    """Raises NotPermitted for whoever may not."""
    if not may_keep_map(by):
        raise NotPermitted(_("Please ask the desk to change the map."))
