"""The queue of jobs: a bell for the outbox, and long work by name.

A job is at-least-once: it may run twice, so it must be safe to run twice. Its arguments are ids;
what it works on it reads itself, at its own time. `ring` and `enqueue` write into the caller's
transaction: if that fails, the job was never there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django_q.tasks import async_task

from mulin.ground.community.models import Community


@dataclass(frozen=True, slots=True)
class Job:
    """Long work that a room does outside a page: `run(community, now, **ids)`.

    It runs in the community's scope, which on PostgreSQL is one transaction; work that commits
    in steps says `opens_own_scope` and opens `in_community` itself, once for each step.
    """

    name: str
    run: Callable[..., None]
    opens_own_scope: bool = False


_jobs: dict[str, Job] = {}


def register_job(name: str, run: Callable[..., None], *, opens_own_scope: bool = False) -> None:
    """Called once by a room's `apps.py`."""
    _jobs[name] = Job(name, run, opens_own_scope)


def job_of(name: str) -> Job:
    """Raises LookupError for a name nobody registered."""
    try:
        return _jobs[name]
    except KeyError:
        msg = f"no job {name}"
        raise LookupError(msg) from None


def ring(community_id: int) -> None:
    """Let the worker look into the outbox soon. A lost ring costs a minute, never a message."""
    async_task(
        "mulin.ground.notify.jobs.deliver",
        community_id,
        q_options={"task_name": "deliver", "group": group_of(community_id), "save": False},
    )


def enqueue(name: str, *, community: Community, **ids: int) -> str:
    """Have a registered job done in the background; returns the queue's own id of it.

    Raises LookupError for a name nobody registered.
    """
    job_of(name)
    return str(
        async_task(
            "mulin.ground.notify.jobs.run_job",
            name,
            community.pk,
            ids,
            q_options={"task_name": name, "group": group_of(community.pk)},
        )
    )


def group_of(community_id: int) -> str:
    """How the queue remembers whose job it was."""
    return f"community-{community_id}"
