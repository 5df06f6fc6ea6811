"""A vote that runs: drafted, its roll frozen, its keys held by three. All invented.

The shares of its urn lie beside the demonstration's password, so that whoever tries it can open the
urn as three key holders would; of a real vote they are on no server.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from mulin.commons.ballots.actions.elections import draft_election, open_election
from mulin.commons.ballots.actions.holders import confirm_share, keep_urn_key, pass_test
from mulin.commons.ballots.actions.rolls import freeze_roll, put_on_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Election, RollEntry
from mulin.commons.ballots.opener import public_of, split, unseal
from mulin.commons.ballots.rules import Mark, Terms
from mulin.ground.community.rules import Actor
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.lifelike import ago

_SECRET_BITS = 255
#: Every so many of the roll took paper already.
_EVERY = 20


def hold_a_vote(
    *, committee: Actor, holders: Sequence[Actor], people: Iterable[int], now: datetime
) -> Election:
    """Open a vote among these people, two days ago and for five more."""
    begun = ago(now, 2, 8)
    election = draft_election(
        Terms(
            title="桂花广场的长凳放在哪里",
            options=(("1", "树荫下，面向草地"), ("2", "健身路径旁边"), ("3", "靠近公交站")),
            constituencies=(("all", "全体选民", "住在社区、年满十八周岁的人"),),
            max_choices=1, opens_at=begun, closes_at=end_of_day(local_day(now) + timedelta(days=5)),
            rule="得票最多的一处。票数相同，由居委会当众抽签。",
        ),
        by=committee, now=begun - timedelta(days=3),
    )  # fmt: skip
    put_on_roll(election, {"all": people}, by=committee, now=begun - timedelta(days=3))
    election = freeze_roll(election, by=committee, now=begun - timedelta(days=1))
    secret = secrets.randbits(_SECRET_BITS) + 1
    election = keep_urn_key(election, key=public_of(secret), by=committee, now=begun)
    for holder in holders:
        confirm_share(election, by=holder, now=begun)
    word = unseal(secret, election.code, election.test_envelope).rstrip(b"\0").decode("ascii")
    pass_test(election, word=word, by=holders[0], now=begun)
    election = open_election(election, by=committee, now=begun)
    _keep_shares(election, secret)
    for entry in list(RollEntry.objects.filter(election=election))[::_EVERY]:
        hand_out(entry, way=Mark.PAPER, by=committee, now=begun + timedelta(hours=3))
    return election


def _keep_shares(election: Election, secret: int) -> None:
    path = Path(settings.DATA_DIR, f"demo-urn-{election.code}.json")
    path.write_text(json.dumps({"shares": split(secret)}), encoding="utf-8")
    path.chmod(0o600)
