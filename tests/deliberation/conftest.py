"""Matters of 新街社区 in the states that tests begin from."""

from datetime import timedelta

import pytest

from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan
from mulin.kit.scoping import in_community
from mulin.parlour.deliberation.actions.matters import propose, screen
from mulin.parlour.deliberation.actions.meetings import (
    RuleValues,
    call_meeting,
    freeze_roll,
    put_on_agenda,
    set_rule,
)
from tests.clock import NOW
from tests.factories.people import PersonFactory

DAY = timedelta(days=1)
BEGINS = NOW + 3 * DAY
ENDS = BEGINS + timedelta(hours=2)


def rule_values(**changes):
    """More than half of those on the list, more than half of the votes, a week of publication."""
    values = {
        "name": "居民议事会", "since": NOW.date(), "basis": "named", "quorum_part": 1,
        "quorum_whole": 2, "quorum_is_more_than": True, "majority_part": 1, "majority_whole": 2,
        "majority_is_more_than": True, "majority_of": "present", "notice_days": 3,
        "publication_days": 7, "most_proxies": 1, "source": "新街社区议事规则（2026年）",
        "binding": "rule",
    }  # fmt: skip
    return RuleValues(**(values | changes))


@pytest.fixture
def xinjie(cast):
    """新街社区, in scope."""
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def rule(cast, xinjie):
    return set_rule(rule_values(), by=cast.zhou.actor, now=NOW)


@pytest.fixture
def lamp(cast, xinjie):
    """The committee's matter, taken up."""
    matter = propose(
        title="弄堂口装路灯", words="12幢弄堂口装两盏路灯", origin="committee",
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    return screen(matter, is_admitted=True, reason="大家都走这条路", by=cast.chen.actor, now=NOW)


@pytest.fixture
def neighbours(cast, xinjie):
    """Five people who have a seat."""
    return [
        PersonFactory(community=cast.xinjie, grid=cast.grid_1, name=f"代表{number}")
        for number in range(5)
    ]


@pytest.fixture
def meeting(cast, rule, neighbours):
    """A meeting in three days; its five are on the list, its roll is frozen."""
    called = call_meeting(Plan("议事会", BEGINS, ENDS), rule=rule, by=cast.chen.actor, now=NOW)
    invite(called.gathering, neighbours, by=cast.chen.actor, now=NOW)
    return freeze_roll(called, by=cast.chen.actor, now=NOW)


@pytest.fixture
def point(cast, meeting, lamp):
    return put_on_agenda(lamp, meeting, draft="装两盏", by=cast.chen.actor, now=NOW)


@pytest.fixture
def come(cast, meeting):
    """`come(person, …)`: they sign in."""

    def signed(*people):
        for person in people:
            sign_in(meeting.gathering, person, by=cast.chen.actor, now=BEGINS)

    return signed
