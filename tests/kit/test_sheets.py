import csv
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.kit.sheets import TableRefused, guarded, read_table, write_csv, write_xlsx


def read(content: bytes, name: str = "people.csv", **options):
    table = read_table(content, name, **options)
    rows = list(table.rows)
    return table.header, rows, [(problem.code, problem.line) for problem in table.problems]


def code_of(content: bytes, name: str = "people.csv", **options) -> tuple[str, int | None]:
    with pytest.raises(TableRefused) as refusal:
        read(content, name, **options)
    assert "%(" not in str(refusal.value)
    return refusal.value.code, refusal.value.line


TEXT = "姓名,电话\r\n王,013800000000\r\n𠮷田,330424199001011234\r\n"
EXPECTED = (
    ["姓名", "电话"],
    [
        (2, {"姓名": "王", "电话": "013800000000"}),
        (3, {"姓名": "𠮷田", "电话": "330424199001011234"}),
    ],
    [],
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_is_read_in_the_spellings_excel_and_wps_write(codec):
    assert read(TEXT.encode(codec)) == EXPECTED


def test_gbk_is_read_as_well():
    assert read("姓名,备注\n王,路灯\n".encode("gbk")) == (
        ["姓名", "备注"], [(2, {"姓名": "王", "备注": "路灯"})], [],
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter):
    text = TEXT.replace(",", delimiter).replace("王", '"王,a;b"')
    header, rows, _problems = read(text.encode())
    assert header == ["姓名", "电话"]
    assert rows[0] == (2, {"姓名": "王,a;b", "电话": "013800000000"})


@pytest.mark.parametrize("delimiter", ["|", "，", "；"])
def test_a_mark_that_stands_within_cells_too_is_a_delimiter_where_it_cuts_every_line_alike(
    delimiter,
):
    lines = ["姓名,电话", "王,1", "李,2", ""]
    text = "\n".join(lines).replace(",", delimiter)
    assert read(text.encode())[:2] == (
        ["姓名", "电话"], [(2, {"姓名": "王", "电话": "1"}), (3, {"姓名": "李", "电话": "2"})],
    )  # fmt: skip
    said = f"意见\n路灯坏了{delimiter}快来\n没有意见\n"
    assert read(said.encode())[0] == ["意见"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read(codec):
    assert read(TEXT.encode(codec)) == EXPECTED


def test_excels_own_note_about_the_delimiter_is_obeyed():
    assert read(b"sep=|\na|b\n1|2\n") == (["a", "b"], [(3, {"a": "1", "b": "2"})], [])


def test_one_column_is_a_table():
    assert read("姓名\n王\n\n李\n".encode()) == (
        ["姓名"],
        [(2, {"姓名": "王"}), (4, {"姓名": "李"})],
        [],
    )


def test_titles_above_the_header_are_passed_over():
    text = "新街社区花名册,,\n,,\n姓名,电话,\n王,1,\n,,\n,,\n"
    assert read(text.encode()) == (["姓名", "电话"], [(4, {"姓名": "王", "电话": "1"})], [])


def test_cells_are_trimmed_and_keep_their_line_breaks():
    text = '姓名,话\n"　王 ","灯坏了\r\n\r\n快来"\n李\n'
    assert read(text.encode()) == (
        ["姓名", "话"],
        [(2, {"姓名": "王", "话": "灯坏了\n\n快来"}), (5, {"姓名": "李", "话": ""})],
        [],
    )


def test_a_bad_row_is_set_aside_and_the_others_go_on():
    text = 'a,b\n1,2\n3,4,5\n"6"x,7\n8,9,\n10,"11\n12,13\n'
    assert read(text.encode()) == (
        ["a", "b"],
        [(2, {"a": "1", "b": "2"}), (5, {"a": "8", "b": "9"}), (7, {"a": "12", "b": "13"})],
        [("too_many_cells", 3), ("stray_quote", 4), ("open_quote", 6)],
    )


def test_a_cell_without_end_is_set_aside():
    text = "a,b\n" + "x" * 200_000 + ",1\n2,3\n"
    assert read(text.encode()) == (["a", "b"], [(3, {"a": "2", "b": "3"})], [("too_long", 2)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ("empty", None)),
        (b"\n\n,,\n", ("no_header", None)),
        (b"\xef\xbb\xbf", ("no_header", None)),
        (b"a,b,a\n1,2,3\n", ("duplicate_header", None)),
        (b"<html><table><tr><td>1</td></tr></table></html>", ("web_page", None)),
        (b"%PDF-1.7\nxx", ("not_a_table", None)),
        (b"a,b\n\x00\x01,2\n", ("not_a_table", None)),
        ("姓名,电话\n王小明,1\n李小红,2\n".encode() + b"\xe7\x8e,3\n", ("unreadable_text", 4)),
        (b"\xef\xbb\xbfa\n\xff\n", ("unreadable_text", 2)),
        (b"a\nb\n\xff\xff\xff\n", ("unreadable_text", 3)),
        (b"PK\x03\x04nonsense", ("broken", None)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("not_a_table", None)),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            ("broken", None),
        ),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", ("not_a_table", None)),
        (b"Rar!\x1a\x07\x01", ("not_a_table", None)),
        (b"{\\rtf1 a,b\nc,d}", ("not_a_table", None)),
        (b"MIME-Version: 1.0\n\n<table><tr><td>a<td>b</table>", ("web_page", None)),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            ("locked", None),
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason(content, code):
    assert code_of(content) == code


def test_the_refusal_names_the_file_and_the_column():
    with pytest.raises(TableRefused, match=r"x\.pdf"):
        read_table(b"%PDF-1.7", "x.pdf")
    with pytest.raises(TableRefused, match="“电话”"):
        read_table("电话,电话\n".encode(), "x.csv")


# --- Excel ------------------------------------------------------------------------------------


def workbook(fill, **options) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    fill(book)
    book.close()
    return file.getvalue()


def test_numbers_dates_and_formulas_are_read_as_the_person_sees_them():
    def fill(book):
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        hours = book.add_format({"num_format": "[h]:mm"})
        sheet.write_row(0, 0, ["电话", "证件", "生日", "时间", "合计", "是"])
        sheet.write_number(1, 0, 13800000000.0)
        sheet.write_string(1, 1, "330424199001011234")
        sheet.write_datetime(1, 2, datetime(1944, 2, 29), day)  # noqa: DTZ001  Excel knows no zone
        sheet.write_datetime(1, 3, datetime(2026, 2, 20, 9, 30), moment)  # noqa: DTZ001
        sheet.write_formula(1, 4, "=1+41", None, 42)
        sheet.write_boolean(1, 5, True)
        sheet.write_number(2, 0, 0.1 + 0.2)
        sheet.write_number(2, 1, 0.0000001)
        sheet.write_datetime(2, 2, time(9, 5), moment)
        sheet.write_number(2, 3, 1.5, hours)
        sheet.write_formula(2, 4, "=A1&B1", None, "路灯")
        for row in range(3, 500):
            sheet.write_blank(row, 0, None, day)

    assert read(workbook(fill), "people.xlsx") == (
        ["电话", "证件", "生日", "时间", "合计", "是"],
        [
            (2, {"电话": "13800000000", "证件": "330424199001011234", "生日": "1944-02-29",
                 "时间": "2026-02-20 09:30:00", "合计": "42", "是": "TRUE"}),
            (3, {"电话": "0.3", "证件": "0.0000001", "生日": "09:05:00",
                 "时间": "36:00:00", "合计": "路灯", "是": ""}),
        ],
        [],
    )  # fmt: skip


def test_a_number_whose_digits_excel_has_lost_is_set_aside():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "证件"])
        sheet.write_row(1, 0, ["王", 330424199001011234])
        sheet.write_row(2, 0, ["李", "330424199001011234"])

    assert read(workbook(fill)) == (
        ["姓名", "证件"],
        [(3, {"姓名": "李", "证件": "330424199001011234"})],
        [("digits_lost", 2)],
    )


def test_merged_cells():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("B2:D2", "新街社区花名册")
        sheet.write_row("B3", ["住处", "姓名", "备注"])
        sheet.merge_range("B4:B6", "12幢204")
        for row, name in enumerate(["王", "李", "赵", "钱"], start=3):
            sheet.write(row, 2, name)
        sheet.merge_range("B9:C10", "")
        sheet.merge_range("D8:D9", "完")

    assert read(workbook(fill), "people.xlsx") == (
        ["住处", "姓名", "备注"],
        [
            (4, {"住处": "12幢204", "姓名": "王", "备注": ""}),
            (5, {"住处": "12幢204", "姓名": "李", "备注": ""}),
            (6, {"住处": "12幢204", "姓名": "赵", "备注": ""}),
            (7, {"住处": "", "姓名": "钱", "备注": ""}),
            (8, {"住处": "", "姓名": "", "备注": "完"}),
        ],
        [],
    )


def test_a_header_in_two_rows_is_refused():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A2", "姓名")
        sheet.merge_range("B1:C1", "电话")
        sheet.write_row("B2", ["手机", "座机"])

    assert code_of(workbook(fill), "people.xlsx") == ("header_in_two_rows", 1)


def test_unnamed_columns_go_by_their_letter():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "", "电话"])
        sheet.write_row(1, 0, ["王", "x", "1", "y"])

    assert read(workbook(fill)) == (
        ["姓名", "B", "电话", "D"], [(2, {"姓名": "王", "B": "x", "电话": "1", "D": "y"})], [],
    )  # fmt: skip


def test_the_first_visible_sheet_with_something_in_it_is_read_and_the_others_are_named():
    def fill(book):
        for name, value in (("藏", "hidden"), ("空", None), ("一", "first"), ("二", "second")):
            sheet = book.add_worksheet(name)
            if value:
                sheet.write_column(0, 0, ["姓名", value])
            if name == "藏":
                sheet.hide()
        book.get_worksheet_by_name("空").activate()

    content = workbook(fill)
    table = read_table(content, "people.xlsx")
    assert (list(table.rows), table.other_sheets) == ([(2, {"姓名": "first"})], ["二"])
    assert read(content, sheet="二")[1] == [(2, {"姓名": "second"})]
    assert code_of(content, sheet="藏") == ("no_header", None)


def test_a_text_under_the_name_of_a_workbook_is_read():
    assert read("姓名\t电话\n王\t1\n".encode("gbk"), "export.xls")[0] == ["姓名", "电话"]


def test_a_text_without_columns_is_no_workbook_whatever_it_is_called():
    for text in ("姓名 电话\n王 1\n", "各位邻居：\n明天停水。\n", "姓名\n王\n"):
        assert code_of(text.encode(), "花名册.xlsx") == ("no_columns", None)
        assert code_of(text.encode("gb18030"), "花名册.XLS") == ("no_columns", None)
    with pytest.raises(TableRefused) as refused:
        read_table("姓名 电话\n王 1\n".encode(), "花名册.xlsx")
    assert refused.value.field == "file"


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv=Content-Type content="text/html; charset=CODEC"><title>导出</title>
<style>td {mso-number-format:"\\@"; }</style><!--[if gte mso 9]><table><td>x<td>y<td>z<td>z<td>z<td>z
<td>z<td>z<td>z<td>z<td>z<td>z<td>z<td>z<td>z<td>z<td>z<td>z</table><![endif]--></head><body>
<table><tr><td><a href=x>首页</a></td><td>退出</td></tr></table>
<TABLE border=1>
<tr><td colspan=3>新街社区志愿者</td></tr>
<tr><th>姓名</th><th>电话</th><th>服务<br>时数</th></tr>
<tr><td rowspan="2">王&nbsp;秀英</td><td>013800000000</td><td>1.5</td></tr>
<tr><td>330424199001011234</td><td>a &lt; b &amp; c</td></tr>
<tr><td>李
  明<td><td>2
</TABLE></body></html>"""


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_web_page_under_the_name_of_a_workbook_gives_its_largest_table(codec):
    page = PAGE.replace("CODEC", codec).encode(codec)
    assert read(page, "导出.xls") == (
        ["姓名", "电话", "服务 时数"],
        [
            (3, {"姓名": "王 秀英", "电话": "013800000000", "服务 时数": "1.5"}),
            (4, {"姓名": "王 秀英", "电话": "330424199001011234", "服务 时数": "a < b & c"}),
            (5, {"姓名": "李 明", "电话": "", "服务 时数": "2"}),
        ],
        [],
    )


def test_a_page_that_would_fill_the_memory_or_has_its_header_in_two_rows_is_refused(monkeypatch):
    monkeypatch.setattr("mulin.kit.sheets._MOST_CELLS", 2_000)
    wide = "<table>" + "<tr><td colspan=99999>a<td>b</tr>" * 3 + "</table>"
    assert code_of(wide.encode()) == ("too_large", None)
    deep = "<table><tr><th rowspan=2>姓名<th>电话<tr><th>手机</table>"
    assert code_of(deep.encode()) == ("header_in_two_rows", 1)


def test_another_document_of_the_office_is_no_table():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert code_of(file.getvalue(), "letter.docx") == ("not_a_table", None)


def test_one_cell_in_the_last_corner_does_not_take_the_process_down():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "姓名")
        sheet.write(1_048_575, 16_383, "x")

    assert code_of(workbook(fill)) == ("too_large", None)


def test_a_workbook_that_unpacks_without_end_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(210):
                part.write(b" " * 1024 * 1024)
    assert code_of(file.getvalue()) == ("too_large", None)


def test_a_damaged_workbook_is_refused():
    content = write_xlsx(["a"], [["b"]])
    assert code_of(content[: len(content) // 2]) == ("broken", None)


# --- written ----------------------------------------------------------------------------------

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\r=1",
    "　＝1",
    "＋1",
    "－1",
    "＠a",
    "\x00=1",
    "'=1",
    "\u200b=1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "路灯", "1-2", "'t Hart", "a=1", "138", "【急】", " "])
def test_a_text_stays_as_it_is(text):
    assert guarded(text) == text


def test_csv_as_it_leaves_the_house():
    rows = [["+86 13800000000", Decimal("-3.50"), -7, 1.5, None],
            ["路灯\n坏了", date(2024, 2, 29), datetime(2026, 2, 19, 17, 30, tzinfo=UTC), True,
             gettext_lazy("=x")]]  # fmt: skip
    content = b"".join(write_csv(["电话", "=b", "c", "d", "e"], rows))
    assert content.decode("utf-8") == (
        "\ufeff电话,'=b,c,d,e\r\n"
        "'+86 13800000000,-3.50,-7,1.5,\r\n"
        '"路灯\n坏了",2024-02-29,2026-02-20 01:30:00,TRUE,\'=x\r\n'
    )
    assert read(content)[1][0] == (
        2, {"电话": "+86 13800000000", "=b": "-3.50", "c": "-7", "d": "1.5", "e": ""},
    )  # fmt: skip


def test_csv_is_sent_in_pieces():
    pieces = list(write_csv(["a", "b"], ([str(n), "x" * 50] for n in range(10_000))))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000
    assert len(read(b"".join(pieces))[1]) == 10_000


def test_excel_gets_texts_as_texts_and_numbers_as_numbers():
    rows = [
        ["=1+1", "330424199001011234", "007", Decimal("-3.50"), 10**17],
        ["http://x", "", None, date(2024, 2, 29), datetime(2026, 2, 19, 17, 30, tzinfo=UTC)],
        [gettext_lazy("x"), True, time(9, 5), date(1850, 1, 1), float("nan")],
    ]
    content = write_xlsx(["=a", "b", "c", "d", "e"], rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<v>-3.5</v>" in sheet
    assert [list(row.values()) for _line, row in read(content)[1]] == [
        ["=1+1", "330424199001011234", "007", "-3.5", "100000000000000000"],
        ["http://x", "", "", "2024-02-29", "2026-02-20 01:30:00"],
        ["x", "TRUE", "09:05:00", "1850-01-01", ""],
    ]


def test_a_text_longer_than_a_cell_is_cut_where_one_sees_it():
    content = write_xlsx(["a"], [["灯" * 40_000]])
    assert read(content)[1][0][1]["a"] == "灯" * 32_766 + "…"


def test_more_rows_than_excel_holds_are_refused(monkeypatch):
    monkeypatch.setattr("mulin.kit.sheets._MOST_ROWS_WRITTEN", 2)
    with pytest.raises(TableRefused) as refusal:
        write_xlsx(["a"], [[1], [2], [3]])
    assert refusal.value.code == "too_many_rows"


cells = st.text(max_size=20) | st.sampled_from(DANGEROUS) | st.text("'=+-@ \t\r\n\"", max_size=6)


def seen(text: str) -> str:
    """What reading trims and joins, whatever was written."""
    lines = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip().strip("\ufeff\u200b\u200e\u200f").strip()


@settings(deadline=None)  # files are written
@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_is_written_is_read_back(rows):
    expected = [{"a": seen(one), "b": seen(two)} for one, two in rows if seen(one) or seen(two)]
    for written in (b"".join(write_csv(["a", "b"], rows)), write_xlsx(["a", "b"], rows)):
        if b"\0" in written[:100_000] and not written.startswith(b"PK"):
            continue  # a zero byte is no text to anyone
        header, found, problems = read(written)
        assert (header, problems) == (["a", "b"], [])
        assert [row for _line, row in found] == expected


@given(st.lists(st.tuples(cells), min_size=1, max_size=5))
def test_no_cell_of_a_csv_begins_like_a_formula(rows):
    text = b"".join(write_csv(["a"], rows)).decode("utf-8-sig")
    for (cell,) in list(csv.reader(io.StringIO(text, newline="")))[1:] if text else []:
        assert (
            cell.lstrip(" \t\r\n\0")[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
            or not cell
        )


@pytest.mark.shared
def test_the_real_municipal_files_are_read_whole(shared):
    folder = shared / "data" / "participation" / "boston311"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, told in expected.items():
        _header, rows, problems = read((folder / name).read_bytes(), name)
        counted = {
            key: Counter(row[column] for _line, row in rows)
            for key, column in (
                ("status", "CASE_STATUS"),
                ("on_time", "OnTime_Status"),
                ("source", "Source"),
            )
        }
        assert (len(rows), problems) == (told["rows"], [])
        assert counted == {key: told[key] for key in counted}
