"""What is held of somebody, and their consents to sign: official documents that are kept as printed."""

from datetime import date

import pytest
from django.urls import reverse

from mulin.commons.paper.letters import consents_letter, own_data_letter
from mulin.commons.paper.models import Handed
from mulin.ground.audit.models import Look
from mulin.ground.people.actions.consents import give_consent
from mulin.ground.people.actions.erasure import own_data
from mulin.ground.people.models import Purpose
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _scope(cast):
    with in_community(cast.xinjie), standing_still(NOW):
        yield


def letter(client, kind, person, token="t" * 16):
    return client.post(reverse("paper:letter", args=[kind, person.pk]), {"token": token})


def test_a_letter_says_what_is_held_who_looked_and_has_room_for_hand_and_fingerprint(cast, client):
    wang = cast.wang.person
    give_consent(wang, Purpose.PHOTOS, by=cast.chen.actor, now=NOW)
    answer = letter(cast.enter(client, cast.chen), "own-data", wang)
    assert answer["Content-Type"] == "application/pdf"
    said = Pdf(answer.content).packed
    assert said.index("新街社区居民委员会") < said.index("个人信息告知书") < said.index("王秀英：")
    for words in (
        "一、您的登记信息",
        "二、您同意过的用途",
        "三、谁查看过",
        wang.address,
        "手印",
        "盖章处",
    ):
        assert "".join(words.split()) in said
    assert str(Purpose.PHOTOS.label) in said
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person, kept.title) == ("own-data", wang, "个人信息告知书")
    assert Look.objects.filter(record_id=wang.pk, what="own_data").count() == 1
    again = client.post(reverse("paper:again", args=[kept.pk]), {"why": "丢了", "token": "u" * 16})
    assert again.content == answer.content


def test_every_field_of_the_record_that_says_something_stands_in_the_letter(cast):
    wang = cast.wang.person
    told = own_data(wang, by=cast.chen.actor, now=NOW)["records"]
    document = own_data_letter(wang, community=cast.xinjie, by=cast.chen.actor, now=NOW)
    rows = {row[0] for row in document.blocks[2].rows}
    assert rows == {one["label"] for record in told for one in record.values() if one["value"] not in ("", None)}  # fmt: skip


def test_a_guardian_signs_for_a_child_and_what_was_never_said_is_said_so(cast, client):
    child = PersonFactory(community=cast.xinjie, name="周小宝", birth_year=2018, born_on=date(2018, 5, 1), grid=cast.grid_1)  # fmt: skip
    grown, small = (
        consents_letter(one, community=cast.xinjie, by=cast.chen.actor, now=NOW)
        for one in (cast.wang.person, child)
    )
    assert [(one.label, one.has_fingerprint) for one in small.signers] == [
        ("本人", True), ("监护人", True), ("经办人", False),
    ]  # fmt: skip
    assert len(grown.signers) == 2
    assert [row[0] for row in small.blocks[1].rows] == [str(one.label) for one in Purpose]
    assert {row[1] for row in small.blocks[1].rows} == {"没说"}
    pdf = Pdf(letter(cast.enter(client, cast.chen), "consents", child).content)
    assert "知情同意书" in pdf.packed


def test_nobody_but_the_desk_gets_a_letter_and_only_of_their_own_community(cast, client):
    wang = cast.wang.person
    for member in (cast.sun, cast.li, cast.yong):
        assert letter(cast.enter(client, member), "own-data", wang).status_code == 404
    desk = cast.enter(client, cast.chen)
    assert letter(desk, "other", wang).status_code == 404
    assert Handed.objects.count() == 0
    page = desk.get(reverse("people:person", args=[wang.pk])).content.decode()
    assert reverse("paper:letter", args=["own-data", wang.pk]) in page
