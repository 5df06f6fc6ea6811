"""What the worker runs: the outbox when the bell rings, every sweep each minute, jobs by name."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django_q.models import Schedule
from django_q.tasks import async_task

from mulin.ground.community.models import Community
from mulin.ground.notify.actions import deliver_due
from mulin.ground.notify.queue import job_of
from mulin.ground.notify.sweeps import run_due_sweeps
from mulin.kit import clock
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community

SWEEP_ALL = "mulin.ground.notify.jobs.sweep_all"


def deliver(community_id: int) -> int:
    """Answer the bell. Ringing for a community that is gone does nothing."""
    community = Community.objects.filter(pk=community_id).first()
    return deliver_due(community, clock=clock.now) if community is not None else 0


def deliver_sweep(community: Community, now: datetime) -> None:
    """Look into the outbox without a bell; the sender reads the clock anew for each message."""
    deliver_due(community, clock=clock.now)


def sweep_all() -> list[str]:
    """Every sweep that is due, in every community."""
    return run_due_sweeps(clock=clock.now)


def run_job(name: str, community_id: int, ids: dict[str, int]) -> None:
    """Do a registered job. The queue may bring it twice; the job itself is safe to run twice."""
    job = job_of(name)
    community = Community.objects.get(pk=community_id)
    failpoint("jobs.before_work")
    # No page stands behind a job: what it writes speaks the community's language.
    with translation.override(settings.LANGUAGE_CODE):
        if job.opens_own_scope:
            job.run(community, clock.now(), **ids)
        else:
            with in_community(community):
                job.run(community, clock.now(), **ids)
    failpoint("jobs.after_work")


def ensure_schedules() -> None:
    """One schedule, however often a worker starts: the sweeps, each minute, and once right now.

    What a night off or a killed worker left undone is thus taken up within seconds.
    """
    wanted = {
        "func": SWEEP_ALL,
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
        "kwargs": "q_options={'save': False, 'task_name': 'sweeps'}",
        "next_run": clock.now(),
        "repeats": -1,
    }
    schedules = Schedule.objects.filter(name="sweeps").order_by("pk")
    first = schedules.first()
    if first is None:
        first = Schedule.objects.create(name="sweeps", **wanted)
    # Two workers that started at the same moment may both have made one.
    schedules.exclude(pk=first.pk).delete()
    async_task(SWEEP_ALL, q_options={"save": False, "task_name": "sweeps"})
