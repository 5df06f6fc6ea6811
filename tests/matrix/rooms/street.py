"""The street: its overseer reads sums of all its communities, and more only under a grant."""

from datetime import timedelta

from mulin.ground.street.actions.grants import give_grant
from mulin.ground.street.actions.hand_up import hand_up
from mulin.ground.street.registry import opening_of
from tests.clock import NOW
from tests.matrix.people import HEAD, Canary, Line, people

OVERSEER = people("street_overseer")

LINES = {
    "street:overview": Line(OVERSEER),
    "street:community": Line(OVERSEER, about="street community", is_shared=True),
    "street:opened": Line(OVERSEER, about="street opening", is_shared=True, looks=True),
    "street:handed-list": Line(OVERSEER),
    "street:handed": Line(OVERSEER, about="street handed", is_shared=True),
    "street:settle": Line(OVERSEER, about="street deed", method="POST", is_shared=True),
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
        side.room["street.handed"] = hand_up(
            "nowhere", side.person.pk, number="1", topic="", words=f"上交{side.sign}",
            back_by=later, by=desk, now=NOW,
        )  # fmt: skip


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
    # what a community released for the street
    "上交{}": Canary(OVERSEER, "street:handed", "street_overseer"),
}
