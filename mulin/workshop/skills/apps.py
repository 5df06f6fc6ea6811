"""Ties the skills chain together: menu, kind of gathering, figures, dues, what is held of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "skills.write_syllabus": _("wrote down what must be shown for a skill"),
    "skills.take_example": _("took an example of a skill over"),
    "skills.plan_course": _("planned a course"),
    "skills.assess": _("wrote down what somebody showed"),
    "skills.talk_with": _("wrote down a first talk"),
    "skills.begin_work": _("let a newcomer begin"),
    "skills.give_up": _("wrote down that a newcomer does not begin"),
    "skills.found_partnership": _("won a partner"),
    "skills.write_promise": _("wrote down a promise of a partner"),
    "skills.keep_promise": _("wrote down what came of a promise"),
    "skills.end_partnership": _("ended a partnership"),
}


class SkillsConfig(AppConfig):
    name = "mulin.workshop.skills"
    label = "skills"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from django.urls import reverse

        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.people.rules import register_eraser, register_teller, register_under_name
        from mulin.workshop.production.rules import KEEPERS
        from mulin.workshop.skills import dues
        from mulin.workshop.skills.api import CALLS
        from mulin.workshop.skills.figures import FIGURES
        from mulin.workshop.skills.holdings import erase_learning, learning_told
        from mulin.workshop.skills.listings import LISTINGS, TABLES
        from mulin.workshop.skills.rules import KIND
        from mulin.workshop.skills.sheets import ASSESSMENT_SHEET

        register_kind(
            Kind(
                KIND, _("course of the workshop"), KEEPERS, KEEPERS, is_planned_here=False,
                page=lambda pk: reverse("skills:of-gathering", args=[pk]),
            )
        )  # fmt: skip
        group = _("Workshop")
        worker = frozenset({Role.WORKSHOP_WORKER})
        for entry in (
            Entry(_("Skills that lack"), "skills:gaps", "graduation-cap", KEEPERS, "desk", group, "",
                  66),
            Entry(_("Courses"), "skills:courses", "calendar-days", KEEPERS, "desk", group, "", 67),
            Entry(_("Newcomers"), "skills:newcomers", "users", KEEPERS, "desk", group, "", 68),
            Entry(_("Partners"), "skills:partners", "heart-handshake", KEEPERS, "desk", group, "",
                  69),
            Entry(_("My skills"), "skills:mine", "graduation-cap", worker, "resident", "", "", 42),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("The workshop"))
        register_form(ASSESSMENT_SHEET)
        register_parts("skills", dues.parts, *dues.TOLD)
        register_under_name("skills.Partner.organisation", _("Partner of the workshop"))
        register_teller("skills.learning", learning_told)
        register_eraser("skills.learning", erase_learning)
        name_verbs(VERBS)
