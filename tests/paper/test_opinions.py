"""The sheet of a question by its three ways: each is a voice of its own, and the sheet keeps none."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from mulin.commons.paper.actions.readings import finish, name_sheet
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import FormVersion, ReadField, Reading, Sheet
from mulin.commons.paper.queries import asked_on, proposed
from mulin.commons.paper.registry import use_of
from mulin.ground.audit.models import ActDetail
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, standing_still
from mulin.kit.paper.definition import pages_of
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import Refused
from mulin.parlour.suggestions.actions.topics import judge_statement, open_topic
from mulin.parlour.suggestions.models import Opinion, Statement, Topic
from mulin.parlour.suggestions.sheets import opinion_sheet
from tests.clock import NOW
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY
from tests.support.pdfs import Pdf

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WORDS = [
    "小区里应当多装几盏路灯",
    "停车位先给有老人的人家，哪怕自己要多走两步路，也应当如此",
    "广场舞晚上九点以前结束",
]
SAID = ("1", "-1", "0")


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def topic(cast, slip):
    return open_topic(
        question="广场怎么用？", statements=WORDS, last_day=local_day(NOW + timedelta(days=7)),
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip


def printed(cast, topic, count=1):
    return print_sheets(
        use_of("OPINION"), count=count, about=str(topic.pk), by=cast.chen.actor, now=NOW
    )


def voices(topic):
    """What each voice said of the statements in their order."""
    said = {}
    for one in Opinion.objects.filter(statement__topic=topic).order_by("statement_id"):
        said.setdefault(one.voice, []).append(one.vote)
    return sorted(said.values())


def answers(form):
    return {field.name: vote for field, vote in zip(form.fields, SAID, strict=True)}


def test_page_sheet_and_typed_sheet_are_the_same_voice_and_nothing_of_the_sheet_is_kept(
    cast, topic, client, photographed, django_capture_on_commit_callbacks
):
    for statement, vote in zip(topic.statements.order_by("id"), SAID, strict=True):
        cast.enter(client, cast.yong).post(
            reverse("suggestions:vote", args=[statement.pk]), {"vote": vote}
        )
    (sheet,) = printed(cast, topic)
    form = sheet.version.form
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        filled_in = written(blank_of(form, sheet.serial), form, answers(form))
        path.write_bytes(photo(filled_in, ORDINARY))
        (page,) = reader.pages(path)
    (reading,) = photographed(page)
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    assert read == {name: (vote,) for name, vote in answers(form).items()}
    typed = form_class_of(asked_on(reading, cast.chen.actor))(answers(form))
    assert typed.is_valid()
    storage, name = reading.picture.storage, reading.picture.name
    with django_capture_on_commit_callbacks(execute=True):
        values = {one.name: typed.cleaned_data[one.name] for one in form.fields}
        done = finish(reading, values=values, looked=set(read), person=None, by=cast.chen.actor, now=NOW)  # fmt: skip
    assert (done.record_kind, done.record_id) == ("suggestions.topic", topic.pk)
    assert (ReadField.objects.count(), storage.exists(name)) == (0, False)
    assert '"1"' not in str(list(ActDetail.objects.values_list("changes", flat=True)))

    desk = cast.enter(client, cast.chen)
    address = f"{reverse('paper:type', args=['OPINION'])}?about={topic.pk}"
    told = answers(form) | {"channel": Channel.PHONE.value, "token": "d" * 16}
    assert desk.post(address, told).status_code == 302
    address = reverse("suggestions:sheet", args=[topic.pk])
    assert desk.post(address, answers(form) | {"token": "e" * 16}).status_code == 302
    assert voices(topic) == [[1, -1, 0]] * 4


def test_fresh_sheets_ask_what_is_asked_now_and_old_ones_are_read_as_they_were(
    cast, topic, photographed
):
    (old,) = printed(cast, topic)
    assert printed(cast, topic)[0].version == old.version
    gone = topic.statements.order_by("id")[1]
    judge_statement(gone, refusal="insults", by=cast.zhou.actor, now=NOW)
    (fresh,) = printed(cast, topic)
    asked = [[field.label for field in one.version.form.fields] for one in (old, fresh)]
    assert asked == [WORDS, [WORDS[0], WORDS[2]]]
    assert [one.version for one in FormVersion.objects.filter(code="OPINION").order_by("id")] == [1, 2]  # fmt: skip
    assert all(sheet.rows == {"about": str(topic.pk)} for sheet in Sheet.objects.all())


def test_one_side_holds_what_it_holds_and_no_statement_is_cut(cast, slip):
    many = [
        f"第{number}条，{'字' * 170 if number == 2 else '大家都说好'}" for number in range(1, 31)
    ]
    topic = open_topic(
        question="问得很长的一个问题，" * 10, statements=many, last_day=local_day(NOW),
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    form = opinion_sheet(str(topic.pk))
    assert len(pages_of(form)) == 1
    assert 8 < len(form.fields) < 17
    assert [field.label for field in form.fields] == many[: len(form.fields)]


def test_what_is_over_is_neither_printed_nor_typed(cast, topic, client, photographed):
    printed(cast, topic)
    Topic.objects.update(last_day=local_day(NOW - timedelta(days=1)))
    with pytest.raises(Refused) as refusal:
        printed(cast, topic)
    assert refusal.value.field == "about"
    desk = cast.enter(client, cast.chen)
    for about in (topic.pk, "", "5"):
        address = f"{reverse('paper:type', args=['OPINION'])}?about={about}"
        assert desk.get(address).status_code == 404
    assert "意见单" not in desk.get(reverse("paper:desk")).content.decode()
    assert Statement.objects.count() == 3
    assert Reading.objects.count() == 0


def test_the_desk_prints_it_from_the_question_and_its_name_stands_on_it(cast, topic, client):
    desk = cast.enter(client, cast.chen)
    page = desk.get(reverse("suggestions:topic-desk", args=[topic.pk])).content.decode()
    assert f'name="about" value="{topic.pk}"' in page
    told = {"count": 2, "about": topic.pk, "token": "p" * 16}
    pdf = Pdf(desk.post(reverse("paper:print", args=["OPINION"]), told).content)
    assert [sheet.rows for sheet in Sheet.objects.all()] == [{"about": str(topic.pk)}] * 2
    assert pdf.text.count("广场怎么用？") == 2
    assert pdf.text.count(WORDS[0]) == 2


def test_a_picture_without_its_code_belongs_to_no_question(cast, topic, photographed, seen):
    (sheet,) = printed(cast, topic)
    (reading,) = photographed(seen("ZZZZZZZZZZ"))
    with pytest.raises(Refused) as refusal:
        name_sheet(reading, use_of("OPINION"), code="", by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "code"
    assert sheet.readings.count() == 0
