"""Ideas as another office's program reads them."""

import pytest

from mulin.ground.community.rules import Scope
from mulin.parlour.suggestions.actions.ideas import answer_idea, take_stand
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


@pytest.fixture
def caller(client, cast, xinjie):
    return Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])


def test_ideas_are_told_with_their_answer_and_without_whose_they_are(caller, cast, trees, bring):
    bring("不记名先看一看的主意")  # held for a look: nobody reads it yet
    take_stand(trees, side="for", by=cast.xu.actor, now=NOW)
    answer_idea(trees, words="明年春天种六棵。", by=cast.zhou.actor, now=NOW)
    told = caller.get("ideas/")
    (found,) = told.json()["rows"]
    assert (found["number"], found["state"], found["answer"]) == (
        str(trees.need.number), "answered", "明年春天种六棵。",
    )  # fmt: skip
    assert found["words"] == "桂花广场多种几棵桂花树"
    assert found["supporters"] == 2
    assert cast.yong.person.name not in str(told.json())


def test_ideas_are_found_by_their_day_and_by_having_no_answer(caller, cast, trees, bring):
    second = bring("车棚装灯", cast.shen)
    answer_idea(trees, words="明年种。", by=cast.zhou.actor, now=NOW)
    found = caller.get("ideas/?only_open=true").json()["rows"]
    assert [one["number"] for one in found] == [str(second.need.number)]
    assert caller.get("ideas/?since=2027-01-01").json()["rows"] == []
    assert len(caller.get("ideas/?until=2027-01-01").json()["rows"]) == 2
