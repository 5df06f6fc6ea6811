"""A household's answer is whole or nowhere, and counts once, whoever dies or comes second."""

import signal

import pytest

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.survey.actions.asking import answer_by_code
from mulin.parlour.survey.actions.holding import draft_survey, open_survey
from mulin.parlour.survey.actions.mixing import mix_envelopes
from mulin.parlour.survey.models import Answer, Envelope, Remark, Sampled, Survey
from mulin.parlour.survey.queries import code_of, household_behind
from mulin.parlour.survey.rules import Answers
from tests.cast import make_cast
from tests.clock import NOW
from tests.survey.conftest import LAST_DAY, let_live

KILLED = -signal.SIGKILL
REFUSED = 7


@pytest.fixture
def xinjie(transactional_db):
    """An open survey of twelve households."""
    cast = make_cast()
    with in_community(cast.xinjie):
        let_live(cast.xinjie, cast.building_12, 12)
        survey = draft_survey(2026, by=cast.zhou.actor, now=NOW)
        open_survey(survey, method="all", last_day=LAST_DAY, by=cast.zhou.actor, now=NOW)
    return cast.xinjie


def send(community, code, step, token):
    """What a household's phone does; ends with REFUSED when somebody was faster."""
    with in_community(community):
        sampled = household_behind(code)
        faces = dict.fromkeys(sampled.survey.questions.values_list("pk", flat=True), step)
        by = Actor(community.pk, channel="qr")
        try:
            answer_by_code(sampled, Answers(faces, "词"), by=by, now=NOW, token=token)
        except TakenMeanwhile:
            raise SystemExit(REFUSED) from None


def mix_all(community):
    with in_community(community):
        mix_envelopes(Survey.objects.get())


def codes(community):
    with in_community(community):
        return [code_of(one) for one in Sampled.objects.order_by("pk")]


def counts(community):
    with in_community(community):
        return (
            Sampled.objects.answered().count(), Envelope.objects.count(), Answer.objects.count(),
            Remark.objects.count(),
        )  # fmt: skip


def test_killed_between_return_and_answers_leaves_neither_and_the_next_press_both(fork, xinjie):
    code = codes(xinjie)[0]
    child = fork(send, xinjie, code, 5, "t", failpoint="survey.between_return_and_answers")
    assert child.wait() == KILLED
    assert counts(xinjie) == (0, 0, 0, 0)
    assert fork(send, xinjie, code, 5, "t").wait() == 0
    assert counts(xinjie) == (1, 1, 0, 0)


def test_the_same_code_sent_by_many_at_once_counts_once(fork, xinjie):
    code = codes(xinjie)[0]
    children = [fork(send, xinjie, code, step, f"t{step}") for step in (5, 4, 3, 2, 1)]
    assert sorted(child.wait() for child in children) == [0] + [REFUSED] * 4
    assert counts(xinjie) == (1, 1, 0, 0)


def test_the_same_form_sent_by_many_at_once_is_done_once(fork, xinjie):
    code = codes(xinjie)[0]
    children = [fork(send, xinjie, code, 5, "same") for _time in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert counts(xinjie) == (1, 1, 0, 0)


def test_killed_while_mixing_every_answer_is_there_once(fork, xinjie):
    for number, code in enumerate(codes(xinjie)):
        send(xinjie, code, 5, f"t{number}")
    assert fork(mix_all, xinjie, failpoint="survey.half_opened").wait() == KILLED
    assert counts(xinjie) == (12, 12, 0, 0)
    children = [fork(mix_all, xinjie) for _time in range(3)]
    assert [child.wait() for child in children] == [0] * 3
    assert counts(xinjie) == (12, 0, 12 * 7, 12)
