"""Volunteers of 新街社区: eight kinds, a doctor who leads, two volunteers, a haircut tomorrow at nine."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from mulin.circle.volunteers.actions.people import Says, register
from mulin.circle.volunteers.actions.planning import About, lay_out_kinds, plan_activity
from mulin.circle.volunteers.models import Activity, ActivityKind, Shift, Volunteer
from mulin.circle.volunteers.rules import Post
from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

BEGINS = NOW + timedelta(hours=23)  # Thursday, nine in the morning
ENDS = BEGINS + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
ONE_POST = (Post("理发师", 1, ""),)


@dataclass
class Street:
    """Everything a test of volunteers needs; `plan` makes more of it."""

    by: Actor
    lead: Account
    yong: Volunteer
    lan: Volunteer
    activity: Activity

    def kind(self, name="理发") -> ActivityKind:
        return ActivityKind.objects.get(name=name)

    def plan(
        self, *, kind="理发", starts=BEGINS, ends=ENDS, posts=ONE_POST, by=None,
        now=NOW, place_words="客厅", **more,
    ) -> Activity:  # fmt: skip
        return plan_activity(
            Plan(f"{kind}日", starts, ends, place_words=place_words),
            About(self.kind(kind), posts, **more), by=by or self.by, now=now,
        )  # fmt: skip

    @property
    def shift(self) -> Shift:
        return shift_of(self.activity)


def shift_of(activity, number=0) -> Shift:
    shift = Shift.objects.filter(activity=activity)[number]
    shift.activity = activity
    return shift


def make_street(cast) -> Street:
    """Inside the scope of the community."""
    lead = AccountFactory(login_name="feiyisheng", display_name="费医生")
    MembershipFactory(community=cast.xinjie, account=lead, role=Role.VOLUNTEER_LEAD)
    by = actor_of(lead, cast.xinjie, now=NOW)
    lay_out_kinds(by=by, now=NOW)
    yong = register(cast.yong.person, Says(skills=["理发"]), by=cast.yong.actor, now=NOW)
    person = PersonFactory(community=cast.xinjie, name="兰英", phone="13800000077")
    lan = register(person, Says(), by=by.by("phone"), now=NOW)
    street = Street(by, lead, yong, lan, activity=None)
    street.activity = street.plan()
    return street


@pytest.fixture
def street(cast):
    with in_community(cast.xinjie):
        yield make_street(cast)
