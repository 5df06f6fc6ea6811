"""The front desk of 新街社区 in December: four who take turns, two on each Monday and Tuesday."""

from dataclasses import dataclass, field
from datetime import date, time

import pytest

from mulin.commons.planning.duty.byhand import least_loaded
from mulin.commons.planning.duty.rota import BY_HAND, Plan, lacks
from mulin.commons.rota import registry
from mulin.commons.rota.actions.engine import keep_plan
from mulin.commons.rota.actions.members import Terms, take_on
from mulin.commons.rota.actions.months import Weekly, add_weekly, open_month, propose, publish
from mulin.commons.rota.models import Duty, Member, Month, Run, Shift
from mulin.commons.rota.queries import rota_of
from mulin.commons.rota.registry import DutyKind, Eligible, Needed
from mulin.commons.rota.rules import When
from mulin.ground.community.rules import Actor, Role, system
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory

DESK = "front-desk"
MINDING = "minding"
DECEMBER = date(2026, 12, 1)


@dataclass
class Turns:
    """Everything a test of the rota needs."""

    cast: object
    by: Actor
    members: dict[str, Member] = field(default_factory=dict)
    #: What the childcare room says: people and needs, read live.
    people: list[Eligible] = field(default_factory=list)
    needs: list[Needed] = field(default_factory=list)

    def take(self, name, person=None, *, kind=DESK, **terms) -> Member:
        person = person or PersonFactory(community=self.cast.xinjie, name=name)
        self.members[name] = take_on(person, kind, Terms(**terms), by=self.by, now=NOW)
        return self.members[name]

    def begin(self, kind=DESK, first=DECEMBER, now=NOW) -> Month:
        return open_month(kind, first, by=self.by, now=now)

    def by_hand(self, month, now=NOW) -> Run:
        """A proposal as the engine makes it without a solver."""
        run = propose(month, by=self.by, now=now)
        rota = rota_of(month)
        duties = least_loaded(rota)
        plan = Plan(duties, lacks(rota, duties), (), BY_HAND, "", 0, 0.1, is_whole=False)
        return keep_plan(
            run, rota, plan, {"made_by": BY_HAND}, by=system(month.community_id), now=now
        )

    def published(self, kind=DESK, first=DECEMBER, now=NOW) -> Month:
        month = self.begin(kind, first, now)
        self.by_hand(month, now)
        return publish(month, by=self.by, now=now)

    def shift(self, month, day) -> Shift:
        return Shift.objects.select_related("month").get(month=month, day=date(2026, 12, day))

    def duty(self, shift, name) -> Duty:
        return Duty.objects.select_related("shift__month", "member__person").get(
            shift=shift, member=self.members[name]
        )

    def on(self, shift) -> set[str]:
        rows = Duty.objects.on().filter(shift=shift).select_related("member__person")
        return {row.member.person.name for row in rows}


def make_turns(cast) -> Turns:
    """Inside the scope of the community."""
    turns = Turns(cast, cast.chen.actor)
    for when in (When.MONDAY, When.TUESDAY):
        add_weekly(DESK, Weekly(when, time(8, 30), time(12), 2), by=turns.by, now=NOW)
    turns.take("阿勇", cast.yong.person)
    for name in ("兰英", "水根", "彩娣"):
        turns.take(name)
    return turns


@pytest.fixture
def turns(cast, monkeypatch):
    with in_community(cast.xinjie):
        made = make_turns(cast)
        minding = DutyKind(
            MINDING, "Minding", frozenset({Role.COMMUNITY_WORKER}), with_children=True,
            people=lambda first, last: made.people, needs=lambda first, last: made.needs,
        )  # fmt: skip
        monkeypatch.setitem(registry._kinds, MINDING, minding)
        yield made
