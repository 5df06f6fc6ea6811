"""Sweeps of the roof: what is kept no longer than it is needed."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from mulin.ground.community.actions.ways_in import forget_old_tries
from mulin.ground.community.models import Community


def tidy_up(_community: Community, now: datetime) -> None:
    """Forget codes, wrong tries and sessions that are over. The same for every community."""
    forget_old_tries(now)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
