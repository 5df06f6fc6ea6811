"""Ties the room together: kind of gathering, menu, figures, sheets, what is owed, held and told."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "volunteers.lay_out_kinds": _("laid out the kinds of activity"),
    "volunteers.keep_kind": _("wrote a kind of activity"),
    "volunteers.end_kind": _("ended a kind of activity"),
    "volunteers.plan": _("planned a volunteers' activity"),
    "volunteers.plan_monthly": _("planned a volunteers' activity for every month"),
    "volunteers.make_coming": _("began the next volunteers' activity of a series"),
    "volunteers.set_up": _("set up a volunteers' activity"),
    "volunteers.add_shift": _("added a post"),
    "volunteers.drop_shift": _("took a post away"),
    "volunteers.decline_wish": _("said why an activity is not held"),
    "volunteers.register": _("registered a volunteer"),
    "volunteers.take_hours": _("took hours of before in"),
    "volunteers.change": _("changed what a volunteer says"),
    "volunteers.leave": _("wrote down that a volunteer left"),
    "volunteers.write_line": _("wrote a line of a volunteer's record"),
    "volunteers.join_in": _("took a post as a new volunteer"),
    "volunteers.sign_up": _("put a volunteer on a post"),
    "volunteers.sign_off": _("took a volunteer off a post"),
    "volunteers.ask_out": _("looks for somebody who takes a post over"),
    "volunteers.hand_on": _("handed a post on"),
    "volunteers.bring": _("signed up the people of an organisation"),
    "volunteers.check_in": _("signed a volunteer in"),
    "volunteers.check_out": _("signed a volunteer out"),
    "volunteers.close": _("closed a volunteers' activity"),
    "volunteers.count": _("counted the minutes of an activity"),
    "volunteers.ask_correction": _("asked for a correction of hours"),
    "volunteers.decide_correction": _("decided on a correction of hours"),
    "volunteers.ask_certificate": _("asked for a certificate of service"),
    "volunteers.issue_certificate": _("issued a certificate of service"),
    "volunteers.revoke_certificate": _("took a certificate of service back"),
    "volunteers.book": _("booked a time to be served"),
    "volunteers.cancel_appointment": _("cancelled a time to be served"),
    "volunteers.serve": _("served somebody"),
    "volunteers.hear_need": _("passed on what was said at an activity"),
    "volunteers.thank": _("thanked volunteers"),
    "volunteers.decide_thanks": _("read a word of thanks"),
    "volunteers.make_offer": _("wrote down a merchant's offer"),
    "volunteers.draw_coupon": _("gave out a coupon"),
    "volunteers.redeem": _("took a coupon in"),
}


class VolunteersConfig(AppConfig):
    name = "mulin.circle.volunteers"
    label = "volunteers"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from django.urls import reverse

        from mulin.circle.volunteers import dues, duty, ledgers
        from mulin.circle.volunteers.actions.planning import take_need
        from mulin.circle.volunteers.api import CALLS
        from mulin.circle.volunteers.figures import FIGURES
        from mulin.circle.volunteers.jobs import remind_people, see_to_activities
        from mulin.circle.volunteers.listings import PEOPLE, SERVICES, TABLES
        from mulin.circle.volunteers.queries import activity_for_chat, month_for_chat
        from mulin.circle.volunteers.rules import DUTY_KIND, KEEPERS, KIND
        from mulin.circle.volunteers.sheets import CHILD_SHEET, HELP_SHEET, REGISTER_SHEET
        from mulin.commons.flow.receivers import Receiver, register_receiver
        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.ledgers.registry import register as register_ledger
        from mulin.commons.paper.registry import register as register_form
        from mulin.commons.rota.registry import DutyKind
        from mulin.commons.rota.registry import register as register_duty
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import Role
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics

        register_kind(
            Kind(
                KIND, _("volunteers' activity"), KEEPERS, KEEPERS, is_planned_here=False,
                page=lambda pk: reverse("volunteers:of-gathering", args=[pk]),
            )
        )  # fmt: skip
        group = _("Volunteers")
        for entry in (
            Entry(_("Month of activities"), "volunteers:desk", "heart-handshake", KEEPERS, "desk",
                  group, "", 78),
            Entry(_("All volunteers"), "volunteers:people", "users", KEEPERS, "desk", group, "", 78),
            Entry(_("To decide"), "volunteers:open", "circle-check", KEEPERS, "desk", group, "", 79),
            Entry(_("Kinds and offers"), "volunteers:settings", "list", KEEPERS, "desk", group, "",
                  79),
            Entry(_("Volunteers"), "volunteers:month", "heart-handshake", None, "resident", "", "",
                  54),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(SERVICES, PEOPLE, *TABLES, room=_("Volunteers"))
        for ledger in (ledgers.PEOPLE, ledgers.HOURS):
            register_ledger(ledger)
        for sheet in (REGISTER_SHEET, CHILD_SHEET, HELP_SHEET):
            register_form(sheet)
        register_duty(
            DutyKind(
                DUTY_KIND,
                _("Volunteers' posts"),
                frozenset({Role.HEAD, Role.VOLUNTEER_LEAD}),
                people=duty.people_of,
                needs=duty.needs_of,
                here=duty.here,
                # Two posts on one day are theirs to take; nobody's night's rest is at stake.
                rest=timedelta(0),
                one_a_day=False,
            )
        )
        register_receiver(Receiver("volunteers", _("Volunteers"), take_need))
        register_shared("volunteers.activity", activity_for_chat)
        register_shared("volunteers.month", month_for_chat)
        register_parts("volunteers", dues.parts, *dues.TOLD)
        register_sweep("volunteers.activities", timedelta(minutes=10), see_to_activities)
        register_sweep("volunteers.remind", timedelta(minutes=15), remind_people)
        _register_holdings()
        register_way(
            Way(
                what=_("Help as a volunteer: take a post, sign in and out, see my hours"),
                pages=frozenset(
                    {
                        "volunteers:month", "volunteers:activity", "volunteers:join",
                        "volunteers:door",
                        "volunteers:mine", "volunteers:mine-act", "volunteers:certificate",
                    }
                ),
                by_call=_("Call us; we put you on the list and tell you your hours."),
                on_paper=_("Fill in the sheet for volunteers; at the door, sign the list that lies there."),
                at_the_desk="volunteers:desk",
                order=54,
            )
        )  # fmt: skip
        register_way(
            Way(
                what=_("Thank a volunteer"),
                pages=frozenset({"volunteers:wall"}),
                by_call=_("Call us and say it; we write it down."),
                on_paper=_("Write it on any sheet and put it into the box."),
                at_the_desk="volunteers:open",
                order=55,
            )
        )
        register_way(
            Way(
                what=_("Check a certificate, take a coupon in"),
                pages=frozenset({"volunteers:verify", "volunteers:redeem"}),
                by_call=_("Read the code to us; we look it up."),
                on_paper=_("Keep the slip; we fetch it and look it up."),
                at_the_desk="volunteers:settings",
                order=56,
            )
        )
        name_verbs(VERBS)
        name_topics({"volunteering": _("volunteers' activities")})


def _register_holdings() -> None:
    """What this room holds of a person, and what stands here under the name of an organisation;
    the sheets that are kept for them.
    """
    from mulin.circle.volunteers.holdings import erase_record, record_kept, record_told
    from mulin.circle.volunteers.papers import HANDED
    from mulin.circle.volunteers.queries import kin_known
    from mulin.commons.paper.registry import register_handed
    from mulin.ground.people.rules import (
        register_eraser,
        register_keeper,
        register_kin,
        register_teller,
        register_under_name,
    )

    register_handed(HANDED)
    register_kin("volunteers.guardian", kin_known)
    register_under_name("volunteers.Activity.organisation", _("Activities of volunteers"))
    register_under_name("volunteers.Pattern.organisation", _("Monthly activities"))
    register_under_name("volunteers.Offer.organisation", _("Merchants' offers"))
    register_teller("volunteers.record", record_told)
    register_eraser("volunteers.record", erase_record)
    register_keeper(
        "volunteers.service",
        _("Hours served and certificates issued, without a name: what was certified stays true."),
        record_kept,
        article="《志愿服务条例》第19条；民政部令第67号",
    )
