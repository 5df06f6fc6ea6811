"""What reception's pages show, to whom, and how many queries they ask."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from mulin.commons.flow.models import Need, NeedPhoto
from mulin.commons.flow.queries import needs_with
from mulin.commons.flow.said import Said
from mulin.ground.places.actions import print_code
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand, take_demand
from mulin.parlour.reception.forms.demands import TellForm
from mulin.parlour.reception.models import Confirmation, Demand, Visit
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_still(NOW):
        yield


def picture(name="lamp.jpg"):
    content = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def shut(response):
    """Close the file a response serves; `close()` would also end the test's own connection."""
    for close in response._resource_closers:
        close()


def received(cast, count):
    for number in range(count):
        receive_demand(
            Said(words=f"路灯不亮 {number}", building=cast.building_12, person=cast.wang.person),
            by=cast.chen.actor.by(Channel.PHONE),
            now=NOW - timedelta(minutes=number),
        )


def test_a_passer_by_scans_building_12_and_follows_what_they_said(cast, xinjie, client):
    link = print_code(cast.building_12, by=cast.zhou.actor, now=NOW)
    scanned = client.get(f"/Q/{link.code}/")
    assert scanned.status_code == 302
    page = client.get(scanned.url)
    assert "12幢" in page.content.decode()
    token = page.context["form"]["token"].value()
    answer = client.post(
        scanned.url,
        {"words": "路灯不亮", "place_words": "门口", "phone": "138-0013-8000", "photos": picture(),
         "token": token},
    )  # fmt: skip
    need = Need.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("reception:follow", args=[need.follow_code])
    assert (need.building, need.channel, need.contact_phone) == (
        cast.building_12, "qr", "13800138000",
    )  # fmt: skip
    followed = client.get(answer.url).content.decode()
    assert need.number in followed
    assert "路灯不亮" in followed


def test_the_same_form_sent_ten_times_is_one_demand(cast, xinjie, client):
    typed = {"words": "下水道堵了", "token": "once"}
    answers = {client.post(reverse("reception:tell"), typed).url for _ in range(10)}
    assert len(answers) == 1
    assert Demand.objects.count() == 1


def test_a_wrong_phone_is_said_beside_the_field_and_nothing_typed_is_lost(cast, xinjie, client):
    page = client.post(
        reverse("reception:tell"), {"words": "门坏了", "place_words": "北门", "phone": "12"}
    )
    assert page.context["form"].errors.keys() == {"phone"}
    html = page.content.decode()
    assert "门坏了" in html
    assert "北门" in html
    assert Need.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", b"not a picture"), ("a.svg", b"<svg onload='alert(1)'/>"), ("a.jpg", b"")],
)
def test_what_is_not_a_photo_is_refused_in_words(cast, xinjie, client, name, content):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    page = client.post(reverse("reception:tell"), {"words": "灯", "photos": file})
    assert "photos" in page.context["form"].errors
    assert Need.objects.count() == 0


def test_a_photo_is_opened_by_whoever_may_read_the_need_and_nobody_else(cast, xinjie, client):
    client.post(reverse("reception:tell"), {"words": "灯", "photos": picture()})
    photo = NeedPhoto.objects.select_related("need").get()
    address = reverse("flow:photo", args=[photo.code])
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?key=WRONG").status_code == 404
    holder = client.get(f"{address}?key={photo.need.follow_code}")
    assert (holder.status_code, holder["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(holder.streaming_content)[:2] == b"\xff\xd8"
    shut(holder)
    at_the_desk = cast.enter(client, cast.chen).get(address)
    assert at_the_desk.status_code == 200
    shut(at_the_desk)
    assert cast.enter(client, cast.li).get(address).status_code == 404
    assert client.get(reverse("flow:photo", args=["A" * 20])).status_code == 404


def test_looking_at_the_page_confirms_nothing(cast, lamp, client):
    answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW)
    address = reverse("reception:follow", args=[lamp.need.follow_code])
    for _ in range(2):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert Confirmation.objects.get().outcome == ""
    client.post(address, {"solved": "yes", "rating": "5", "token": "t"})
    assert Confirmation.objects.get().outcome == "solved"


def test_the_asker_sees_no_internal_note_and_no_phone(cast, lamp, client):
    cast.enter(client, cast.sun)
    work = reverse("reception:work", args=[lamp.pk, "note"])
    client.post(work, {"words": "老人家脾气急", "token": "n"})
    client.logout()
    page = client.get(reverse("reception:follow", args=[lamp.need.follow_code])).content.decode()
    assert "老人家脾气急" not in page


def test_the_worker_at_the_desk_writes_down_a_phone_call(cast, xinjie, client):
    cast.enter(client, cast.chen)
    page = client.get(reverse("reception:receive"), {"person": cast.wang.person.pk})
    assert "王秀英" in page.content.decode()
    client.post(
        reverse("reception:receive"),
        {"channel": "phone", "words": "灯坏了", "person": cast.wang.person.pk, "minutes": "4",
         "building": cast.building_12.pk, "contact_wish": "call", "visibility": "named",
         "token": "x"},
    )  # fmt: skip
    need = Need.objects.get()
    assert (need.person, need.entered_by, need.channel) == (
        cast.wang.person, cast.chen.account, "phone",
    )  # fmt: skip
    assert Visit.objects.get().minutes == 4


@pytest.mark.parametrize("typed", ["王秀英", "wangxiuying", "wxy", "12幢", "301"])
def test_a_person_is_found_while_typing(cast, xinjie, client, typed):
    from mulin.ground.people.actions.persons import index_words  # noqa: PLC0415

    index_words([cast.wang.person])
    page = cast.enter(client, cast.chen).get(reverse("reception:who"), {"who": typed})
    assert [person.name for person in page.context["persons"]] == ["王秀英"]


def test_two_at_one_demand_the_second_is_told_and_keeps_the_page(cast, lamp, client):
    cast.enter(client, cast.sun)
    take = reverse("reception:work", args=[lamp.pk, "take"])
    assert client.post(take, {"token": "a"}).status_code == 302
    wait = reverse("reception:work", args=[lamp.pk, "wait"])
    refused = client.post(wait, {"whom": "供电所", "until": "2020-01-01", "token": "b"})
    assert refused.status_code == 422
    assert "供电所" in refused.content.decode()


def test_the_neighbour_and_the_other_grid_find_no_such_page(cast, lamp, client):
    address = reverse("reception:demand", args=[lamp.pk])
    expected = {"chen": 200, "zhou": 200, "sun": 200, "wu": 404, "li": 404, "yong": 404,
                "auditor": 404, "street": 404, "installer": 404}  # fmt: skip
    seen = {
        name: cast.enter(client, getattr(cast, name)).get(address).status_code for name in expected
    }
    assert seen == expected


def test_the_desk_asks_the_same_number_of_queries_for_two_rows_and_for_twenty(cast, xinjie, client):
    cast.enter(client, cast.chen)
    counts = []
    for more in (2, 18):
        received(cast, more)
        client.get(reverse("reception:desk"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("reception:desk"))
        # PostgreSQL is told the community besides.
        counts.append(len([one for one in asked if "set_config" not in one["sql"]]))
    assert len(page.context["page"].rows) == 20
    assert counts[0] == counts[1]
    assert counts[1] <= 12


@pytest.mark.parametrize("name", ["visits", "calls"])
def test_lists_ask_the_same_number_of_queries_at_two_sizes(cast, xinjie, client, name):
    cast.enter(client, cast.zhou)
    counts = []
    for more in (2, 18):
        received(cast, more)
        for demand in Demand.objects.open().select_related("need"):
            answer_demand(demand, by=cast.chen.actor, words="好了", now=NOW)
        client.get(reverse(f"reception:{name}"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse(f"reception:{name}"))
        counts.append(len(asked))
    assert len(page.context["page"].rows) == 20
    assert counts[0] == counts[1]


def test_five_thousand_events_on_one_demand_still_open(cast, lamp, client):
    from mulin.commons.flow.models import Step  # noqa: PLC0415

    Step.objects.bulk_create(
        Step(community=cast.xinjie, need=lamp.need, at=NOW, room="reception", kind="note",
             line=f"第{number}条", is_for_asker=number % 2 == 0)
        for number in range(5000)
    )  # fmt: skip
    page = cast.enter(client, cast.sun).get(reverse("reception:demand", args=[lamp.pk]))
    assert page.status_code == 200
    assert "第4999条" in page.content.decode()
    client.logout()
    assert client.get(reverse("reception:follow", args=[lamp.need.follow_code])).status_code == 200


def test_the_list_is_found_by_two_characters_and_by_number(cast, lamp, client):
    cast.enter(client, cast.chen)
    for typed in ("路灯", lamp.need.number, "12幢"):
        page = client.get(reverse("reception:desk"), {"q": typed, "show": "all"})
        assert [row["id"] for row in page.context["page"].rows] == [lamp.pk]
    page = client.get(reverse("reception:desk"), {"q": "电梯", "show": "all"})
    assert page.context["page"].rows == []


def test_the_neighbours_search_finds_nothing_of_ours(cast, lamp):
    with in_community(cast.linli):
        assert list(Need.objects.filter(pk__in=needs_with("路灯", most=9))) == []


def test_the_photo_of_a_faulty_form_need_not_be_chosen_again(cast, xinjie, client):
    token = "t" * 22
    first = client.post(
        reverse("reception:tell"), {"words": "", "photos": picture(), "token": token}
    )
    assert first.context["form"].errors.keys() == {"words"}
    kept = first.context["form"]["photos"].help_text
    assert kept != TellForm.base_fields["photos"].help_text
    assert str(kept) in first.content.decode()
    client.post(reverse("reception:tell"), {"words": "路灯不亮", "token": token})
    assert NeedPhoto.objects.get().need.words == "路灯不亮"


def test_nobody_gets_anothers_result_by_their_token(cast, xinjie, client):
    client.post(reverse("reception:tell"), {"words": "灯", "token": "z" * 22})
    cast.enter(client, cast.yong)
    stolen = client.post(reverse("reception:tell"), {"words": "x", "token": "z" * 22})
    assert stolen.status_code == 200
    assert stolen.context["form"].errors
    assert Need.objects.count() == 1


def test_a_place_nobody_named_leaves_no_dot_behind(cast, xinjie, client):
    by = cast.chen.actor.by(Channel.PHONE)
    demand = receive_demand(Said(words="路灯不亮"), by=by, now=NOW)
    page = client.get(reverse("reception:follow", args=[demand.need.follow_code]))
    assert '<p class="soft"><time' in page.content.decode()


def test_whoever_has_it_in_hand_is_not_asked_to_take_it_and_a_colleague_may(cast, lamp, client):
    take_demand(lamp, by=cast.zhou.actor, now=NOW)
    for member, is_asked in ((cast.zhou, False), (cast.chen, True)):
        page = cast.enter(client, member).get(f"/reception/demands/{lamp.pk}/")
        assert (f"/reception/demands/{lamp.pk}/take/" in page.content.decode()) is is_asked
