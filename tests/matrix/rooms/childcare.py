"""The childcare room in the matrix: a child, a stay, a photo and a clearance on each side."""

from datetime import date, time, timedelta

from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Role
from mulin.workshop.childcare.actions.days import arrive, write_incident, write_note
from mulin.workshop.childcare.actions.enrolment import (
    Asking,
    Facts,
    accept,
    ask_place,
    block,
    write_facts,
)
from mulin.workshop.childcare.actions.staff import clear, come, keep_carer
from mulin.workshop.childcare.models import DayPicture, Use
from tests.childcare.conftest import small_photo
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.matrix.people import (
    AUDITOR,
    DESK,
    EVERYBODY,
    HEAD,
    RESIDENT,
    SIGNED_IN,
    Canary,
    Line,
    people,
)

LEAD = people("childcare_lead")
CARE = LEAD | people("child_duty")
APPROVE = HEAD | LEAD

#: No brothers and sisters: those are known by the number.
PHONES = {"甲": "13800009991", "乙": "13800009992", "丙": "13800009993"}

LINES = {
    "childcare:day": Line(CARE, looks=True),
    "childcare:count": Line(CARE | DESK),
    "childcare:room-act": Line(CARE, about="care room deed", method="POST", is_shared=True),
    "childcare:children": Line(CARE, looks=True),
    "childcare:child": Line(CARE, about="care child", looks=True),
    "childcare:child-act": Line(CARE, about="care child deed", method="POST"),
    "childcare:stay": Line(CARE, about="care stay", looks=True),
    "childcare:codes": Line(CARE, method="POST"),
    "childcare:people": Line(APPROVE),
    "childcare:people-act": Line(APPROVE, about="care people deed", method="POST", is_shared=True),
    "childcare:person-act": Line(APPROVE, about="care clearance", method="POST"),
    "childcare:report": Line(APPROVE | AUDITOR),
    "childcare:enrol": Line(DESK | LEAD),
    "childcare:mine": Line(SIGNED_IN),
    "childcare:mine-act": Line(RESIDENT, about="care child of mine", method="POST"),
    "childcare:picture": Line(CARE | RESIDENT, about="care picture", looks=True),
    "childcare:about": Line(EVERYBODY),
}

CANARIES = {
    # a child's name: whoever minds it with leave, and its guardian
    "金雀娃{}": Canary(CARE | RESIDENT, "childcare:child", "childcare_lead"),
    # what it has, what happened to it, what it did, who must not take it
    "娃病{}": Canary(CARE | RESIDENT, "childcare:child", "childcare_lead"),
    "娃事{}": Canary(CARE | RESIDENT, "childcare:child", "child_duty"),
    "娃话{}": Canary(CARE | RESIDENT, "childcare:mine", "resident"),
    "娃仇{}": Canary(CARE, "childcare:stay", "child_duty"),
    "娃令{}": Canary(CARE, "childcare:stay", "childcare_lead"),
    "娃亲{}": Canary(CARE | RESIDENT, "childcare:stay", "child_duty"),
}


def fill(community, sides, *, head, desk, actors):
    """A room with two adults, and for each side a child that is here."""
    until = NOW.date() + timedelta(days=90)
    # The neighbour has a lead of its own, and no page of ours opens to them.
    lead = actors["childcare_lead"] if len(sides) > 1 else _lead_of(community)
    clearances = [clear(lead, reason="负责", since=NOW.date(), until=until, by=head, now=NOW)]
    by = actor_of(lead, community, now=NOW)
    if len(sides) > 1:
        duty = actors["child_duty"]
        clearances.append(clear(duty, reason="值日", since=NOW.date(), until=until, by=by, now=NOW))
    for name in ("看护一", "看护二"):
        carer = keep_carer(
            PersonFactory(community=community, name=name), checked_on=date(2026, 6, 1),
            is_lead=True, first_aid_until=None, by=head, now=NOW,
        )  # fmt: skip
        come(carer, by=by, now=NOW)
    for side, clearance in zip(sides, clearances, strict=True):
        side.room["care.clearance"] = clearance
        side.room["care.child"] = child = _child(side.sign, side.person, by)
        side.room["care.stay"] = arrive(child, until=time(17, 30), by=by, now=NOW)
        side.room["care.picture"] = DayPicture.objects.get(note__child=child)


def _lead_of(community):
    account = AccountFactory(login_name="linlituoguan", display_name="邻里托管")
    MembershipFactory(community=community, account=account, role=Role.CHILDCARE_LEAD)
    return account


def _child(sign, person, by):
    asking = Asking(
        f"金雀娃{sign}", date(2018, 3, 8), f"娃亲{sign}", "妈妈", PHONES[sign],
        frozenset(Use.values),
    )  # fmt: skip
    child = ask_place(asking, by=by, person=person, now=NOW)
    accept(child, group=None, by=by, now=NOW)
    write_facts(child, Facts(health=f"娃病{sign}"), by=by, now=NOW)
    block(child, name=f"娃仇{sign}", paper=f"娃令{sign}", by=by, now=NOW)
    write_incident(child, what=f"娃事{sign}", done="擦药", happened_at=NOW, by=by, now=NOW)
    write_note(child, f"娃话{sign}", pictures=(small_photo(),), by=by, now=NOW)
    return child


KWARGS = {
    "care room deed": lambda _world, _side: {"deed": "group"},
    "care child": lambda _world, side: {"pk": side.room["care.child"].pk},
    "care child deed": lambda _world, side: {"pk": side.room["care.child"].pk, "deed": "facts"},
    "care child of mine": lambda _world, side: {"pk": side.room["care.child"].pk, "deed": "code"},
    "care stay": lambda _world, side: {"pk": side.room["care.stay"].pk},
    "care people deed": lambda _world, _side: {"deed": "clear"},
    "care clearance": lambda _world, side: {"pk": side.room["care.clearance"].pk, "deed": "end"},
    "care picture": lambda _world, side: {"pk": side.room["care.picture"].pk},
}
