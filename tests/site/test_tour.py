"""A tour for each role: every page it leads to opens for that role."""

import pytest

from mulin.ground.community.rules import Role
from mulin.kit.scoping import in_community
from tests.cast import NOW, Member
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_the_first_page_of_a_role_leads_to_a_tour_whose_every_page_opens(cast, client, role):
    with in_community(cast.xinjie):
        account = AccountFactory(display_name="新来的")
        grid = cast.grid_1 if role is Role.GRID_OFFICER else None
        MembershipFactory(
            account=account,
            community=cast.xinjie,
            role=role,
            grid=grid,
            since=NOW.replace(year=2020),
        )
        person = PersonFactory(community=cast.xinjie, name="新来的", account=account)
    cast.enter(client, Member(cast.xinjie, "新来的", account, person, role))
    first = client.get("/", follow=True)
    assert "/tour/" in first.content.decode()
    stops = client.get("/tour/").context["stops"]
    assert stops
    opened = {url: client.get(url, follow=True).status_code for url, _words in stops}
    assert set(opened.values()) == {200}, opened
