"""The published numbers against a slow and obvious count, and what of them is left out."""

from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.kit.channels import Channel
from mulin.parlour.survey.actions.asking import note_try
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    publish_survey,
    word_questions,
)
from mulin.parlour.survey.models import Answer, Question, Report, Sampled
from mulin.parlour.survey.queries import (
    earlier_answers,
    figures_of,
    frame_on,
    households,
    lost_answers,
    overall,
    remarks,
    reports,
    responses,
    summed,
    whom_to_ask,
)
from mulin.parlour.survey.rules import Answers, Response, interval
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.factories.places import ResidenceFactory
from tests.survey.conftest import AFTER, DAY, let_live, of_grid, said


def line_of(report, field):
    return next(one for one in report.figures["questions"] if one["field"] == field)


def test_the_figure_is_what_a_slow_count_finds(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 11 + [4] * 6 + [3] * 2 + [0] * 3 + [1])
    answer(cast.grid_2, [5] * 4 + [2] * 8)
    line = line_of(finish(), "overall")
    steps = Counter(
        answer.step for answer in Answer.objects.all() if answer.question.field == "overall"
    )
    satisfied, answered = steps[5] + steps[4], sum(steps[step] for step in (1, 2, 3, 4, 5))
    low, high = interval(satisfied, answered, 42)
    assert (satisfied, answered) == (21, 32)
    assert line == {
        "field": "overall", "words": survey.questions.first().words, "is_shown": True,
        "steps": {str(step): steps[step] for step in (5, 4, 3, 2, 1)},
        "unsure": 3, "blank": 0, "satisfied": 21, "answered": 32, "percent": "65.6",
        "low": str(low), "high": str(high),
        "grids": [
            {"name": "第1网格", "is_shown": True, "satisfied": 17, "answered": 20, "percent": "85.0",
             "low": line["grids"][0]["low"], "high": line["grids"][0]["high"]},
            {"name": "第2网格", "is_shown": True, "satisfied": 4, "answered": 12, "percent": "33.3",
             "low": "33.3", "high": "33.4"},
        ],
    }  # fmt: skip


def test_a_grid_that_could_be_found_by_subtraction_is_nowhere(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 20)
    answer(cast.grid_2, [1] * 4)
    report = finish()
    line = overall(report)
    assert line["answered"] == 24
    assert line["grids"] == [
        {"name": str(cast.grid_1), "is_shown": False},
        {"name": str(cast.grid_2), "is_shown": False},
    ]
    assert Answer.objects.filter(grid__isnull=False).count() == 0


def test_a_grid_whose_opinions_are_few_is_hidden_though_many_returned(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 20)
    answer(cast.grid_2, [1] * 3 + [0] * 9)
    line = line_of(finish(), "overall")
    assert [one["is_shown"] for one in line["grids"]] == [False, False]
    assert (line["answered"], line["unsure"]) == (23, 9)


def test_fewer_than_ten_answers_publish_no_figure(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 9)
    report = finish()
    assert overall(report) is None
    assert all(
        set(line) == {"field", "words", "is_shown", "grids"} for line in report.figures["questions"]
    )
    assert report.figures["response"]["returned"] == 9


def test_what_was_written_by_fewer_than_ten_is_not_read(cast, survey):
    for one in of_grid(survey, cast.grid_1, 9):
        note_try(one, "answered", answers=said(survey, 5, "嗯"), by=cast.chen.actor, now=NOW)
    close_survey(survey, by=cast.zhou.actor, now=AFTER)
    assert list(remarks(survey)) == []


def test_the_response_rate_counts_by_hand(cast, survey, answer):
    answer(cast.grid_1, [5] * 10)
    caller = cast.chen.actor.by(Channel.PHONE)
    fates = ["refused", "refused", "unable", "empty", "empty", "empty"]
    waiting = [one for one in of_grid(survey, cast.grid_1) if one.returned_on is None]
    for one, fate in zip(waiting, fates, strict=False):
        note_try(one, fate, by=caller, now=NOW)
    by_grid = responses(survey)
    assert by_grid[cast.grid_1] == Response(
        returned=10, refused=2, unable=1, not_reached=0, waiting=14, empty=3
    )
    total = summed(by_grid.values())
    assert (total.sampled, total.eligible, total.rate) == (42, 39, Decimal("25.6"))
    assert figures_of(survey)["population"] == 39


def test_returns_and_answers_match_at_every_closing(cast, survey, answer):
    answer(cast.grid_1, [5, 0, 3])
    only_one = Answers({survey.questions.first().pk: 5})  # the rest left blank
    one = of_grid(survey, cast.grid_1)[-1]
    note_try(one, "answered", answers=only_one, by=cast.chen.actor, now=NOW)
    assert lost_answers(survey) == 4 * 7  # still sealed
    close_survey(survey, by=cast.zhou.actor, now=AFTER)
    assert lost_answers(survey) == 0


def test_the_report_stands_when_the_house_goes_on_changing(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 20 + [2] * 5)
    report = finish()
    before = Report.objects.get().figures
    let_live(cast.xinjie, cast.building_12, 5, name="8单元")
    cast.grid_1.name = "改名网格"
    cast.grid_1.save()
    report.refresh_from_db()
    assert Report.objects.get().figures == before == report.figures


def _next_year(cast, words, steps):
    later = NOW + 370 * DAY
    survey = draft_survey(2027, by=cast.zhou.actor, now=later)
    word_questions(survey, words, free_words="？", by=cast.zhou.actor, now=later)
    last = (later + 5 * DAY).date()
    open_survey(survey, method="all", last_day=last, by=cast.zhou.actor, now=later)
    for one, step in zip(of_grid(survey, cast.grid_1), steps, strict=False):
        note_try(one, "answered", answers=said(survey, step), by=cast.chen.actor, now=later)
    after = later + 6 * DAY
    close_survey(survey, by=cast.zhou.actor, now=after)
    return publish_survey(survey, by=cast.zhou.actor, now=after)


def test_years_are_compared_where_they_asked_in_the_same_words(cast, survey, answer, finish):
    answer(cast.grid_1, [1] * 20 + [5] * 5)
    first = finish()
    asked = dict(survey.questions.values_list("field", "words"))
    second = _next_year(cast, asked | {"safety": "晚上一个人走，怕不怕？"}, [5] * 25)
    found = earlier_answers(second, reports())
    assert "safety" not in found
    (earlier,) = found["overall"]
    assert (earlier.year, earlier.percent, earlier.answered, earlier.change) == (
        2026, "20.0", 25, 1,
    )  # fmt: skip
    assert earlier_answers(first, reports()) == {}
    page = Client().get("/survey/results/2027/")
    assert (page.status_code, page.context["earlier"][0][0].year) == (200, 2026)


def test_the_call_list_begins_with_those_tried_least(cast, survey):
    first, second = list(households(survey, cast.chen.actor))[:2]
    note_try(first, "nobody", by=cast.chen.actor, now=NOW)
    again = list(households(survey, cast.chen.actor))
    assert (again[0], again[-1], len(again)) == (second, first, 42)
    note_try(second, "empty", by=cast.chen.actor, now=NOW)
    assert len(households(survey, cast.chen.actor)) == 41
    assert list(households(survey, cast.chen.actor, show="empty")) == [second]
    assert len(households(survey, cast.chen.actor, show="all")) == 42


def test_an_officer_sees_the_households_of_the_grid(cast, survey):
    theirs = households(survey, cast.wu.actor, show="all")
    assert {one.grid for one in theirs} == {cast.grid_2}
    assert list(households(survey, cast.yong.actor, show="all")) == []


def test_a_child_who_stands_first_on_the_roll_is_not_called(cast, survey, xinjie):
    one = of_grid(survey, cast.grid_1, 1)[0]
    child = PersonFactory(
        community=xinjie, name="小宝", phone="13811110008", born_on=NOW.date().replace(year=2016)
    )
    ResidenceFactory(community=xinjie, person=child, dwelling=one.dwelling)
    assert [person.name for person in whom_to_ask(one, NOW.date())] == ["住户12幢0"]


def test_the_frame_is_of_the_day_asked_for(cast, homes):
    assert {number: len(listed) for number, listed in frame_on(NOW.date()).items()} == {
        cast.grid_1.number: 30, cast.grid_2.number: 12,
    }  # fmt: skip
    assert frame_on(NOW.date().replace(year=2019)) == {}


@pytest.mark.parametrize("more", [0, 25])
def test_a_report_takes_as_many_queries_however_many_households(cast, xinjie, homes, more):
    let_live(xinjie, cast.building_20, more, name="7单元")
    survey = draft_survey(2026, by=cast.zhou.actor, now=NOW)
    open_survey(survey, method="all", last_day=AFTER.date(), by=cast.zhou.actor, now=NOW)
    with CaptureQueriesContext(connection) as captured:
        figures_of(survey)
    assert len(captured) == 5
    assert Question.objects.count() == 7
    assert Sampled.objects.count() == 42 + more
