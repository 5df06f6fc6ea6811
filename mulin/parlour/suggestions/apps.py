"""Ties the suggestions hall together: menu, figures, what is owed, told and erased."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "suggestions.bring_idea": _("brought an idea"),
    "suggestions.show_idea": _("let an idea be shown"),
    "suggestions.turn_away": _("did not let an idea be shown"),
    "suggestions.take_stand": _("said how they stand to an idea"),
    "suggestions.merge_ideas": _("put two ideas together"),
    "suggestions.answer_idea": _("answered an idea"),
    "suggestions.adopt_idea": _("adopted an idea"),
}


class SuggestionsConfig(AppConfig):
    name = "mulin.parlour.suggestions"
    label = "suggestions"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.dues import register as register_dues
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.parlour.suggestions import dues
        from mulin.parlour.suggestions.figures import FIGURES
        from mulin.parlour.suggestions.holdings import erase_stands, stands_told

        register_dues("suggestions", dues.dues, *dues.KINDS)
        group = _("Suggestions")
        for entry in (
            Entry(_("Ideas"), "suggestions:desk", "lightbulb", DESK_ROLES, "desk", group, "", 24),
            Entry(
                _("Write an idea down"), "suggestions:hear", "pencil", HANDLER_ROLES, "desk",
                group, "", 25,
            ),
            Entry(_("Ideas"), "suggestions:ideas", "lightbulb", None, "resident", "", "", 50),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                what=_("Say what could be better"),
                pages=frozenset({"suggestions:say", "suggestions:similar"}),
                by_call=_("Call us. We write it down in your words and read it back to you."),
                on_paper=_("Write it on any sheet of paper and put it into the box."),
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
        for figure in FIGURES:
            register_figure(figure)
        register_teller("suggestions.stand", stands_told)
        register_eraser("suggestions.stand", erase_stands)
        name_verbs(VERBS)
