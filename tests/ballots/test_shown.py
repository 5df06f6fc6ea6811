"""How a vote is told in a chat group."""

from mulin.commons.ballots.models import Election
from mulin.commons.ballots.shown import vote_for_chat


def test_a_vote_is_told_by_how_it_stands_and_a_trial_never(cast, vote):
    election = vote.draft().enrol().freeze().election
    told = {}
    for state in ("frozen", "open", "sealed", "published"):
        Election.objects.update(state=state)
        told[state] = vote_for_chat(election.code, cast.chen.actor)
    assert len({one.title + "".join(one.lines) for one in told.values()}) == 4
    assert {one.path for one in told.values()} == {f"/ballots/board/{election.code}/"}
    Election.objects.update(is_trial=True)
    assert vote_for_chat(election.code, cast.chen.actor) is None
    Election.objects.update(is_trial=False, state="posted")
    assert vote_for_chat(election.code, cast.chen.actor) is None
