"""Ties the double five together: menu, receiver, figures, verbs, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

VERBS = {
    "doublefive.open_season": _("opened a Double-Five"),
    "doublefive.word_criteria": _("worded the criteria of a Double-Five"),
    "doublefive.name_screeners": _("named who screens ideas"),
    "doublefive.go_on": _("began the next stage of a Double-Five"),
    "doublefive.record_the_five": _("recorded what was chosen"),
    "doublefive.begin_roll": _("began the roll of a Double-Five"),
    "doublefive.word_rule": _("worded who votes"),
    "doublefive.place_by_hand": _("decided about somebody on the roll"),
    "doublefive.make_roll": _("made the roll of a vote afresh"),
    "doublefive.choose_representative": _("wrote down a representative of the new residents"),
    "doublefive.recall": _("wrote down that a representative was recalled"),
    "doublefive.draft_vote": _("fixed the terms of the vote"),
    "doublefive.count_vote": _("counted the vote"),
    "doublefive.offer_idea": _("offered an idea"),
    "doublefive.put_in_order": _("put an idea in order"),
    "doublefive.propose_merge": _("asked whether two ideas are one"),
    "doublefive.agree_to_merge": _("agreed that two ideas are one"),
    "doublefive.decline_merge": _("did not want two ideas to be one"),
    "doublefive.pass_idea": _("passed an idea"),
    "doublefive.refuse_idea": _("refused an idea"),
    "doublefive.appeal": _("appealed for an idea"),
    "doublefive.decide_appeal": _("decided an appeal"),
    "doublefive.choose_pictures": _("chose the pictures of an idea"),
    "doublefive.begin_project": _("gave a chosen idea to whoever carries it out"),
    "doublefive.give_to": _("gave a project to somebody else"),
    "doublefive.set_milestone": _("added a step to a project"),
    "doublefive.reach_milestone": _("reached a step of a project"),
    "doublefive.put_off": _("put a step of a project off"),
    "doublefive.escalate_milestone": _("brought a late step before the desk"),
    "doublefive.spend": _("wrote down money spent on a project"),
    "doublefive.picture_project": _("added photos to a project"),
    "doublefive.finish_project": _("finished a project"),
    "doublefive.follow": _("followed a project"),
    "doublefive.unfollow": _("followed a project no more"),
    "doublefive.comment": _("said something to a project"),
    "doublefive.show_comment": _("showed a comment"),
    "doublefive.hide_comment": _("did not show a comment"),
    "doublefive.answer_comment": _("answered a comment"),
    "doublefive.open_appraisal": _("drew up the roll of an appraisal"),
    "doublefive.appraise": _("appraised the five"),
    "doublefive.note_answers": _("wrote down what somebody says of the five"),
    "doublefive.put_in_box": _("noted a sheet in the box of an appraisal"),
    "doublefive.type_sheet": _("typed a sheet of an appraisal"),
    "doublefive.publish_appraisal": _("published an appraisal"),
}


class DoubleFiveConfig(AppConfig):
    name = "mulin.parlour.doublefive"
    label = "doublefive"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.ballots.permissions import COMMITTEE
        from mulin.commons.ballots.registry import Room, register_room
        from mulin.commons.flow.receivers import Receiver, register_receiver
        from mulin.commons.paper.registry import register as register_form
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller
        from mulin.parlour.doublefive.actions.ideas import take_need
        from mulin.parlour.doublefive.actions.rolls import voting_begins
        from mulin.parlour.doublefive.actions.voting import ORIGIN
        from mulin.parlour.doublefive.api import CALLS
        from mulin.parlour.doublefive.dues import TOLD, parts
        from mulin.parlour.doublefive.figures import FIGURES
        from mulin.parlour.doublefive.holdings import (
            erase_ideas,
            erase_roll_words,
            erase_said,
            ideas_told,
            roll_kept,
            rolls_told,
            said_told,
            terms_kept,
        )
        from mulin.parlour.doublefive.jobs import escalate_late
        from mulin.parlour.doublefive.sheets import APPRAISAL_SHEET
        from mulin.parlour.doublefive.shown import (
            appraisal_for_chat,
            project_for_chat,
            river_address,
            season_for_chat,
        )

        register_form(APPRAISAL_SHEET)
        register_receiver(Receiver("doublefive", _("Double-Five"), take_need))
        register(
            Entry(_("Double-Five"), "doublefive:list", "vote", HANDLER_ROLES, "desk",
                  _("Reception"), "", 19)
        )  # fmt: skip
        register(
            Entry(_("Roll of the Double-Five"), "doublefive:rolls", "vote", COMMITTEE, "desk",
                  _("Votes"), "", 43)
        )  # fmt: skip
        register(
            Entry(_("New residents' representatives"), "doublefive:representatives", "users",
                  DESK_ROLES | COMMITTEE, "desk", _("Votes"), "", 44)
        )  # fmt: skip
        register(Entry(_("Double-Five"), "doublefive:river", "vote", None, "resident", "", "", 56))
        for kind, tell, erase in (
            ("doublefive.idea", ideas_told, erase_ideas),
            ("doublefive.roll", rolls_told, erase_roll_words),
            ("doublefive.said", said_told, erase_said),
        ):
            register_teller(kind, tell)
            register_eraser(kind, erase)
        register_keeper(
            "doublefive.roll",
            _("For which term somebody spoke for the new residents, without a word about them."),
            terms_kept,
            article="《个人信息保护法》第47条",
        )
        register_room(
            Room(
                ORIGIN, lambda pk: reverse("doublefive:roll", args=[pk]), street=river_address,
                opened=voting_begins,
            )
        )  # fmt: skip
        register_keeper(
            "doublefive.appraisal",
            _(
                "That somebody stands on the roll of an appraisal that runs, without a name: each"
                " answers once. When it is published the roll is removed."
            ),
            roll_kept,
            article="《个人信息保护法》第47条",
        )
        register_parts("doublefive", parts, *TOLD)
        register_sweep("doublefive.escalate_late", timedelta(minutes=30), escalate_late)
        register_shared("doublefive.season", season_for_chat)
        register_shared("doublefive.project", project_for_chat)
        register_shared("doublefive.appraisal", appraisal_for_chat)
        register_way(
            Way(
                what=_("Follow a project of the Double-Five, say something to it, appraise it"),
                pages=frozenset(
                    {"doublefive:carried", "doublefive:carried-say", "doublefive:appraise"}
                ),
                by_call=_("Call us: we tell you of each step, and write down what you say."),
                on_paper=_("Take a sheet at the desk, make your crosses, put it into the box."),
                at_the_desk="doublefive:list",
                order=32,
            )
        )
        register_way(
            Way(
                what=_("Offer an idea for the Double-Five and follow it"),
                pages=frozenset(
                    {"doublefive:offer", "doublefive:mine", "doublefive:merge-answer",
                     "doublefive:appeal"}
                ),
                by_call=_("Call us: we write your idea down and call you when there is a question."),
                on_paper=_("Write it on a sheet of paper with your phone number and hand it in."),
                at_the_desk="doublefive:list",
                order=31,
            )
        )  # fmt: skip
        register_way(
            Way(
                what=_("Say that you are missing on the roll of voters"),
                pages=frozenset({"doublefive:missing"}),
                by_call=_("Call us: the election committee looks you up and answers."),
                on_paper=_("Write your name and why you belong on the roll, and hand it in."),
                at_the_desk="doublefive:list",
                order=32,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        _offer_lists()
        name_verbs(VERBS)
        name_topics({"doublefive": _("an idea for the Double-Five")})


def _offer_lists() -> None:
    from mulin.ground.downloads.registry import register
    from mulin.parlour.doublefive.listings import APPRAISED, LISTINGS, TABLES

    register(*LISTINGS, APPRAISED, *TABLES, room=_("Double-Five"))
