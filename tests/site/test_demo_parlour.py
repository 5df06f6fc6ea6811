"""Two months of the parlour's life, made by the demonstration's own hands, newest piece first."""

import random
from datetime import date, timedelta

import pytest

from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.rules import State as Held
from mulin.ground.community.actions.founding import found_community
from mulin.ground.community.rules import system
from mulin.ground.figures.rules import Period
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State as Told
from mulin.kit.clock import start_of_day
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.models import Lesson, StoppedFraud
from mulin.parlour.deliberation.demo import deliberate_on
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.doublefive.models import Chosen, Project
from mulin.parlour.reception.demo import said_in
from mulin.parlour.reception.models import Demand, Visit
from mulin.parlour.suggestions.models import Idea
from mulin.parlour.suggestions.rules import State as IdeaState
from mulin.parlour.survey.figures import FIGURES as OF_SURVEY
from mulin.site import demo
from mulin.site.demo_parts import PARTS_OF_PARLOUR, stand_parlour
from mulin.site.demo_scene import SEED, Scene
from mulin.site.demo_years import Span, pieces

FOUNDED = start_of_day(date(2020, 7, 1)) + timedelta(hours=8)
MONTHS = Span(start_of_day(date(2024, 11, 1)), start_of_day(date(2025, 1, 1)))


@pytest.fixture
def scene(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    community, _accounts = found_community(
        street="望海街道", name="新街社区", slug="xinjie", phone="0573-86000120", address="",
        grids=demo.GRIDS, founders=(), by=system(0), now=FOUNDED,
    )  # fmt: skip
    with in_community(community):
        by = system(community.pk)
        demo.open_reception(by=by, now=FOUNDED)
        accounts = demo._open_accounts(by, FOUNDED)
        buildings = demo._build(by, FOUNDED)
        demo._open_places(by, FOUNDED, buildings)
        persons = demo._move_in(220, by, FOUNDED, random.Random(SEED))
        demo._link(accounts, persons, by, FOUNDED)
        made = Scene(community, accounts, persons, buildings)
        stand_parlour(made, now=FOUNDED)
        yield made


def test_two_months_of_2024_have_what_the_report_tells(scene):
    for part, piece in pieces(MONTHS, PARTS_OF_PARLOUR):
        part.live(scene, piece.since, piece.until)
    _check_desk()
    # The five of 2024 by their own names, all carried out and appraised.
    chosen = Chosen.objects.values_list("idea__title", flat=True)
    assert set(chosen) == {
        "家宴中心优惠政策", "暖心四堂", "暖新坊员工扩面", "暖心宜居物业提升", "党群服务中心服务圈功能提档",
    }  # fmt: skip
    assert Project.objects.filter(finished_at__isnull=False).count() == 5
    satisfied = next(one for one in OF_SURVEY if one.name == "survey.satisfied_rate")
    period = Period(date(2024, 11, 1), date(2024, 12, 31))
    assert satisfied.rows(period).count() >= 0.95 * satisfied.of(period).count()
    assert Lesson.objects.filter(gathering__state=Held.HELD).count() in {3, 4}  # 23 in a year
    assert StoppedFraud.objects.count() in {1, 2, 3}  # 13 in a year
    assert Gathering.objects.filter(series__isnull=False, state=Held.HELD).count() == 2
    open_ones = Idea.objects.exclude(state__in=[IdeaState.ADOPTED, IdeaState.ANSWERED])
    assert open_ones.count() == 0
    # Nobody waits for a call about what is long over.
    waiting = Message.objects.filter(state=Told.TASK, created_at__gte=MONTHS.since)
    assert [(one.topic, one.subject) for one in waiting] == []


def _check_desk():
    said = [one for moment, one in said_in(2024, SEED) if MONTHS.since <= moment < MONTHS.until]
    told = list(Demand.objects.values_list("need__words", flat=True))  # ideas became some of them
    assert len(told) == len(set(told))
    assert set(told) >= {one.words for one in said}
    assert not Demand.objects.filter(is_open=True).exists()
    assert 3_000 < Visit.objects.count() < 5_000


def test_an_evening_of_the_hall_is_seen_through(scene):
    since, now = start_of_day(date(2024, 4, 1)), start_of_day(date(2024, 7, 1))
    staff = scene.staff(now)
    held = deliberate_on(
        head=staff.head, desk=staff.desk[0], officer=scene.accounts["小孙"], people=scene.persons,
        since=since, now=now,
    )  # fmt: skip
    assert held == 1
    assert list(Matter.objects.values_list("state", flat=True)) == ["done", "done"]
