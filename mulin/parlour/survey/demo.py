"""Last year's survey, published, and this year's, open for ten days. All invented.

Everything goes through the room's own actions, on the days it would have happened.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import ago, at
from mulin.parlour.survey.actions.asking import answer_by_code, note_try, type_paper
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    publish_survey,
)
from mulin.parlour.survey.actions.mixing import mix_envelopes
from mulin.parlour.survey.models import Method, Question, Sampled, Survey
from mulin.parlour.survey.rules import Answers, Field, Outcome

#: How satisfied households are with each field: (weights of 5 … 1, share of "I cannot say").
_TEMPER = {
    Field.OVERALL: ((700, 292, 5, 2, 1), 0.02),
    Field.ENVIRONMENT: ((44, 41, 9, 4, 2), 0.01),
    Field.SAFETY: ((52, 39, 6, 2, 1), 0.03),
    Field.ERRANDS: ((61, 33, 4, 1, 1), 0.12),
    Field.SERVICES: ((40, 38, 14, 5, 3), 0.18),
    Field.DEMANDS: ((46, 36, 11, 5, 2), 0.30),
    Field.CULTURE: ((38, 42, 15, 3, 2), 0.14),
}
_WISHES = (
    "电瓶车充电的地方再多一点", "楼道里的东西清一清", "老年食堂晚上也能吃就好了", "路灯早一点亮",
    "停车太难了，外来车管一管", "暑假托管多收几个孩子", "广场舞声音小一点", "多办几次义诊",
    "下水道每年雨季前通一次", "蛮好的，辛苦了", "多种几棵桂花树", "快递柜加一组",
)  # fmt: skip
#: The desk rings and types from nine on for so long; whoever answers alone takes the evening, too.
_HOURS, _HOURS_ONLINE = 8, 12
#: How it ends for a household, out of a hundred.
_FATES = ("online", "paper", "phone", "refused", "nobody", "unable", "empty", "none")
_WEIGHTS = (36, 20, 24, 5, 6, 2, 3, 4)


def hold_surveys(
    *, head: Actor, desk: Sequence[Actor], size: int, seed: int, now: datetime
) -> None:
    """One survey a year ago, from letter to report, and one that is under way."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    day = timedelta(days=1)
    then = ago(now, 380, 9)
    before = _opened(then.year, head=head, size=size, lasts=28 * day, now=then)
    _ask_everybody(before, desk=desk, lasts=28, until=then + 29 * day, dice=dice, begun=then)
    close_survey(before, by=head, now=then + 32 * day)
    publish_survey(before, by=head, now=then + 40 * day)
    begun = ago(now, 10, 9)
    under_way = _opened(
        max(now.year, then.year + 1), head=head, size=size, lasts=21 * day, now=begun
    )
    _ask_everybody(under_way, desk=desk, lasts=21, until=now, dice=dice, begun=begun)
    mix_envelopes(under_way)


def hold_past_survey(
    year: int, *, head: Actor, desk: Sequence[Actor], size: int, seed: int
) -> bool:
    """The survey of a year that is over, asked in November and published in December; whether it
    was not there before.
    """
    if Survey.objects.filter(year=year).exists():
        return False
    dice, day = random.Random(f"{seed}-survey-{year}"), timedelta(days=1)  # noqa: S311  as above
    begun = start_of_day(date(year, 11, 5)) + timedelta(hours=9)
    survey = _opened(year, head=head, size=size, lasts=24 * day, now=begun)
    _ask_everybody(survey, desk=desk, lasts=24, until=begun + 25 * day, dice=dice, begun=begun)
    close_survey(survey, by=head, now=begun + 28 * day)
    publish_survey(survey, by=head, now=begun + 36 * day)
    return True


def _opened(year: int, *, head: Actor, size: int, lasts: timedelta, now: datetime) -> Survey:
    survey = draft_survey(year, by=head, now=now)
    return open_survey(
        survey, method=Method.SAMPLE, size=size, last_day=local_day(now + lasts), by=head, now=now
    )


def _ask_everybody(
    survey: Survey, *, desk: Sequence[Actor], lasts: int, until: datetime, begun: datetime,
    dice: random.Random,
) -> None:  # fmt: skip
    questions = list(survey.questions.all())
    drawn = list(
        Sampled.objects.filter(survey=survey)
        .select_related("survey__standard")
        .order_by("code_index")
    )
    for sampled in drawn:
        fate = dice.choices(_FATES, _WEIGHTS)[0]
        days, part = divmod(dice.uniform(0, lasts * 0.9), 1)
        day = at(local_day(begun) + timedelta(days=days), 9)
        moment = day + part * timedelta(hours=_HOURS_ONLINE if fate == "online" else _HOURS)
        if moment < until:
            _live(sampled, fate, questions, by=dice.choice(desk), now=moment, dice=dice)


def _live(
    sampled: Sampled, fate: str, questions: list[Question], *, by: Actor, now: datetime,
    dice: random.Random,
) -> None:  # fmt: skip
    said = _answers(questions, dice)
    caller = by.by(Channel.PHONE)
    if fate == "online":
        answer_by_code(sampled, said, by=Actor(by.community_id, channel=Channel.QR), now=now)
    elif fate == "paper":
        type_paper(sampled, said, by=by, now=now)
    elif fate == "phone":
        note_try(sampled, Outcome.ANSWERED, by=caller, answers=said, now=now)
    elif fate == "nobody":
        for _time in range(dice.randint(1, 3)):
            note_try(sampled, Outcome.NOBODY, by=caller, now=now)
    elif fate in {"refused", "unable", "empty"}:
        note_try(sampled, fate, by=caller, now=now)


def _answers(questions: list[Question], dice: random.Random) -> Answers:
    steps: dict[int, int | None] = {}
    for question in questions:
        weights, cannot_say = _TEMPER[Field(question.field)]
        step = dice.choices((5, 4, 3, 2, 1), weights)[0]
        steps[question.pk] = 0 if dice.random() < cannot_say else step
    if dice.random() < 0.06:  # noqa: PLR2004  the share is made up
        steps[questions[-1].pk] = None
    words = dice.choice(_WISHES) if dice.random() < 0.15 else ""  # noqa: PLR2004  as above
    return Answers(steps, words)
