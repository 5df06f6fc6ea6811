"""Votes as another office's program reads them."""

from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.ballots.conftest import AFTER
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


def test_a_vote_is_told_from_its_freeze_on_and_its_board_once_it_is_published(client, cast, vote):
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    with standing_still(NOW):
        vote.draft().enrol()
        assert caller.get("votes/").json()["rows"] == []
        vote.freeze().ready().open()
        (found,) = caller.get("votes/").json()["rows"]
    assert (found["code"], found["state"]) == (vote.election.code, "open")
    assert found["board_file"] is None
    assert client.get(found["board"]).status_code == 200
    with standing_still(AFTER):
        vote.seal()
        (found,) = caller.get("votes/").json()["rows"]
    assert (found["state"], found["board_file"]) == (
        "opened",
        None,
    )  # nobody voted online: nothing to open
