"""Sweeps of the roof: what is kept no longer than it is needed."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from mulin.ground.community.actions.programs import forget_old_uses
from mulin.ground.community.actions.ways_in import forget_old_tries
from mulin.ground.community.models import Community


def tidy_up(_community: Community, now: datetime) -> None:
    """Forget codes, wrong tries and sessions that are over, and old counts of programs' calls."""
    forget_old_tries(now)
    forget_old_uses(now)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
