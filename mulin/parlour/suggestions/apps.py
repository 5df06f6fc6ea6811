"""Ties the suggestions hall together: menu, figures, what is owed, told and erased."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERBS = {
    "suggestions.bring_idea": _("brought an idea"),
    "suggestions.show_idea": _("let an idea be shown"),
    "suggestions.turn_away": _("did not let an idea be shown"),
    "suggestions.take_stand": _("said how they stand to an idea"),
    "suggestions.merge_ideas": _("put two ideas together"),
    "suggestions.answer_idea": _("answered an idea"),
    "suggestions.adopt_idea": _("adopted an idea"),
    "suggestions.open_topic": _("asked a question"),
    "suggestions.bring_statement": _("added a statement"),
    "suggestions.judge_statement": _("looked at a statement"),
    "suggestions.type_sheet": _("typed a sheet of opinions"),
    "suggestions.set_times": _("entered limits of ideas"),
    "suggestions.pick_topics": _("put what people said onto an agenda"),
    "suggestions.write_points": _("wrote minutes"),
    "suggestions.decide_point": _("said what becomes of a point"),
    "suggestions.add_recording": _("laid a recording beside minutes"),
    "suggestions.delete_sound": _("deleted a recording"),
}


class SuggestionsConfig(AppConfig):
    name = "mulin.parlour.suggestions"
    label = "suggestions"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from django.urls import reverse

        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.parlour.suggestions import dues
        from mulin.parlour.suggestions.actions.minutes import KIND
        from mulin.parlour.suggestions.actions.recordings import JOB
        from mulin.parlour.suggestions.api import CALLS
        from mulin.parlour.suggestions.figures import FIGURES
        from mulin.parlour.suggestions.holdings import (
            erase_opinions,
            erase_points,
            erase_stands,
            opinions_told,
            points_told,
            stands_told,
        )
        from mulin.parlour.suggestions.jobs import draw_maps
        from mulin.parlour.suggestions.sheets import IDEA_SHEET, OPINION_SHEET
        from mulin.parlour.suggestions.shown import idea_for_chat, result_for_chat, topic_for_chat

        register_form(IDEA_SHEET)
        register_form(OPINION_SHEET)
        from mulin.parlour.suggestions.jobs import listen, tidy_recordings

        register_kind(
            Kind(
                KIND, _("neighbours' talk"),
                page=lambda pk: reverse("suggestions:minutes", args=[pk]),
            )
        )  # fmt: skip
        register_job(JOB, listen, opens_own_scope=True)
        register_sweep("suggestions.recordings", timedelta(minutes=10), tidy_recordings)
        register_teller("suggestions.point", points_told)
        register_eraser("suggestions.point", erase_points)
        register_parts("suggestions", dues.parts, *dues.TOLD)
        group = _("Suggestions")
        for entry in (
            Entry(_("Ideas"), "suggestions:desk", "lightbulb", DESK_ROLES, "desk", group, "", 24),
            Entry(
                _("Write an idea down"), "suggestions:hear", "pencil", HANDLER_ROLES, "desk",
                group, "", 25,
            ),
            Entry(pgettext_lazy("suggestions", "Questions"), "suggestions:topics", "vote", DESK_ROLES, "desk", group, "", 26),
            Entry(_("Ideas"), "suggestions:ideas", "lightbulb", None, "resident", "", "", 50),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                what=_("Say what could be better"),
                pages=frozenset({"suggestions:say", "suggestions:similar"}),
                by_call=_("Call us. We write it down in your words and read it back to you."),
                on_paper=_("Fill in the sheet for ideas, or any paper, and put it into the box."),
                at_the_desk="suggestions:hear",
                order=14,
            )
        )
        register_way(
            Way(
                what=_("Support a neighbour's idea, or object to it"),
                pages=frozenset({"suggestions:stand"}),
                by_call=_("Call us and say which idea: we write yours down and put both together."),
                on_paper=_("Write its number, for or against, and why, and hand it in."),
                at_the_desk="suggestions:hear",
                order=15,
            )
        )
        register_way(
            Way(
                what=_("Say what I think of a question"),
                pages=frozenset(
                    {
                        "suggestions:topic",
                        "suggestions:vote",
                        "suggestions:add",
                        "suggestions:spoken",
                    }
                ),
                by_call=_("Call us: we read the statements to you and fill in a sheet."),
                on_paper=_("Fill in the sheet at the meeting or at the desk; it bears no name."),
                at_the_desk="suggestions:desk",
                order=16,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        _offer_lists()
        register_sweep("suggestions.draw_maps", timedelta(minutes=10), draw_maps)
        register_teller("suggestions.stand", stands_told)
        register_eraser("suggestions.stand", erase_stands)
        register_teller("suggestions.opinion", opinions_told)
        register_eraser("suggestions.opinion", erase_opinions)
        name_verbs(VERBS)
        register_shared("suggestions.idea", idea_for_chat)
        register_shared("suggestions.topic", topic_for_chat)
        register_shared("suggestions.result", result_for_chat)


def _offer_lists() -> None:
    from mulin.ground.downloads.registry import register
    from mulin.parlour.suggestions.listings import LISTINGS, TABLES

    register(*LISTINGS, *TABLES, room=_("Ideas"))
