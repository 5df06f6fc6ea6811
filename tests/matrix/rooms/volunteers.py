"""Volunteers: an activity with somebody on duty and somebody served, a certificate, an offer."""

from datetime import date, timedelta

from mulin.circle.volunteers.actions import proof
from mulin.circle.volunteers.actions.duties import sign_up
from mulin.circle.volunteers.actions.people import Says, register
from mulin.circle.volunteers.actions.planning import About, lay_out_kinds, plan_activity
from mulin.circle.volunteers.actions.presence import ask_correction, check_in, close
from mulin.circle.volunteers.actions.served import book, make_offer
from mulin.circle.volunteers.models import ActivityKind, Shift
from mulin.circle.volunteers.rules import Post
from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.people.models import Affiliation
from tests.clock import NOW
from tests.matrix.people import (
    DESK,
    EVERYBODY,
    HOLDERS,
    NAMES,
    ON_ROLL,
    RESIDENT,
    Canary,
    Line,
    people,
)

KEEP = DESK | people("volunteer_lead")

LINES = {
    "volunteers:month": Line(EVERYBODY),
    "volunteers:wall": Line(EVERYBODY),
    "volunteers:verify": Line(EVERYBODY, query="?code=NONE"),
    "volunteers:activity": Line(HOLDERS, about="volunteers.code"),
    "volunteers:join": Line(ON_ROLL, about="volunteers.join", method="POST"),
    "volunteers:door": Line(HOLDERS, about="volunteers.door"),
    "volunteers:redeem": Line(HOLDERS, about="volunteers.offer"),
    "volunteers:mine": Line(ON_ROLL),
    "volunteers:mine-act": Line(ON_ROLL, about="volunteers.own", method="POST", is_shared=True),
    "volunteers:certificate": Line(
        KEEP | RESIDENT, about="volunteers.certificate", gives=NAMES, looks=True
    ),
    "volunteers:desk": Line(KEEP),
    "volunteers:new": Line(KEEP),
    "volunteers:people": Line(KEEP, gives=NAMES),
    "volunteers:volunteer": Line(KEEP, about="volunteers.volunteer", gives=NAMES),
    "volunteers:volunteer-act": Line(KEEP, about="volunteers.change", method="POST", gives=NAMES),
    "volunteers:open": Line(KEEP, gives=NAMES),
    "volunteers:decide": Line(KEEP, about="volunteers.decision", method="POST", is_shared=True),
    "volunteers:settings": Line(KEEP),
    "volunteers:settings-act": Line(
        KEEP, about="volunteers.setting", method="POST", is_shared=True
    ),
    "volunteers:of-gathering": Line(KEEP, about="volunteers.gathering"),
    "volunteers:work": Line(KEEP, about="volunteers.activity", gives=NAMES),
    "volunteers:work-act": Line(KEEP, about="volunteers.deed", method="POST", gives=NAMES),
}

CANARIES = {
    # what is noted of whoever comes to be served; they read it in the file of what is held of them
    "预注{}": Canary(KEEP | RESIDENT, "volunteers:work", "head"),
    # why a volunteer says that their hours are wrong
    "时由{}": Canary(KEEP | RESIDENT, "volunteers:open", "head"),
}

NOTICES = ("volunteers:activity",)

KWARGS = {
    "volunteers.code": lambda _world, side: {"code": _activity(side).gathering.code},
    "volunteers.join": lambda _world, side: {
        "code": _activity(side).gathering.code, "deed": "off",
    },
    "volunteers.door": lambda _world, side: {"code": _activity(side).gathering.door_code},
    "volunteers.offer": lambda _world, side: {"code": side.room["volunteers.offer"].code},
    "volunteers.own": lambda _world, _side: {"deed": "coupon"},
    "volunteers.certificate": lambda _world, side: {
        "code": side.room["volunteers.certificate"].code,
    },
    "volunteers.volunteer": lambda _world, side: {"pk": side.room["volunteers.volunteer"].pk},
    "volunteers.change": lambda _world, side: {
        "pk": side.room["volunteers.volunteer"].pk, "deed": "line",
    },
    "volunteers.decision": lambda _world, _side: {"deed": "show"},
    "volunteers.setting": lambda _world, _side: {"deed": "end"},
    "volunteers.gathering": lambda _world, side: {"pk": _activity(side).gathering_id},
    "volunteers.activity": lambda _world, side: {"pk": _activity(side).pk},
    "volunteers.deed": lambda _world, side: {"pk": _activity(side).pk, "deed": "off"},
}  # fmt: skip


def _activity(side):
    return side.room["volunteers.activity"]


def fill(_community, sides, *, head, desk, actors):
    """Kinds once; for each side a past activity with hours and a certificate, one tomorrow."""
    lay_out_kinds(by=head, now=NOW)
    kind = ActivityKind.objects.get(name="理发")
    for side in sides:
        _fill(side, kind, by=head)


def _fill(side, kind, *, by):
    volunteer = register(side.person, Says(skills=["理发"]), by=by, now=NOW)
    past, ahead = NOW - timedelta(hours=6), NOW + timedelta(hours=20)
    held = plan_activity(
        Plan(f"理发{side.sign}", past, past + timedelta(hours=2), place_words=f"旧{side.sign}"),
        About(kind), by=by, now=past,
    )  # fmt: skip
    check_in(held, volunteer, by=by, now=past)
    close(held, ended_at=past + timedelta(hours=2), by=by, now=NOW)
    today = NOW.date()
    asked = proof.ask(volunteer, since=date(2026, 1, 1), until=today, purpose="", by=by, now=NOW)
    ask_correction(
        held, volunteer, came_at=past, left_at=past + timedelta(hours=1), why=f"时由{side.sign}",
        by=by, now=NOW,
    )  # fmt: skip
    activity = plan_activity(
        Plan(f"剪发{side.sign}", ahead, ahead + timedelta(hours=2), place_words=f"新{side.sign}"),
        About(kind, [Post("理发师", 2, "")], slot_minutes=30), by=by, now=NOW,
    )  # fmt: skip
    shift = Shift.objects.get(activity=activity)
    shift.activity = activity
    sign_up(shift, volunteer, by=by, now=NOW)
    book(activity, after_minutes=0, person=side.person, note=f"预注{side.sign}", by=by, now=NOW)
    firm = Affiliation.objects.get(pk=side.affiliation.pk).organisation
    side.room |= {
        "volunteers.activity": activity,
        "volunteers.volunteer": volunteer,
        "volunteers.certificate": proof.issue(asked, is_noticed=False, by=by, now=NOW),
        "volunteers.offer": make_offer(
            firm, title="面一碗", audience="volunteers", most=9, hours_needed=0, since=today,
            until=today, by=by, now=NOW,
        ),
    }  # fmt: skip
