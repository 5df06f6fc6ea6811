"""A community in scope, a gateway on this machine, and an address book of the tests' own."""

import pytest

from mulin.ground.community.rules import system
from mulin.ground.notify import addresses
from mulin.ground.notify.addresses import Recipient
from mulin.kit.scoping import in_community
from tests.factories.community import (
    AccountFactory,
    CommunityFactory,
    GridFactory,
    MembershipFactory,
)
from tests.notify.gateway import gateway as running_gateway


@pytest.fixture
def community(db):
    return CommunityFactory(slug="notify-town")


@pytest.fixture
def inside(community):
    """Everything in the test happens inside the community."""
    with in_community(community):
        yield community


@pytest.fixture
def sweeper(community):
    return system(community.pk)


@pytest.fixture
def gateway(settings):
    """The installation's SMS gateway."""
    with running_gateway() as it:
        settings.MULIN_SMS_URL, settings.MULIN_SMS_TOKEN = it.url, "let-me-in"
        yield it


@pytest.fixture
def book(monkeypatch):
    """Neighbours by number; `book[7] = Recipient(…)`."""
    people = {}
    monkeypatch.setitem(
        addresses._books, "neighbour", lambda record_id, _now: people.get(record_id)
    )
    return people


@pytest.fixture
def with_phone(book):
    """A neighbour with a mobile phone and no account."""
    book[1] = Recipient("neighbour", 1, ways=(("sms", "13800000001"),))
    return ("neighbour", 1)


@pytest.fixture
def officer(community):
    """A grid officer's account."""
    with in_community(community):
        grid = GridFactory(community=community, number=1)
        account = AccountFactory(display_name="小孙")
        MembershipFactory(community=community, account=account, role="grid_officer", grid=grid)
    return account
