"""Maps of columns, and what a table says by them; no database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from mulin.kit.refusals import Refused
from mulin.parlour.reception.forms.imports import ColumnsForm
from mulin.parlour.reception.importing.mapping import (
    ColumnMap,
    guess_columns,
    recognise,
    shipped_maps,
)
from mulin.parlour.reception.importing.reading import MapNeeded, first_rows, read_file

DATA = Path(__file__).parent.parent / "data" / "demands"
BOSTON = (DATA / "boston_layout.csv").read_bytes()
HEADER = BOSTON.decode().splitlines()[0].split(",")
SIMPLE = {
    "system": "hotline",
    "columns": {"external_id": "编号", "opened": "时间", "words": "内容"},
}


@pytest.fixture(autouse=True)
def _in_english():
    """The sentences below stand as they are in the code."""
    with translation.override("en"):
        yield


def simple(**more):
    columns = SIMPLE["columns"] | more.pop("columns", {})
    return ColumnMap.from_json({**SIMPLE, "columns": columns, **more})


def table(*rows, header="编号,时间,内容", codec="utf-8", **more):
    return read_file("\n".join([header, *rows]).encode(codec), "a.csv", chosen=simple(**more))


def aside(found):
    return [(one.row, str(one.reason)) for one in found.set_aside]


def test_the_layout_of_boston_is_known_by_its_header():
    found = read_file(BOSTON, "boston_layout.csv", chosen=None, known=shipped_maps())
    assert (found.system, found.read, len(found.rows), found.set_aside) == ("boston311", 6, 6, [])
    first = found.rows[0]
    assert (first.external_id, first.is_open, first.status, first.source, first.came_by) == (
        "900000000001", False, "Closed", "Constituent Call", "phone",
    )  # fmt: skip
    assert (first.words, first.category, first.place_words) == (
        "Lamp out at the gate", "Street Lamp", "Elm St, Corner",
    )  # fmt: skip
    # 2 March is winter time in New York, 9 March summer time.
    assert first.opened == datetime(2015, 3, 2, 14, 0, tzinfo=UTC)
    assert first.due == datetime(2015, 3, 9, 13, 0, tzinfo=UTC)
    assert first.facts["opened"] == "03/02/2015 09:00:00 AM"
    assert found.rows[5].words == "Two lines\nin one cell"
    assert [row.line for row in found.rows] == [2, 3, 4, 5, 6, 7]


def test_the_latest_moment_of_a_file_is_something_that_happened_not_a_limit():
    found = read_file(BOSTON, "boston_layout.csv", chosen=None, known=shipped_maps())
    assert found.as_of == datetime(2015, 4, 2, 12, 0, tzinfo=UTC)


def test_an_unknown_layout_asks_for_a_map():
    with pytest.raises(MapNeeded):
        read_file(b"a,b\n1,2\n", "a.csv", chosen=None, known=shipped_maps())


def test_a_map_is_the_same_after_its_way_through_a_file():
    for each in (*shipped_maps(), simple(statuses={"在办": "open"})):
        assert ColumnMap.from_file(each.as_file()) == each


def test_a_map_made_for_another_table_says_which_column_is_missing():
    with pytest.raises(Refused, match="no column “时间”"):
        read_file("编号,内容\n1,灯\n".encode(), "a.csv", chosen=simple())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"time_zone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”"),
        ({"time_zone": "../../etc/passwd"}, "There is no time zone"),
        ({"date_format": "%Q"}, "The date format “%Q” can't be used"),
        ({"statuses": {"done": "finished"}}, "states are “open” or “closed”, not “finished”"),
        ({"channels": {"Fax": "fax"}}, "unknown channel: fax"),
        ({"columns": {"external_id": "编号"}}, "Choose the column for: Received on"),
        (
            {"columns": SIMPLE["columns"] | {"latitude": "纬度"}},
            "Latitude and longitude go together",
        ),
        ({"columns": SIMPLE["columns"] | {"phone": "电话"}}, "unknown field: phone"),
        ({"colour": "red"}, "unknown part: colour"),
        ({"columns": ["a"]}, "unknown part: columns"),
        ({"system": ""}, "needs a name for the other system"),
    ],
)
def test_a_map_that_cannot_be_used_says_why(change, why):
    with pytest.raises(Refused, match=why):
        ColumnMap.from_json(SIMPLE | change)


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_map_is_refused(content):
    with pytest.raises(Refused):
        ColumnMap.from_file(content)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_are_read_in_every_usual_encoding(codec):
    found = table("1,2026-11-20 08:30,楼下路灯坏了三天", codec=codec)
    assert [(row.external_id, row.words) for row in found.rows] == [("1", "楼下路灯坏了三天")]
    assert found.rows[0].opened == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_line_breaks_in_cells_formulas_and_leading_zeros_stay_as_they_are():
    found = table('007,2026-11-20,"=1+1\nsecond line"', "'008,2026年11月21日9时30分,+86 573")
    assert [(row.line, row.external_id, row.words) for row in found.rows] == [
        (2, "007", "=1+1\nsecond line"),
        (4, "'008", "+86 573"),
    ]


def test_bad_rows_are_set_aside_with_their_line_and_nothing_else_is_lost():
    found = table(
        "1,2026-11-20,灯",
        ",2026-11-20,没有编号",
        "3,,没有时间",
        "4,2026-02-30,没有这一天",
        "5,2026-11-20,",
        "1,2026-11-20,又来一次",
        "6,2026-11-20,灯,多一格",
        '7,2026-11-20,"没有收尾',
        "8,2026-11-20,好的",
    )
    assert [row.external_id for row in found.rows] == ["1", "8"]
    assert found.read == 9
    assert aside(found) == [
        (3, "The row has no number."),
        (4, "The row does not say when it was received."),
        (5, "“时间” is not a time in the format of the map: 2026-02-30"),
        (6, "The row says nothing: it has no words and no category."),
        (7, "Number 1 stands in this file already, in line 2."),
        (8, ("The row has more cells than the header. Perhaps a comma within a cell lacks its"
            " quotation marks.")),
        (9, "The row opens a quotation mark that is never closed."),
    ]  # fmt: skip


def test_states_are_the_map_s_words_the_usual_ones_or_a_reason():
    found = table(
        "1,2026-11-20,灯,在路上",
        "2,2026-11-20,灯,已办结",
        "3,2026-11-20,灯,Closed",
        "4,2026-11-20,灯,不知道",
        header="编号,时间,内容,状态",
        columns={"status": "状态"},
        statuses={"在路上": "open"},
    )
    assert [(row.external_id, row.is_open) for row in found.rows] == [
        ("1", True), ("2", False), ("3", False),
    ]  # fmt: skip
    assert aside(found) == [(5, "The state “不知道” is neither open nor closed by the map.")]


def test_a_place_is_whole_and_on_earth():
    found = table(
        "1,2026-11-20,灯,30.525638123456789,120.9",
        "2,2026-11-20,灯,30.5,",
        "3,2026-11-20,灯,nan,120.9",
        "4,2026-11-20,灯,30.5,181",
        header="编号,时间,内容,纬度,经度",
        columns={"latitude": "纬度", "longitude": "经度"},
    )
    assert [(row.latitude, row.longitude) for row in found.rows] == [
        ("30.525638123456789", "120.9")
    ]
    assert [row for row, _reason in aside(found)] == [3, 4, 5]


def test_equal_content_has_an_equal_digest_wherever_it_stands():
    one = table("1,2026-11-20,灯", "2,2026-11-20,灯").rows
    other = table("", "2,2026-11-20,灯", "1,2026-11-20,灯").rows
    assert {row.external_id: row.digest for row in one} == {
        row.external_id: row.digest for row in other
    }
    changed = table("1,2026-11-20,灯亮了").rows[0]
    elsewhere = table("1,2026-11-20,灯", time_zone="America/New_York").rows[0]
    assert len({one[0].digest, changed.digest, elsewhere.digest}) == 3


def test_columns_are_proposed_by_their_names():
    assert guess_columns(["编号", "诉求内容", "受理时间", "颜色"]) == {
        "external_id": "编号", "words": "诉求内容", "opened": "受理时间",
    }  # fmt: skip


def test_a_header_with_more_columns_is_still_recognised():
    assert recognise([*HEADER, "more"], shipped_maps()) == shipped_maps()[0]
    assert recognise(HEADER[1:], shipped_maps()) is None


def test_the_first_rows_are_shown_as_they_are():
    header, rows = first_rows(BOSTON, "boston_layout.csv", most=2)
    assert header == HEADER
    assert [row[0] for row in rows] == ["900000000001", "900000000002"]


@pytest.mark.shared
def test_the_real_extracts_are_read_without_a_row_set_aside(shared):
    folder = shared / "data" / "participation" / "boston311"
    expected = json.loads((folder / "expected.json").read_text())
    for name, counts in expected.items():
        found = read_file((folder / name).read_bytes(), name, chosen=None, known=shipped_maps())
        assert (len(found.rows), found.set_aside) == (counts["rows"], [])


def names_of(fields):
    return [field.name for field in fields]


def test_only_the_columns_that_a_table_has_are_asked_for_at_first():
    form = ColumnsForm(header=["编号", "来电时间", "诉求内容"], base=None)
    assert names_of(form.columns) == ["external_id", "opened", "words"]
    assert "latitude" in names_of(form.other_columns)
    assert not set(names_of(form.columns)) & set(names_of(form.other_columns))
    assert not form.is_written_oddly


def test_a_column_that_was_chosen_or_is_missing_stands_in_front():
    typed = {"external_id": "", "opened": "来电时间", "latitude": "纬", "date_format": "%d.%m.%Y"}
    form = ColumnsForm(typed, header=["编号", "来电时间", "纬"], base=None)
    assert not form.is_valid()
    assert names_of(form.columns) == ["external_id", "opened", "latitude"]
    assert form.errors["external_id"] == ["Say which column it is."]
    assert form.is_written_oddly


def test_our_own_time_zone_comes_first_and_by_its_name():
    zones = ColumnsForm(header=["编号"], base=None).fields["time_zone"].choices
    assert zones[0] == ("Asia/Shanghai", "Beijing time")
    assert [zone for zone, _name in zones].count("Asia/Shanghai") == 1
