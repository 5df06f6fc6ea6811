"""Who runs the skills chain: whoever runs the workshop."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted
from mulin.workshop.production.rules import KEEPERS


def may_train(by: Actor) -> bool:
    """Write criteria, plan courses, assess, talk with newcomers, keep partners."""
    return by.has(*KEEPERS) or by.is_system


def check_trainer(by: Actor) -> None:
    """Raises NotPermitted for whoever does not run the workshop."""
    if not may_train(by):
        raise NotPermitted(_("Please ask whoever runs the workshop."))
