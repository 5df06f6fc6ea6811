"""Communities, grids, accounts, memberships."""

import factory
from django.contrib.auth.hashers import make_password

from mulin.ground.community.models import Account, Community, Grid, Membership, Street
from mulin.ground.community.rules import Role
from mulin.ground.people.models import index_of
from tests.clock import NOW

PASSWORD = "bench by the bridge"


class StreetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Street
        django_get_or_create = ("name",)

    name = "望海街道"


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community

    street = factory.SubFactory(StreetFactory)
    name = factory.Sequence("社区{}".format)
    slug = factory.Sequence("community-{}".format)
    phone = "0573-86110000"


class GridFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grid

    community = None
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda grid: f"第{grid.number}网格")


class AccountFactory(factory.django.DjangoModelFactory):
    """An account of staff; `phone=…` makes the account of a resident."""

    class Meta:
        model = Account

    login_name = factory.Sequence("staff{}".format)
    display_name = "某人"
    phone = None
    phone_index = factory.LazyAttribute(
        lambda account: index_of("phone", account.phone) if account.phone else None
    )
    password = factory.LazyAttribute(
        lambda account: make_password(PASSWORD if account.login_name else None)
    )
    created_at = NOW


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    community = None
    account = None
    role = Role.RESIDENT
    grid = None
    since = NOW.replace(year=2025)
