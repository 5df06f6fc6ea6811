"""What a vote asks of whom: a ballot of voters, an answer of the committee, a key of its holders."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Complaint, Election, Objection, RollEntry, Share
from mulin.commons.ballots.permissions import may_hold, may_hold_key, may_observe
from mulin.commons.ballots.rules import Mark, State
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, Tell, line_of_mine
from mulin.ground.community.rules import Harm

#: Observers know so long before that a vote ends.
_BEFORE: Final = timedelta(days=3)


def parts(asked: Asked) -> Iterator[Part]:
    """Each holds one hand of a vote; nobody's ballot is told of, only that one's own is not taken."""
    actor = asked.actor
    if actor.person_id is not None:
        mine = RollEntry.objects.filter(person=actor.person_id, mark=Mark.NOT_TAKEN)
        yield Part(
            "ballots.vote",
            mine.filter(
                election__state=State.OPEN, election__opens_at__lte=asked.now,
                election__closes_at__gt=asked.now,
            ),
            harm=Harm.COURTESY, due="election__closes_at",
            said=("election__title", "election__code"),
        )  # fmt: skip
    if may_hold(actor):
        yield Part(
            "ballots.objection",
            Objection.objects.filter(answered_on__isnull=True, election__state=State.POSTED),
            harm=Harm.PROMISE, due="election__opens_at",
            said=("election__title", "election__code"),
        )  # fmt: skip
        yield Part(
            "ballots.complaint", Complaint.objects.filter(answered_on__isnull=True),
            harm=Harm.PROMISE, due="election__closes_at",
            said=("election__title", "election__code"),
        )  # fmt: skip
        yield Part(
            "ballots.publish", Election.objects.filter(state=State.OPENED), harm=Harm.PROMISE,
            due="closes_at", said=("title", "code"),
        )  # fmt: skip
    if may_hold_key(actor):
        given = Share.objects.filter(holder=actor.account_id).values("election")
        yield Part(
            "ballots.share",
            Election.objects.filter(state=State.FROZEN).exclude(urn_key="").exclude(pk__in=given),
            harm=Harm.COLLEAGUE, due="opens_at", said=("title", "code"),
        )  # fmt: skip
        yield Part(
            "ballots.open", Election.objects.filter(state=State.SEALED), harm=Harm.PROMISE,
            due="closes_at", said=("title", "code"),
        )  # fmt: skip
    if may_observe(actor):
        soon = Election.objects.filter(
            state__in=[State.OPEN, State.SEALED], closes_at__lte=asked.until + _BEFORE
        )
        yield Part(
            "ballots.observe", soon, harm=Harm.COLLEAGUE, due="closes_at", said=("title", "code")
        )


def _tell(page: str, why: str | Promise) -> Tell:
    def tell(asked: Asked, row: Found) -> Due:
        url = reverse(page, args=[row.said[1]])
        return line_of_mine(asked, row, what=row.said[0], why=why, url=url)

    return tell


TOLD: Final = (
    (
        Kind("ballots.vote", _("votes to cast"), "ballots:mine"),
        _tell("ballots:vote", _("you may vote and have not taken your ballot")),
    ),
    (
        Kind("ballots.objection", _("objections to rolls"), "ballots:votes"),
        _tell("ballots:held", _("somebody says that the roll is wrong")),
    ),
    (
        Kind("ballots.complaint", _("complaints about votes"), "ballots:votes"),
        _tell("ballots:held", _("somebody says that something did not go right")),
    ),
    (
        Kind("ballots.publish", _("votes to publish"), "ballots:votes"),
        _tell("ballots:held", _("it is opened and not published yet")),
    ),
    (
        Kind("ballots.share", _("shares of keys to confirm"), "ballots:watched"),
        _tell("ballots:holder", _("say that your share is in your hand, or it can't begin")),
    ),
    (
        Kind("ballots.open", _("urns to open"), "ballots:watched"),
        _tell("ballots:holder", _("it is sealed: two key holders open it")),
    ),
    (
        Kind("ballots.observe", _("votes to observe"), "ballots:watched"),
        _tell("ballots:observer", _("be there when it is counted")),
    ),
)
