"""A season from its opening to the five that are recorded."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from mulin.commons.ballots.counting.board import publish
from mulin.commons.ballots.counting.election import Constituency, Election, Method, Project, Rule
from mulin.commons.flow.actions import hand_over
from mulin.commons.flow.models import Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.models import Message
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.doublefive.actions.ideas import (
    agree_to_merge,
    decline_merge,
    offer_idea,
    propose_merge,
    put_in_order,
)
from mulin.parlour.doublefive.actions.picturing import keep_pictures
from mulin.parlour.doublefive.actions.screening import (
    appeal,
    decide_appeal,
    pass_idea,
    refuse_idea,
)
from mulin.parlour.doublefive.actions.seasons import (
    go_on,
    name_screeners,
    open_season,
    record_the_five,
    word_criteria,
)
from mulin.parlour.doublefive.figures import FIGURES
from mulin.parlour.doublefive.holdings import ERASED, erase_ideas, ideas_told
from mulin.parlour.doublefive.models import Chosen, Idea, Picture, Season, VotedOn
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW
from tests.doublefive.conftest import CRITERIA, picture, public

LATER = NOW + timedelta(days=6)


def told(person):
    return list(
        Message.objects.filter(topic="doublefive", recipient_id=person.person.pk).values_list(
            "body", flat=True
        )
    )


# ── seasons ──────────────────────────────────────────────────────────────────────────────────


def test_one_season_a_year_opened_by_the_head_once(cast, season):
    values = {"collects_until": date(2027, 1, 1), "criteria": CRITERIA, "appeal_days": 5}
    with pytest.raises(NotPermitted):
        open_season(2027, by=cast.chen.actor, now=NOW, **values)
    for year in (2026, 2027, 2030):  # has one; another still collects; no year for it
        with pytest.raises(Refused):
            open_season(year, by=cast.zhou.actor, now=NOW, **values)
    Season.objects.update(stage="publish")
    first = open_season(2027, by=cast.zhou.actor, now=NOW, token="t", **values)
    assert open_season(2027, by=cast.zhou.actor, now=NOW, token="t", **values) == first
    assert Act.objects.filter(verb="doublefive.open_season").count() == 2


def test_criteria_change_until_the_screening_begins(cast, season, lamp):
    values = {"collects_until": date(2026, 12, 1), "appeal_days": 3, "by": cast.zhou.actor}
    word_criteria(season, ["好监督"], now=NOW, **values)
    assert list(season.criteria.values_list("words", flat=True)) == ["好监督"]
    with pytest.raises(Refused):
        word_criteria(season, [], now=NOW, **values)
    go_on(season, by=cast.zhou.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        word_criteria(season, CRITERIA, now=NOW, **values)
    assert list(season.criteria.values_list("words", flat=True)) == ["好监督"]


def test_screeners_are_two_of_those_who_work_here(cast, season):
    for accounts in ([cast.zhou.account], [cast.zhou.account, cast.yong.account],
                     [cast.zhou.account, cast.li.account]):  # fmt: skip
        with pytest.raises(Refused):
            name_screeners(season, accounts, by=cast.zhou.actor, now=NOW)


def test_the_list_is_published_when_everything_is_decided(cast, screening, lamp, bench):
    with pytest.raises(Refused, match="没有结论"):
        go_on(screening, by=cast.zhou.actor, now=NOW)
    pass_idea(lamp, by=cast.chen.actor, now=NOW)
    refuse_idea(bench, screening.criteria.first(), "小区里已有。", by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused, match="还有人可以申诉"):
        go_on(screening, by=cast.zhou.actor, now=NOW)
    assert go_on(screening, by=cast.zhou.actor, now=LATER).is_public
    with pytest.raises(TakenMeanwhile):
        put_in_order(lamp, public("别的"), by=cast.chen.actor, now=LATER)
    with pytest.raises(Refused):
        go_on(screening, by=cast.zhou.actor, now=LATER)


# ── ideas ────────────────────────────────────────────────────────────────────────────────────


def test_an_idea_is_offered_once_and_only_while_ideas_are_collected(cast, season, lamp):
    again = [
        offer_idea(public("种树"), words="", by=cast.yong.actor, now=NOW, token="t")
        for _turn in range(2)
    ]
    assert again[0] == again[1]
    assert list(Idea.objects.values_list("number", flat=True)) == [1, 2]
    assert (lamp.person_id, lamp.account_id) == (cast.yong.person_id, cast.yong.account.pk)
    go_on(season, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        offer_idea(public(), words="", by=cast.yong.actor, now=NOW)


def test_a_need_that_is_handed_over_becomes_an_idea_of_its_asker(cast, season):
    open_reception(by=system(cast.xinjie.pk), now=NOW)
    demand = receive_demand(
        Said(words="想要个乒乓球台。放在广场。", place_words="广场", person=cast.wang.person),
        by=cast.chen.actor.by("phone", on_behalf_of=cast.wang.person_id), now=NOW,
    )  # fmt: skip
    idea = hand_over(demand.need, to="doublefive", by=cast.chen.actor, why="大家的事", now=NOW)
    assert (idea.title, idea.site, idea.person, idea.need) == (
        "想要个乒乓球台", "广场", cast.wang.person, demand.need,
    )  # fmt: skip
    go_on(season, by=cast.zhou.actor, now=NOW)
    put_in_order(idea, public("乒乓球台"), by=cast.chen.actor, now=NOW)
    idea.refresh_from_db()
    pass_idea(idea, by=cast.chen.actor, now=NOW)
    steps = list(demand.need.steps.values_list("kind", flat=True))
    assert steps[-1] == "answered"
    other = receive_demand(Said(words="再来一个"), by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        hand_over(other.need, to="doublefive", by=cast.chen.actor, why="", now=NOW)
    other.need.refresh_from_db()
    assert other.need.room == "reception"


def test_what_was_told_in_confidence_becomes_no_idea(cast, season):
    open_reception(by=system(cast.xinjie.pk), now=NOW)
    said = Said(words="邻居家的事", visibility=Visibility.CONFIDENTIAL)
    demand = receive_demand(said, by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused, match="私下"):
        hand_over(demand.need, to="doublefive", by=cast.chen.actor, why="公事", now=NOW)
    assert not Idea.objects.exists()


def test_two_become_one_only_when_both_authors_agree(cast, lamp, bench):
    merge = propose_merge(lamp, bench, by=cast.chen.actor, now=NOW)
    assert len(told(cast.yong)) == 1
    with pytest.raises(Refused):
        propose_merge(lamp, bench, by=cast.chen.actor, now=NOW)
    agree_to_merge(merge, lamp, code=lamp.follow_code, by=cast.yong.actor, now=NOW)
    lamp.refresh_from_db()
    assert lamp.is_offered
    agree_to_merge(merge, bench, by=cast.chen.actor, now=NOW)  # the desk, for who called
    lamp.refresh_from_db()
    assert (lamp.state, lamp.part_of) == ("merged", bench)
    with pytest.raises(TakenMeanwhile):
        decline_merge(merge, bench, by=cast.chen.actor, now=NOW)


def test_one_no_leaves_both_as_they_are_and_a_stranger_answers_for_nobody(cast, lamp, bench):
    merge = propose_merge(lamp, bench, by=cast.chen.actor, now=NOW)
    for stranger, code in ((cast.yong, ""), (cast.shen, lamp.follow_code)):
        with pytest.raises(NotPermitted):
            agree_to_merge(merge, bench, code=code, by=stranger.actor, now=NOW)
    decline_merge(merge, bench, code=bench.follow_code, by=Actor(cast.xinjie.pk), now=NOW)
    with pytest.raises(TakenMeanwhile):
        agree_to_merge(merge, lamp, code=lamp.follow_code, by=cast.yong.actor, now=NOW)
    assert Idea.objects.filter(state="offered").count() == 2


# ── screening ────────────────────────────────────────────────────────────────────────────────


def test_only_whom_the_season_names_screens_and_only_what_can_be_listed(cast, screening, lamp):
    with pytest.raises(NotPermitted):
        pass_idea(lamp, by=cast.sun.actor, now=NOW)
    put_in_order(lamp, public(cost_yuan=None), by=cast.chen.actor, now=NOW)
    lamp.refresh_from_db()
    with pytest.raises(Refused, match="费用"):
        pass_idea(lamp, by=cast.chen.actor, now=NOW)


def test_nothing_is_screened_before_its_stage(cast, season, lamp):
    with pytest.raises(TakenMeanwhile):
        pass_idea(lamp, by=cast.chen.actor, now=NOW)


def test_a_refusal_has_a_criterion_and_a_reason_that_the_author_reads(cast, screening, lamp):
    criterion = screening.criteria.last()
    with pytest.raises(Refused):
        refuse_idea(lamp, criterion, " ", by=cast.chen.actor, now=NOW)
    refuse_idea(lamp, criterion, "太贵。", by=cast.chen.actor, now=NOW)
    assert "太贵。" in told(cast.yong)[0]
    with pytest.raises(TakenMeanwhile):
        pass_idea(lamp, by=cast.zhou.actor, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=lamp.pk).update(reason="")


def test_one_appeal_heard_by_somebody_else(cast, screening, lamp):
    refuse_idea(lamp, screening.criteria.first(), "太贵。", by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        appeal(lamp, "", code=lamp.follow_code, by=cast.yong.actor, now=NOW)
    appeal(lamp, "可以少装几盏。", code=lamp.follow_code, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused, match="您自己"):
        decide_appeal(lamp, "好", is_right=True, by=cast.chen.actor, now=NOW)
    decide_appeal(lamp, "还是太贵。", is_right=False, by=cast.zhou.actor, now=NOW)
    lamp.refresh_from_db()
    assert lamp.state == "closed"
    with pytest.raises(TakenMeanwhile):
        appeal(lamp, "再试一次", code=lamp.follow_code, by=cast.yong.actor, now=NOW)


def test_an_appeal_that_is_right_passes_and_a_late_one_is_not_taken(cast, screening, lamp, bench):
    for idea in (lamp, bench):
        refuse_idea(idea, screening.criteria.first(), "不行。", by=cast.chen.actor, now=NOW)
    appeal(lamp, "行的。", code=lamp.follow_code, by=cast.yong.actor, now=NOW)
    assert decide_appeal(lamp, "好。", is_right=True, by=cast.zhou.actor, now=NOW).state == "passed"
    with pytest.raises(Refused, match="过了"):
        appeal(bench, "行的。", code=bench.follow_code, by=Actor(cast.xinjie.pk), now=LATER)


# ── the result ───────────────────────────────────────────────────────────────────────────────

ROLLS = {"党员": (20, "a" * 64), "本地居民": (50, "b" * 64)}


def result_of(season, *, party=12):
    passed = Idea.objects.filter(season=season).passed()
    ids = [str(one.number) for one in passed]
    cast_ballots = Election(
        tuple(Project(one, cost=Fraction(1)) for one in ids),
        (
            Constituency("党员", ((ids[0],),) * party),
            Constituency("本地居民", tuple((one,) for one in ids) * 10),
        ),
    )
    return publish("v", cast_ballots, Rule(Method.FLOOR_EQUAL, seats=1), seed="s")[1]


@pytest.fixture
def published(cast, screening, lamp, bench):
    for idea in (lamp, bench):
        pass_idea(idea, by=cast.chen.actor, now=NOW)
    return go_on(screening, by=cast.zhou.actor, now=NOW)


def test_the_result_is_recorded_once_with_its_rolls(cast, published, lamp):
    result = result_of(published)
    for _turn in range(2):
        record_the_five(published, result, rolls=ROLLS, by=cast.zhou.actor, now=NOW, token="t")
    assert list(Chosen.objects.values_list("idea", "place", "total")) == [(lamp.pk, 1, 22)]
    assert dict(VotedOn.objects.values_list("constituency", "size")) == {"党员": 20, "本地居民": 50}
    assert set(VotedOn.objects.values_list("board_root", flat=True)) == {result.lot.root}
    with pytest.raises(TakenMeanwhile):
        record_the_five(published, result, rolls=ROLLS, by=cast.zhou.actor, now=NOW)


def test_a_result_without_its_roll_or_of_another_list_is_refused(cast, published, lamp):
    result = result_of(published)
    for rolls in ({"党员": ROLLS["党员"]}, ROLLS | {"党员": (5, "a" * 64)}):
        with pytest.raises(Refused):
            record_the_five(published, result, rolls=rolls, by=cast.zhou.actor, now=NOW)
    Idea.objects.filter(pk=lamp.pk).update(number=9)
    with pytest.raises(Refused):
        record_the_five(published, result, rolls=ROLLS, by=cast.zhou.actor, now=NOW)
    assert not Chosen.objects.exists()


def test_a_small_constituency_hides_the_numbers_of_the_chosen(cast, published):
    record_the_five(
        published, result_of(published, party=9), rolls=ROLLS, by=cast.zhou.actor, now=NOW
    )
    assert list(Chosen.objects.values_list("total", flat=True)) == [None]


# ── persons, neighbours, figures ─────────────────────────────────────────────────────────────


def test_what_is_held_of_an_author_is_told_and_erased(cast, lamp):
    assert [one["words"] for one in ideas_told(cast.yong.person_id)] == ["晚上黑。"]
    for _turn in range(2):
        erase_ideas(cast.yong.person_id)
    lamp.refresh_from_db()
    assert (lamp.words, lamp.title, lamp.contact_phone) == (ERASED, ERASED, None)


def test_what_stands_on_a_published_list_stays(cast, published, lamp):
    erase_ideas(cast.yong.person_id)
    lamp.refresh_from_db()
    assert (lamp.words, lamp.title) == (ERASED, "楼下装一排路灯")


def test_the_neighbour_sees_nothing(cast, lamp):
    with in_community(cast.linli):
        assert not Idea.objects.exists()
        assert not Season.objects.exists()


def test_the_figures_count_ideas_and_chosen(cast, published):
    from mulin.ground.figures.rules import Period  # noqa: PLC0415  one test

    record_the_five(published, result_of(published), rolls=ROLLS, by=cast.zhou.actor, now=NOW)
    day = NOW.date()
    period = Period(day - timedelta(days=1), day + timedelta(days=1))
    assert {one.name: one.rows(period).count() for one in FIGURES} == {
        "doublefive.ideas": 2, "doublefive.chosen": 1, "doublefive.completed": 0,
    }  # fmt: skip


def test_what_was_refused_stands_on_no_list_and_is_erased_whole(cast, published, lamp):
    Idea.objects.filter(pk=lamp.pk).update(
        state="refused", reason="办不了", criterion=published.criteria.first(),
        screened_by=cast.chen.account,
    )  # fmt: skip
    lamp.refresh_from_db()
    keep_pictures(lamp, [picture()], moment="idea", now=NOW, is_public=True)
    assert Picture.objects.exists()
    erase_ideas(cast.yong.person_id)
    lamp.refresh_from_db()
    assert (lamp.words, lamp.title, lamp.site, lamp.gains) == (ERASED, ERASED, "", "")
    assert not Picture.objects.exists()
