"""The mediation room of 新街社区: its director, three mediators, 张勇 and 王秀英 who quarrel."""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mulin.circle.mediation.actions.agreeing import Line, Terms, agree
from mulin.circle.mediation.actions.choosing import answer, ask, declare, join_panel
from mulin.circle.mediation.actions.intake import Told, Who, receive
from mulin.circle.mediation.actions.sitting import Record, hold, plan_sitting
from mulin.circle.mediation.models import Agreement, Case, Mediator, Seat, Sitting
from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

#: Stands in every sealed thing of the case, and nowhere else.
CANARY = "金雀调解"


@dataclass
class Room:
    """People of the room, and the way of a case through it."""

    cast: object
    director: Account
    xu: Mediator
    lan: Mediator

    def actor(self, account: Account) -> Actor:
        return actor_of(account, self.cast.xinjie, now=NOW)

    @property
    def by(self) -> Actor:
        """The director."""
        return self.actor(self.director)

    @property
    def he(self) -> Actor:
        """老许, who mediates."""
        return self.actor(self.xu.account)

    def receive(self, **more) -> Case:
        values = {"kind": "noise", "source": "oral", "by": self.cast.chen.actor, "now": NOW} | more
        yong, wang = self.cast.yong.person, self.cast.wang.person
        parties = [
            Who(side="a", name=f"张勇{CANARY}", phone="13811119999", home_town="安徽阜阳", person=yong.pk),
            Who(side="b", name=f"王秀英{CANARY}", address="12幢1单元301", person=wang.pk),
        ]  # fmt: skip
        told = Told(facts=f"{CANARY}夜里走路响", wishes=f"{CANARY}十点以后轻些")
        return receive(told, values.pop("parties", parties), **values)

    def seated(self, case: Case | None = None, mediator: Mediator | None = None, **more) -> Case:
        """Asked, declared, accepted by both."""
        case = case or self.receive(**more)
        mediator = mediator or self.xu
        seat = ask(case, mediator, by=self.by, now=NOW)
        declare(seat, by=self.actor(mediator.account), now=NOW)
        for party in case.parties.all():
            answer(seat, party, is_yes=True, channel="phone", by=self.by, now=NOW)
        return Case.objects.get(pk=case.pk)

    def sat(self, case: Case | None = None) -> Sitting:
        case = case or self.seated()
        sitting = plan_sitting(
            case, at=NOW + timedelta(hours=2), place=f"{CANARY}楼下", told="都打了电话", is_open=False,
            by=self.he, now=NOW,
        )  # fmt: skip
        record = Record(
            present=tuple(one.pk for one in case.parties.all()), facts=f"{CANARY}各说各的",
            points="几点算夜里", result=f"{CANARY}说定了", helped=f"{CANARY}先听完",
            interpreter=f"{CANARY}老乡", dialect="阜阳话",
        )  # fmt: skip
        return hold(sitting, record, method="common", invited_agreed=False, by=self.he, now=NOW)

    def agreed(self, case: Case | None = None, *, is_written=True, lines=None) -> Agreement:
        case = case or self.seated()
        terms = Terms(facts=f"{CANARY}事实", duties="各让一步", terms=f"{CANARY}十点以后穿软底鞋")
        if lines is None:
            lines = [Line(date(2026, 12, 10), f"{CANARY}铺地垫", "a")]
        return agree(case, terms, lines, is_written=is_written, by=self.he, now=NOW)


def make_room(cast) -> Room:
    """Inside the scope of the community."""
    director = AccountFactory(login_name="yuzhuren", display_name="俞主任")
    MembershipFactory(community=cast.xinjie, account=director, role=Role.MEDIATION_DIRECTOR)
    by = actor_of(director, cast.xinjie, now=NOW)
    made = []
    for name, account, town in (
        ("许国平", cast.xu.account, "安徽阜阳"),
        ("陆兰英", AccountFactory(login_name="lulan", display_name="陆兰英"), ""),
    ):
        if account != cast.xu.account:
            MembershipFactory(community=cast.xinjie, account=account, role=Role.MEDIATOR)
        person = PersonFactory(
            community=cast.xinjie, name=name, home_town=town, born_on=date(1958, 5, 1),
            residency="new" if town else "local",
        )  # fmt: skip
        made.append(
            join_panel(
                person, account, kinds=["noise"], dialects=["阜阳话"] if town else [], card="老党员",
                is_on_committee=True, by=by, now=NOW,
            )
        )  # fmt: skip
    return Room(cast, director, *made)


@pytest.fixture
def room(cast, settings, tmp_path):
    settings.MULIN_MEDIATION_KEYS = str(tmp_path / "mediation-keys.json")
    settings.FILES_DIR = tmp_path / "files"
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with in_community(cast.xinjie):
        yield make_room(cast)


def seat_in(case: Case) -> Seat:
    """Its only seat."""
    return Seat.objects.get(case=case)


@pytest.fixture
def picture():
    """A small clean photo."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    return clean_photo(content.getvalue())
