"""Ties the mediation room together; to search, people's pages and lists of the house it is tied nowhere."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "mediation.receive": _("took a quarrel in"),
    "mediation.add_party": _("added somebody to a case"),
    "mediation.set_party": _("wrote down how a party stands"),
    "mediation.stop": _("stopped a mediation"),
    "mediation.report": _("wrote down a report by law"),
    "mediation.end": _("ended a mediation"),
    "mediation.join_panel": _("put somebody on the panel"),
    "mediation.leave_panel": _("took somebody off the panel"),
    "mediation.take_old": _("took a line of the old register in"),
    "mediation.begin_term": _("wrote down a new mediation committee"),
    "mediation.seat_member": _("wrote down somebody elected into the mediation committee"),
    "mediation.unseat_member": _("wrote down that somebody left the mediation committee"),
    "mediation.add_court": _("put a court onto the list"),
    "mediation.drop_court": _("took a court off the list"),
    "mediation.ask": _("asked a mediator"),
    "mediation.declare": _("is ready to mediate"),
    "mediation.step_back": _("stepped back from a case"),
    "mediation.answer": _("wrote down whether a side accepts a mediator"),
    "mediation.plan_sitting": _("planned a sitting"),
    "mediation.hold": _("wrote the record of a sitting"),
    "mediation.note_talk": _("noted a talk"),
    "mediation.add_exhibits": _("put pictures into a dossier"),
    "mediation.agree": _("wrote down an agreement"),
    "mediation.sign": _("wrote down a signature"),
    "mediation.ask_court": _("wrote down that a court was asked"),
    "mediation.rule": _("wrote down what came of a confirmation"),
    "mediation.settle": _("wrote down what became of a promise"),
    "mediation.visit": _("visited after an agreement"),
    "mediation.close": _("closed a case of mediation"),
    "mediation.write_precedent": _("wrote down what may be learnt"),
    "mediation.ask_opening": _("asked to break a seal"),
    "mediation.decide_opening": _("decided on breaking a seal"),
    "mediation.shred": _("threw a case's key away"),
    "mediation.rewrap": _("gave the cases new keys"),
}


class MediationConfig(AppConfig):
    name = "mulin.circle.mediation"
    label = "mediation"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.circle.mediation import dues, vault
        from mulin.circle.mediation.actions.intake import ROOM, take_need
        from mulin.circle.mediation.api import CALLS
        from mulin.circle.mediation.figures import FIGURES
        from mulin.circle.mediation.holdings import committee_told, erase_panel, panel_told
        from mulin.circle.mediation.jobs import remind_mediators, shred
        from mulin.circle.mediation.ledgers import REGISTER as OLD_REGISTER
        from mulin.circle.mediation.listings import REGISTER, TABLES
        from mulin.circle.mediation.papers import HANDED
        from mulin.circle.mediation.permissions import OPENERS
        from mulin.circle.mediation.sheets import MEDIATION_SHEET
        from mulin.commons.flow.receivers import Receiver, register_receiver
        from mulin.commons.ledgers.registry import register as register_ledger
        from mulin.commons.paper.registry import register as register_form
        from mulin.commons.paper.registry import register_handed
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, Role
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.ground.upkeep.keys import register_apart

        group = _("Mediation")
        mediator, director = frozenset({Role.MEDIATOR}), frozenset({Role.MEDIATION_DIRECTOR})
        for entry in (
            Entry(_("A quarrel to be mediated"), "mediation:take-in", "heart-handshake",
                  DESK_ROLES | mediator | director, "desk", group, "", 70),
            Entry(_("Cases of mediation"), "mediation:register", "lock", mediator | director,
                  "desk", group, "", 71),
            Entry(_("At the mediator's hand"), "mediation:help", "list", mediator | director,
                  "desk", group, "", 72),
            Entry(_("Mediators"), "mediation:panel", "users", director, "desk", group, "", 73),
            Entry(_("Committee and courts"), "mediation:committee", "vote", director, "desk",
                  group, "", 73),
            Entry(_("Broken seals"), "mediation:openings", "triangle-alert",
                  OPENERS | mediator | {Role.AUDITOR}, "desk", group, "", 74),
            Entry(_("Mediation room"), "mediation:about", "heart-handshake", None, "resident", "",
                  "", 58),
        ):  # fmt: skip
            register(entry)
        register_receiver(Receiver(ROOM, _("Mediation room (sealed)"), take_need))
        register_form(MEDIATION_SHEET)
        register_listing(REGISTER, *TABLES, room=_("Mediation room"))
        register_ledger(OLD_REGISTER)
        register_way(
            Way(
                what=_("Have a quarrel mediated"),
                pages=frozenset({"mediation:about"}),
                by_call=_(
                    "Ring and say: I would like a quarrel mediated. Nothing else need be said yet."
                ),
                on_paper=_("Ask for the sheet, fold it, hand it in."),
                at_the_desk="mediation:take-in",
                order=60,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_parts("mediation", dues.parts, *dues.TOLD)
        register_sweep("mediation.remind", timedelta(hours=1), remind_mediators)
        register_sweep("mediation.shred", timedelta(hours=12), shred)
        register_teller("mediation.mediator", panel_told)
        register_teller("mediation.committee", committee_told)
        register_eraser("mediation.mediator", erase_panel)
        register_apart(vault.kept_apart)
        register_handed(HANDED)
        name_verbs(VERBS)
        name_looks(
            "mediation.case",
            {
                "mediation.case": _("Mediation · a case, by a broken seal"),
            },
        )
        name_topics({"item": _("an item for you")})
