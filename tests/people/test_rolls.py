"""Files of persons, as communities keep them."""

import io
import re
from datetime import date, datetime, timedelta

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from mulin.circle.alarms.models import Watch
from mulin.ground.people.actions.persons import change_person, register_person
from mulin.ground.people.actions.rolls import (
    drop_stale_previews,
    preview_roll,
    take_in_roll,
    template_file,
    undo_import,
    waiting_lines,
)
from mulin.ground.people.models import Person, PersonWords, RollImport
from mulin.ground.people.rules import COLUMNS, columns_of
from mulin.ground.places.actions import settle_by_addresses
from mulin.ground.places.models import Residence
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table
from tests.clock import NOW

pytestmark = pytest.mark.django_db

HEADER = "姓名,性别,手机号,身份证号,出生日期,幢,单元,室,网格,居民类型,老家,备注"


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def csv(*lines, encoding="utf-8"):
    return "\n".join((HEADER, *lines)).encode(encoding)


def preview(cast, content, name="名册.csv"):
    return preview_roll(content, name, by=cast.chen.actor, now=NOW)


def outcomes(taken):
    return [(row["line"], row["outcome"], row.get("faults") or {}) for row in taken.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_list_is_previewed_line_by_line_then_taken_in(xinjie, encoding):
    content = csv(
        "王　伟,男,＋８６ 138-1234-0137,,1944年2月29日,12,1,301,1,本地,,",
        "王伟,男,13812340138,33042419500101102X,,,,,,新居民,安徽,住在店里",
        ",,,,,,,,,,,没有名字",
        "李四,女,1381234,,1943-02-29,,,,9,,,",
        encoding=encoding,
    )
    taken = preview(xinjie, content)
    assert outcomes(taken) == [
        (2, "new", {}),
        # The sex in his number says otherwise, but nobody guesses: it was typed.
        (3, "namesake", {}),
        (4, "refused", {"name": "empty"}),
        (5, "refused", {"phone": "wrong_length", "born_on": "no_such_day", "grid_id": "no_such_grid"}),
    ]  # fmt: skip
    assert not Person.objects.filter(name="王伟").exists()
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    first, second = Person.objects.filter(name="王伟").order_by("id")
    assert (first.phone, first.born_on, first.address, first.grid) == (
        "13812340137", date(1944, 2, 29), "12幢1单元301", xinjie.grid_1,
    )  # fmt: skip
    assert (second.residency, second.home_town, second.born_on) == ("new", "安徽", date(1950, 1, 1))
    assert taken.created_ids == [first.pk, second.pk]
    assert taken.waiting is None
    assert [one.pk for one in Person.objects.search("ww 12-301")] == [first.pk]


def test_no_sensitive_value_lies_open_in_the_preview(xinjie):
    preview(xinjie, csv("王伟,,13812340137,33042419500101102X,,,,,,,,"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows, waiting FROM people_rollimport")
        stored = str(cursor.fetchall())
    assert "13812340137" not in stored
    assert "王伟" not in stored


def test_taking_in_the_same_list_again_changes_nothing(xinjie):
    content = csv(
        "王伟,男,13812340137,,,,,,,,,", "李四,,,33042419500101102X,,,,,,,,", "张三,,,,,12,1,302,,,,"
    )
    take_in_roll(preview(xinjie, content), by=xinjie.chen.actor, now=NOW)
    again = preview(xinjie, content)
    assert [row["outcome"] for row in again.rows] == ["known"] * 3
    before = Person.objects.count()
    assert take_in_roll(again, by=xinjie.chen.actor, now=NOW).created_ids == []
    assert Person.objects.count() == before


def test_the_same_name_twice_stays_two(xinjie):
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,", "王伟,,,,,,,,,,,"))
    assert [row["outcome"] for row in taken.rows] == ["new", "namesake"]
    assert len(take_in_roll(taken, by=xinjie.chen.actor, now=NOW).created_ids) == 2


def test_one_id_number_under_two_names_is_refused(xinjie):
    register_person(by=xinjie.chen.actor, now=NOW, name="王秀", id_number="330424194912310026")
    taken = preview(
        xinjie,
        csv(
            "李四,,,33042419500101102X,,,,,,,,",
            "李五,,,330424500101102,,,,,,,,",
            "王修,,,330424194912310026,,,,,,,,",
        ),
    )
    assert outcomes(taken) == [
        (2, "new", {}),
        (3, "refused", {"id_number": "id_twice"}),
        (4, "refused", {"id_number": "id_on_roll"}),
    ]


def test_somebody_registered_between_preview_and_taking_in_is_not_doubled(xinjie):
    taken = preview(xinjie, csv("王伟,,13812340137,,,,,,,,,", "李四,,,,,,,,,,,"))
    register_person(by=xinjie.chen.actor, now=NOW, name="王伟", phone="13812340137")
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    assert [row["outcome"] for row in taken.rows] == ["known", "new"]


def test_lines_the_clerk_does_not_want_stay_out(xinjie):
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,", "李四,,,,,,,,,,,"))
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW, leave_out={2})
    assert list(Person.objects.filter(pk__in=taken.created_ids).values_list("name", flat=True)) == [
        "李四"
    ]


def test_a_file_is_taken_in_once(xinjie):
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,"))
    for _ in range(3):
        take_in_roll(taken, by=xinjie.chen.actor, now=NOW, token="once")
    with pytest.raises(Refused):
        take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    assert Person.objects.filter(name="王伟").count() == 1


def test_a_file_is_taken_out_again_except_whom_somebody_worked_with(xinjie):
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,", "李四,,,,,12,1,301,,,,", "张三,,,,,,,,,,,"))
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    wei, si, san = (Person.objects.get(pk=pk) for pk in taken.created_ids)
    settle_by_addresses(by=xinjie.chen.actor, now=NOW)
    change_person(san, by=xinjie.chen.actor, now=NOW, note="来过")
    taken = undo_import(taken, by=xinjie.chen.actor, now=NOW)
    assert taken.created_ids == sorted([si.pk, san.pk])
    assert set(Person.objects.filter(pk__in=(wei.pk, si.pk, san.pk))) == {si, san}
    assert not PersonWords.objects.filter(record_id=wei.pk).exists()
    assert not Person.objects.search("王伟").exists()
    with pytest.raises(Refused):
        undo_import(taken, by=xinjie.chen.actor, now=NOW)


def test_the_page_of_a_file_tells_who_went_out_again_and_who_stayed(xinjie, client):
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,", "张三,,,,,,,,,,,"))
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    stays = Person.objects.get(name="张三")
    change_person(stays, by=xinjie.chen.actor, now=NOW, note="来过")
    undo_import(taken, by=xinjie.chen.actor, now=NOW)
    address = reverse("people:import", args=[taken.pk])
    page = xinjie.enter(client, xinjie.chen).get(address).content.decode()
    rows = re.findall(r"<tr role=.row.><th.*?</tr>", page.partition("<tbody")[2], re.DOTALL)
    assert ["已撤回" in row for row in rows] == [True, False]
    assert ["第 2 行" in rows[0], "张三" in rows[1]] == [True, True]


def test_whom_a_room_names_without_a_way_back_stays(xinjie):
    """A key with `related_name="+"` was not asked: taking the file out ended in an error."""
    taken = preview(xinjie, csv("王伟,,,,,,,,,,,", "李四,,,,,,,,,,,"))
    taken = take_in_roll(taken, by=xinjie.chen.actor, now=NOW)
    watched, _free = taken.created_ids
    Watch.objects.create(community=xinjie.xinjie, person_id=watched, since=NOW)
    taken = undo_import(taken, by=xinjie.chen.actor, now=NOW)
    assert taken.created_ids == [watched]


def test_an_excel_file_with_merged_cells_texts_and_formulas(xinjie):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 4, "新街社区居民名册（2026年）")
        sheet.write_row(1, 0, ["姓名", "手机", "身份证号", "出生日期", "住址"])
        sheet.merge_range(2, 4, 3, 4, "12幢1单元301")
        sheet.write_row(2, 0, ["王伟"])
        sheet.write_number(2, 1, 13812340137)
        sheet.write_string(2, 2, "33042419500101102X")
        sheet.write_datetime(
            2, 3, datetime(1950, 1, 1),  # noqa: DTZ001  a cell knows no zone
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )  # fmt: skip
        sheet.write_row(3, 0, ["李梅", "13812340138"])
        sheet.write_formula(4, 0, '="张"&"三"', None, "张三")
        sheet.write_string(5, 0, "=1+1")
        sheet.write_string(6, 0, "赵六")
        sheet.write_number(6, 2, 330424194912310026)
    taken = preview(xinjie, file.getvalue(), "名册.xlsx")
    assert [(row["line"], row["outcome"]) for row in taken.rows] == [
        (3, "new"), (4, "new"), (5, "new"), (6, "refused"), (7, "refused"),
    ]  # fmt: skip
    assert taken.rows[3]["faults"] == {"name": "formula"}
    values = {line: one["values"] for line, one in waiting_lines(taken).items()}
    assert (values["3"]["phone"], values["3"]["born_on"]) == ("13812340137", date(1950, 1, 1))
    assert (values["4"]["phone"], values["4"]["address"]) == ("13812340138", "12幢1单元301")
    assert values["5"]["name"] == "张三"


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "leer.csv"), (b"\x89PNG\r\n\x1a\n\0\0", "bild.csv"), ("甲,乙\n1,2".encode(), "a.csv")],
)
def test_what_is_no_list_of_persons_is_refused_in_words(xinjie, content, name):
    with pytest.raises(Refused):
        preview(xinjie, content, name)
    assert not RollImport.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_our_own_template_is_understood(language):
    with translation.override(language):
        table = read_table(template_file(), "template.xlsx")
    assert set(columns_of(table.header)) == set(COLUMNS)


def test_previews_nobody_took_in_are_thrown_away(xinjie):
    old, new = (preview(xinjie, csv("王伟,,,,,,,,,,,")) for _ in range(2))
    RollImport.objects.filter(pk=new.pk).update(at=NOW + timedelta(days=7))
    later = NOW + timedelta(days=8)
    assert drop_stale_previews(by=xinjie.chen.actor, now=later) == 1
    assert drop_stale_previews(by=xinjie.chen.actor, now=later) == 0
    with pytest.raises(Refused):
        take_in_roll(old, by=xinjie.chen.actor, now=later)
    take_in_roll(new, by=xinjie.chen.actor, now=later)


@pytest.mark.parametrize("who", ["sun", "yong", "auditor"])
def test_only_the_desk_takes_in_files(xinjie, who):
    with pytest.raises(NotPermitted):
        preview_roll(csv(), "x.csv", by=getattr(xinjie, who).actor, now=NOW)


def test_a_long_list_takes_as_many_queries_as_a_short_one(xinjie):
    counts = []
    for size in (2, 200):
        content = csv(*(f"王{size}之{n},,138{size:04}{n:04},,,,,,,,," for n in range(size)))
        with CaptureQueriesContext(connection) as queries:
            take_in_roll(preview(xinjie, content), by=xinjie.chen.actor, now=NOW)
        counts.append(len(queries))
    # 200 lines make a longer INSERT, and SQLite takes a thousand values at most in one.
    assert counts[1] <= counts[0] + 12
    assert Residence.objects.count() == 0
