"""Matters as another office's program reads them."""

from mulin.ground.community.rules import Scope
from mulin.parlour.deliberation.actions.matters import propose
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


def test_matters_are_told_as_a_passer_by_reads_them(client, cast, lamp):
    propose(
        title="还没有筛的事", words="等人看", origin="committee", by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    told = caller.get("matters/")
    states = {one["title"]: one["state"] for one in told.json()["rows"]}
    assert states["弄堂口装路灯"] == "admitted"
    assert "proposed" not in states.values()
    assert cast.yong.person.name not in str(told.json())
