"""The childcare room of 新街社区: 沈阿姨 leads it, two adults, a child whose guardian is 阿勇."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.kit.photos import CleanPhoto, clean_photo
from mulin.kit.scoping import in_community
from mulin.workshop.childcare.actions.days import arrive, book
from mulin.workshop.childcare.actions.enrolment import Asking, accept, ask_place
from mulin.workshop.childcare.actions.staff import clear, come, keep_carer
from mulin.workshop.childcare.models import Carer, Child, Guardian, Stay, Use
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

TODAY = NOW.date()
ALL = frozenset(Use.values)


def small_photo() -> CleanPhoto:
    """A picture as a phone sends it."""
    return clean_photo(photo_bytes())


def photo_bytes() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "peachpuff").save(file, "JPEG")
    return file.getvalue()


@dataclass
class Room:
    """Everything a test of the room needs."""

    cast: object
    lead: Actor
    duty: Actor
    duty_account: Account
    shen: Carer
    zhu: Carer
    child: Child
    mother: Guardian

    def make_child(
        self, name, *, born_on=date(2018, 3, 8), guardian="张勇", phone="13800000001",
        relation="爸爸", uses=ALL,
    ):  # fmt: skip
        asking = Asking(name, born_on, guardian, relation, phone, uses)
        child = ask_place(asking, by=self.lead, now=NOW)
        return accept(child, group=None, by=self.lead, now=NOW)

    def in_room(self, child=None, *, now=NOW, until=time(17, 30)) -> Stay:
        return arrive(child or self.child, until=until, by=self.lead, now=now)

    def book(self, child=None, day=TODAY, **more):
        times = {"starts": time(8, 30), "ends": time(17, 30)} | more
        return book(child or self.child, day, by=self.lead, now=NOW, **times)


def make_room(cast, *, are_here=True) -> Room:
    """Inside the scope of the community."""
    head = cast.zhou.actor
    duty_account = AccountFactory(login_name=None, display_name="朱晓燕", phone="13800000005")
    MembershipFactory(community=cast.xinjie, account=duty_account, role=Role.CHILD_DUTY)
    until = TODAY + timedelta(days=300)
    clear(cast.shen.account, reason="托管负责人", since=TODAY, until=until, by=head, now=NOW)
    lead = cast.shen.actor
    clear(duty_account, reason="周三值日", since=TODAY, until=until, by=lead, now=NOW)
    carers = [
        keep_carer(
            PersonFactory(community=cast.xinjie, name=name, account=account, phone=phone),
            checked_on=date(2026, 6, 1), is_lead=is_lead, first_aid_until=date(2027, 6, 1),
            by=head, now=NOW,
        )
        for name, account, phone, is_lead in (
            ("沈月琴", cast.shen.account, "13800000077", True),
            ("朱晓燕", duty_account, "13800000005", False),
        )
    ]  # fmt: skip
    if are_here:
        for one in carers:
            come(one, by=lead, now=NOW)
    room = Room(
        cast, lead, actor_of(duty_account, cast.xinjie, now=NOW), duty_account, *carers,
        child=None, mother=None,
    )  # fmt: skip
    room.child = room.make_child("张小满")
    room.mother = Guardian.objects.get(child=room.child)
    return room


@pytest.fixture
def room(cast):
    with in_community(cast.xinjie):
        yield make_room(cast)
