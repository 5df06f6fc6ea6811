"""Ties rounds together: menu, figures, what is told and erased of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "rounds.note_visit": _("noted a visit on the round"),
    "rounds.hear": _("heard something at a door"),
    "rounds.wish_for_visit": _("asked for a visit"),
    "rounds.set_pace": _("set how often doors are visited"),
    "rounds.propose_hand_over": _("asked a colleague to walk a round"),
    "rounds.accept_hand_over": _("accepted a round"),
    "rounds.decline_hand_over": _("declined a round"),
    "rounds.take_back_hand_over": _("took a hand-over back"),
    "rounds.end_hand_over": _("ended a hand-over"),
}


class RoundsConfig(AppConfig):
    name = "mulin.parlour.rounds"
    label = "rounds"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES, Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.parlour.rounds import dues
        from mulin.parlour.rounds.figures import FIGURES
        from mulin.parlour.rounds.holdings import erase_notes, visits_told
        from mulin.parlour.rounds.listings import LISTINGS, TABLES

        register_parts("rounds", dues.parts, *dues.TOLD)
        officer, head = frozenset({Role.GRID_OFFICER}), frozenset({Role.HEAD})
        group = _("Rounds")
        for entry in (
            Entry(_("My round"), "rounds:today", "route", officer, "desk", group, "o", 5),
            Entry(_("My households"), "rounds:houses", "house", officer, "desk", group, "", 6),
            Entry(_("What I hear"), "rounds:hear", "megaphone", officer, "desk", group, "", 7),
            Entry(
                _("Hand-overs"), "rounds:hand-overs", "undo-2", HANDLER_ROLES, "desk", group, "",
                20,
            ),
            Entry(_("How often whom"), "rounds:paces", "clock", head, "desk", group, "", 21),
        ):  # fmt: skip
            register(entry)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Rounds"))
        register_teller("rounds.visit", visits_told)
        register_eraser("rounds.visit", erase_notes)
        name_verbs(VERBS)
        name_topics({"round": _("a round that is handed over")})
