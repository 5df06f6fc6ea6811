"""Sealed envelopes become answers that nothing ties to a household."""

import json
from collections import Counter
from random import SystemRandom

from django.db import transaction

from mulin.kit.failpoints import failpoint
from mulin.parlour.survey.models import Answer, Envelope, Remark, Sampled, Survey, random_id
from mulin.parlour.survey.rules import Answers, showable

_dice = SystemRandom()


def sealed(answers: Answers) -> str:
    """What lies in an envelope."""
    return json.dumps(
        {"steps": {str(pk): step for pk, step in answers.steps.items()}, "words": answers.words},
        ensure_ascii=False,
    )


def mix_envelopes(survey: Survey) -> int:
    """Open the envelopes of every grid in which enough wait; returns how many.

    Fewer stay closed: a household that came alone would be known by the database's own marks.
    Safe to run again and by two workers at once.
    """
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)
        waiting = Counter(Envelope.objects.filter(survey=survey).values_list("grid", flat=True))
        enough = [grid for grid, count in waiting.items() if count >= survey.standard.least_group]
        return _open(list(Envelope.objects.filter(survey=survey, grid__in=enough)))


def open_everything(survey: Survey) -> int:
    """Open what is left and write all answers anew in one go, so that no batch can be told.

    Grids whose returns are too few to be shown leave their answers without a grid. Runs within
    the closing of the survey; returns how many households' answers there are.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)
    _open(list(Envelope.objects.filter(survey=survey)))
    returned = Counter(
        Sampled.objects.filter(survey=survey).answered().values_list("grid", flat=True)
    )
    named = showable(returned, survey.standard.least_group)
    old = list(Answer.objects.filter(question__survey=survey))
    Answer.objects.filter(question__survey=survey).delete()
    for answer in old:
        answer.pk = random_id()
        answer.grid_id = answer.grid_id if answer.grid_id in named else None
    _write(old)
    _rewrite_remarks(survey)
    return sum(returned.values())


def _open(envelopes: list[Envelope]) -> int:
    answers, remarks = [], []
    for envelope in envelopes:
        said = json.loads(envelope.sealed)
        answers += [
            Answer(
                community_id=envelope.community_id, question_id=int(pk), step=step,
                grid_id=envelope.grid_id,
            )
            for pk, step in said["steps"].items()
        ]  # fmt: skip
        if said["words"]:
            remarks.append(
                Remark(
                    community_id=envelope.community_id, survey_id=envelope.survey_id,
                    words=said["words"],
                )
            )  # fmt: skip
    _write(answers)
    failpoint("survey.half_opened")
    _dice.shuffle(remarks)
    Remark.objects.bulk_create(remarks, batch_size=500)
    Envelope.objects.filter(pk__in=[envelope.pk for envelope in envelopes]).delete()
    return len(envelopes)


def _write(answers: list[Answer]) -> None:
    _dice.shuffle(answers)
    Answer.objects.bulk_create(answers, batch_size=500)


def _rewrite_remarks(survey: Survey) -> None:
    old = list(Remark.objects.filter(survey=survey))
    Remark.objects.filter(survey=survey).delete()
    for remark in old:
        remark.pk = random_id()
    _dice.shuffle(old)
    Remark.objects.bulk_create(old, batch_size=500)
