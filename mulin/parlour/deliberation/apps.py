"""Ties the hall together: its kind of gathering, the receiver of needs, menu, sweeps, figures."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "deliberation.propose": _("brought a matter in"),
    "deliberation.second": _("seconded a motion"),
    "deliberation.screen": _("screened a matter"),
    "deliberation.pass_on": _("passed a matter on to another room"),
    "deliberation.set_rule": _("entered a rule of meetings"),
    "deliberation.set_practice": _("entered how many second a motion"),
    "deliberation.call_meeting": _("called a meeting"),
    "deliberation.put_on_agenda": _("put a matter on an agenda"),
    "deliberation.freeze_roll": _("froze the roll of a meeting"),
    "deliberation.give_proxy": _("wrote down a proxy"),
    "deliberation.word_draft": _("worded a draft"),
    "deliberation.vote_amendment": _("wrote down a vote on other words"),
    "deliberation.open_secret": _("opened a secret vote on a point"),
    "deliberation.take_secret_result": _("took over the result of a secret vote"),
    "deliberation.decide_by_hands": _("wrote down a show of hands"),
    "deliberation.decide_by_roll_call": _("wrote down a roll call"),
    "deliberation.publish": _("published a resolution"),
    "deliberation.object": _("objected to a resolution"),
    "deliberation.read_objection": _("read an objection"),
    "deliberation.escalate_objection": _("brought an unread objection before the head"),
    "deliberation.answer_objection": _("answered an objection"),
    "deliberation.let_stand": _("let a resolution stand"),
    "deliberation.add_task": _("gave a task out of a resolution"),
    "deliberation.finish_task": _("finished a task out of a resolution"),
    "deliberation.escalate_task": _("brought a late task before the desk"),
    "deliberation.finish": _("told what became of a matter"),
    "deliberation.appraise": _("appraised what became of a matter"),
    "deliberation.argue": _("gave a reason for or against"),
    "deliberation.weigh": _("weighed a reason"),
    "deliberation.hide_argument": _("took a reason off the page"),
}


#: Under which headings the minutes of each point are written.
MINUTES = _("Who brought it in:\nFor it:\nAgainst it:\nDecided:\nWho does it, by when:")


class DeliberationConfig(AppConfig):
    name = "mulin.parlour.deliberation"
    label = "deliberation"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from django.urls import reverse

        from mulin.commons.ballots.permissions import COMMITTEE
        from mulin.commons.ballots.registry import Room, register_room
        from mulin.commons.flow.receivers import Receiver, register_receiver
        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller
        from mulin.parlour.deliberation import dues
        from mulin.parlour.deliberation.actions.matters import ROOM, take_need
        from mulin.parlour.deliberation.actions.meetings import KIND, let_go, vote_dropped
        from mulin.parlour.deliberation.api import CALLS
        from mulin.parlour.deliberation.figures import FIGURES
        from mulin.parlour.deliberation.holdings import erase_hall, hall_kept, hall_told
        from mulin.parlour.deliberation.jobs import end_publications, escalate_late
        from mulin.parlour.deliberation.listings import LISTINGS, TABLES
        from mulin.parlour.deliberation.queries import street_address
        from mulin.parlour.deliberation.rules import BALLOT_ORIGIN
        from mulin.parlour.deliberation.shown import matter_for_chat

        register_kind(
            Kind(
                KIND, _("deliberation meeting"), DESK_ROLES, is_planned_here=False, let_go=let_go,
                page=lambda pk: reverse("deliberation:meeting", args=[pk]), minutes=MINUTES,
            )
        )  # fmt: skip
        register_room(
            Room(
                BALLOT_ORIGIN, lambda _pk: reverse("deliberation:secret"), street=street_address,
                dropped=vote_dropped,
            )
        )  # fmt: skip
        register(
            Entry(_("Secret votes of meetings"), "deliberation:secret", "lock", COMMITTEE, "desk",
                  _("Votes"), "", 42)
        )  # fmt: skip
        register_receiver(Receiver(ROOM, _("Deliberation hall"), take_need))
        register(
            Entry(_("Deliberation hall"), "deliberation:desk", "users", HANDLER_ROLES, "desk",
                  _("Meetings"), "", 21)
        )  # fmt: skip
        register(
            Entry(_("What neighbours decide"), "deliberation:matters", "users", None, "resident",
                  "", "", 31)
        )  # fmt: skip
        register_parts("deliberation", dues.parts, *dues.TOLD)
        register_sweep("deliberation.publications", timedelta(hours=1), end_publications)
        register_sweep("deliberation.late_tasks", timedelta(minutes=10), escalate_late)
        register_teller("deliberation", hall_told)
        register_eraser("deliberation", erase_hall)
        register_keeper(
            "deliberation",
            _(
                "Seats of meetings, seconds and ratings, without a name: what was decided must"
                " stay countable."
            ),
            hall_kept,
            article="《个人信息保护法》第47条第2款",
        )
        register_way(
            Way(
                what=_("Bring a matter in, second it, argue, object, appraise"),
                pages=frozenset(
                    {"deliberation:propose", "deliberation:say", "deliberation:object"}
                ),
                by_call=_("Call us; we write it down in your name and read it back."),
                on_paper=_("Write it on a sheet with your name and hand it in at the desk."),
                at_the_desk="deliberation:desk",
                order=21,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Deliberation hall"))
        name_verbs(VERBS)
        register_shared("deliberation.matter", matter_for_chat)
        name_topics({"matter": _("news of the deliberation hall")})
