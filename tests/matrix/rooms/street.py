"""The street: its overseer reads sums of all its communities, and more only under a grant."""

from datetime import timedelta

from mulin.commons.flow.said import Said
from mulin.ground.street.actions.grants import give_grant
from mulin.ground.street.models import HandedUp
from mulin.ground.street.registry import opening_of
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.street import hand_up
from tests.clock import NOW
from tests.matrix.people import HANDLERS, HEAD, Canary, Line, people

OVERSEER = people("street_overseer")
#: Of all its communities: that is what the street is for.
SAID = {"is_shared": True, "gives": frozenset({"授权{}", "上交{}"})}

LINES = {
    "street:overview": Line(OVERSEER, gives=SAID["gives"]),
    "street:community": Line(OVERSEER, about="street community", **SAID),
    "street:opened": Line(OVERSEER, about="street opening", looks=True, **SAID),
    "street:handed-list": Line(OVERSEER, gives=SAID["gives"]),
    "street:handed": Line(OVERSEER, about="street handed", **SAID),
    "street:settle": Line(OVERSEER, about="street deed", method="POST", **SAID),
    "street:grants": Line(HEAD),
    "street:grant-end": Line(HEAD, about="street grant", method="POST"),
}


def fill(community, sides, *, head, desk, actors):
    """A grant and something handed up, of each side's community."""
    for side in sides:
        later = NOW + timedelta(days=9)
        side.room["street.grant"] = give_grant(
            opening_of("demands"), reason=f"授权{side.sign}", until=later, by=head, now=NOW
        )
        demand = receive_demand(Said(words="总管倒灌", grid=side.grid), by=desk, now=NOW)
        hand_up(demand, words=f"上交{side.sign}", back_by=later, by=desk, now=NOW)
        side.room["street.handed"] = HandedUp.objects.get(
            community=community, number=demand.need.number
        )


KWARGS = {
    "street community": lambda _world, side: {"pk": side.person.community_id},
    "street opening": lambda _world, side: {"pk": side.person.community_id, "what": "demands"},
    "street handed": lambda _world, side: {"pk": side.room["street.handed"].pk},
    "street deed": lambda _world, side: {"pk": side.room["street.handed"].pk, "deed": "take"},
    "street grant": lambda _world, side: {"pk": side.room["street.grant"].pk},
}

CANARIES = {
    # what a head granted and why: theirs and the street's
    "授权{}": Canary(HEAD | OVERSEER, "street:grants", "head"),
    # what a community released for the street; it stands beside the demand, too
    "上交{}": Canary(HANDLERS | OVERSEER, "street:handed", "street_overseer"),
}
