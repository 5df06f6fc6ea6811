"""The mediation room: what is under seal reaches nobody but the mediator of the case."""

from datetime import date, timedelta

from mulin.circle.mediation.actions.agreeing import Line as PlanLine
from mulin.circle.mediation.actions.agreeing import Terms, agree
from mulin.circle.mediation.actions.choosing import answer, ask, declare, join_panel
from mulin.circle.mediation.actions.intake import Told, Who, receive
from mulin.circle.mediation.actions.keeping import ask_opening
from mulin.circle.mediation.actions.sitting import Record, hold, note_talk, plan_sitting
from mulin.circle.mediation.models import Court
from mulin.ground.community.queries import actor_of
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.matrix.people import DESK, EVERYBODY, HEAD, Canary, Line, people

MEDIATOR = people("mediator")
ROOM = MEDIATOR | people("mediation_director")
OPENERS = HEAD | people("mediation_director")

LINES = {
    "mediation:about": Line(EVERYBODY),
    "mediation:take-in": Line(DESK | ROOM),
    "mediation:ways": Line(DESK | ROOM, query="?stop=violence"),
    "mediation:register": Line(ROOM),
    "mediation:help": Line(ROOM),
    "mediation:panel": Line(people("mediation_director")),
    "mediation:committee": Line(people("mediation_director")),
    "mediation:committee-drop": Line(
        people("mediation_director"), about="mediation court", method="POST"
    ),
    "mediation:openings": Line(OPENERS | MEDIATOR | people("auditor")),
    "mediation:case": Line(ROOM, about="mediation case"),
    "mediation:deed": Line(MEDIATOR, about="mediation deed", method="POST"),
    "mediation:paper": Line(MEDIATOR, about="mediation paper", looks=True),
}
KWARGS = {
    "mediation court": lambda _world, side: {
        "what": "court", "pk": side.room["mediation.court"].pk,
    },
    "mediation case": lambda _world, side: {"pk": side.room["mediation.case"].pk},
    "mediation deed": lambda _world, side: {"pk": side.room["mediation.case"].pk, "deed": "sign"},
    "mediation paper": lambda _world, side: {
        "pk": side.room["mediation.case"].pk, "kind": "agreement",
    },
}  # fmt: skip
#: The quarrel, its people, the talk with one side alone.
CANARIES = {
    text: Canary(MEDIATOR, "mediation:case", "mediator")
    for text in ("金雀争{}", "金雀当事{}", "金雀私语{}", "金雀约{}")
}


def fill(community, sides, *, head, desk, actors):
    """A case for each side: mediated in the one community, waiting in the other."""
    is_ours = sides[0].sign != "丙"  # the neighbour has nobody who mediates
    if is_ours:
        director = actor_of(actors["mediation_director"], community, now=NOW)
        he = actor_of(actors["mediator"], community, now=NOW)
        card = join_panel(
            PersonFactory(community=community, name="许国平"), actors["mediator"], kinds=[],
            dialects=[], card="老党员", is_on_committee=True, by=director, now=NOW,
        )  # fmt: skip
    for side in sides:
        side.room["mediation.court"] = Court.objects.create(
            community=community, name=f"法院{side.sign}", ground="committee"
        )
        case = receive(
            Told(facts=f"金雀争{side.sign}"),
            [
                Who(side="a", name=f"金雀当事{side.sign}", person=side.person.pk),
                Who(side="b", name="另一方"),
            ],
            kind="noise", source="oral", by=desk, now=NOW - timedelta(days=1),
        )  # fmt: skip
        side.room["mediation.case"] = case
        if not is_ours:
            continue
        ask_opening(case, reason="街道来函核查", by=head, now=NOW)
        seat = ask(case, card, by=director, now=NOW)
        declare(seat, by=he, now=NOW)
        for party in case.parties.all():
            answer(seat, party, is_yes=True, channel="phone", by=he, now=NOW)
        case.refresh_from_db()
        note_talk(case, case.parties.first(), words=f"金雀私语{side.sign}", by=he, now=NOW)
        sitting = plan_sitting(
            case, at=NOW, place="调解室", told="电话", is_open=False, by=he, now=NOW
        )
        hold(
            sitting, Record(present=(case.parties.first().pk,), result=f"金雀约{side.sign}"),
            method="heart", invited_agreed=False, by=he, now=NOW,
        )  # fmt: skip
        terms = Terms(facts="事实", terms=f"金雀约{side.sign}")
        plan = [PlanLine(date(2026, 12, 10), "铺地垫", "a")]
        agree(case, terms, plan, is_written=True, by=he, now=NOW)
