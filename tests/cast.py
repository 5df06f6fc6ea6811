"""The people every test knows, in one community and in the one next door.

    def test_something(cast, client):
        cast.enter(client, cast.chen)          # signed in, second factor shown
        with in_community(cast.xinjie): …
        receive_demand(…, by=cast.chen.actor, now=NOW)

| name | who |
| --- | --- |
| zhou 老周 | head of the community, party secretary |
| chen 小陈 | community worker at the desk |
| sun 小孙, wu 小吴 | grid officers of grid 1 and grid 2 |
| wang 王奶奶 | 81, grid 1, no phone, no account |
| yong 阿勇 | new resident and worker, grid 1, signs in by phone |
| shen 沈阿姨 | minds children |
| xu 老许 | mediator |
| street, auditor, installer | overseer of the street, reader of the log, whoever set it up |
| li 小李 | worker of the neighbour, who must never see anything |
| gu 顾大爷 | resident of the neighbour |
"""

from dataclasses import dataclass, fields

from django.test import Client

from mulin.ground.community.models import Account, Community, Grid, Street
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person, Residency
from mulin.ground.places.models import Building, Dwelling
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import (
    AccountFactory,
    CommunityFactory,
    GridFactory,
    MembershipFactory,
    StreetFactory,
)
from tests.factories.people import PersonFactory
from tests.factories.places import BuildingFactory, DwellingFactory, UnitFactory

__all__ = ["NOW", "Cast", "Member", "make_cast"]

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Member:
    """Somebody of the cast: their community, account and person, where they have them."""

    community: Community
    name: str
    account: Account | None = None
    person: Person | None = None
    role: Role | None = None

    @property
    def actor(self) -> Actor:
        """Who they are to an action now."""
        if self.account is None:
            return Actor(self.community.pk, person_id=self.person_id, name=self.name)
        return actor_of(self.account, self.community, now=NOW, person_id=self.person_id)

    @property
    def person_id(self) -> int | None:
        return self.person.pk if self.person else None


@dataclass
class Cast:
    """Both communities and everybody in them."""

    street_office: Street
    xinjie: Community
    linli: Community
    grid_1: Grid
    grid_2: Grid
    grid_linli: Grid
    building_12: Building
    building_20: Building
    building_linli: Building
    dwelling_12_301: Dwelling
    dwelling_20_101: Dwelling
    zhou: Member
    chen: Member
    sun: Member
    wu: Member
    wang: Member
    yong: Member
    shen: Member
    xu: Member
    street: Member
    auditor: Member
    installer: Member
    li: Member
    gu: Member

    def members(self) -> dict[str, Member]:
        """Everybody, by the name they have here."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: member for name, member in named.items() if isinstance(member, Member)}

    def enter(self, client: Client, member: Member) -> Client:
        """Sign somebody in, with the second factor shown where one is asked for."""
        if member.account is None:
            raise ValueError(f"{member.name} has no account")
        client.force_login(member.account, backend=BACKEND)
        session = client.session
        session["second_factor"] = True
        session.save()
        return client


def make_cast() -> Cast:
    """Make both communities. Inside a database test only."""
    street = StreetFactory()
    xinjie = CommunityFactory(street=street, name="新街社区", slug="xinjie")
    linli = CommunityFactory(street=street, name="邻里社区", slug="linli", phone="0573-86220000")
    with in_community(linli):
        grid_linli = GridFactory(community=linli, number=1)
        building_linli = BuildingFactory(community=linli, grid=grid_linli, name="3幢")
        li = _staff(linli, "小李", "xiaoli", Role.COMMUNITY_WORKER)
        gu = _resident(linli, "顾大爷", "13900000009", grid=grid_linli)
    with in_community(xinjie):
        grid_1 = GridFactory(community=xinjie, number=1)
        grid_2 = GridFactory(community=xinjie, number=2)
        building_12 = BuildingFactory(community=xinjie, grid=grid_1, name="12幢")
        building_20 = BuildingFactory(community=xinjie, grid=grid_2, name="20幢")
        home_12 = _home(xinjie, building_12, "301")
        home_20 = _home(xinjie, building_20, "101")
        return Cast(
            street_office=street,
            xinjie=xinjie,
            linli=linli,
            grid_1=grid_1,
            grid_2=grid_2,
            grid_linli=grid_linli,
            building_12=building_12,
            building_20=building_20,
            building_linli=building_linli,
            dwelling_12_301=home_12,
            dwelling_20_101=home_20,
            zhou=_staff(xinjie, "老周", "laozhou", Role.HEAD),
            chen=_staff(xinjie, "小陈", "xiaochen", Role.COMMUNITY_WORKER),
            sun=_staff(xinjie, "小孙", "xiaosun", Role.GRID_OFFICER, grid=grid_1),
            wu=_staff(xinjie, "小吴", "xiaowu", Role.GRID_OFFICER, grid=grid_2),
            wang=Member(
                xinjie,
                "王奶奶",
                person=PersonFactory(
                    community=xinjie,
                    name="王秀英",
                    grid=grid_1,
                    born_on=NOW.date().replace(year=1945, month=3, day=8),
                    address="12幢1单元301",
                ),
            ),
            yong=_resident(
                xinjie,
                "阿勇",
                "13800000001",
                full_name="张勇",
                grid=grid_1,
                residency=Residency.NEW,
                home_town="安徽阜阳",
            ),
            shen=_staff(xinjie, "沈阿姨", "shenayi", Role.CHILDCARE_LEAD),
            xu=_staff(xinjie, "老许", "laoxu", Role.MEDIATOR),
            street=_staff(xinjie, "街道老方", "laofang", Role.STREET_OVERSEER),
            auditor=_staff(xinjie, "审计小金", "xiaojin", Role.AUDITOR),
            installer=_staff(xinjie, "装机小马", "xiaoma", Role.INSTALLER),
            li=li,
            gu=gu,
        )


def _staff(
    community: Community, name: str, login_name: str, role: Role, grid: Grid | None = None
) -> Member:
    account = AccountFactory(login_name=login_name, display_name=name)
    MembershipFactory(community=community, account=account, role=role, grid=grid)
    return Member(community, name, account=account, role=role)


def _resident(
    community: Community, name: str, phone: str, full_name: str = "", **person: object
) -> Member:
    account = AccountFactory(login_name=None, display_name=name, phone=phone)
    MembershipFactory(community=community, account=account, role=Role.RESIDENT)
    record = PersonFactory(
        community=community, account=account, name=full_name or name, phone=phone, **person
    )
    return Member(community, name, account=account, person=record, role=Role.RESIDENT)


def _home(community: Community, building: Building, room: str) -> Dwelling:
    unit = UnitFactory(community=community, building=building)
    home: Dwelling = DwellingFactory(community=community, unit=unit, room=room)
    return home
