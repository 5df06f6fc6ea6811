"""A topic: votes of one voice, the last counts; moderation; the map says nothing of a person."""

import json
from datetime import timedelta

import pytest

from mulin.ground.audit.models import Act
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.suggestions.actions.topics import (
    bring_statement,
    cast_vote,
    compute,
    judge_statement,
    open_topic,
    type_sheet,
)
from mulin.parlour.suggestions.holdings import erase_opinions, opinions_told
from mulin.parlour.suggestions.jobs import draw_maps
from mulin.parlour.suggestions.models import Opinion, Statement, StatementState, Topic
from mulin.parlour.suggestions.queries import camps_of, consensus_of, turn_of, voice_of
from tests.clock import NOW

LATER = NOW + timedelta(days=10)


@pytest.fixture
def topic(cast, xinjie):
    return open_topic(
        question="车位怎么分", statements=["摇号", "先来先选", "消防通道不停车", "好", "摇号"],
        last_day=(NOW + timedelta(days=5)).date(), by=cast.chen.actor, now=NOW,
    )  # fmt: skip


def statements(topic):
    return list(Statement.objects.filter(topic=topic).order_by("id"))


def test_what_says_nothing_and_what_stands_twice_is_left_out(topic):
    assert [one.words for one in statements(topic)] == ["摇号", "先来先选", "消防通道不停车"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"question": "？"}, "question"), ({"statements": ["👍"]}, "statements"),
     ({"last_day": (NOW - timedelta(days=1)).date()}, "last_day")],
)  # fmt: skip
def test_a_topic_needs_a_question_a_statement_and_time(cast, xinjie, change, field):
    values = {"question": "车位怎么分", "statements": ["摇号"], "last_day": NOW.date()}
    with pytest.raises(Refused) as refusal:
        open_topic(**values | change, by=cast.chen.actor, now=NOW)
    assert refusal.value.field == field
    with pytest.raises(NotPermitted):
        open_topic(**values, by=cast.yong.actor, now=NOW)


def test_of_two_votes_of_one_voice_the_last_counts_and_no_act_tells(topic, cast):
    first = statements(topic)[0]
    acts = Act.objects.count()
    cast_vote(first, vote=1, by=cast.yong.actor, now=NOW)
    cast_vote(first, vote=-1, by=cast.yong.actor.by("qr"), now=NOW)
    opinion = Opinion.objects.get()
    assert (opinion.vote, Act.objects.count()) == (-1, acts)
    assert str(cast.yong.person.pk) not in opinion.voice


def test_two_topics_know_one_person_by_two_voices(topic, cast):
    other = Topic.objects.create(
        community=topic.community, question="广场", opened_at=NOW, last_day=NOW.date()
    )
    voices = {voice_of(one, person_id=7, account_id=3) for one in (topic, other)}
    assert len(voices) == 2


def test_closed_is_closed_by_the_clock(topic, cast):
    first = statements(topic)[0]
    with pytest.raises(Refused):
        cast_vote(first, vote=1, by=cast.yong.actor, now=LATER)
    with pytest.raises(Refused):
        bring_statement(topic, words="按户口", by=cast.yong.actor, now=LATER)
    with pytest.raises(Refused):
        type_sheet(topic, {first.pk: 1}, by=cast.chen.actor, now=LATER)
    assert Opinion.objects.count() == 0


@pytest.mark.parametrize("vote", [2, 9, -2])
def test_a_fourth_answer_is_refused(topic, cast, vote):
    with pytest.raises(Refused):
        cast_vote(statements(topic)[0], vote=vote, by=cast.yong.actor, now=NOW)


def test_what_is_added_is_looked_at_before_anybody_votes(topic, cast):
    """compdemocracy/polis#445: its author alone could vote on it before it was accepted."""
    added = bring_statement(topic, words="按户口分", by=cast.yong.actor, now=NOW)
    for anybody in (cast.yong, cast.shen, cast.chen):
        with pytest.raises(Refused):
            cast_vote(added, vote=1, by=anybody.actor, now=NOW)
    judge_statement(added, refusal="", by=cast.chen.actor, now=NOW)
    cast_vote(added, vote=1, by=cast.shen.actor, now=NOW)
    judge_statement(added, refusal="insults", by=cast.zhou.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        judge_statement(added, refusal="insults", by=cast.chen.actor, now=NOW)
    assert (added.state, added.refusal) == (StatementState.REFUSED, "insults")
    with pytest.raises(NotPermitted):
        judge_statement(added, refusal="", by=cast.yong.actor, now=NOW)


def test_one_statement_after_the_other_and_back(topic, cast):
    first, second, third = statements(topic)
    voice = voice_of(topic, person_id=cast.yong.person.pk, account_id=None)
    assert turn_of(topic, voice, "").statement == first
    cast_vote(first, vote=0, by=cast.yong.actor, now=NOW)
    assert turn_of(topic, voice, "").statement == second
    back = turn_of(topic, voice, str(first.pk))
    assert (back.statement, back.vote, back.done, back.count) == (first, 0, 1, 3)
    for one in (second, third):
        cast_vote(one, vote=1, by=cast.yong.actor, now=NOW)
    assert turn_of(topic, voice, "").statement is None


def two_camps(topic, cast, people=30):
    for number in range(people):
        lottery = 1 if number % 3 else -1
        votes = dict(
            zip([one.pk for one in statements(topic)], [lottery, -lottery, 1], strict=True)
        )
        type_sheet(topic, votes, by=cast.chen.actor, now=NOW)


def test_the_map_is_drawn_by_the_sweep_and_names_groups_and_what_unites(topic, cast):
    two_camps(topic, cast)
    draw_maps(topic.community, LATER)
    topic.refresh_from_db()
    assert (topic.has_new_votes, topic.computed_at) == (False, LATER)
    assert [one.words for one in consensus_of(topic)] == ["消防通道不停车"]
    first, second = camps_of(topic)
    assert (first.size, second.size) == (20, 10)
    assert {(one.words, one.agrees) for one in first.says} == {("摇号", True), ("先来先选", False)}
    assert all(56 <= camp.x <= 264 and 56 <= camp.y <= 164 for camp in (first, second))
    # Of a single person, nothing: neither voice nor vote stands in what pages read.
    kept = json.dumps(topic.result)
    assert not any(voice in kept for voice in Opinion.objects.values_list("voice", flat=True))


def test_a_statement_taken_out_later_leaves_the_result_at_once(topic, cast):
    two_camps(topic, cast)
    compute(topic, now=NOW)
    judge_statement(statements(topic)[2], refusal="not_ours", by=cast.chen.actor, now=NOW)
    topic.refresh_from_db()
    assert (consensus_of(topic), topic.has_new_votes) == ([], True)


def test_three_voters_are_no_groups_and_it_says_why(topic, cast):
    two_camps(topic, cast, people=3)
    compute(topic, now=NOW)
    assert (topic.result["groups"], topic.result["doubt"]) == ([], "too few people")


def test_a_topic_without_votes_can_be_computed(topic):
    compute(topic, now=NOW)
    assert topic.result["people"] == 0


def test_a_person_is_told_their_votes_and_an_erasure_cuts_the_voice(topic, cast):
    cast_vote(statements(topic)[0], vote=1, by=cast.yong.actor, now=NOW)
    me = cast.yong.person.pk
    assert opinions_told(me) == [{"statement": "摇号", "vote": 1}]
    erase_opinions(me)
    erase_opinions(me)
    assert (opinions_told(me), Opinion.objects.count()) == ([], 1)


def test_pages_ask_one_statement_and_show_the_words_first(topic, cast, client):
    cast.enter(client, cast.yong)
    path = f"/suggestions/topics/{topic.pk}/"
    assert "摇号" in client.get(path).content.decode()
    pk = statements(topic)[0].pk
    assert client.post(f"/suggestions/statements/{pk}/vote/", {"vote": "1"}).status_code == 302
    assert Opinion.objects.get().vote == 1
    page = client.get(path).content.decode()
    assert "先来先选" in page
    assert "摇号" not in page
    client.post(f"/suggestions/statements/{pk}/vote/", {"vote": "maybe"})
    assert Opinion.objects.get().vote == 1
    two_camps(topic, cast)
    compute(topic, now=NOW)
    shown = client.get(f"{path}result/").content.decode()
    assert (
        shown.index("消防通道不停车")
        < shown.index("先来先选")
        < shown.index('<svg class="opinion-map')
    )


def test_the_desk_opens_judges_and_types(cast, client, xinjie):
    cast.enter(client, cast.chen)
    day = (NOW + timedelta(days=3)).date().isoformat()
    empty = client.post("/suggestions/topics/new/", {"question": "", "last_day": day})
    assert set(empty.context["form"].errors) == {"question", "statements"}
    client.post(
        "/suggestions/topics/new/",
        {"question": "广场怎么用", "statements": "九点关音响\n分开时间", "last_day": day},
    )
    topic = Topic.objects.get()
    one, other = statements(topic)
    typed = client.post(
        f"/suggestions/topics/{topic.pk}/sheet/", {f"s{one.pk}": "-1", "token": "s"}
    )
    again = client.post(
        f"/suggestions/topics/{topic.pk}/sheet/", {f"s{one.pk}": "-1", "token": "s"}
    )
    assert (typed.status_code, again.status_code, Opinion.objects.count()) == (302, 302, 1)
    nothing = client.post(f"/suggestions/topics/{topic.pk}/sheet/", {"token": "n"})
    assert nothing.context["form"].non_field_errors()
    client.post(f"/suggestions/statements/{other.pk}/judge/", {"refusal": "not_ours"})
    other.refresh_from_db()
    assert other.state == StatementState.REFUSED


@pytest.mark.parametrize(
    "words", ["好", "👍👍👍", " ", "！？"], ids=["one character", "only emoji", "blank", "signs"]
)
def test_a_statement_that_says_nothing_is_refused_beside_its_field(topic, cast, words):
    with pytest.raises(Refused) as refusal:
        bring_statement(topic, words=words, by=cast.yong.actor, now=NOW)
    assert refusal.value.field == "words"
    assert Statement.objects.count() == 3


def test_a_statement_of_2000_characters_is_refused_and_stays_in_the_box(topic, cast, client):
    cast.enter(client, cast.yong)
    long = "车" * 2000
    page = client.post(f"/suggestions/topics/{topic.pk}/add/", {"words": long, "token": "t"})
    assert page.context["form"].errors["words"]
    assert long in page.content.decode()
    assert Statement.objects.count() == 3


def test_a_topic_closed_while_somebody_votes_says_so_and_counts_nothing(topic, cast, client):
    first = statements(topic)[0]
    cast.enter(client, cast.yong)
    assert client.get(f"/suggestions/topics/{topic.pk}/").context["turn"].statement == first
    Topic.objects.filter(pk=topic.pk).update(last_day=(NOW - timedelta(days=1)).date())
    answer = client.post(f"/suggestions/statements/{first.pk}/vote/", {"vote": "1"}, follow=True)
    assert not answer.context["is_open"]
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Opinion.objects.count() == 0


def test_the_same_phone_votes_twice_and_the_last_counts(topic, cast, client):
    first = statements(topic)[0]
    cast.enter(client, cast.yong)
    for vote in ("1", "-1"):
        client.post(f"/suggestions/statements/{first.pk}/vote/", {"vote": vote})
    assert [one.vote for one in Opinion.objects.all()] == [-1]


def test_each_reads_what_they_said_and_says_it_otherwise_and_nobody_else_reads_it(
    topic, cast, client
):
    first, second, third = statements(topic)
    cast.enter(client, cast.yong)
    path = f"/suggestions/topics/{topic.pk}/"
    assert f"{path}spoken/" not in client.get(path).content.decode()  # nothing was said yet
    for one, vote in ((second, "-1"), (first, "1"), (third, "0")):
        client.post(f"/suggestions/statements/{one.pk}/vote/", {"vote": vote})
    assert f"{path}spoken/" in client.get(path).content.decode()
    page = client.get(f"{path}spoken/")
    said = [(one.statement, one.vote) for one in page.context["page"].rows]
    assert said == [(first, 1), (second, -1), (third, 0)]
    assert f"?statement={second.pk}" in page.content.decode()
    turn = client.get(f"{path}?statement={second.pk}").context["turn"]
    assert (turn.statement, turn.vote) == (second, -1)
    judge_statement(third, refusal="insults", by=cast.chen.actor, now=NOW)
    assert third.words not in client.get(f"{path}spoken/").content.decode()
    for other in (cast.shen, cast.zhou):
        page = cast.enter(client, other).get(f"{path}spoken/")
        assert page.context["page"].rows == []
        assert second.words not in page.content.decode()
    client.logout()
    assert client.get(f"{path}spoken/").status_code == 302


@pytest.mark.parametrize("vote", [1, 0], ids=["all agree", "no variance"])
def test_where_nobody_differs_there_are_no_groups(topic, cast, vote):
    for _number in range(20):
        type_sheet(topic, {one.pk: vote for one in statements(topic)}, by=cast.chen.actor, now=NOW)
    compute(topic, now=NOW)
    assert (topic.result["groups"], topic.result["doubt"]) == ([], "no difference")
    assert len(consensus_of(topic)) == (3 if vote else 0)
