"""Ties the watch together: menu, figures, dues, verbs, address books, sweeps, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "alarms.raise": _("raised an alarm"),
    "alarms.climb": _("told the next step of an alarm"),
    "alarms.mend": _("set a ladder going again"),
    "alarms.miss": _("did not hear of somebody"),
    "alarms.go": _("went to an alarm"),
    "alarms.cannot": _("could not go to an alarm"),
    "alarms.arrive": _("was there at an alarm"),
    "alarms.end": _("ended an alarm"),
    "alarms.check_in": _("heard that somebody is well"),
    "alarms.watch_over": _("began to watch over somebody"),
    "alarms.set_care": _("wrote down what helpers must know"),
    "alarms.end_watch": _("watched over somebody no longer"),
    "alarms.add_contact": _("wrote down who comes"),
    "alarms.drop_contact": _("took a contact off"),
    "alarms.set_ladder": _("set who is told when"),
    "alarms.set_duty": _("set the duty phone"),
    "alarms.keep_silent": _("kept silent to try the second box"),
    "alarms.text_came": _("wrote down that the text of the second box came"),
    "alarms.open_screen": _("made an address for the duty screen"),
    "alarms.say_away": _("wrote down that somebody is away"),
    "alarms.say_back": _("wrote down that somebody is back"),
    "alarms.take_up_device": _("took a device up"),
    "alarms.change_key": _("changed the key of a device"),
    "alarms.announce_trial": _("announced a trial of a device"),
    "alarms.retire_device": _("took a device out of use"),
    "alarms.add_vendor": _("added a vendor of devices"),
}


class AlarmsConfig(AppConfig):
    name = "mulin.circle.alarms"
    label = "alarms"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.circle.alarms import dues, jobs
        from mulin.circle.alarms.actions.chain import hear_echo
        from mulin.circle.alarms.addresses import BOOKS, EAR
        from mulin.circle.alarms.api import CALLS
        from mulin.circle.alarms.figures import FIGURES
        from mulin.circle.alarms.holdings import erase_watch, watch_told
        from mulin.circle.alarms.listings import LISTINGS, TABLES
        from mulin.circle.alarms.permissions import PRESS_ROLES, SETUP_ROLES, WATCH_ROLES
        from mulin.circle.alarms.queries import PART_LOOK, SHEET_LOOK
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.addresses import register_address_book
        from mulin.ground.notify.channels.echo import register_ear
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_teller

        group = _("Watch")
        for entry in (
            Entry(_("Alarms"), "alarms:duty", "siren", WATCH_ROLES, "desk", group, "", 5),
            Entry(_("Call for help for somebody"), "alarms:press", "siren", WATCH_ROLES, "desk",
                  group, "", 4),
            Entry(_("Call for help for somebody"), "alarms:press", "siren",
                  PRESS_ROLES - WATCH_ROLES, "resident", "", "", 3),
            Entry(_("Who is watched over"), "alarms:people", "heart", WATCH_ROLES, "desk", group,
                  "", 6),
            Entry(_("Devices"), "alarms:devices", "bell", SETUP_ROLES, "desk", group, "", 7),
            Entry(_("Who is told when"), "alarms:ladder", "list", SETUP_ROLES, "desk", group, "",
                  8),
            Entry(_("Help for me"), "alarms:mine", "siren", None, "resident", "", "", 4),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Calls for help"))
        register_parts("alarms", dues.parts, *dues.TOLD)
        for kind, book in BOOKS.items():
            register_address_book(kind, book)
        register_ear(EAR, hear_echo)
        register_sweep("alarms.plan", timedelta(hours=1), jobs.plan)
        register_teller("alarms.watch", watch_told)
        register_eraser("alarms.watch", erase_watch)
        register_way(
            Way(
                what=_("Call for help, say that I am well or away"),
                pages=frozenset({"alarms:mine", "alarms:mine-act", "alarms:press"}),
                by_call=_("Call us: whoever answers raises the alarm in two touches."),
                on_paper=_("Your card beside the phone has our number; a note at the desk says when you are away."),
                at_the_desk="alarms:duty",
                order=2,
            )
        )  # fmt: skip
        register_way(
            Way(
                what=_("Say that I go to somebody who called for help"),
                pages=frozenset({"alarms:alarm", "alarms:act", "alarms:answer"}),
                by_call=_("Call the number in the text: the desk writes down that you go."),
                on_paper=_("No paper is needed: go, and tell the desk afterwards."),
                at_the_desk="alarms:duty",
                order=3,
            )
        )
        name_verbs(VERBS)
        name_looks(
            "alarms.watch",
            {
                "watch": _("Watch · keys, calls and notes of one person"),
            },
        )
        name_looks(
            "community.community",
            {
                SHEET_LOOK: _("Watch list · the whole sheet, printed"),
                PART_LOOK: _("Watch list · a part of the sheet, printed"),
            },
        )
        name_topics({"alarm": _("an alarm")})
