"""How a vote is told in a chat group: the call to vote, and what was published."""

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.commons.ballots import queries
from mulin.commons.ballots.rules import State
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.kit.templatetags.kit import dated

#: Groups of constituencies that a chat window shows.
MOST_LINES = 6


def vote_for_chat(ref: str, by: Actor) -> Shared | None:
    """A vote that everybody may know of. While it runs, how many have voted is told, never what."""
    election = queries.shown_elections().filter(code=ref).first()
    if election is None or election.is_trial:
        return None
    path = reverse("ballots:board", args=[election.code])
    if election.is_published:
        counted = tuple(
            _("%(title)s: %(taken)s of %(size)s took a ballot")
            % {"title": one.constituency.title, "taken": one.taken, "size": one.on_roll}
            for one in queries.turnout(election)[:MOST_LINES]
        )
        return Shared(
            title=_("%(vote)s: the result is published") % {"vote": election.title},
            lines=(*counted, _("Anybody may count it again.")),
            path=path,
        )
    if election.stage is State.OPEN:
        return Shared(
            title=_("%(vote)s: please vote") % {"vote": election.title},
            lines=(
                _("Until %(moment)s.") % {"moment": dated(election.closes_at)},
                _("Online, on paper at the desk, or call us and the box comes to your door."),
                _("Your vote is secret; each on the roll has one."),
            ),
            path=path,
        )
    if election.stage is State.FROZEN:
        lines = (
            _("The roll is settled. Voting begins when the committee opens it.")
            if election.waits_for_opening
            else _("The roll is settled. Voting is from %(opens)s to %(closes)s.")
            % {"opens": dated(election.opens_at), "closes": dated(election.closes_at)},
        )
    else:
        lines = (_("The urn is closed. The result is published when it is counted."),)
    return Shared(title=election.title, lines=lines, path=path)
