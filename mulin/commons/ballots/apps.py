"""Ties ballots together: verbs, sweeps, menu, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "ballots.draft_election": _("prepared a vote"),
    "ballots.put_on_roll": _("put people on the roll of a vote"),
    "ballots.post_roll": _("posted the roll of a vote"),
    "ballots.object_to_roll": _("objected to the roll of a vote"),
    "ballots.answer_objection": _("answered an objection to a roll"),
    "ballots.freeze_roll": _("froze the roll of a vote"),
    "ballots.correct_roll": _("corrected a frozen roll by protocol"),
    "ballots.keep_urn_key": _("entered the key of an urn"),
    "ballots.confirm_share": _("confirmed a share of an urn's key"),
    "ballots.pass_test": _("opened the test envelope of an urn"),
    "ballots.open_election": _("opened a vote"),
    "ballots.extend_vote": _("extended a vote"),
    "ballots.withdraw_vote": _("withdrew a vote before its opening"),
    "ballots.wipe_trial": _("wiped a trial vote"),
    "ballots.seal_urn": _("sealed an urn and destroyed its signing keys"),
    "ballots.take_in_opened": _("brought the opened ballots of an urn"),
    "ballots.explain_urn": _("explained the sum of an urn"),
    "ballots.print_ballots": _("printed paper ballots"),
    "ballots.note_box": _("wrote down what was in a ballot box"),
    "ballots.take_in_pictures": _("took in pictures of paper ballots"),
    "ballots.settle_picture": _("said what becomes of a picture of a paper ballot"),
    "ballots.read_sheet": _("read a paper ballot"),
    "ballots.draw_sample": _("drew which paper ballots are counted again by hand"),
    "ballots.draw_checks": _("drew which voters are asked whether they took a ballot"),
    "ballots.note_check": _("asked a voter whether they took a ballot"),
    "ballots.decide_sheet": _("decided an unclear paper ballot"),
    "ballots.count_by_hand": _("counted a paper ballot again by hand"),
    "ballots.explain_box": _("explained the sum of a ballot box"),
    "ballots.read_anew": _("put aside what was read of a vote, to be read anew"),
    "ballots.complain": _("said that a vote did not go right"),
    "ballots.answer_complaint": _("answered a complaint about a vote"),
    "ballots.publish": _("published a vote"),
    "ballots.forget_roll": _("removed the roll of a vote that is over"),
}


class BallotsConfig(AppConfig):
    name = "mulin.commons.ballots"
    label = "ballots"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.ballots import dues
        from mulin.commons.ballots.actions.paper import JOB
        from mulin.commons.ballots.api import CALLS
        from mulin.commons.ballots.figures import FIGURES
        from mulin.commons.ballots.holdings import erase_words, rolls_kept, rolls_told
        from mulin.commons.ballots.jobs import end, forget, read, take_up
        from mulin.commons.ballots.listings import LISTINGS
        from mulin.commons.ballots.permissions import COMMITTEE, HOLDERS, OBSERVERS
        from mulin.commons.ballots.shown import vote_for_chat
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller

        register_listing(*LISTINGS, room=_("Votes"))
        name_verbs(VERBS)
        name_looks(
            "ballots.sheetpicture",
            {
                "sheet": _("Votes · picture of paper ballots"),
            },
        )
        register_parts("ballots", dues.parts, *dues.TOLD)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_shared("ballots.vote", vote_for_chat)
        for entry in (
            Entry(_("Votes"), "ballots:votes", "vote", COMMITTEE, "desk", _("Votes"), "", 40),
            Entry(_("Keys and observing"), "ballots:watched", "lock", HOLDERS | OBSERVERS, "desk",
                  _("Votes"), "", 41),
            Entry(_("My votes"), "ballots:mine", "vote", None, "resident", "", "", 45),
            Entry(_("Votes of the community"), "ballots:boards", "list", None, "resident", "", "",
                  46),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                what=_("Vote secretly"),
                pages=frozenset({"ballots:mine", "ballots:vote", "ballots:draw", "ballots:object"}),
                by_call=_("Call us: somebody brings a sheet and a sealed box to your door."),
                on_paper=_(
                    "Take a sheet at the desk, mark it behind the screen, put it into the box."
                ),
                at_the_desk="ballots:votes",
                order=25,
            )
        )
        register_way(
            Way(
                what=_("Say that something did not go right with a vote"),
                pages=frozenset({"ballots:complain"}),
                by_call=_("Call us: we write it down, and tell you the answer."),
                on_paper=_("Write it on a sheet and hand it in at the desk."),
                at_the_desk="ballots:votes",
                order=26,
            )
        )
        name_topics({"vote": _("an answer about a vote")})
        register_sweep("ballots.end", timedelta(minutes=5), end, opens_own_scope=True)
        register_job(JOB, read, opens_own_scope=True)
        register_sweep("ballots.take_up", timedelta(minutes=5), take_up)
        register_sweep("ballots.forget", timedelta(hours=12), forget)
        register_teller("ballots.roll", rolls_told)
        register_eraser("ballots.roll", erase_words)
        register_keeper(
            "ballots.roll",
            _(
                "That somebody stood on the roll of a vote and took a ballot, without a name: the"
                " vote must stay countable until complaints are over; then the roll is removed."
                " What was voted is nobody's and cannot be found."
            ),
            rolls_kept,
            article="《个人信息保护法》第47条",
        )
