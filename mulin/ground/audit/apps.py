"""Ties the audit floor to Django, and hands the pen down to the tenant's own actions."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.apps import AppConfig

from mulin.ground.community import acts
from mulin.ground.community.rules import Actor


def _recording(by: Actor, verb: str, now: datetime) -> AbstractContextManager[acts.Writing]:
    from mulin.ground.audit.actions import recording  # noqa: PLC0415  needs the loaded models

    return recording(by, verb, now=now)


class AuditConfig(AppConfig):
    """The record of acts."""

    name = "mulin.ground.audit"
    label = "audit"

    def ready(self) -> None:
        acts.install(_recording)
