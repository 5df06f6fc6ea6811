"""Codes on paper: labels three by eight and one big sheet to a door, each of which is scanned."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.places.actions import add_place, print_codes
from mulin.ground.places.models import Building, Unit
from mulin.ground.places.queries import printed, with_code
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.places import BuildingFactory
from tests.support.pdfs import DEAD_MM, Pdf

PREFIX = "HTTP://TESTSERVER/Q/"


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast.xinjie


def houses(cast, count):
    """This many buildings with codes, and their codes."""
    for number in range(Building.objects.count(), count):
        BuildingFactory(community=cast.xinjie, grid=cast.grid_1, name=f"新{number}幢")
    return print_codes(list(Building.objects.all()), by=cast.chen.actor, now=NOW)


def get(cast, client, path):
    answer = cast.enter(client, cast.chen).get(path)
    assert answer.headers["Content-Type"] == "application/pdf"
    return Pdf(answer.content)


@pytest.mark.once
@pytest.mark.parametrize(("count", "pages"), [(24, 1), (50, 3)])
def test_every_label_is_scanned_and_none_lies_where_a_printer_does_not_reach(
    cast, client, xinjie, count, pages
):
    codes = houses(cast, count)
    pdf = get(cast, client, "/places/codes/labels.pdf?what=buildings")
    assert len(pdf) == pages
    scanned = [code for number in range(pages) for code in pdf.codes(number)]
    assert sorted(scanned) == sorted(f"{PREFIX}{code}/" for code in codes.values())
    assert all(pdf.nearest_to_edge_mm(number) >= DEAD_MM for number in range(pages))
    assert all(f"{house.name}东西坏了？" in pdf.packed for house in Building.objects.all())


def test_a_label_has_room_for_the_longest_names_we_know(cast, client, xinjie):
    place = add_place(
        by=cast.chen.actor, now=NOW, name="海盐县武原街道新街社区居家养老服务照料中心", kind="other"
    )
    add_place(by=cast.chen.actor, now=NOW, name="王䶮家门口的灯", kind="lamp")
    print_codes(list(with_code("places")), by=cast.chen.actor, now=NOW)
    pdf = get(cast, client, "/places/codes/labels.pdf?what=places")
    assert len(pdf) == 1
    assert place.name in pdf.packed
    assert "王䶮家门口的灯" in pdf.packed
    assert len(pdf.codes(0)) == 2
    assert pdf.nearest_to_edge_mm(0) >= DEAD_MM


def test_a_door_sheet_holds_one_code_that_reads_from_afar(cast, client, xinjie):
    codes = print_codes(list(Unit.objects.all()), by=cast.chen.actor, now=NOW)
    pdf = get(cast, client, "/places/codes/posters.pdf?what=units")
    assert len(pdf) == len(codes) == 2
    for number, one in enumerate(printed("units", with_code("units"))):
        assert one.name in pdf.pages[number]
        assert pdf.codes(number, dpi=30) == [f"{PREFIX}{one.code}/"]
        assert pdf.nearest_to_edge_mm(number) >= DEAD_MM


@pytest.mark.once
def test_ten_sheets_of_labels_to_a_file(cast, client, xinjie):
    houses(cast, 241)
    assert len(get(cast, client, "/places/codes/labels.pdf?what=buildings")) == 10
    rest = get(cast, client, "/places/codes/labels.pdf?what=buildings&page=2")
    assert len(rest.codes(0)) == 1
    page = cast.enter(client, cast.chen).get("/places/codes/?what=buildings").content.decode()
    assert "labels.pdf?what=buildings&amp;page=2" in page


def test_one_sheet_alone(cast, client, xinjie):
    codes = houses(cast, 3)
    pk = cast.building_12.pk
    pdf = get(cast, client, f"/places/codes/posters.pdf?what=buildings&only={pk}")
    assert pdf.codes(0) == [f"{PREFIX}{codes[pk]}/"]
    assert len(pdf) == 1


def test_without_codes_there_is_nothing_to_print(cast, client, xinjie):
    answer = cast.enter(client, cast.chen).get("/places/codes/labels.pdf?what=units")
    assert answer.headers["Location"] == "/places/codes/"
    assert cast.enter(client, cast.chen).get("/places/codes/flags.pdf").status_code == 404


def test_whoever_scans_a_staircase_need_not_say_which(cast, client, xinjie):
    unit = Unit.objects.get(building=cast.building_12)
    code = print_codes([unit], by=cast.chen.actor, now=NOW)[unit.pk]
    page = client.get(f"/q/{code.lower()}/", follow=True).content.decode()
    assert f"12幢{unit.name}" in page
    assert f'value="{unit.name}"' in page


def test_the_sheet_of_codes_asks_as_much_for_many_as_for_few(cast, client, xinjie, on_postgres):
    cast.enter(client, cast.chen)
    counts = set()
    for size in (3, 30):
        houses(cast, size)
        with CaptureQueriesContext(connection) as asked:
            client.get("/places/codes/labels.pdf?what=buildings")
        counts.add(len(asked))
    # PostgreSQL is also told which community it is.
    assert len(counts) == 1
    assert on_postgres or counts == {6}
