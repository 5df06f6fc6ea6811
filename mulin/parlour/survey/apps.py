"""Ties the survey together: menu, sweeps, figures, verbs, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "survey.draft_survey": _("drafted a survey"),
    "survey.word_questions": _("worded the questions of a survey"),
    "survey.open_survey": _("drew the households and opened a survey"),
    "survey.prolong": _("set the last day of a survey"),
    "survey.close_survey": _("closed a survey"),
    "survey.publish_survey": _("published a survey"),
    "survey.answer": _("a household answered"),
    "survey.type_paper": _("typed a sheet of a survey"),
    "survey.note_try": _("noted a call or visit for a survey"),
    "survey.note_letters": _("printed letters of a survey"),
    "survey.renew_letter": _("replaced a lost letter of a survey"),
}


class SurveyConfig(AppConfig):
    name = "mulin.parlour.survey"
    label = "survey"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_keeper, register_teller
        from mulin.parlour.survey.api import CALLS
        from mulin.parlour.survey.figures import FIGURES
        from mulin.parlour.survey.holdings import households_kept, households_told
        from mulin.parlour.survey.jobs import close_overdue, mix
        from mulin.parlour.survey.listings import LISTINGS, TABLES
        from mulin.parlour.survey.sheets import SURVEY_SHEET
        from mulin.parlour.survey.shown import result_for_chat

        register(
            Entry(_("Yearly survey"), "survey:list", "smile", HANDLER_ROLES, "desk",
                  _("Reception"), "", 18)
        )  # fmt: skip
        register(Entry(_("Yearly survey"), "survey:results", "smile", None, "resident", "", "", 55))
        register_form(SURVEY_SHEET)
        register_shared("survey.result", result_for_chat)
        register_sweep("survey.mix", timedelta(hours=1), mix)
        register_sweep("survey.close_overdue", timedelta(hours=6), close_overdue)
        register_teller("survey.sampled", households_told)
        register_keeper(
            "survey.sampled",
            _(
                "That a dwelling was drawn for a survey and whether it answered, without a name:"
                " the response rate must stay countable. What was answered is nobody's and"
                " cannot be found."
            ),
            households_kept,
            article="《个人信息保护法》第4、73条",
        )
        register_way(
            Way(
                what=_("Say once a year how content I am"),
                pages=frozenset({"survey:letter", "survey:answer"}),
                by_call=_("We call you, or you call us with the code on your letter."),
                on_paper=_("Fill in the sheet that comes with the letter and hand it in."),
                at_the_desk="survey:list",
                order=30,
            )
        )
        for figure in FIGURES:
            register_figure(figure)
        for call in CALLS:
            register_call(call)
        register_listing(*LISTINGS, *TABLES, room=_("Yearly survey"))
        name_verbs(VERBS)
