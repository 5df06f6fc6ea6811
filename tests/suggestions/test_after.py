"""What happens after an idea was adopted comes back to it; limits are entered; all are compared."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.actions import add_step
from mulin.commons.flow.models import Link, Need
from mulin.ground.notify.models import Message
from mulin.kit.ranking import closeness, shares_a_pair
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.actions.demands import answer_demand, take_demand
from mulin.parlour.reception.models import Demand
from mulin.parlour.suggestions import queries
from mulin.parlour.suggestions.actions.ideas import adopt_idea, merge_ideas, set_times
from mulin.parlour.suggestions.holdings import erase_stands
from mulin.parlour.suggestions.models import Idea, IdeaPair, PairCount
from mulin.parlour.suggestions.queries import afterwards, similar_ideas, times_on
from mulin.parlour.suggestions.rules import Times, pairs_of
from tests.clock import NOW

LATER = NOW + timedelta(hours=2)


def told(member):
    """What was written to a member of the cast, on the roll or by their account alone."""
    kind, who = ("person", member.person) if member.person else ("account", member.account)
    rows = Message.objects.filter(recipient_kind=kind, recipient_id=who.pk)
    return list(rows.order_by("id").values_list("body", flat=True))


@pytest.fixture
def adopted(cast, bring, trees):
    """阿勇's idea, with which 沈阿姨's goes, became a demand that was answered."""
    other = bring("广场上种桂花树", cast.shen)
    merge_ideas(other, into=trees, by=cast.chen.actor, now=NOW)
    adopt_idea(trees, to="demand", why="园林队来看", by=cast.chen.actor, now=NOW)
    demand = Demand.objects.get()
    take_demand(demand, by=cast.chen.actor, now=LATER)
    words = f"种了三棵，{cast.yong.person.name}家门口一棵，电话 13812345678"
    answer_demand(demand, by=cast.chen.actor, words=words, now=LATER + timedelta(hours=1))
    trees.refresh_from_db()
    return trees


ANSWERED = "提这个点子的人已经收到答复。"


def test_that_the_adopting_room_answered_stands_on_the_page_and_not_what(adopted, cast, client):
    later = afterwards(adopted)
    assert [one.words for one in later].count(ANSWERED) == 1
    said = " ".join(one.words for one in later)
    assert cast.yong.person.name not in said
    assert cast.chen.account.display_name not in said
    assert "13812345678" not in said
    page = client.get(f"/suggestions/{adopted.pk}/?community=xinjie").content.decode()
    assert ANSWERED in page
    assert "种了三棵" not in page
    assert "13812345678" not in page


def test_all_authors_are_told_at_each_step_and_none_twice(adopted, cast):
    for member in (cast.yong, cast.shen):
        answers = [body for body in told(member) if "种了三棵" in str(body)]
        assert len(answers) == 1, member


@pytest.mark.parametrize("name", [None, "shen"], ids=["a passer-by", "an account alone"])
def test_who_does_not_stand_on_the_roll_follows_by_the_idea(cast, bring, name):
    member = getattr(cast, name) if name else None
    idea = bring("门口装一面镜子", member)
    Idea.objects.filter(pk=idea.pk).update(state="open", look_by=None)
    adopt_idea(idea, to="demand", why="装一面", by=cast.chen.actor, now=NOW)
    demand = Demand.objects.get()
    take_demand(demand, by=cast.chen.actor, now=LATER)
    answer_demand(demand, by=cast.chen.actor, words="镜子装好了", now=LATER)
    lines = idea.need.steps.values_list("line", flat=True)
    assert any("镜子装好了" in line for line in lines)
    if member is not None:
        assert sum("镜子装好了" in str(body) for body in told(member)) == 1
    idea.refresh_from_db()
    assert sum(one.words == ANSWERED for one in afterwards(idea)) == 1


def test_what_was_handed_over_comes_back_and_what_is_sealed_does_not(adopted, cast):
    need = Need.objects.get(pk=Link.objects.get(kind="grew_out_of").from_id)
    add_step(need, by=cast.chen.actor, kind="came_back", line="园林队回话了", now=LATER)
    add_step(need, by=cast.chen.actor, kind="x", line="内部的话", now=LATER, is_for_asker=False)
    add_step(need, by=cast.chen.actor, kind="note", line="我说的话", now=LATER)
    words = [one.words for one in afterwards(adopted)]
    assert words.count(ANSWERED) == 2  # the answer, and what came back; no note of anybody
    assert not {"园林队回话了", "内部的话", "我说的话"} & set(words)
    Need.objects.filter(pk=need.pk).update(is_sealed=True)
    assert ANSWERED not in [one.words for one in afterwards(adopted)]


def test_limits_hold_from_their_day_on_and_what_came_before_keeps_its_own(cast, bring, trees):
    due = trees.due_at
    set_times(since=LATER.date(), look_workdays=1, answer_workdays=5, source="议事会 2026-11",
              by=cast.zhou.actor, now=NOW)  # fmt: skip
    assert times_on(NOW) == Times(1, 5)
    assert times_on(NOW - timedelta(days=1)) == Times()
    trees.refresh_from_db()
    assert trees.due_at == due
    assert bring("再想一个点子", cast.yong).due_at < due


@pytest.mark.parametrize(
    ("change", "field"),
    [({"source": " "}, "source"), ({"since": (NOW - timedelta(days=2)).date()}, "since"),
     ({"look_workdays": 9}, "answer_workdays"), ({"look_workdays": 0}, "answer_workdays")],
)  # fmt: skip
def test_a_limit_needs_a_source_a_day_to_come_and_an_order(cast, xinjie, change, field):
    values = {"since": NOW.date(), "look_workdays": 2, "answer_workdays": 5, "source": "议事会"}
    with pytest.raises(Refused) as refusal:
        set_times(**values | change, by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == field
    with pytest.raises(NotPermitted):
        set_times(**values, by=cast.chen.actor, now=NOW)


def test_the_head_enters_limits_on_the_page_and_the_desk_reads_them(cast, xinjie, client):
    typed = {"since": str(NOW.date()), "look_workdays": "1", "answer_workdays": "7",
             "source": "议事会第 9 次", "token": "t"}  # fmt: skip
    refused = cast.enter(client, cast.zhou).post("/suggestions/times/", typed | {"source": ""})
    assert refused.context["form"].errors["source"]
    assert client.post("/suggestions/times/", typed).status_code == 302
    assert (
        "议事会第 9 次" in cast.enter(client, cast.chen).get("/suggestions/times/").content.decode()
    )


def test_an_idea_of_long_ago_is_found_among_many_and_ranked_by_its_words(bring, cast, xinjie):
    old = bring("桂花广场装一台直饮水机", cast.yong)
    for number in range(60):
        bring(f"广场上的第{number}盏灯换成亮的", cast.shen)
    assert similar_ideas("广场能不能装直饮水机")[0] == old
    assert similar_ideas("👍") == []
    assert similar_ideas("一") == []
    with CaptureQueriesContext(connection) as few:
        similar_ideas("广场的灯")
    assert len(few) == 4


def test_an_erasure_takes_the_pairs_of_their_words(trees, cast, bring):
    other = bring("桂花树下放长凳", cast.shen)
    assert counted()["桂花"] == 2
    for _turn in range(2):
        erase_stands(cast.yong.person.pk)
    assert set(IdeaPair.objects.values_list("idea", flat=True)) == {other.pk}
    assert counted() == dict.fromkeys(pairs_of(other.need.words), 1)


def counted():
    """In how many ideas each pair stands by the counts that are kept; none without any."""
    return dict(PairCount.objects.filter(count__gt=0).values_list("pair", "count"))


#: Whoever types says some of this: the parts come again and again, so that many ideas share pairs.
_WHERE = ("桂花广场", "门岗旁边", "3号楼下", "健身步道", "小学门口")
_WHAT = ("多装几盏路灯", "放两条长凳", "修一修水沟", "种桂花树", "画停车线", "装直饮水机")
_WHY = ("晚上太黑", "老人走累了", "一下雨就积水", "夏天没有树荫")


def alike_by_hand(typed, said, *, read, candidates, most):
    """The same answer without a database: rare pairs first, as many texts as fit into what is read,
    those that share most, then the closest by words.
    """
    held = {}
    for at, words in enumerate(said):
        for pair in pairs_of(words):
            held.setdefault(pair, []).append(at)
    chosen, so_far = [], 0
    for count, pair in sorted((len(held[pair]), pair) for pair in pairs_of(typed) if pair in held):
        if not chosen or so_far + count <= read:
            chosen.append(pair)
            so_far += count
    shared = Counter(at for pair in chosen for at in held[pair])
    near = sorted(shared, key=lambda at: (-shared[at], -at))[:candidates]
    scores = dict(zip(near, closeness(typed, [said[at] for at in near]), strict=True))
    ranked = sorted(near, key=lambda at: (-scores[at], -at))
    return [at for at in ranked if shares_a_pair(typed, said[at])][:most]


@pytest.mark.parametrize(("read", "candidates"), [(25_000, 400), (30, 400), (25_000, 12), (20, 9)])
def test_both_databases_find_what_is_found_by_hand(
    bring, cast, xinjie, monkeypatch, read, candidates
):
    monkeypatch.setattr(queries, "_READ", read)
    monkeypatch.setattr(queries, "_CANDIDATES", candidates)
    parts = [(one, two, three) for one in _WHERE for two in _WHAT for three in _WHY]
    said = [f"{one}{two}，{three}" for one, two, three in parts[::3]]
    ideas = [bring(words, cast.yong).pk for words in said]
    assert counted() == Counter(pair for words in said for pair in pairs_of(words))
    for typed in ("广场晚上太黑，装灯吧", "下雨积水，水沟堵了", "小学门口没有停车线", "桂花"):
        by_hand = alike_by_hand(typed, said, read=read, candidates=candidates, most=5)
        assert [ideas.index(one.pk) for one in similar_ideas(typed)] == by_hand
