"""An idea from its first word to its answer; who counts, who is told, who may not."""

from datetime import timedelta

import pytest

from mulin.commons.flow import receivers
from mulin.commons.flow.models import Link, Need, Step
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.suggestions.actions.ideas import (
    adopt_idea,
    answer_idea,
    bring_idea,
    merge_ideas,
    show_idea,
    take_stand,
    turn_away,
)
from mulin.parlour.suggestions.holdings import erase_stands, stands_told
from mulin.parlour.suggestions.models import Idea, Stand
from mulin.parlour.suggestions.queries import longest_waiting, reasons
from mulin.parlour.suggestions.rules import State
from tests.clock import NOW


def lines(need):
    return list(Step.objects.filter(need=need).order_by("id").values_list("kind", flat=True))


def numbers(idea):
    idea.refresh_from_db()
    return idea.supporters, idea.objectors


def test_a_form_sent_twice_brings_one_idea(bring, cast):
    first = bring("装一个快递柜", cast.yong, token="t")
    assert bring("装一个快递柜", cast.yong, token="t") == first
    assert (Idea.objects.count(), Need.objects.count()) == (1, 1)


def test_whoever_is_known_is_shown_at_once_and_supports_it(trees):
    assert (trees.state, trees.look_by, numbers(trees)) == (State.OPEN, None, (1, 0))
    assert lines(trees.need) == ["received"]


def test_what_comes_without_a_name_is_held_then_shown(bring, cast):
    idea = bring("楼道里装扶手")
    assert (idea.state, numbers(idea)) == (State.HELD, (0, 0))
    assert idea.look_by < idea.due_at
    show_idea(idea, by=cast.chen.actor, now=NOW)
    assert (idea.state, idea.look_by) == (State.OPEN, None)
    with pytest.raises(TakenMeanwhile):
        show_idea(idea, by=cast.zhou.actor, now=NOW)


@pytest.mark.parametrize("words", ["好", "👍👍", "!!"])
def test_without_words_it_is_no_idea(bring, cast, words):
    with pytest.raises(Refused) as refusal:
        bring(words, cast.yong)
    assert refusal.value.field == "words"
    assert Need.objects.count() == 0


def test_it_is_turned_away_for_a_reason_of_the_list_only(bring, cast):
    idea = bring("加微信办贷款")
    with pytest.raises(Refused):
        turn_away(idea, refusal="we do not like it", by=cast.chen.actor, now=NOW)
    turn_away(idea, refusal="advertises", by=cast.chen.actor, now=NOW)
    assert (idea.state, idea.refusal) == (State.TURNED_AWAY, "advertises")
    assert lines(idea.need) == ["received", "turned_away"]


def test_each_counts_once_and_the_last_word_counts(trees, cast):
    take_stand(trees, side="for", by=cast.shen.actor, now=NOW, token="t")
    take_stand(trees, side="for", by=cast.shen.actor, now=NOW, token="t")
    assert numbers(trees) == (2, 0)
    take_stand(trees, side="against", reason="秋天花粉过敏", by=cast.shen.actor, now=NOW)
    assert numbers(trees) == (1, 1)
    assert [row.reason for row in reasons(trees)[1]] == ["秋天花粉过敏"]


def test_an_objection_needs_a_reason(trees, cast):
    with pytest.raises(Refused) as refusal:
        take_stand(trees, side="against", by=cast.shen.actor, now=NOW)
    assert refusal.value.field == "reason"


def test_a_passer_by_cannot_be_counted(trees, cast):
    with pytest.raises(NotPermitted):
        take_stand(trees, side="for", by=cast.wang.actor, now=NOW)


def test_merging_keeps_every_author_and_counts_each_once(bring, trees, cast):
    same = bring("广场上桂花树太少", cast.shen)
    take_stand(same, side="for", by=cast.yong.actor, now=NOW)
    take_stand(same, side="for", by=cast.xu.actor, now=NOW)
    merge_ideas(same, into=trees, by=cast.chen.actor, now=NOW)
    # 阿勇 supports both and counts once, beside 老许 and 沈阿姨, whose idea the other was.
    assert numbers(trees) == (3, 0)
    same.refresh_from_db()
    assert (same.state, same.lead) == (State.MERGED, trees)
    answer_idea(trees, words="明年春天种六棵。", by=cast.zhou.actor, now=NOW)
    assert lines(same.need)[-1] == "answered"


def test_what_was_merged_before_goes_along(bring, trees, cast):
    first, second = bring("多种树", cast.yong), bring("树太少了", cast.yong)
    merge_ideas(first, into=second, by=cast.chen.actor, now=NOW)
    merge_ideas(second, into=trees, by=cast.chen.actor, now=NOW)
    assert set(trees.merged.all()) == {first, second}
    assert set(Need.objects.filter(goes_with=trees.need)) == {first.need, second.need}


def test_it_cannot_go_with_itself_or_with_what_is_over(bring, trees, cast):
    with pytest.raises(Refused):
        merge_ideas(trees, into=trees, by=cast.chen.actor, now=NOW)
    over = bring("装路灯", cast.yong)
    answer_idea(over, words="已经装了。", by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        merge_ideas(trees, into=over, by=cast.chen.actor, now=NOW)


def test_the_answer_reaches_its_author_and_ends_it(trees, cast):
    answer_idea(trees, words="地下是管线，种不了树，改摆花箱。", by=cast.chen.actor, now=NOW)
    assert (trees.state, trees.answer[:4], trees.ended_at) == (State.ANSWERED, "地下是管", NOW)
    assert Message.objects.filter(topic="need").exists()
    with pytest.raises(Refused):
        take_stand(trees, side="for", by=cast.shen.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        answer_idea(trees, words="又一个答复", by=cast.zhou.actor, now=NOW)


def test_adopted_as_a_demand_somebody_looks_after_it(trees, cast):
    adopt_idea(trees, to="demand", why="园林公司下月来看。", by=cast.chen.actor, now=NOW)
    demand = Need.objects.exclude(pk=trees.need.pk).get()
    assert (demand.words, demand.person, demand.room) == (
        trees.need.words, cast.yong.person, "reception",
    )  # fmt: skip
    assert Link.objects.filter(kind="grew_out_of", to_id=trees.need.pk).exists()
    assert trees.state == State.ADOPTED
    assert lines(trees.need)[-1] == "adopted"


def test_adopted_by_a_room_that_takes_needs_over(trees, cast, monkeypatch):
    monkeypatch.setattr(receivers, "_receivers", {})
    receivers.register_receiver(receivers.Receiver("hall", "议事堂", lambda need, *_rest: need))
    adopt_idea(trees, to="hall", why="下次议事会讨论。", by=cast.chen.actor, now=NOW)
    trees.need.refresh_from_db()
    assert (trees.need.room, trees.adopted_into) == ("hall", "议事堂")
    with pytest.raises(Refused):
        adopt_idea(trees, to="nowhere", why="x", by=cast.chen.actor, now=NOW)


def test_only_the_desk_answers(trees, cast):
    for member in (cast.sun, cast.yong, cast.xu):
        with pytest.raises(NotPermitted):
            answer_idea(trees, words="好的好的", by=member.actor, now=NOW)
    trees.refresh_from_db()
    assert trees.state == State.OPEN


def test_who_waits_longest_stands_first(bring, trees, cast):
    older = bring("修晾衣架", cast.yong, now=NOW - timedelta(days=9))
    assert list(longest_waiting()) == [older, trees]


def test_the_log_says_that_somebody_stood_and_not_how(trees, cast):
    take_stand(trees, side="against", reason="花粉", by=cast.shen.actor, now=NOW)
    act = Act.objects.get(verb="suggestions.take_stand")
    assert "花粉" not in str(act.__dict__)


def test_an_erasure_takes_name_and_reason_and_leaves_the_count(trees, cast):
    take_stand(trees, side="for", reason="我家孩子喜欢", by=cast.yong.actor, now=NOW)
    assert [row["reason"] for row in stands_told(cast.yong.person.pk)] == ["我家孩子喜欢"]
    erase_stands(cast.yong.person.pk)
    erase_stands(cast.yong.person.pk)
    row = Stand.objects.get()
    assert (row.person, row.reason, row.voter) == (None, "", f"x{row.pk}")
    assert stands_told(cast.yong.person.pk) == []


def test_in_somebodys_name_only_by_whoever_hears_people(cast, xinjie):
    by = cast.yong.actor.by("phone", on_behalf_of=cast.wang.person.pk)
    with pytest.raises(NotPermitted):
        bring_idea(Said(words="装扶手吧", person=cast.wang.person), by=by, now=NOW)
