"""Elders: the desk, the helper and family of one elder (the resident of the side)."""

from datetime import timedelta

from mulin.circle.elders.actions.groups import found_group, join_group, plan_meeting, plan_programme
from mulin.circle.elders.actions.orders import Offered, add_service, order_service
from mulin.circle.elders.actions.pairs import Brings, pair_up, take_helper_on
from mulin.circle.elders.actions.records import About, link_kin, take_in, write_card
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.rules import Care, Category, Outcome
from mulin.commons.gatherings.actions.planning import Plan
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.matrix.people import (
    DESK,
    EVERYBODY,
    NAMES,
    NOBODY,
    RESIDENT,
    SIGNED_IN,
    Canary,
    Line,
)

_CARERS = DESK | RESIDENT
_HEALTH = "忌药{}"
_NOTE = "探注{}"

LINES = {
    "elders:due": Line(DESK, gives=NAMES),
    "elders:people": Line(DESK, gives=NAMES),
    "elders:elder": Line(_CARERS, about="elders elder", gives=NAMES, looks=True),
    "elders:elder-act": Line(_CARERS, about="elders deed", method="POST", gives=NAMES, looks=True),
    "elders:card": Line(_CARERS, about="elders elder", gives=NAMES, looks=True),
    "elders:paces": Line(DESK),
    "elders:groups": Line(DESK, gives=NAMES),
    "elders:group": Line(_CARERS, about="elders group", gives=NAMES),
    "elders:group-act": Line(_CARERS, about="elders group deed", method="POST", gives=NAMES),
    "elders:pairs": Line(DESK, gives=NAMES),
    "elders:pairs-act": Line(
        DESK, about="elders pairs deed", method="POST", is_shared=True, gives=NAMES
    ),
    "elders:pair-act": Line(DESK, about="elders pair deed", method="POST", gives=NAMES),
    "elders:call": Line(DESK),
    "elders:call-act": Line(DESK, about="elders call deed", method="POST", is_shared=True),
    "elders:services": Line(DESK, gives=NAMES),
    "elders:service-act": Line(
        DESK, about="elders service deed", method="POST", is_shared=True, gives=NAMES
    ),
    "elders:order-act": Line(DESK, about="elders order deed", method="POST", gives=NAMES),
    "elders:round": Line(SIGNED_IN, gives=NAMES),
    "elders:round-paper": Line(SIGNED_IN, gives=NAMES),
    "elders:route": Line(DESK, gives=NAMES),
    "elders:route-paper": Line(DESK, gives=NAMES),
    "elders:mine": Line(SIGNED_IN, gives=NAMES),
    "elders:mine-act": Line(RESIDENT, about="elders near deed", method="POST", gives=NAMES),
    "elders:balance": Line(DESK, gives=NAMES),
    "elders:about": Line(EVERYBODY),
}


def fill(community, sides, *, head, desk, actors):
    """An old neighbour of each side: in care, paired with its resident, who also leads the group."""
    for side in sides:
        old = PersonFactory(community=community, name=f"老邻{side.sign}", grid=side.grid)
        elder = take_in(
            old, has_agreed=True, categories=[Category.ALONE], source="入户",
            about=About(interests=f"越剧{side.sign}"), by=desk, now=NOW - timedelta(days=40),
        )  # fmt: skip
        write_card(elder, {"do_not": _HEALTH.format(side.sign)}, has_agreed=True, by=desk, now=NOW)
        helper = take_helper_on(side.person, Brings(), by=desk, now=NOW)
        pair = pair_up(elder, helper, by=desk, now=NOW)
        link_kin(elder, side.person, relation="侄子", has_agreed=True, by=desk, now=NOW)
        service = add_service(Offered(kind=Care.MEALS, name=f"午饭{side.sign}"), by=desk, now=NOW)
        order = order_service(elder, service, by=desk, now=NOW)
        note_contact(
            elder, outcome=Outcome.NOT_SEEN, note=_NOTE.format(side.sign), by=desk, now=NOW
        )
        group = found_group(f"互助组{side.sign}", side.person, by=desk, now=NOW)
        join_group(group, old, by=desk, now=NOW)
        starts = NOW + timedelta(days=1)
        plan_meeting(group, Plan("包馄饨", starts, starts + timedelta(hours=1)), by=desk, now=NOW)
        plan_programme(
            Plan(f"晚饭{side.sign}", starts, starts + timedelta(hours=2)), by=desk, now=NOW
        )
        side.room |= {
            "elders.elder": elder,
            "elders.pair": pair,
            "elders.order": order,
            "elders.group": group,
        }


def _pk(name, **more):
    return lambda _world, side: {"pk": side.room[f"elders.{name}"].pk, **more}


KWARGS = {
    "elders elder": _pk("elder"),
    "elders deed": _pk("elder", deed="contact"),
    "elders near deed": _pk("elder", deed="order"),
    "elders group": _pk("group"),
    "elders group deed": _pk("group", deed="meet"),
    "elders pair deed": _pk("pair", deed="change"),
    "elders order deed": _pk("order", deed="cancel"),
    "elders pairs deed": lambda _world, _side: {"deed": "helper"},
    "elders call deed": lambda _world, _side: {"deed": "programme"},
    "elders service deed": lambda _world, _side: {"deed": "add"},
}

CANARIES = {
    _HEALTH: Canary(_CARERS, "elders:elder"),
    _NOTE: Canary(NOBODY, why_nowhere="a note of a visit is kept for whoever it is about"),
    "互助组{}": Canary(EVERYBODY, "elders:about"),
    "越剧{}": Canary(_CARERS, "elders:elder"),
}
