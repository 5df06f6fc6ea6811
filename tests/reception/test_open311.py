"""The Open311 server: what it shows, in the forms of the standard, read back by our own reader."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from mulin.commons.flow.actions import add_photo
from mulin.commons.flow.models import Category, Need, NeedPhoto, PhotoMoment, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.actions.programs import connect_program
from mulin.ground.community.models import ApiUse
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from mulin.kit.georeport import Kind, read
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    receive_demand,
)
from mulin.parlour.reception.models import Demand
from mulin.parlour.reception.rules import place_is_public
from tests.clock import NOW

FILES = Path(__file__).parent.parent / "data" / "georeport"
V2 = "/open311/v2/"


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


@pytest.fixture
def key(cast, xinjie):
    """The api_key of a program that may hand demands in."""
    return connect_program(
        name="随手拍", contact="x", scopes=[Scope.DEMANDS_WRITE], by=cast.zhou.actor, now=NOW,
        expires_at=NOW + timedelta(days=30),
    )[1]  # fmt: skip


def told(cast, words="灯", code="repair.lamp", said_at=NOW, **more):
    said = Said(
        words=words, person=cast.wang.person, building=cast.building_12, said_at=said_at,
        category=Category.objects.get(code=code), **more,
    )  # fmt: skip
    return receive_demand(said, by=cast.chen.actor, now=NOW)


def fields(node):
    """Names of an answer's parts, down to the leaves, from JSON or XML."""
    if isinstance(node, dict):
        return {name: fields(value) for name, value in node.items()}
    if isinstance(node, list):
        return [fields(node[0])] if node else []
    return None


def spec(name):
    """An example of the standard, its own faults mended: a status line, numbers such as 006."""
    text = (FILES / f"spec_{name}").read_text("utf-8")
    text = text[text.index("[") if text.startswith("HTTP") else 0 :]
    return json.loads(text.replace(":006", ':"006"').replace(":001", ':"001"')
                      .replace(":002", ':"002"').replace(":003", ':"003"'))  # fmt: skip


def tags(node):
    """The same of XML: tag, and those within it, each once."""
    return (node.tag, sorted({str(tags(child)) for child in node}))


# ── the forms of the standard ────────────────────────────────────────────────────────────────


def test_answers_have_the_fields_of_the_standards_examples(cast, xinjie, key, client):
    demand = told(cast)
    service = {"group": None, "keywords": None, "metadata": None, "type": None}
    assert fields(client.get(V2 + "services.json").json()) == [
        fields(spec("service-list.json")[0]) | service
    ]
    assert fields(client.get(V2 + "services/repair.lamp.json").json()) == fields(
        spec("service-definition.json")
    )
    assert fields(client.get(V2 + "requests.json").json()) == fields(spec("service-requests.json"))
    one = client.get(f"{V2}requests/{demand.need.number}.json").json()
    assert set(fields(spec("service-request.json"))[0]) <= set(one[0])
    token = client.get(f"{V2}tokens/{demand.need.follow_code}.json").json()
    assert fields(token) == fields(spec("request-from-token.json"))
    wrong = client.post(V2 + "requests.json", {"service_code": "repair.lamp"})
    assert wrong.status_code == 403
    assert fields(wrong.json()) == fields(spec("errors.json"))
    sent = {"service_code": "repair.lamp", "address_string": "12幢", "api_key": key}
    made = client.post(V2 + "requests.json", sent)
    assert made.status_code == 201
    assert fields(made.json()) == fields(spec("service-request-post.json"))


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("services.xml", "service-list.xml"),
        ("services/repair.lamp.xml", "service-definition.xml"),
        ("requests.xml", "service-requests.xml"),
    ],
)
def test_xml_has_the_elements_of_the_standards_examples(cast, xinjie, client, path, example):
    told(cast)
    answer = client.get(V2 + path)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    ours = ET.fromstring(answer.content)  # noqa: S314  our own answer
    theirs = ET.fromstring((FILES / f"spec_{example}").read_bytes())  # noqa: S314  a file of ours
    assert tags(ours) == tags(theirs)


def test_json_and_xml_say_the_same(cast, xinjie, client):
    told(cast)
    xml = ET.fromstring(client.get(V2 + "requests.xml").content)  # noqa: S314  our own answer
    (row,) = client.get(V2 + "requests.json").json()
    assert {part.tag: part.text for part in xml[0]} == {
        name: value if value not in {"", None} else None for name, value in row.items()
    }


def test_errors_are_lists_in_both_forms(cast, xinjie, client):
    for form in ("json", "xml"):
        answer = client.get(f"{V2}requests.{form}?status=broken")
        assert answer.status_code == 400
        assert read(answer.content).kind is Kind.ERRORS
    assert client.get(V2 + "requests/2026-99999.xml").status_code == 404
    assert client.get(V2 + "services/nothing.json").status_code == 404
    assert client.get(V2 + "requests.json?jurisdiction_id=nowhere").status_code == 404
    assert client.delete(V2 + "requests.json").status_code == 405
    assert client.get(V2 + "requests.yaml").status_code == 404


def test_discovery_says_where_and_how(cast, xinjie, client):
    answer = client.get(V2 + "discovery.json").json()
    assert answer["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert read(client.get(V2 + "discovery.xml").content).kind is Kind.DISCOVERY


@pytest.fixture
def picture():
    content = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(content, "JPEG")
    photo = clean_photo(content.getvalue(), max_bytes=100_000)
    return lambda need: add_photo(need, photo, moment=PhotoMoment.BEFORE, now=NOW)


# ── what is public ───────────────────────────────────────────────────────────────────────────


def test_neither_words_nor_persons_are_shown_and_nothing_confidential(cast, xinjie, client):
    seen = told(cast, "王秀英家门口的灯", place_words="301室", contact_phone="13800138000")
    told(cast, "保密", visibility=Visibility.CONFIDENTIAL)
    sealed = told(cast, "封")
    Need.objects.filter(pk=sealed.need_id).update(is_sealed=True)
    answer = client.get(V2 + "requests.json")
    assert [row["service_request_id"] for row in answer.json()] == [seen.need.number]
    shown = answer.content.decode()
    assert not any(
        word in shown for word in ("王", "门口", "301", "1380013", seen.need.follow_code)
    )
    assert answer.json()[0]["address"] == "12幢"
    assert answer.json()[0]["requested_datetime"] == "2026-11-25T10:00:00+08:00"
    assert client.get(f"{V2}requests/{sealed.need.number}.json").status_code == 404
    assert client.get(f"{V2}tokens/{sealed.need.follow_code}.json").status_code == 404


def test_where_an_elder_lives_is_nobodys_business(cast, xinjie, client):
    told(cast, code="elder")
    (row,) = client.get(V2 + "requests.json").json()
    assert (row["address"], row["address_id"], row["lat"]) == ("", "", None)
    assert [place_is_public(code) for code in ("repair", "repair.lamp", "safety.fraud", "repairs")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_photo_is_shown_only_once_it_is_public(cast, xinjie, client, picture):
    demand = told(cast)
    photo = picture(demand.need)
    assert client.get(V2 + "requests.json").json()[0]["media_url"] == ""
    assert client.get(f"/flow/photos/{photo.code}/").status_code == 404
    NeedPhoto.objects.filter(pk=photo.pk).update(is_public=True)
    url = client.get(V2 + "requests.json").json()[0]["media_url"]
    assert url == f"http://testserver/flow/photos/{photo.code}/"
    assert b"".join(client.get(url).streaming_content).startswith(b"\xff\xd8")
    Need.objects.filter(pk=demand.need_id).update(visibility=Visibility.CONFIDENTIAL)
    assert client.get(url).status_code == 404


def test_it_is_closed_when_whoever_asked_says_so(cast, xinjie, client):
    demand = told(cast)
    answer_demand(demand, by=cast.sun.actor, words="好了", now=NOW + timedelta(hours=1))
    (row,) = client.get(V2 + "requests.json").json()
    assert (row["status"], row["updated_datetime"]) == ("open", "2026-11-25T11:00:00+08:00")
    confirm_demand(demand, by=cast.wang.actor, solved=True, now=NOW + timedelta(hours=2))
    assert client.get(V2 + "requests.json?status=closed").json()[0]["status"] == "closed"
    assert client.get(V2 + "requests.json?status=open").json() == []
    assert len(client.get(V2 + "requests.json?status=open,closed").json()) == 1


def test_the_neighbour_is_another_jurisdiction(cast, xinjie, client):
    told(cast)
    assert client.get(V2 + "requests.json?jurisdiction_id=linli").json() == []
    assert len(client.get(V2 + "requests.json?jurisdiction_id=xinjie").json()) == 1
    cast.enter(client, cast.li)
    assert len(client.get(V2 + "requests.json").json()) == 1  # a session chooses nothing


# ── searching ────────────────────────────────────────────────────────────────────────────────


def test_a_search_narrows_by_day_kind_and_number(cast, xinjie, client):
    old = told(cast, said_at=NOW - timedelta(days=100))
    lamp = told(cast)
    drain = told(cast, code="repair.drain")

    def numbers(query):
        return [
            row["service_request_id"] for row in client.get(f"{V2}requests.json?{query}").json()
        ]

    assert numbers("") == [drain.need.number, lamp.need.number]
    assert numbers("service_code=repair.lamp,elder") == [lamp.need.number]
    assert numbers(f"service_request_id={old.need.number},x&status=closed") == [old.need.number]
    # ninety days from the first day; the plus sign of an offset need not be encoded
    assert numbers("start_date=2026-08-01T00:00:00+08:00") == [old.need.number]
    assert numbers("start_date=2026-08-01T00:00:00%2B08:00&end_date=2026-11-25T23:00:00Z") == [
        drain.need.number, lamp.need.number,
    ]  # fmt: skip
    assert numbers("end_date=2026-09-01T00:00:00Z") == [old.need.number]
    assert numbers("page=2&page_size=1") == [lamp.need.number]
    for wrong in ("start_date=yesterday", "page_size=1001", "page=0"):
        assert client.get(f"{V2}requests.json?{wrong}").status_code == 400


@pytest.mark.parametrize("count", [2, 20])
def test_a_search_takes_the_same_queries_however_long(cast, xinjie, client, count):
    for _number in range(count):
        told(cast)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(V2 + "requests.json")
    assert len(answer.json()) == count
    own = [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"] and "_setting" not in q["sql"]
           and "set_config" not in q["sql"]]  # fmt: skip
    assert len(own) == 4, own


# ── handing in, and the round trip ───────────────────────────────────────────────────────────


def test_a_request_becomes_a_demand_like_any_other(cast, xinjie, client, key):
    sent = {
        "api_key": key, "service_code": "repair.lamp", "description": "路灯不亮",
        "address_id": "12幢", "first_name": "勇", "last_name": "张", "phone": "138 0000 0001",
        "attribute[VISIBILITY]": "anonymous", "attribute[CONTACT]": "call", "lat": "30.5",
        "long": "120.9",
    }  # fmt: skip
    answer = client.post(V2 + "requests.json?jurisdiction_id=xinjie", sent)
    demand = Demand.objects.get()
    need = demand.need
    assert answer.json()[0]["service_request_id"] == need.number
    assert (need.words, need.contact_name, need.contact_phone) == (
        "路灯不亮",
        "张勇",
        "13800000001",
    )
    assert (need.visibility, need.contact_wish, need.channel) == ("anonymous", "call", "api")
    assert (need.building, demand.owner) == (cast.building_12, cast.sun.account)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": "xinjie.wrong"}, 403),
        ({"api_key": "\0"}, 403),
        ({"service_code": "nothing"}, 400),
        ({"address_string": ""}, 400),
        ({"lat": "30"}, 400),
        ({"lat": "91", "long": "1"}, 400),
        ({"attribute[CONTACT]": "pigeon"}, 400),
        ({"jurisdiction_id": "linli"}, 403),
        ({"jurisdiction_id": "\0"}, 404),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_made(
    cast, xinjie, client, key, change, status
):
    good = {"api_key": key, "service_code": "repair.lamp", "address_string": "东门"}
    assert client.post(V2 + "requests.json", good | change).status_code == status
    assert Demand.objects.count() == 0


def test_a_request_that_is_refused_counts_as_a_call_too(cast, xinjie, client, key):
    sent = {"api_key": key, "service_code": "nothing", "address_string": "东门"}
    assert client.post(V2 + "requests.json", sent).status_code == 400
    assert ApiUse.objects.get().count == 1


@pytest.mark.parametrize("form", ["json", "xml"])
def test_our_own_reader_takes_in_what_our_server_gives(cast, xinjie, client, form):
    told(cast, said_at=NOW - timedelta(days=3))
    told(cast, code="elder")
    given = client.get(f"{V2}requests.{form}")
    answer = read(given.content)
    assert (answer.kind, answer.set_aside, answer.notes) == (Kind.REQUESTS, [], [])
    demands = Demand.objects.select_related("need__category").order_by("-received_at", "-id")
    assert [
        (one.id, one.service_code, one.requested.utc, one.expected.utc, one.status)
        for one in answer.requests
    ] == [
        (row.need.number, row.need.category.code, row.received_at, row.answer_by, "open")
        for row in demands
    ]
    services = read(client.get(f"{V2}services.{form}").content).services
    assert [one.code for one in services] == [
        row.code for row in Category.objects.filter(is_active=True)
    ]
    with in_community(cast.linli):
        assert Demand.objects.count() == 0
