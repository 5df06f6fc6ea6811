"""A street of two communities, with sums of both, and a street next door."""

from datetime import timedelta

import pytest

from mulin.commons.flow.said import Said
from mulin.ground.community.rules import Role, system
from mulin.ground.street.actions.sums import sum_up
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.cast import Member
from tests.clock import NOW
from tests.factories.community import (
    AccountFactory,
    CommunityFactory,
    MembershipFactory,
    StreetFactory,
)


@pytest.fixture
def head(cast):
    """The head of the neighbouring community, which belongs to the same street."""
    account = AccountFactory(display_name="老吕")
    MembershipFactory(community=cast.linli, account=account, role=Role.HEAD)
    return Member(cast.linli, "老吕", account=account, role=Role.HEAD)


@pytest.fixture
def street(cast):
    """Seven demands in one community, two in the other; the sums of both."""
    with standing_still(NOW):
        for community, by, count in ((cast.xinjie, cast.chen, 7), (cast.linli, cast.li, 2)):
            with in_community(community):
                open_reception(by=system(community.pk), now=NOW - timedelta(days=90))
                for number in range(count):
                    receive_demand(Said(words=f"路灯{number}"), by=by.actor, now=NOW)
                sum_up(community, NOW)
    return cast


@pytest.fixture
def elsewhere(db):
    """An overseer of another street, and their community."""
    community = CommunityFactory(street=StreetFactory(name="别的街道"), name="远社区", slug="far")
    account = AccountFactory(display_name="远方")
    MembershipFactory(community=community, account=account, role=Role.STREET_OVERSEER)
    return Member(community, "远方", account=account, role=Role.STREET_OVERSEER)
