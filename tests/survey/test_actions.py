"""What a survey does: asked, answered once, mixed, closed, published, and never changed."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.survey.actions.asking import (
    answer_by_code,
    note_letters,
    note_try,
    renew_letter,
    type_paper,
)
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    prolong,
    publish_survey,
    word_questions,
)
from mulin.parlour.survey.actions.mixing import mix_envelopes
from mulin.parlour.survey.apps import VERBS
from mulin.parlour.survey.jobs import close_overdue, mix
from mulin.parlour.survey.models import (
    Answer,
    Envelope,
    Fixed,
    Question,
    Remark,
    Report,
    Sampled,
    Survey,
)
from mulin.parlour.survey.queries import code_of, household_behind
from mulin.parlour.survey.rules import Answers, Field, digest_of_frame, draw
from tests.clock import NOW
from tests.survey.conftest import AFTER, DAY, LAST_DAY, of_grid, said

ANONYMOUS = (Envelope, Answer, Remark)


def verbs():
    return list(Act.objects.order_by("seq").values_list("verb", flat=True))


# ── holding ──────────────────────────────────────────────────────────────────────────────────


def test_the_first_draft_brings_the_first_questions_and_how_is_counted(cast, drafted):
    assert [one.field for one in drafted.questions.all()] == list(Field)
    standard = drafted.standard
    assert (standard.top_steps, standard.least_group, standard.tries) == (2, 10, 3)
    assert standard.source
    with pytest.raises(Refused) as refusal:
        draft_survey(2026, by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == "year"


def test_the_next_year_asks_what_the_last_one_asked(cast, drafted):
    word_questions(
        drafted, {"overall": "总的满意吗？", "safety": "安全吗？"}, free_words="还有呢？",
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    following = draft_survey(2027, by=cast.zhou.actor, now=NOW + 400 * DAY)
    assert list(following.questions.values_list("field", "words")) == [
        ("overall", "总的满意吗？"), ("safety", "安全吗？"),
    ]  # fmt: skip
    assert following.free_words == "还有呢？"
    assert following.standard == drafted.standard


def test_without_the_question_of_the_figure_there_is_no_survey(cast, drafted):
    with pytest.raises(Refused) as refusal:
        word_questions(drafted, {"safety": "安全吗？"}, free_words="", by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == "overall"
    assert drafted.questions.count() == len(Field)


def test_an_open_survey_asks_the_last_household_what_it_asked_the_first(cast, survey):
    stale = Survey.objects.get(pk=survey.pk)
    with pytest.raises(TakenMeanwhile):
        word_questions(stale, {"overall": "新问题"}, free_words="", by=cast.zhou.actor, now=NOW)
    assert not Question.objects.filter(words="新问题").exists()


def test_all_households_are_those_in_which_somebody_lives(cast, survey):
    # The cast's own two dwellings stand empty.
    assert (survey.frame_size, survey.sampled.count()) == (42, 42)
    assert not survey.sampled.filter(dwelling=cast.dwelling_12_301).exists()


def test_a_sample_is_drawn_in_proportion_and_can_be_drawn_again(cast, drafted):
    opened = open_survey(
        drafted, method="sample", size=14, seed="08 12 19 23 27 31 + 05", last_day=LAST_DAY,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    drawn = {(one.grid_id, one.address) for one in opened.sampled.all()}
    assert len(of_grid(opened, cast.grid_1)) == 10
    assert len(of_grid(opened, cast.grid_2)) == 4
    kept = Survey.objects.get(pk=opened.pk)
    again = draw(kept.frame, 14, kept.seed)
    assert {home for homes in again.values() for home in homes} == {home for _grid, home in drawn}
    assert digest_of_frame(kept.frame) == kept.frame_digest


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"method": "sample"}, "size"),
        ({"method": "sample", "size": 43}, "size"),
        ({"method": "all", "last_day": date(2026, 11, 24)}, "last_day"),
        ({"method": "all", "last_day": date(2027, 11, 24)}, "last_day"),
    ],
)
def test_what_cannot_be_opened_stays_drafted(cast, drafted, values, field):
    with pytest.raises(Refused) as refusal:
        open_survey(drafted, **{"last_day": LAST_DAY} | values, by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == field
    assert (Survey.objects.get().state, Sampled.objects.count()) == ("drafted", 0)


def test_it_is_drawn_once(cast, survey):
    stale = Survey.objects.get(pk=survey.pk)
    stale.state = "drafted"
    with pytest.raises(TakenMeanwhile):
        open_survey(stale, method="all", last_day=LAST_DAY, by=cast.zhou.actor, now=NOW)
    assert Sampled.objects.count() == 42


def test_only_the_head_holds_a_survey_and_only_the_desk_enters(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    for member in (cast.chen, cast.sun, cast.yong):
        with pytest.raises(NotPermitted):
            close_survey(survey, by=member.actor, now=AFTER)
        with pytest.raises(NotPermitted):
            prolong(survey, last_day=LAST_DAY + DAY, by=member.actor, now=NOW)
    for member in (cast.sun, cast.yong):
        with pytest.raises(NotPermitted):
            type_paper(one, said(survey), by=member.actor, now=NOW)
        with pytest.raises(NotPermitted):
            note_try(one, "answered", answers=said(survey), by=member.actor, now=NOW)
        with pytest.raises(NotPermitted):
            renew_letter(one, by=member.actor, now=NOW)
        with pytest.raises(NotPermitted):
            note_letters(survey, cast.grid_1, 1, by=member.actor, now=NOW)
    with pytest.raises(NotPermitted):
        note_try(one, "nobody", by=cast.wu.actor, now=NOW)  # grid 2's officer
    note_try(one, "nobody", by=cast.sun.actor, now=NOW)
    assert Envelope.objects.count() == 0


def test_nobody_stops_while_the_answers_are_fine(cast, survey):
    with pytest.raises(Refused):
        close_survey(survey, by=cast.zhou.actor, now=NOW + 14 * DAY)
    prolong(survey, last_day=LAST_DAY + 2 * DAY, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        close_survey(survey, by=cast.zhou.actor, now=AFTER)


def test_what_nobody_closes_closes_itself_when_paper_had_its_days(cast, survey, answer):
    answer(cast.grid_1, [5] * 12)
    close_overdue(cast.xinjie, NOW + 19 * DAY)
    assert Survey.objects.get().state == "open"
    close_overdue(cast.xinjie, NOW + 20 * DAY)
    assert Survey.objects.get().state == "closed"
    assert Act.objects.get(verb="survey.close_survey").channel == "system"


# ── answering ────────────────────────────────────────────────────────────────────────────────


def test_a_household_answers_by_its_code_and_nobody_is_written_down(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    found = household_behind(code_of(one).lower())
    assert found == one
    answer_by_code(
        found, said(survey, 4, "多种树"), by=cast.yong.actor.by(Channel.QR), now=NOW, token="a"
    )
    one.refresh_from_db()
    assert (one.disposition, one.returned_on, one.way, one.entered_by) == (
        "returned", date(2026, 11, 25), "qr", None,
    )  # fmt: skip
    act = Act.objects.get(verb="survey.answer")
    assert (act.account_id, act.record_id) == (None, one.pk)
    assert Envelope.objects.count() == 1


def test_the_same_form_sent_twice_and_a_second_answer_count_once(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    by = Actor(cast.xinjie.pk, channel="qr")
    first = answer_by_code(one, said(survey, 5), by=by, now=NOW, token="t")
    assert answer_by_code(one, said(survey, 5), by=by, now=NOW, token="t") == first
    fresh = household_behind(code_of(one))
    with pytest.raises(TakenMeanwhile):
        answer_by_code(fresh, said(survey, 1), by=by, now=NOW, token="u")
    with pytest.raises(TakenMeanwhile):
        type_paper(fresh, said(survey, 1), by=cast.chen.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        note_try(fresh, "refused", by=cast.chen.actor, now=NOW)
    assert Envelope.objects.count() == 1
    assert Sampled.objects.answered().count() == 1


def test_an_empty_sheet_is_no_answer_and_leaves_nothing(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    with pytest.raises(Refused):
        type_paper(one, Answers({}), by=cast.chen.actor, now=NOW)
    one.refresh_from_db()
    assert (one.disposition, Envelope.objects.count()) == ("waiting", 0)


def test_after_the_last_day_the_code_is_shut_and_paper_is_still_typed(cast, survey):
    one, other = of_grid(survey, cast.grid_1, 2)
    with pytest.raises(Refused):
        answer_by_code(one, said(survey), by=Actor(cast.xinjie.pk, channel="qr"), now=AFTER)
    type_paper(other, said(survey), by=cast.chen.actor, now=AFTER)
    other.refresh_from_db()
    assert (other.way, other.entered_by) == ("paper", cast.chen.account)


def test_three_calls_in_vain_and_then_they_answer_after_all(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    caller = cast.chen.actor.by(Channel.PHONE)
    for day in range(3):
        note_try(one, "nobody", by=caller, now=NOW + day * DAY)
    assert (one.disposition, one.tries, one.last_tried_on) == (
        "not_reached", 3, date(2026, 11, 27),
    )  # fmt: skip
    note_try(one, "answered", answers=said(survey, 2), by=caller, now=NOW + 4 * DAY)
    one.refresh_from_db()
    assert (one.disposition, one.way, one.entered_by) == ("returned", "phone", cast.chen.account)


def test_two_who_call_at_once_count_one_call(cast, survey):
    one, same = (of_grid(survey, cast.grid_1, 1)[0] for _caller in "12")
    note_try(one, "nobody", by=cast.chen.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        note_try(same, "nobody", by=cast.zhou.actor, now=NOW)
    assert Sampled.objects.get(pk=one.pk).tries == 1


def test_a_lost_letter_s_code_ends(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    old = code_of(one)
    renew_letter(one, by=cast.chen.actor, now=NOW)
    assert household_behind(old) is None
    assert household_behind(code_of(one)) == one
    assert code_of(one) != old


def test_codes_are_kept_nowhere(cast, survey):
    codes = {code_of(one) for one in survey.sampled.all()}
    assert len(codes) == 42
    dump = json.dumps(list(Sampled.objects.values()), default=str)
    assert not any(code[:10] in dump for code in codes)


# ── nothing joins them ───────────────────────────────────────────────────────────────────────


def test_no_column_of_an_answer_leads_to_a_household_a_day_or_a_hand():
    allowed = {"id", "community", "survey", "grid", "question", "step", "words", "sealed"}
    for model in ANONYMOUS:
        names = {field.name for field in model._meta.get_fields() if not field.auto_created}
        assert names <= allowed
        types = {field.get_internal_type() for field in model._meta.concrete_fields}
        assert not {name for name in types if "Date" in name or "Time" in name}
    leading = {
        field.related_model for model in ANONYMOUS for field in model._meta.concrete_fields
        if field.is_relation
    }  # fmt: skip
    assert Sampled not in leading


def test_ids_of_anonymous_rows_tell_no_order(cast, survey, answer):
    answer(cast.grid_1, [5] * 20)
    ids = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM survey_envelope")
        ids = [row[0] for row in cursor.fetchall()]
    assert len(set(ids)) == 20
    # next_id would put them all into one stretch of time; these lie all over 62 bits.
    assert max(ids) - min(ids) > 2**58


def test_an_envelope_says_neither_what_nor_when(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    type_paper(one, said(survey, 3, "多种桂花"), by=cast.chen.actor, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM survey_envelope")
        sealed = cursor.fetchone()[0]
    assert "桂花" not in sealed
    assert sealed.startswith(
        "gAAAAAAAAAAA"
    )  # Fernet: version, then eight bytes of time, all nought
    assert "桂花" in Envelope.objects.get().sealed


def test_no_act_tells_what_was_answered(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    type_paper(one, said(survey, 3, "多种桂花"), by=cast.chen.actor, now=NOW)
    told = " ".join(
        ActDetail.objects.filter(act__record_id=one.pk).values_list("changes", flat=True)
    )
    assert json.loads(told) == {"before": {}, "after": {"way": "paper"}}


def test_envelopes_are_opened_ten_of_a_grid_at_once_and_no_fewer(cast, survey, answer):
    answer(cast.grid_1, [5] * 9)
    answer(cast.grid_2, [4] * 10)
    mix(cast.xinjie, NOW)
    assert (Envelope.objects.count(), Answer.objects.count()) == (9, 10 * len(Field))
    assert set(Answer.objects.values_list("grid", flat=True)) == {cast.grid_2.pk}
    assert mix_envelopes(survey) == 0
    answer(cast.grid_1, [1])
    assert mix_envelopes(survey) == 10
    assert Envelope.objects.count() == 0


def test_when_closed_all_is_written_anew_and_small_grids_stand_together(cast, survey, answer):
    answer(cast.grid_1, [5] * 12)
    answer(cast.grid_2, [1] * 3)
    mix_envelopes(survey)
    before = set(Answer.objects.values_list("pk", flat=True))
    close_survey(survey, by=cast.zhou.actor, now=AFTER)
    assert Envelope.objects.count() == 0
    assert not before & set(Answer.objects.values_list("pk", flat=True))
    # Three of grid 2 would be known by the twelve of grid 1: nobody's grid is kept.
    assert set(Answer.objects.values_list("grid", flat=True)) == {None}
    for question in survey.questions.all():
        steps = sorted(question.answers.values_list("step", flat=True))
        assert steps == [1] * 3 + [5] * 12


def test_words_are_kept_apart_from_faces(cast, survey):
    for number, one in enumerate(of_grid(survey, cast.grid_1, 12)):
        type_paper(one, said(survey, 5, f"愿望{number}"), by=cast.chen.actor, now=NOW)
    mix_envelopes(survey)
    assert sorted(Remark.objects.values_list("words", flat=True)) == sorted(
        f"愿望{number}" for number in range(12)
    )


# ── publishing ───────────────────────────────────────────────────────────────────────────────


def test_a_published_report_is_never_changed(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 20 + [2] * 5)
    report = finish()
    kept = Report.objects.get()
    kept.figures["questions"] = []
    with pytest.raises(Fixed):
        kept.save()
    with pytest.raises(Fixed):
        kept.delete()
    with pytest.raises(TakenMeanwhile):
        publish_survey(survey, by=cast.zhou.actor, now=AFTER)
    with pytest.raises(TakenMeanwhile):
        prolong(survey, last_day=LAST_DAY + 5 * DAY, by=cast.zhou.actor, now=AFTER)
    said_of = ActDetail.objects.get(act__verb="survey.publish_survey").changes
    assert json.loads(said_of)["after"]["digest"] == report.digest


def test_a_report_whose_answers_went_astray_is_not_published(cast, survey, answer):
    answer(cast.grid_1, [5] * 20)
    close_survey(survey, by=cast.zhou.actor, now=AFTER)
    Answer.objects.filter(pk=Answer.objects.values("pk")[:1]).delete()
    with pytest.raises(Refused, match=r"1"):
        publish_survey(survey, by=cast.zhou.actor, now=AFTER)
    assert Survey.objects.get().state == "closed"


def test_every_act_of_a_survey_has_a_name_in_words(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 11)
    note_letters(survey, cast.grid_1, 3, by=cast.chen.actor, now=NOW)
    renew_letter(of_grid(survey, cast.grid_2, 1)[0], by=cast.chen.actor, now=NOW)
    finish()
    used = {verb for verb in verbs() if verb.startswith("survey.")}
    assert used <= set(VERBS)


# ── the database says no, too ────────────────────────────────────────────────────────────────


def test_the_database_refuses_a_second_row_and_a_return_without_a_day(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Sampled.objects.create(
            community=cast.xinjie, survey=survey, dwelling=one.dwelling, grid=one.grid,
            address="x", code_index="y",
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Sampled.objects.filter(pk=one.pk).update(disposition="returned")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(
            community=cast.xinjie, question=survey.questions.first(), grid=cast.grid_1, step=6
        )


def test_the_neighbour_sees_and_opens_nothing(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    with in_community(cast.linli):
        assert list(Survey.objects.all()) == []
        assert household_behind(code_of(one)) is None


def test_the_sweeps_leave_a_drafted_survey_alone(cast, drafted):
    mix(cast.xinjie, NOW)
    close_overdue(cast.xinjie, NOW + timedelta(days=400))
    assert Survey.objects.get().state == "drafted"
