"""Sweeps: what finds the things that are due, again and again.

A deadline is a column, not a job. Each sweep looks for rows whose time has come and calls an
action that moves them by a conditional UPDATE. A sweep that was missed costs one interval; after
a night off the next one catches up by itself.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from mulin.ground.community.models import Community
from mulin.ground.notify.models import SweepRun
from mulin.ground.notify.workers import is_dead, worker_name
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community

logger = logging.getLogger(__name__)

#: A sweep that is still at it after this long has died with its machine.
CLAIM = timedelta(minutes=10)

Run = Callable[[Community, datetime], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`run(community, now)` for every community, at most once in `every`.

    It runs in the community's scope, which on PostgreSQL is one transaction; a sweep that commits
    in steps says `opens_own_scope`.
    """

    name: str
    every: timedelta
    run: Run
    opens_own_scope: bool = False


_sweeps: dict[str, Sweep] = {}


def register_sweep(name: str, every: timedelta, run: Run, *, opens_own_scope: bool = False) -> None:
    """Called once by the `apps.py` of whoever has something that falls due."""
    _sweeps[name] = Sweep(name, every, run, opens_own_scope)


def run_due_sweeps(*, clock: Clock, only: str = "") -> list[str]:
    """Run each sweep whose time has come, and return their names.

    Two workers never run the same sweep at once: whoever moves its row runs it. A sweep that
    fails in one community goes on in the others, is recorded, and the next sweep follows.
    """
    ran = []
    for sweep in list(_sweeps.values()):
        if only and sweep.name != only:
            continue
        started = clock()
        if not _claim(sweep.name, started, Q(started_at__lte=started - sweep.every)):
            continue
        fault = _in_every_community(sweep, clock)
        _finish(sweep.name, started, clock(), fault)
        ran.append(sweep.name)
    return ran


def run_once(
    name: str,
    *,
    due: datetime,
    again: timedelta,
    run: Callable[[datetime], None],
    clock: Clock,
    says: type[Exception],
) -> bool:
    """Work of the whole installation, not of each community: once after the moment `due`, and
    `again` after it failed. It is claimed and recorded as sweeps are; whether it ran.

    The words of an exception of the class `says` tell of no people, and are recorded.
    """
    started = clock()
    has_failed = Q(failures_in_a_row__gt=0, started_at__lte=started - again)
    if not _claim(name, started, Q(started_at__lt=due) | has_failed):
        return False
    fault = ""
    try:
        run(started)
    except says as error:
        logger.error("%s failed: %s", name, error)  # noqa: TRY400  a sentence, not a fault of ours
        fault = str(error)
    except Exception as error:  # recorded, or nobody would know
        logger.exception("%s failed", name)
        fault = _place_of(error)
    _finish(name, started, clock(), fault)
    return True


def _claim(name: str, now: datetime, is_due: Q) -> bool:
    SweepRun.objects.bulk_create([SweepRun(name=name)], ignore_conflicts=True)
    last = SweepRun.objects.get(name=name)
    if last.claimed_until is not None and is_dead(last.claimed_by):
        # It died in the middle: what it left undone is due now, not in the next interval.
        SweepRun.objects.filter(
            name=name, claimed_by=last.claimed_by, started_at=last.started_at
        ).update(claimed_until=None, started_at=None)
    is_due |= Q(started_at__isnull=True)
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    claimed: int = SweepRun.objects.filter(is_due, is_free, name=name).update(
        started_at=now, claimed_until=now + CLAIM, claimed_by=worker_name()
    )
    return claimed == 1


def _in_every_community(sweep: Sweep, clock: Clock) -> str:
    """Run it everywhere; the first fault, in words without content, or nothing."""
    faults = []
    for community in Community.objects.order_by("id"):
        try:
            if sweep.opens_own_scope:
                sweep.run(community, clock())
            else:
                with in_community(community):
                    sweep.run(community, clock())
        except Exception as error:  # a fault in one community is no reason to forget the others
            logger.exception("sweep %s failed in %s", sweep.name, community.slug)
            faults.append(f"{community.slug}: {_place_of(error)}")
        failpoint("sweeps.between_communities")
    return "\n".join(faults)


def _place_of(error: Exception) -> str:
    """What and where, but not the error's own words: they may tell of people."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, line {frame.lineno}"


def _finish(name: str, started: datetime, finished: datetime, fault: str) -> None:
    ours = SweepRun.objects.filter(name=name, started_at=started)
    if fault:
        ours.update(
            claimed_until=None, last_error=fault, failures_in_a_row=F("failures_in_a_row") + 1
        )
    else:
        ours.update(finished_at=finished, claimed_until=None, last_error="", failures_in_a_row=0)
