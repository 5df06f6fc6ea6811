"""GeoReport v2: the public answers as they are, and files made to break a reader."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.georeport import Kind, Unreadable, looks_like_georeport, read

FILES = Path(__file__).parent.parent / "data" / "georeport"

REQUEST = (
    '{"service_request_id":"%s","status":"open","service_name":"Lamp",'
    '"requested_datetime":"2026-11-20T08:00:00+08:00"%s}'
)


@pytest.fixture(autouse=True)
def _in_english():
    """The sentences below stand as they are in the code."""
    with translation.override("en"):
        yield


def request(number, more=""):
    return REQUEST % (number, more)


def answer(*rows):
    return read(("[" + ",\n".join(rows) + "]").encode())


@pytest.mark.parametrize(
    ("name", "kind", "counts"),
    [
        # rows, requests, services, set aside
        ("spec_errors.json", Kind.ERRORS, (1, 0, 0, 1)),
        ("spec_errors.xml", Kind.ERRORS, (1, 0, 0, 1)),
        ("spec_request-from-token.json", Kind.TOKENS, (1, 0, 0, 1)),
        ("spec_request-from-token.xml", Kind.TOKENS, (1, 0, 0, 1)),
        ("spec_service-definition.json", Kind.DEFINITION, (0, 0, 0, 0)),
        ("spec_service-definition.xml", Kind.DEFINITION, (0, 0, 0, 0)),
        ("spec_service-list.json", Kind.SERVICES, (3, 0, 3, 0)),
        ("spec_service-list.xml", Kind.SERVICES, (3, 0, 3, 0)),
        ("spec_service-request-post.json", Kind.RECEIPTS, (1, 0, 0, 1)),
        ("spec_service-request-post.xml", Kind.RECEIPTS, (1, 0, 0, 1)),
        ("spec_service-request.json", Kind.REQUESTS, (1, 1, 0, 0)),
        ("spec_service-request.xml", Kind.REQUESTS, (1, 1, 0, 0)),
        ("spec_service-requests.json", Kind.REQUESTS, (2, 2, 0, 0)),
        ("spec_service-requests.xml", Kind.REQUESTS, (2, 2, 0, 0)),
        ("status_requests_many.xml", Kind.REQUESTS, (2, 2, 0, 0)),
        ("status_requests_single.xml", Kind.REQUESTS, (1, 1, 0, 0)),
        ("status_service_list.json", Kind.SERVICES, (3, 0, 3, 0)),
        ("status_service_requests.json", Kind.REQUESTS, (2, 2, 0, 0)),
        ("status_services_giessen.xml", Kind.SERVICES, (8, 0, 8, 0)),
    ],
)
def test_every_public_answer_is_read_as_what_it_is(name, kind, counts):
    content = (FILES / name).read_bytes()
    found = read(content)
    assert looks_like_georeport(content)
    assert (found.kind, found.read) == (kind, counts[0])
    assert (len(found.requests), len(found.services), len(found.set_aside)) == counts[1:]


def test_times_keep_their_offset_and_places_every_digit():
    chicago, other = read((FILES / "status_service_requests.json").read_bytes()).requests
    assert chicago.requested.written == "2014-07-12T10:58:43-05:00"
    assert chicago.requested.utc == datetime(2014, 7, 12, 15, 58, 43, tzinfo=UTC)
    assert chicago.updated.written == "2014-07-12T11:08:21-05:00"
    assert (chicago.latitude, chicago.longitude) == ("41.858724777757864", "-87.66475146237676")
    assert (chicago.line, other.line) == (2, 14)
    assert (other.id, other.status_notes, other.expected) == ("14-01100627", "Locked", None)

    assert [r.line for r in read((FILES / "status_requests_many.xml").read_bytes()).requests] == [
        3,
        22,
    ]
    toronto = read((FILES / "status_requests_many.xml").read_bytes()).requests[1]
    assert toronto.requested.written == "2018-07-30T00:01:00-04:00"
    assert toronto.expected.utc == datetime(2018, 8, 3, 4, 1, tzinfo=UTC)
    assert (toronto.latitude, toronto.longitude) == ("43.695823056", "-79.267190219")

    spec = read((FILES / "spec_service-requests.xml").read_bytes()).requests[0]
    assert spec.requested.written == "2010-04-14T06:37:38-08:00"
    assert spec.requested.utc == datetime(2010, 4, 14, 14, 37, 38, tzinfo=UTC)


def test_json_and_xml_of_one_request_say_the_same():
    for stem in ("spec_service-request", "spec_service-requests"):
        pair = [read((FILES / f"{stem}.{form}").read_bytes()).requests for form in ("json", "xml")]
        plain = [
            [{k: getattr(r, k) for k in r.__slots__ if k != "line"} for r in rows] for rows in pair
        ]
        assert plain[0] == plain[1]


def test_a_code_with_leading_zeros_stays_a_text_and_is_said():
    found = read((FILES / "spec_service-request.json").read_bytes())
    assert [(r.id, r.service_code, r.zipcode) for r in found.requests] == [
        ("638344", "006", "94122")
    ]
    assert [str(note) for note in found.notes] == [
        "Numbers that begin with zeros are not allowed in JSON; they were read as texts: 006."
    ]


def test_zeros_within_texts_and_ordinary_numbers_are_left_alone():
    more = ',"description":"room 007, \\"008\\", 1.05e-03","lat":0.5,"long":-0.25,"address_id":1001'
    found = answer(request("1", more))
    assert found.requests[0].description == 'room 007, "008", 1.05e-03'
    assert (found.requests[0].latitude, found.requests[0].longitude) == ("0.5", "-0.25")
    assert found.notes == []


def test_an_error_is_told_with_its_text_and_brings_nothing():
    for form in ("json", "xml"):
        found = read((FILES / f"spec_errors.{form}").read_bytes())
        assert [str(one.reason) for one in found.set_aside] == [
            (
                "The other system answered with error 403: Invalid api_key received --"
                " can't proceed with create_request."
            )
        ]
        assert [str(note) for note in found.notes] == [
            "The file begins with the server's status line (403); it was left out."
        ]


def test_header_fields_after_the_status_line_are_left_out_too():
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-A: b\r\n\r\n"
    assert [r.id for r in read((head + "[" + request(5) + "]").encode()).requests] == ["5"]


def test_umlauts_empty_elements_and_is_array_are_read():
    services = read((FILES / "status_services_giessen.xml").read_bytes()).services
    assert [(s.code, s.name) for s in services] == [
        ("015", "Abwasser und Wasser"),
        ("010", "Ampel defekt"),
        ("013", "Laterne defekt"),
        ("012", "Verkehrsschild beschädigt"),
        ("011", "Straßen- und Gehwegschäden"),
        ("016", "Schrottautos und -Fahrräder"),
        ("017", "Wilde Müllkippe, Sperrmüll"),
        ("014", "Grünflächen und Spielplätze"),
    ]
    assert (services[0].description, services[0].keywords) == ("", "")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "gb18030"])
def test_xml_is_read_in_the_encoding_it_declares(codec):
    name = {"utf-8-sig": "utf-8"}.get(codec, codec)
    text = f'<?xml version="1.0" encoding="{name}"?><services><service><service_code>1'
    text += "</service_code><service_name>Müll</service_name></service></services>"
    assert [s.name for s in read(text.encode(codec)).services] == ["Müll"]


def test_an_undeclared_chinese_encoding_is_read():
    row = request(1, ',"description":"楼下路灯坏了三天"')
    assert read(f"[{row}]".encode("gb18030")).requests[0].description == "楼下路灯坏了三天"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"status":"open","requested_datetime":"2026-11-20T08:00:00Z"}',
         "The request has no service_request_id."),
        ('{"service_request_id":"9","status":"open"}', "The request has no requested_datetime."),
        ('{"service_request_id":"9","status":"open","requested_datetime":"2026-11-20T08:00:00"}',
         ("requested_datetime lacks its offset, so it is not known when that was:"
         " 2026-11-20T08:00:00")),
        ('{"service_request_id":"9","status":"open","requested_datetime":"yesterday"}',
         "requested_datetime is not a time: yesterday"),
        ('{"service_request_id":"9","status":"open","requested_datetime":"0001-01-01T00:00:00+14:00"}',
         "requested_datetime is not a time: 0001-01-01T00:00:00+14:00"),
        (request(9, ',"expected_datetime":"2026-02-30T08:00:00Z"'),
         "expected_datetime is not a time: 2026-02-30T08:00:00Z"),
        (request(9, ',"lat":30.5'), "Of the place only one of lat and long is given."),
        (request(9, ',"lat":95,"long":20'), "This is not a place on earth: 95"),
        (request(9, ',"lat":1e999,"long":20'), "This is not a place on earth: 1e999"),
        (request(9, ',"lat":"north","long":20'), "This is not a place on earth: north"),
        (request(9).replace('"open"', '"pending"'),
         "The status “pending” is neither open nor closed."),
        (request("9" * 5000),
         "The number of the request is too long: " + "9" * 80 + "…"),
        (request(9, ',"description":{"a":1}'), "description is not a text."),
        ("17", "This row is not a request."),
        ("null", "This row is not a request."),
        (request(1), "Request 1 stands in this file already, as number 1."),
        ('{"service_request_id":"9","lat":NaN,"status":"open"}', "The file is not valid JSON."),
        ('{"service_request_id":"9",,}', "The file is damaged or breaks off at line 2."),
    ],
)  # fmt: skip
def test_a_bad_row_is_set_aside_with_its_reason_and_nothing_else_is_lost(bad, reason):
    found = answer(request(1), bad, request(2))
    assert [r.id for r in found.requests] == ["1", "2"]
    assert [(one.row, one.line, str(one.reason)) for one in found.set_aside] == [(2, 2, reason)]
    assert found.read == 3


def test_a_number_of_five_thousand_digits_is_no_harm():
    huge = "7" * 5000
    assert answer(request(1, f',"address_id":{huge}')).requests[0].address_id == huge


def test_a_broken_off_json_file_keeps_what_stands_before():
    whole = "[" + request(1) + ",\n" + request(2)
    for cut in (whole, whole[:-20], whole + ",", whole + ",\n{"):
        found = read(cut.encode())
        assert found.requests[0].id == "1"
        assert "breaks off at line" in str(found.set_aside[-1].reason)


def test_a_broken_off_xml_file_keeps_what_stands_before():
    content = (FILES / "status_requests_many.xml").read_bytes()
    found = read(content[: content.rindex(b"<address>")])
    assert [r.id for r in found.requests] == ["101005420892"]
    assert [(one.row, one.line) for one in found.set_aside] == [(2, 22)]
    assert "breaks off at line" in str(found.set_aside[0].reason)


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<service_requests><request><service_request_id>&b;</service_request_id></request></service_requests>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<service_requests><request><service_request_id>&x;</service_request_id></request></service_requests>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "The file defines names of its own (a DTD); such files are refused."),
        (OUTSIDE, "The file defines names of its own (a DTD); such files are refused."),
        ("", "The file is empty."),
        ("HTTP/1.1 204 No Content\r\n\r\n", "The file is empty."),
        ("<html><body>sign in</body></html>",
         "The file is not a GeoReport v2 answer: it begins with <html>."),
        ('{"rows": 1}',
         "The file is not a GeoReport v2 answer: it holds no requests or services."),
        ("[[[" * 50_000, "The file is not valid JSON."),
        ('[{"service_request_id"', "The file is damaged or breaks off at line 1."),
        ("<service_requests", "The file is damaged or breaks off at line 1."),
    ],
)  # fmt: skip
def test_what_is_no_georeport_is_refused_whole(content, why):
    with pytest.raises(Unreadable) as refused:
        read(content.encode())
    assert str(refused.value.message) == why


def test_elements_without_end_in_each_other_are_refused():
    with pytest.raises(Unreadable):
        read(b"<service_requests>" + b"<a>" * 100_000)


def test_an_empty_list_is_no_fault():
    found = read(b"[]")
    assert (found.kind, found.read, [str(n) for n in found.notes]) == (
        Kind.REQUESTS, 0, ["There are no requests in the file."],
    )  # fmt: skip


def test_texts_no_database_can_keep_are_mended():
    row = answer(request(1, ',"description":"a\\u0000b\\ud800c"')).requests[0]
    assert row.description == "a\ufffdb\ufffdc"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        found = read(content)
    except Unreadable:
        return
    assert found.read == len(found.requests) + len(found.services) + len(found.set_aside)


@given(st.integers(0, 400), st.integers(0, 255))
def test_any_damage_to_a_file_is_a_row_set_aside_or_a_refusal(place, byte):
    content = bytearray((FILES / "status_service_requests.json").read_bytes())
    content[place] = byte
    try:
        found = read(bytes(content))
    except Unreadable:
        return
    assert found.read == len(found.requests) + len(found.services) + len(found.set_aside)
