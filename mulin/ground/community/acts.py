"""The pen of the actions on this floor.

The record of acts stands one floor up and may not be imported here, so at start it hands its
`recording` down (`ground.audit.apps`). Rooms use `ground.audit.actions` itself.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from django.db import models

from mulin.ground.community.rules import Actor


class Writing(Protocol):
    """An act while it is being done."""

    def on(
        self,
        record: models.Model,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Name the record the act was done to, and what changed."""


Recorder = Callable[[Actor, str, datetime], AbstractContextManager[Writing]]

_recorders: list[Recorder] = []


def install(recorder: Recorder) -> None:
    """Take the pen; done once, at start."""
    _recorders[:] = [recorder]


def recording(by: Actor, verb: str, *, now: datetime) -> AbstractContextManager[Writing]:
    """One transaction with its act, as `ground.audit.actions.recording`."""
    return _recorders[0](by, verb, now)
