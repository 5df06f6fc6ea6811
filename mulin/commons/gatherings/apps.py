"""Ties gatherings together: kinds that no room owns, menu, sweep, calendar, what is held."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "gatherings.plan": _("planned a gathering"),
    "gatherings.change": _("changed a gathering"),
    "gatherings.move": _("moved a gathering to another time or place"),
    "gatherings.cancel": _("called a gathering off"),
    "gatherings.close": _("closed the list of who came"),
    "gatherings.add_paper": _("laid a document beside a gathering"),
    "gatherings.count_walk_ins": _("counted who came without a name"),
    "gatherings.invite": _("put people on the list of a gathering"),
    "gatherings.say_coming": _("said whether somebody comes"),
    "gatherings.sign_in": _("signed somebody in at a gathering"),
    "gatherings.leave": _("noted that somebody left a gathering"),
    "gatherings.undo_sign_in": _("took a sign-in back"),
    "gatherings.read_back": _("read a paper list of who came"),
    "gatherings.start_series": _("entered what comes every month"),
    "gatherings.change_series": _("changed what comes every month"),
    "gatherings.end_series": _("ended what came every month"),
    "gatherings.make_coming": _("put the next of a series into the calendar"),
    "gatherings.add_item": _("put a point on an agenda"),
    "gatherings.remove_item": _("took a point off an agenda"),
    "gatherings.order_items": _("ordered an agenda"),
    "gatherings.step_item": _("moved a point of an agenda"),
    "gatherings.record_item": _("wrote down what was said to a point"),
}


class GatheringsConfig(AppConfig):
    name = "mulin.commons.gatherings"
    label = "gatherings"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.gatherings import calendars, dues
        from mulin.commons.gatherings.api import CALLS
        from mulin.commons.gatherings.figures import FIGURES
        from mulin.commons.gatherings.jobs import make_what_comes, tell_people
        from mulin.commons.gatherings.listings import LISTINGS, TABLES
        from mulin.commons.gatherings.queries import (
            HOLDING,
            attendances_kept,
            attendances_told,
            places_held,
        )
        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.gatherings.sheets import ATTENDANCE_SHEET, SIGN_UP_SHEET
        from mulin.commons.gatherings.shown import notice_for_chat
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calendars import register_source
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
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_keeper, register_teller
        from mulin.ground.places.holding import register_holding

        register_kind(Kind("meeting", _("meeting")))
        register_kind(Kind("activity", _("activity")))
        register(
            Entry(_("Gatherings"), "gatherings:desk", "calendar-days", HANDLER_ROLES, "desk",
                  _("Meetings"), "", 20)
        )  # fmt: skip
        register(
            Entry(_("What takes place"), "gatherings:public", "calendar-days", None, "resident",
                  "", "", 30)
        )  # fmt: skip
        register_parts("gatherings", dues.parts, *dues.TOLD)
        register_form(ATTENDANCE_SHEET)
        register_form(SIGN_UP_SHEET)
        register_sweep("gatherings.tell", timedelta(minutes=1), tell_people)
        register_sweep("gatherings.make", timedelta(hours=1), make_what_comes)
        register_source("gatherings", calendars.mine)
        register_holding(HOLDING, places_held)
        register_teller("gatherings.attendance", attendances_told)
        register_keeper(
            "gatherings.attendance",
            _("That somebody was at a gathering, without a name: how many came must stay true."),
            attendances_kept,
            article="《个人信息保护法》第47条第2款",
        )
        register_way(
            Way(
                what=_("Say that I come to a gathering, and sign in there"),
                pages=frozenset(
                    {"gatherings:come", "gatherings:decline", "gatherings:here"}
                ),
                by_call=_("Call us; we put you on the list."),
                on_paper=_(
                    "Fill in the sign-up sheet at the desk; at the door, sign the list that lies there."
                ),
                at_the_desk="gatherings:desk",
                order=20,
            )
        )  # fmt: skip
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Gatherings"))
        name_verbs(VERBS)
        register_shared("gatherings.notice", notice_for_chat)
        name_topics({"gathering": _("a gathering")})
