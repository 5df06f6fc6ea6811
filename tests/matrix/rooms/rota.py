"""The duty rota: its managers see it, its members their own and what is published."""

from datetime import date, time

from mulin.commons.rota.actions.members import Terms, take_on
from mulin.commons.rota.actions.months import Weekly, add_weekly, open_month, publish, put_on
from mulin.commons.rota.models import Shift
from mulin.commons.rota.registry import DutyKind, register
from mulin.commons.rota.rules import When
from mulin.ground.community.rules import DESK_ROLES
from tests.clock import NOW
from tests.matrix.people import DESK, RESIDENT, SIGNED_IN, Line, people

_MANAGERS = DESK | people("childcare_lead", "volunteer_lead")
_MINE = DESK | RESIDENT
#: The other side has a duty of its own: members of one see each other's published rota.
_OTHER_KIND = "matrix-duty"

LINES = {
    "rota:desk": Line(_MANAGERS),
    "rota:month": Line(_MINE, about="rota month"),
    "rota:month-act": Line(DESK, about="rota month deed", method="POST"),
    "rota:wall": Line(_MINE, about="rota month"),
    "rota:wishes": Line(_MINE, about="rota wishes"),
    "rota:shift": Line(DESK, about="rota shift"),
    "rota:shift-act": Line(DESK, about="rota shift deed", method="POST"),
    "rota:kind": Line(DESK, about="rota kind", is_shared=True),
    "rota:kind-act": Line(DESK, about="rota kind deed", method="POST", is_shared=True),
    "rota:member": Line(DESK, about="rota member"),
    "rota:member-act": Line(DESK, about="rota member deed", method="POST"),
    "rota:duty": Line(_MINE, about="rota duty"),
    "rota:mine": Line(SIGNED_IN),
    "rota:mine-act": Line(_MINE, about="rota duty deed", method="POST"),
}


def fill(community, sides, *, head, desk, actors):
    """One published shift a side, with the side's own person on it."""
    register(DutyKind(_OTHER_KIND, "值班", DESK_ROLES))
    for side, kind in zip(sides, ("front-desk", _OTHER_KIND), strict=False):
        add_weekly(kind, Weekly(When.MONDAY, time(9), time(11), 1), by=desk, now=NOW)
        member = take_on(side.person, kind, Terms(), by=desk, now=NOW)
        month = open_month(kind, date(2026, 12, 1), by=desk, now=NOW)
        shift = Shift.objects.select_related("month").filter(month=month).first()
        duty = put_on(shift, member, by=desk, now=NOW)
        publish(month, by=desk, now=NOW)
        side.room |= {
            "rota.month": month, "rota.member": member, "rota.shift": shift, "rota.duty": duty,
        }  # fmt: skip


def _of(thing, **more):
    return lambda _world, side: {"pk": side.room[f"rota.{thing}"].pk, **more}


KWARGS = {
    "rota month": _of("month"),
    "rota month deed": _of("month", deed="propose"),
    "rota wishes": lambda _world, side: {
        "pk": side.room["rota.month"].pk, "member": side.room["rota.member"].pk,
    },
    "rota shift": _of("shift"),
    "rota shift deed": _of("shift", deed="put"),
    "rota kind": lambda _world, _side: {"name": "front-desk"},
    "rota kind deed": lambda _world, _side: {"name": "front-desk", "deed": "weekly"},
    "rota member": _of("member"),
    "rota member deed": _of("member", deed="terms"),
    "rota duty": _of("duty"),
    "rota duty deed": _of("duty", deed="yes"),
}  # fmt: skip
