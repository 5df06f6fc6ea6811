"""An old book of visits: each line judged, taken in once with one act, taken out again."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Act
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.visit_books import (
    PREVIEW_LASTS,
    drop_stale_books,
    preview_book,
    take_in_book,
    template_file,
    undo_book,
)
from mulin.parlour.reception.actions.visits import Noted, record_visits
from mulin.parlour.reception.models import Visit, VisitBook, VisitKind
from mulin.parlour.reception.rules import BOOK_COLUMNS, columns_of_book, read_book_line
from tests.clock import NOW
from tests.factories.people import PersonFactory

BOOK = """日期,时间,姓名,事由,方式,分钟,经办人,备注
2023-05-08,9:05,章秀珍,坐坐聊聊,来访,15,小陈,带了桑葚
2023-05-08,9:05,章秀珍,坐坐聊聊,来访,15,小陈,同一行
2023年5月9日,,路人甲,问路,电话,,,
2023-13-40,10:00,,,,,,
2099-01-01,10:00,,,,,,
2023-05-10,二点,,,,,,
2023-05-10,10:00,,,,很久,,
"""


@pytest.fixture
def desk(cast):
    with in_community(cast.xinjie):
        open_reception(by=cast.zhou.actor, now=NOW - timedelta(days=2000))
        PersonFactory(community=cast.xinjie, name="章秀珍")
        yield cast.chen.actor


def preview(by, text=BOOK):
    return preview_book(text.encode(), "来访登记.csv", by=by, now=NOW)


# ── the rule of a line, without a database ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "hour", "at"),
    [
        ("2023-05-08", "9:05", (9, 5)),
        ("2023/5/8", "", (12, 0)),
        ("2023年5月8日9时30分", "", (9, 30)),
        ("2023-05-08", "1899-12-31 14:20:00", (14, 20)),
        ("2023-05-08", "14：20", (14, 20)),
    ],
)
def test_a_line_says_when_in_many_spellings(day, hour, at):
    line = read_book_line({"day": day, "time": hour}, now=NOW)
    assert line["faults"] == []
    assert line["at"] == datetime(2023, 5, 8, *at, tzinfo=SHANGHAI)


def test_a_phone_that_is_none_and_a_way_nobody_knows_do_not_stop_a_line():
    line = read_book_line({"day": "2023-05-08", "phone": "不详", "channel": "飞鸽"}, now=NOW)
    assert (line["phone"], line["channel"], line["faults"]) == ("", "walk_in", [])


def test_the_template_has_every_column_by_a_name_that_is_read():
    header = read_table(template_file() or b"", "t.xlsx").header
    assert set(columns_of_book(header)) == set(BOOK_COLUMNS)


# ── taking in ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_each_line_is_judged_and_only_new_ones_come_in_once_with_one_act(cast, desk):
    book = preview(desk)
    told = [(row["line"], row["outcome"], row["faults"], row["notes"]) for row in book.rows]
    assert told == [
        (2, "new", [], []),
        (3, "new", [], []),
        (4, "new", [], ["kind_unknown", "nobody_found"]),
        (5, "refused", ["no_day"], []),
        (6, "refused", ["to_come"], []),
        (7, "refused", ["no_time"], []),
        (8, "refused", ["no_minutes"], []),
    ]
    assert Visit.objects.count() == 0
    taken = take_in_book(book, by=desk, now=NOW)
    first, _same, passer_by = Visit.objects.order_by("id")
    chat = VisitKind.objects.get(name="坐坐聊聊")
    assert (first.person, first.kind, first.minutes, first.worker_id, first.note) == (
        Person.objects.get(name="章秀珍"), chat, 15, cast.chen.account.pk, "带了桑葚",
    )  # fmt: skip
    assert (passer_by.person, passer_by.reason, passer_by.channel, passer_by.note) == (
        None, "other", "phone", "问路",
    )  # fmt: skip
    assert local_day(passer_by.at) == date(2023, 5, 9)
    assert Act.objects.filter(verb="reception.record_visits").count() == 1
    assert taken.waiting is None
    with pytest.raises(Refused):
        take_in_book(book, by=desk, now=NOW)
    again = preview(desk)
    assert [row["outcome"] for row in again.rows] == ["known"] * 3 + ["refused"] * 4
    take_in_book(again, by=desk, now=NOW)
    assert Visit.objects.count() == 3


@pytest.mark.django_db
def test_one_more_of_the_same_moment_is_new_and_two_of_one_name_are_nobody(cast, desk):
    PersonFactory(community=cast.xinjie, name="章秀珍")
    take_in_book(preview(desk), by=desk, now=NOW)
    assert Visit.objects.filter(person__isnull=False).count() == 0
    line = "2023-05-08,9:05,章秀珍,坐坐聊聊,来访,15,小陈,第三次\n"
    more = preview(desk, BOOK + line)
    assert [row["outcome"] for row in more.rows][-1] == "new"


@pytest.mark.django_db
def test_a_book_is_taken_out_again_without_what_was_noted_otherwise(desk):
    record_visits([Noted(at=NOW, reason="chat")], by=desk, now=NOW)
    book = take_in_book(preview(desk), by=desk, now=NOW)
    assert Visit.objects.count() == 4
    undo_book(book, by=desk, now=NOW)
    assert list(Visit.objects.values_list("book", flat=True)) == [None]
    with pytest.raises(Refused):
        undo_book(book, by=desk, now=NOW)


@pytest.mark.django_db
def test_names_of_a_preview_are_forgotten_after_a_week(desk):
    book = preview(desk)
    assert drop_stale_books(by=desk, now=NOW + PREVIEW_LASTS) == 0
    assert drop_stale_books(by=desk, now=NOW + PREVIEW_LASTS + timedelta(seconds=1)) == 1
    with pytest.raises(Refused):
        take_in_book(VisitBook.objects.get(pk=book.pk), by=desk, now=NOW)


@pytest.mark.django_db
def test_an_officer_takes_no_book_in(cast, desk):
    with pytest.raises(NotPermitted):
        preview(cast.sun.actor)
    with pytest.raises(NotPermitted):
        record_visits([Noted(at=NOW, reason="chat")], by=cast.sun.actor, now=NOW)


@pytest.mark.django_db
def test_the_desk_looks_at_a_book_takes_it_in_and_out(cast, desk, client, lamp):
    cast.enter(client, cast.chen)
    assert b"visits/books/" in client.get("/reception/visits/").content
    wrong = client.post(
        "/reception/visits/books/", {"file": SimpleUploadedFile("a.csv", b"x,y\n1,2")}
    )
    assert wrong.status_code == 422
    assert "日期" in wrong.content.decode()
    file = SimpleUploadedFile("来访登记.csv", BOOK.encode())
    address = client.post("/reception/visits/books/", {"file": file})["Location"]
    page = client.get(address).content.decode()
    assert "章秀珍 · 坐坐聊聊" in page
    assert "路人甲" not in client.get(f"{address}?only=refused").content.decode()
    client.post(address)
    brought = Visit.objects.filter(book__isnull=False)
    assert brought.count() == 3
    # What the lines said of persons is kept no longer.
    assert "章秀珍" not in client.get(address).content.decode()
    kept = brought.first()
    Visit.objects.filter(pk=kept.pk).update(need=lamp.need)
    client.post(f"{address}undo/")
    assert list(brought.all()) == [kept]
    assert "已撤回。有 1 条留下" in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_long_book_asks_no_more_of_the_database_than_a_short_one(cast, desk, client):
    cast.enter(client, cast.chen)
    short = preview(desk)
    many = "".join(
        f"2023-05-{day:02},{hour}:00,,,,,,\n" for day in range(1, 29) for hour in range(9, 17)
    )
    long = preview(desk, BOOK + many)
    counts = []
    for book in (short, long):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/reception/visits/books/{book.pk}/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
