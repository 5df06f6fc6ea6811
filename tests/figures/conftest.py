"""Figures of the tests' own, counted on the one table of this floor that has moments: messages."""

import itertools
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.template import Template

from mulin.ground.figures import registry
from mulin.ground.figures.registry import Figure, register
from mulin.ground.notify.models import Message, Way
from mulin.ground.notify.rules import State
from mulin.kit.scoping import in_community
from tests.clock import NOW

_numbers = itertools.count()


def during(period, **more):
    return Message.objects.filter(**period.during("created_at"), **more)


@pytest.fixture
def figures(monkeypatch):
    """Their registry, emptied for the test."""
    monkeypatch.setattr(registry, "_figures", {})
    row = Template("<p class='row'>{{ row.topic }}-{{ row.recipient_id }}</p>")
    common = {"date_field": "created_at", "row_template": row}
    for figure in (
        Figure(
            name="test.knocks", label="Knocks", definition="Every knock on a door.",
            unit="knocks", group="Tests", rows=during, **common,
        ),
        Figure(
            name="test.minutes", label="Minutes", definition="Minutes of all knocks.",
            rows=during, measure=Sum("attempts"), **common,
        ),
        Figure(
            name="test.rate", label="Rate", definition="Opened doors, of doors that answered.",
            rows=lambda period: during(period, topic="open"),
            of=lambda period: during(period, topic__in=["open", "shut"]),
            unreachable=lambda period: during(period, topic="nobody"),
            not_yet_asked=lambda period: during(period, topic="later"),
            **common,
        ),
        Figure(
            name="test.persons", label="Persons", definition="People behind doors.",
            rows=during, about_persons=True, **common,
        ),
        Figure(
            name="test.desk", label="Only for the desk", definition="Secret.",
            rows=during, sees=registry.is_at_the_desk, **common,
        ),
    ):  # fmt: skip
        register(figure)
    return {figure.name: figure for figure in registry.figures()}


def knock(community, *, topic="open", at=NOW, minutes=1, times=1):
    """So many knocks on doors."""
    with in_community(community):
        Message.objects.bulk_create(
            Message(
                community=community, created_at=at, topic=topic, recipient_kind="door",
                recipient_id=number, way=Way.DOOR, key=f"knock-{number}", state=State.TASK,
                due_at=at, attempts=minutes,
            )
            for number in itertools.islice(_numbers, times)
        )  # fmt: skip


def days_ago(days):
    return NOW - timedelta(days=days)
