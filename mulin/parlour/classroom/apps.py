"""Ties the classroom together: its kind of gathering, menu, figures, sheet, what is owed and told."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "classroom.lay_out_kits": _("laid the kits of the product out"),
    "classroom.write_kit": _("wrote a kit"),
    "classroom.copy_kit": _("copied a kit"),
    "classroom.change_kit": _("made a new version of a kit"),
    "classroom.take_in_kit": _("took a kit in from a file"),
    "classroom.put_online": _("put a lesson online"),
    "classroom.take_offline": _("took an online lesson off"),
    "classroom.plan_lesson": _("planned a lesson"),
    "classroom.count_audience": _("counted who came to a lesson without a name"),
    "classroom.open_quiz": _("opened a quiz"),
    "classroom.lead_on": _("led a quiz on"),
    "classroom.end_quiz": _("ended a quiz"),
    "classroom.put_on_paper": _("put a quiz on paper"),
    "classroom.take_sheet": _("counted a quiz sheet"),
    "classroom.list_entrants": _("showed the list of a prize draw"),
    "classroom.enter_number": _("entered the number of a prize draw"),
    "classroom.tell_stopped": _("wrote down a fraud that was stopped"),
}


class ClassroomConfig(AppConfig):
    name = "mulin.parlour.classroom"
    label = "classroom"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from django.urls import reverse

        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_eraser, register_teller
        from mulin.parlour.classroom import dues
        from mulin.parlour.classroom.api import CALLS
        from mulin.parlour.classroom.figures import FIGURES
        from mulin.parlour.classroom.holdings import erase_stopped, stopped_told
        from mulin.parlour.classroom.jobs import forget_quizzes
        from mulin.parlour.classroom.listings import LISTINGS, TABLES
        from mulin.parlour.classroom.permissions import TEACHER_ROLES
        from mulin.parlour.classroom.queries import lesson_for_chat, online_for_chat
        from mulin.parlour.classroom.rules import KIND
        from mulin.parlour.classroom.sheets import QUIZ_SHEET

        register_kind(
            Kind(
                KIND, _("lesson"), TEACHER_ROLES, is_planned_here=False,
                page=lambda pk: reverse("classroom:of-gathering", args=[pk]),
            )
        )  # fmt: skip
        group = _("Grid classroom")
        for entry in (
            Entry(group, "classroom:lessons", "graduation-cap", TEACHER_ROLES, "desk", group, "", 27),
            Entry(
                _("Course kits"), "classroom:kits", "clipboard-list", TEACHER_ROLES, "desk", group,
                "", 28,
            ),
            Entry(
                _("Frauds stopped"), "classroom:frauds", "shield", HANDLER_ROLES, "desk", group,
                "", 29,
            ),
            Entry(
                _("Online classroom"), "classroom:online", "graduation-cap", None, "resident", "",
                "", 52,
            ),
        ):  # fmt: skip
            register(entry)
        register_form(QUIZ_SHEET)
        register_shared("classroom.lesson", lesson_for_chat)
        register_shared("classroom.online", online_for_chat)
        register_parts("classroom", dues.parts, *dues.TOLD)
        register_sweep("classroom.forget_quizzes", timedelta(hours=1), forget_quizzes)
        register_teller("classroom.stoppedfraud", stopped_told)
        register_eraser("classroom.stoppedfraud", erase_stopped)
        register_way(
            Way(
                what=_("Take part in a lesson: its quiz, its drill, three taps"),
                pages=frozenset(
                    {
                        "classroom:enter", "classroom:class", "classroom:join", "classroom:quiz", "classroom:answer",
                        "classroom:drill", "classroom:feedback",
                    }
                ),
                by_call=_("Just come: raise your hand, or play along with your neighbour."),
                on_paper=_("Fill in the quiz sheet that lies in the room; it bears no name."),
                at_the_desk="classroom:lessons",
                order=22,
            )
        )  # fmt: skip
        register_way(
            Way(
                what=_("Read or watch a lesson at home"),
                pages=frozenset(
                    {"classroom:online-lesson", "classroom:online-done", "classroom:online-quiz"}
                ),
                by_call=_("Call us: we tell you when the lesson is held near you."),
                on_paper=_("Ask for the printed lesson and its quiz at the desk."),
                at_the_desk="classroom:kits",
                order=23,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Grid classroom"))
        name_verbs(VERBS)
