"""Households of 新街社区, and surveys of them in each state."""

from datetime import timedelta

import pytest

from mulin.kit.clock import local_day
from mulin.kit.scoping import in_community
from mulin.parlour.survey.actions.asking import type_paper
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    publish_survey,
)
from mulin.parlour.survey.models import Sampled
from mulin.parlour.survey.rules import Answers
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.factories.places import DwellingFactory, ResidenceFactory, UnitFactory

DAY = timedelta(days=1)
LAST_DAY = local_day(NOW + 14 * DAY)
AFTER = NOW + 15 * DAY


@pytest.fixture
def xinjie(cast):
    """新街社区, in scope."""
    with in_community(cast.xinjie):
        yield cast.xinjie


def let_live(community, building, count, name="9单元"):
    """So many dwellings of a building with an adult in each, who has a phone."""
    unit = UnitFactory(community=community, building=building, name=name)
    for number in range(count):
        home = DwellingFactory(community=community, unit=unit, room=f"{number + 1:03}")
        person = PersonFactory(
            community=community, name=f"住户{building.name}{number}", grid=building.grid,
            phone="13811110009",
        )  # fmt: skip
        ResidenceFactory(community=community, person=person, dwelling=home)


@pytest.fixture
def homes(cast, xinjie):
    """30 households in grid 1, 12 in grid 2."""
    let_live(xinjie, cast.building_12, 30)
    let_live(xinjie, cast.building_20, 12)


@pytest.fixture
def drafted(cast, homes):
    return draft_survey(2026, by=cast.zhou.actor, now=NOW)


@pytest.fixture
def survey(cast, drafted):
    """Open: it asks all 42 households for two weeks."""
    return open_survey(drafted, method="all", last_day=LAST_DAY, by=cast.zhou.actor, now=NOW)


def said(survey, step=5, words=""):
    """The same face for every question."""
    return Answers(dict.fromkeys(survey.questions.values_list("pk", flat=True), step), words)


def of_grid(survey, grid, most=None):
    """Sampled households of a grid, in the order of their stairs."""
    rows = Sampled.objects.filter(survey=survey, grid=grid).select_related("survey__standard")
    return list(rows.order_by("address")[:most])


@pytest.fixture
def answer(cast, survey):
    """`answer(grid, steps)`: so many households of a grid answer on paper, each with its face."""

    def typed(grid, steps, now=NOW):
        waiting = [one for one in of_grid(survey, grid) if one.returned_on is None]
        for sampled, step in zip(waiting, steps, strict=False):
            type_paper(sampled, said(survey, step), by=cast.chen.actor, now=now)

    return typed


@pytest.fixture
def finish(cast, survey):
    """Close and publish; gives the report."""

    def done():
        close_survey(survey, by=cast.zhou.actor, now=AFTER)
        return publish_survey(survey, by=cast.zhou.actor, now=AFTER)

    return done
