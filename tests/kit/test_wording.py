"""A question kept in SQL answers as its query set does, for every community it is asked in."""

import pytest

from mulin.ground.community.models import Community
from mulin.ground.people.models import Person
from mulin.ground.people.queries import PERSON_ON_ROLL
from mulin.kit.scoping import in_community
from mulin.kit.wording import Question
from tests.factories.community import AccountFactory, CommunityFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def communities() -> list[Community]:
    """Three with one, two and three persons on the roll and the same accounts linked."""
    found = [CommunityFactory.create(slug=f"c{place}") for place in range(3)]
    for place, community in enumerate(found, start=1):
        with in_community(community):
            for _ in range(place):
                PersonFactory.create(community=community)
    return found


def test_the_first_asking_does_not_bind_the_next(communities: list[Community]) -> None:
    """The community and the numbers of the first asking are blanks, not values."""
    count = Question(lambda: Person.objects.on_roll().values_list("id"))
    for place, community in enumerate(communities, start=1):
        with in_community(community):
            assert count.count() == place


def test_the_person_of_an_account(communities: list[Community]) -> None:
    first, second = AccountFactory.create(), AccountFactory.create()
    own = {}
    for community in communities[:2]:
        with in_community(community):
            own[community.pk] = PersonFactory.create(community=community, account=first)
    for community in communities:
        with in_community(community):
            linked = own.get(community.pk)
            assert PERSON_ON_ROLL.first(first.pk) == (linked.pk if linked else None)
            assert PERSON_ON_ROLL.first(second.pk) is None


def test_a_number_that_is_not_in_the_sql_is_refused(communities: list[Community]) -> None:
    """Else a question worded with `number + 1` would answer for the first number for ever."""
    question = Question(lambda number: Person.objects.filter(pk=number + 1).values_list("id"))
    with in_community(communities[0]), pytest.raises(ValueError, match="not in the SQL"):
        question.first(7)


def test_outside_a_community_it_cannot_be_asked() -> None:
    with pytest.raises(LookupError):
        PERSON_ON_ROLL.first(7)


def test_rows_come_back_as_their_fields_give_them(communities: list[Community]) -> None:
    """Moments with their zone, and not the words in which the database keeps them."""
    question = Question(
        lambda: Person.objects.on_roll().order_by("id").values_list("id", "created_at", "name")
    )
    for community in communities:
        with in_community(community):
            given = list(
                Person.objects.on_roll().order_by("id").values_list("id", "created_at", "name")
            )
            assert question.rows() == given
            assert question.rows() == given


def test_one_of_all_communities_is_asked_outside_of_any(communities: list[Community]) -> None:
    question = Question(
        lambda pk: Community.objects.filter(pk=pk).values_list("slug"), everywhere=True
    )
    for community in communities:
        assert question.rows(community.pk) == [(community.slug,)]
