"""Ties childcare together: menu, figure, dues, sweeps, verbs, ways, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "childcare.ask_place": _("asked for a place in childcare"),
    "childcare.accept": _("took a child into childcare"),
    "childcare.put_in_group": _("put a child into a group"),
    "childcare.leave": _("wrote down that a child left"),
    "childcare.forget": _("deleted a child's records"),
    "childcare.write_facts": _("wrote down what to know of a child"),
    "childcare.consent": _("wrote down a guardian's consent"),
    "childcare.add_guardian": _("added a guardian"),
    "childcare.change_phone": _("changed a guardian's number"),
    "childcare.add_picker": _("added somebody who may fetch a child"),
    "childcare.stop_picker": _("took somebody off the list of a child"),
    "childcare.block": _("wrote down who must not take a child"),
    "childcare.lift_block": _("ended that somebody must not take a child"),
    "childcare.object_to": _("wrote down that a guardian objects to another"),
    "childcare.lift_objection": _("took an objection to a guardian back"),
    "childcare.clear": _("allowed somebody to read of children"),
    "childcare.end_clearance": _("ended that somebody may read of children"),
    "childcare.keep_carer": _("saw the check of a carer's criminal record"),
    "childcare.stop_carer": _("wrote down that a carer minds no children any more"),
    "childcare.add_group": _("added a group of children"),
    "childcare.come": _("wrote down that an adult came to the children"),
    "childcare.go": _("wrote down that an adult left the children"),
    "childcare.book": _("booked a place for a child"),
    "childcare.hold": _("held a place for which adults were found"),
    "childcare.cancel_booking": _("cancelled a child's place"),
    "childcare.arrive": _("took a child in for the day"),
    "childcare.serve": _("wrote down a meal of the children"),
    "childcare.write_activity": _("wrote down what the children did"),
    "childcare.order_medicine": _("saw a written order for medicine"),
    "childcare.stop_order": _("stopped an order for medicine"),
    "childcare.give_medicine": _("gave a child medicine"),
    "childcare.write_incident": _("wrote down what happened to a child"),
    "childcare.say_told": _("wrote down that a family was told"),
    "childcare.write_note": _("wrote a family what its child did"),
    "childcare.make_code": _("made a code for fetching a child"),
    "childcare.hand_over": _("answered somebody who came for a child"),
    "childcare.ring": _("rang because a child was not fetched"),
    "childcare.answer_alarm": _("said what happens with a child that was not fetched"),
}


class ChildcareConfig(AppConfig):
    name = "mulin.workshop.childcare"
    label = "childcare"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper.registry import register as register_sheet
        from mulin.commons.rota.registry import DutyKind
        from mulin.commons.rota.registry import register as register_duty
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import Role
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import (
            register_eraser,
            register_keeper,
            register_kin,
            register_teller,
        )
        from mulin.workshop.childcare import dues, duty, holdings, jobs, queries
        from mulin.workshop.childcare.actions import days
        from mulin.workshop.childcare.api import CALLS
        from mulin.workshop.childcare.figures import FIGURES
        from mulin.workshop.childcare.listings import LISTINGS
        from mulin.workshop.childcare.rules import APPROVERS, ENROLLERS, LEAD, MINDERS
        from mulin.workshop.childcare.sheets import ENROLMENT_SHEET
        from mulin.workshop.production.along import Along, register_along

        register_listing(*LISTINGS, room=_("Childcare"))
        group = _("Childcare")
        for entry in (
            Entry(_("Children today"), "childcare:day", "baby", MINDERS, "desk", group, "", 70),
            Entry(_("Children"), "childcare:children", "list", MINDERS, "desk", group, "", 71),
            Entry(_("Heads in the room"), "childcare:count", "clipboard-list",
                  MINDERS | {Role.HEAD, Role.COMMUNITY_WORKER}, "desk", group, "", 72),
            Entry(_("Enrol a child"), "childcare:enrol", "file-text", ENROLLERS, "desk", group, "",
                  73),
            Entry(_("Who minds and who reads"), "childcare:people", "users", APPROVERS, "desk",
                  group, "", 74),
            Entry(_("Yearly report on children's data"), "childcare:report", "file-text",
                  APPROVERS | {Role.AUDITOR}, "desk", group, "", 75),
            Entry(_("Children today"), "childcare:day", "baby", frozenset({Role.CHILD_DUTY}),
                  "resident", "", "", 43),
            Entry(_("My children in childcare"), "childcare:mine", "baby",
                  frozenset({Role.RESIDENT, Role.WORKSHOP_WORKER}), "resident", "", "", 44),
            Entry(_("Childcare"), "childcare:about", "baby", None, "resident", "", "", 58),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                _("A place in childcare, today's code, who may fetch a child"),
                frozenset({"childcare:mine", "childcare:mine-act", "childcare:picture"}),
                _("Call the childcare room; it writes down what you say and calls you back."),
                _("Sign at the room or at the desk; the day's code is printed on a slip."),
                "childcare:enrol",
                57,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_duty(
            DutyKind(
                "childcare", _("Childcare duty"), LEAD | {Role.HEAD}, with_children=True,
                people=duty.people_of, needs=duty.needs_of, here=duty.here,
            )
        )  # fmt: skip
        register_along(
            Along(
                "childcare", _("A place in childcare meanwhile"), queries.places_beside,
                days.book_beside,
            )
        )  # fmt: skip
        register_sheet(ENROLMENT_SHEET)
        register_parts("childcare", dues.parts, *dues.TOLD)
        register_sweep("childcare.late", timedelta(minutes=1), jobs.ring_late)
        register_sweep("childcare.hold", timedelta(minutes=10), jobs.hold_places)
        register_sweep("childcare.forget", timedelta(hours=12), jobs.forget_children)
        register_teller("childcare.guardian", holdings.guardianship_told)
        register_eraser("childcare.guardian", holdings.erase_guardianship)
        register_kin("childcare.guardian", queries.kin_known)
        register_teller("childcare.carer", holdings.carer_told)
        register_eraser("childcare.carer", holdings.erase_carer)
        register_keeper(
            "childcare.carer",
            _("That they minded children, and that their criminal record was checked."),
            holdings.carer_kept,
            article="《未成年人保护法》第62条；《民法典》第188条",
        )
        name_verbs(VERBS)
        name_looks(
            "childcare.clearance",
            {
                "children": _("Childcare · list of the children"),
                "day": _("Childcare · children of the day"),
            },
        )
        name_looks(
            "childcare.child",
            {
                "child": _("Childcare · record of a child"),
                "door": _("Childcare · who may take a child"),
                "code": _("Childcare · code of the day, printed"),
                "picture": _("Childcare · photo of a day"),
            },
        )
        name_topics({"childcare": _("childcare")})
