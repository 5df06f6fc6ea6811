"""Ties reception together: sweeps, figures, menu."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "reception.receive_demand": _("received a demand"),
    "reception.accept_demand": _("accepted a demand"),
    "reception.take_demand": _("took a demand in hand"),
    "reception.wait_on": _("set a demand to wait"),
    "reception.resume": _("went on with a demand"),
    "reception.answer_demand": _("answered a demand"),
    "reception.confirm_demand": _("said whether it is solved"),
    "reception.record_return_call": _("made a return call"),
    "reception.pass_on": _("passed a demand on"),
    "reception.assign_demand": _("gave a demand to a colleague"),
    "reception.offer_demand": _("offered a demand to a colleague"),
    "reception.accept_offer": _("took over what was offered"),
    "reception.refuse_offer": _("refused what was offered"),
    "reception.withdraw_offer": _("withdrew an offer"),
    "reception.raise_offer": _("told the head of an unanswered offer"),
    "reception.ask_help": _("asked a colleague to help"),
    "reception.report_share": _("did their part of a demand"),
    "reception.release_share": _("let a helper go"),
    "reception.nudge_helper": _("reminded a helper"),
    "reception.send_out": _("sent a demand to a unit outside"),
    "reception.bring_back": _("wrote down the answer of a unit outside"),
    "reception.note_reminder": _("reminded a unit outside"),
    "reception.hand_up": _("handed a demand up to the street"),
    "reception.nudge_sending": _("said that a unit outside is late"),
    "reception.join_demand": _("joined two demands"),
    "reception.part_demand": _("took two demands apart"),
    "reception.keep_template": _("changed an answer template"),
    "reception.withdraw_template": _("withdrew an answer template"),
    "reception.note_on": _("wrote a note on a demand"),
    "reception.reclassify": _("sorted a demand"),
    "reception.remind_owner": _("reminded the owner"),
    "reception.escalate": _("told the head of a late demand"),
    "reception.record_visit": _("noted a visit"),
    "reception.record_visits": _("took many visits in"),
    "reception.preview_book": _("looked at an old book of visits"),
    "reception.take_in_book": _("took an old book of visits in"),
    "reception.undo_book": _("took an old book of visits out again"),
    "reception.drop_stale_books": _("threw away old previews of visits"),
    "reception.undo_visit": _("took a visit back"),
    "reception.set_visit_kind": _("named a kind of visit"),
    "reception.set_limit": _("set a limit"),
    "reception.open_reception": _("opened reception"),
    "reception.show_story": _("showed an answered demand to the street"),
    "reception.take_back_story": _("took back what was shown"),
    "reception.object_to_story": _("did not want it shown"),
    "reception.make_pack": _("made the emergency pack"),
    "reception.print_pack": _("printed the emergency pack"),
    "reception.keep_upload": _("uploaded a file of demands"),
    "reception.choose_columns": _("chose the columns of a file"),
    "reception.discard_upload": _("threw a file away"),
    "reception.take_in_file": _("took a file of demands in"),
    "reception.undo_file": _("took a file of demands out again"),
    "reception.take_in_order": _("took a work order in"),
    "reception.give_back": _("gave a work order back"),
    "reception.hand_back_orders": _("handed answers of work orders back"),
}


TOPICS = {
    "demand": _("work on a demand"),
    "late": _("a limit has passed"),
    "pack": _("the emergency pack"),
}


class ReceptionConfig(AppConfig):
    name = "mulin.parlour.reception"
    label = "reception"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.flow.door import FrontDoor, register_front_door
        from mulin.commons.flow.receivers import register_listener, register_workers
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calendars import register_source
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_teller, register_under_name
        from mulin.parlour.reception import calendars, dues
        from mulin.parlour.reception.actions.demands import hear_answer, receive_need
        from mulin.parlour.reception.api import CALLS
        from mulin.parlour.reception.figures import FIGURES
        from mulin.parlour.reception.holdings import (
            erase_stories,
            erase_visits,
            stories_told,
            visits_told,
        )
        from mulin.parlour.reception.jobs import (
            escalate_late,
            forget_books,
            forget_photos,
            keep_pack,
            nudge_late_help,
            raise_offers,
            remind,
        )
        from mulin.parlour.reception.listings import LISTINGS, TABLES
        from mulin.parlour.reception.permissions import works_on_need
        from mulin.parlour.reception.queries import standings
        from mulin.parlour.reception.shown import month_for_chat, story_for_chat

        dues.register_dues()
        group = _("Reception")
        for entry in (
            Entry(
                _("What we owe"), "reception:desk", "list", HANDLER_ROLES, "desk", group, "d", 10
            ),
            Entry(_("Receive"), "reception:receive", "plus", HANDLER_ROLES, "desk", group, "", 11),
            Entry(
                _("Visits"), "reception:visits", "door-open", HANDLER_ROLES, "desk", group, "v", 12
            ),
            Entry(
                _("Return calls"), "reception:calls", "phone", DESK_ROLES, "desk", group, "c", 13
            ),
            Entry(
                _("Demands from a file"),
                "reception:imports",
                "upload",
                DESK_ROLES,
                "desk",
                group,
                "",
                14,
            ),
            Entry(
                _("Work orders"),
                "reception:orders",
                "clipboard-list",
                DESK_ROLES,
                "desk",
                group,
                "",
                15,
            ),
            Entry(
                _("Emergency pack"),
                "reception:packs",
                "siren",
                DESK_ROLES,
                "desk",
                group,
                "",
                19,
            ),
            Entry(
                _("Answer templates"),
                "reception:templates",
                "file-text",
                HANDLER_ROLES,
                "desk",
                group,
                "",
                15,
            ),
        ):
            register(entry)
        register_shared("reception.story", story_for_chat)
        register_shared("reception.month", month_for_chat)
        for name, minutes, sweep in (
            ("remind", 5, remind),
            ("escalate", 5, escalate_late),
            ("kept_photos", 360, forget_photos),
            ("visit_books", 360, forget_books),
            ("emergency_pack", 10, keep_pack),
            ("offers", 5, raise_offers),
            ("late_help", 5, nudge_late_help),
        ):
            register_sweep(f"reception.{name}", timedelta(minutes=minutes), sweep)
        register_listener("reception", hear_answer)
        register_workers("reception", works_on_need)
        register_front_door(FrontDoor(receive=receive_need, standings=standings))
        register_under_name("reception.Sending.organisation", _("Demands sent to it"))
        register_teller("reception.visit", visits_told)
        register_eraser("reception.visit", erase_visits)
        register_teller("reception.story", stories_told)
        register_eraser("reception.story", erase_stories)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Reception"))
        _register_ways()
        _register_street()
        register_source("reception.limits", calendars.limits)
        register_source("reception.calls", calendars.calls)
        for call in CALLS:
            register_call(call)
        name_verbs(VERBS)
        name_looks(
            "reception.emergencypack",
            {
                "emergency_pack": _("Reception · emergency pack, printed"),
            },
        )
        name_looks(
            "community.community",
            {
                "visits": _("Reception · visits of a day, printed"),
            },
        )
        name_topics(TOPICS)


def _register_street() -> None:
    from mulin.ground.street.registry import register_door, register_opening
    from mulin.parlour.reception.actions.street import STREET_DOOR
    from mulin.parlour.reception.models import AT_STREET
    from mulin.parlour.reception.street import OPENINGS

    register_door(AT_STREET, STREET_DOOR)
    for opening in OPENINGS:
        register_opening(opening)


def _register_ways() -> None:
    from mulin.commons.paper.registry import register as register_form
    from mulin.commons.paper.registry import register_handed
    from mulin.ground.community.ways import Way, register
    from mulin.parlour.reception.letters import HANDED
    from mulin.parlour.reception.sheets import DEMAND_SHEET
    from mulin.parlour.reception.sheets_after import ANSWER_SHEET, CALLS_SHEET

    for use in HANDED:
        register_handed(use)
    for sheet in (DEMAND_SHEET, ANSWER_SHEET, CALLS_SHEET):
        register_form(sheet)
    register(
        Way(
            what=_("Say what is broken, wanted or worrying"),
            pages=frozenset({"reception:tell", "reception:similar-told"}),
            by_call=_("Call us. We write it down in your words and read it back to you."),
            on_paper=_("Fill in the demand sheet and hand it in, or put it into the box."),
            at_the_desk="reception:receive",
            order=10,
        )
    )
    register(
        Way(
            what=_("Ask how it goes, and say whether it is solved"),
            pages=frozenset({"reception:follow"}),
            by_call=_("Tell us the number on your slip. When it is done we call you and ask."),
            on_paper=_("Ask for a visit: we bring the answer to your door."),
            at_the_desk="reception:desk",
            order=11,
        )
    )
    register(
        Way(
            what=_("Not have my matter shown to others"),
            pages=frozenset({"reception:object"}),
            by_call=_("Call us and say so; it is taken down at once."),
            on_paper=_("Write “do not show” on the slip and hand it in."),
            at_the_desk="reception:desk",
            order=12,
        )
    )
    register(
        Way(
            what=_("Join in what a neighbour has told of, and go on alone again"),
            pages=frozenset({"reception:leave"}),
            by_call=_("Call us and say which it is: yours is joined to it, or taken apart."),
            on_paper=_("Write “the same” or “another matter” on the slip and hand it in."),
            at_the_desk="reception:desk",
            order=13,
        )
    )
