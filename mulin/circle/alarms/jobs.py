"""The watch: every second, in a process of its own, so that no other job can hold an alarm up."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import translation

from mulin.circle.alarms.actions.chain import Publish, audit_and_ping, start_trial
from mulin.circle.alarms.actions.expecting import forget_heard, plan_ahead, scan
from mulin.circle.alarms.actions.ladder import climb_due, load_all
from mulin.ground.community.models import Community
from mulin.ground.notify.actions import deliver_due
from mulin.ground.notify.queries import alarms_wait
from mulin.kit import clock
from mulin.kit.scoping import in_community

logger = logging.getLogger(__name__)

SECOND: Final = 1.0
AUDIT_EVERY: Final = timedelta(minutes=1)

Clock = Callable[[], datetime]


def plan(community: Community, now: datetime) -> None:
    """What is to be heard of in the next two days; a sweep."""
    plan_ahead(community, now)
    forget_heard(community, now)


class Watcher:
    """One round a second: steps that are due, silences; each minute the auditor and the trial."""

    def __init__(self, *, clock: Clock = clock.now, publish: Publish | None = None) -> None:
        self._clock = clock
        self._publish = publish
        self._audited_at: dict[int, datetime] = {}

    def round(self) -> int:
        """Do whatever is due in every community; how many steps and silences there were."""
        done = 0
        for community in Community.objects.order_by("id"):
            try:
                done += climb_due(community, clock=self._clock)
                done += scan(community, clock=self._clock)
                self._audit(community)
            except Exception:  # one community's fault is that community's alone
                logger.exception("the watch of %s stumbled", community.slug)
                close_old_connections()
        return done

    def _audit(self, community: Community) -> None:
        now = self._clock()
        last = self._audited_at.get(community.pk)
        # A clock that was put back must not silence the auditor.
        if last is not None and last <= now < last + AUDIT_EVERY:
            return
        self._audited_at[community.pk] = now
        audit_and_ping(community, now=now)
        start_trial(community, now=now, publish=self._publish)


def send_round(*, clock: Clock = clock.now) -> int:
    """Send every alarm that waits, in every community; how many were tried."""
    tried = 0
    for community in Community.objects.order_by("id"):
        try:
            with in_community(community):
                is_waiting = alarms_wait()
            if is_waiting:
                tried += deliver_due(community, clock=clock, only_alarms=True)
        except Exception:  # as above
            logger.exception("alarms of %s could not be sent", community.slug)
            close_old_connections()
    return tried


def run_watch() -> None:
    """Watch for ever: one thread climbs and listens for silences, one sends, so that a gateway that
    keeps silent holds no ladder.
    """
    load_all()
    publish: Publish | None = None
    if settings.MULIN_MQTT:
        from mulin.circle.alarms.mqtt import publisher  # noqa: PLC0415  loaded where devices use it

        publish = publisher()
    watcher = Watcher(publish=publish)
    threading.Thread(target=_for_ever, args=(send_round,), daemon=True).start()
    _for_ever(watcher.round)


def _for_ever(work: Callable[[], int]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        while True:
            began = time.monotonic()
            try:
                work()
            except Exception:  # the database may be away for a while; the watch goes on
                logger.exception("a round of the watch failed")
                connections.close_all()
            time.sleep(max(0.05, SECOND - (time.monotonic() - began)))
