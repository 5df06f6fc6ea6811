"""The questionnaire of a household by its three ways; nothing of what a sheet said stays with it."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from mulin.commons.paper.actions.readings import finish
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import FormVersion, ReadField, Reading
from mulin.commons.paper.queries import asked_on, proposed
from mulin.commons.paper.registry import Taken, use_of
from mulin.ground.audit.models import ActDetail
from mulin.kit.clock import local_day, standing_still
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import Refused
from mulin.parlour.survey.actions.holding import close_survey, draft_survey, open_survey
from mulin.parlour.survey.models import Answer, Remark, Sampled
from mulin.parlour.survey.queries import code_of
from tests.clock import NOW
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY
from tests.survey.conftest import let_live

# What is read from a picture is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

FACES = {f"q{number}": str(1 + number % 5) for number in range(1, 7)} | {"q7": "0"}
WISH = "多放几张长椅"


@pytest.fixture
def survey(cast, slip):
    """Open, of five households."""
    let_live(cast.xinjie, cast.building_12, 5)
    drafted = draft_survey(2026, by=cast.zhou.actor, now=NOW)
    last_day = local_day(NOW + timedelta(days=14))
    return open_survey(drafted, method="all", last_day=last_day, by=cast.zhou.actor, now=NOW)


def test_the_three_ways_give_the_same_answers_and_the_sheet_keeps_none(
    cast, survey, client, photographed, django_capture_on_commit_callbacks
):
    use = use_of("SURVEY")
    first, *rest = print_sheets(use, count=1, by=cast.chen.actor, now=NOW)
    assert len(rest) == 4  # a sheet for each household
    form = first.version.form
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        path.write_bytes(photo(written(blank_of(form, first.serial), form, FACES | {"words": WISH}), ORDINARY))  # fmt: skip
        (page,) = reader.pages(path)
    (reading,) = photographed(page)
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    assert read == {name: (value,) for name, value in FACES.items()} | {
        "home": (),
        "words": (WISH,),
    }
    asked = asked_on(reading, cast.chen.actor)
    typed = form_class_of(asked)({**FACES, "words": WISH})
    assert typed.is_valid(), typed.errors
    values = {one.name: typed.cleaned_data[one.name] for one in asked.fields}
    storage, name = reading.picture.storage, reading.picture.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        finish(reading, values=values, looked=set(read), person=None, by=cast.chen.actor, now=NOW)
    reading.refresh_from_db()
    assert (ReadField.objects.count(), bool(reading.picture), storage.exists(name)) == (0, False, False)  # fmt: skip
    assert WISH not in str(list(ActDetail.objects.values_list("changes", flat=True)))

    others = Sampled.objects.filter(survey=survey).exclude(pk=first.rows["home"]).order_by("pk")
    by_web, by_hand = others[:2]
    with standing_still(NOW):
        answer = client.post(reverse("survey:answer", args=[code_of(by_web)]), FACES | {"words": WISH})  # fmt: skip
        assert answer.status_code == 302
        typed_in = FACES | {"words": WISH, "code": code_of(by_hand)}
        desk = cast.enter(client, cast.chen)
        assert desk.post(reverse("survey:paper", args=[survey.pk]), typed_in).status_code == 302
    close_survey(survey, by=cast.zhou.actor, now=NOW + timedelta(days=15))
    for question in survey.questions.all():
        steps = Answer.objects.filter(question=question).values_list("step", flat=True)
        assert list(steps) == [int(FACES[f"q{question.position}"])] * 3
    assert list(Remark.objects.values_list("words", flat=True)) == [WISH] * 3
    assert use.is_there is False


def test_a_household_answers_once_and_may_say_that_it_does_not_want_to(cast, survey, photographed):
    use = use_of("SURVEY")
    sheets = print_sheets(use, count=1, by=cast.chen.actor, now=NOW)
    again = print_sheets(use, count=1, by=cast.chen.actor, now=NOW)  # all have one: all again
    assert [one.rows for one in again] == [one.rows for one in sheets]
    assert FormVersion.objects.filter(code="SURVEY").count() == 1

    def hand_in(sheet, values):
        return use.take(Taken(values, sheet=sheet), by=cast.chen.actor, now=NOW)

    refused = hand_in(sheets[0], {"home": ["refused"]})
    assert refused.disposition == "refused"
    with pytest.raises(Refused):
        hand_in(sheets[1], {})
    hand_in(sheets[1], FACES)
    with pytest.raises(Refused):
        hand_in(again[1], FACES)
    assert Reading.objects.count() == 0
