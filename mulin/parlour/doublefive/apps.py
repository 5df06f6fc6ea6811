"""Ties the double five together: menu, receiver, figures, verbs, what is held of a person."""

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
}


class DoubleFiveConfig(AppConfig):
    name = "mulin.parlour.doublefive"
    label = "doublefive"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.ballots.permissions import COMMITTEE
        from mulin.commons.ballots.registry import Room, register_room
        from mulin.commons.flow.receivers import Receiver, register_receiver
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller
        from mulin.parlour.doublefive.actions.ideas import take_need
        from mulin.parlour.doublefive.actions.rolls import voting_begins
        from mulin.parlour.doublefive.actions.voting import ORIGIN
        from mulin.parlour.doublefive.figures import FIGURES
        from mulin.parlour.doublefive.holdings import (
            erase_ideas,
            erase_roll_words,
            ideas_told,
            rolls_told,
            terms_kept,
        )

        register_receiver(Receiver("doublefive", _("Double-Five"), take_need))
        register(
            Entry(_("Double-Five"), "doublefive:list", "vote", HANDLER_ROLES, "desk",
                  _("Reception"), "", 19)
        )  # fmt: skip
        register(
            Entry(_("Roll of the Double-Five"), "doublefive:rolls", "vote", COMMITTEE, "desk",
                  _("Votes"), "", 43)
        )  # fmt: skip
        register(Entry(_("Double-Five"), "doublefive:river", "vote", None, "resident", "", "", 56))
        register_teller("doublefive.idea", ideas_told)
        register_eraser("doublefive.idea", erase_ideas)
        register_teller("doublefive.roll", rolls_told)
        register_eraser("doublefive.roll", erase_roll_words)
        register_keeper(
            "doublefive.roll",
            _("For which term somebody spoke for the new residents, without a word about them."),
            terms_kept,
            article="《个人信息保护法》第47条",
        )
        register_room(
            Room(
                ORIGIN, lambda pk: reverse("doublefive:roll", args=[pk]), opened=voting_begins
            )
        )  # fmt: skip
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
        for figure in FIGURES:
            register_figure(figure)
        name_verbs(VERBS)
        name_topics({"doublefive": _("an idea for the Double-Five")})
