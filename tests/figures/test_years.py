"""The year book and the open data: who reads them, what stands in them, who does not."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pypdfium2
import pytest
from django.core.cache import cache
from django.db.models import Sum
from django.urls import reverse

from mulin.ground.figures import opendata, registry
from mulin.ground.figures.folding import Row
from mulin.ground.figures.opendata import files_of, zip_of
from mulin.ground.figures.registry import By, Figure, Opened, Sentence
from mulin.ground.figures.yearbook import book_of, years_offered
from mulin.kit.clock import local_day, standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.figures.conftest import during, knock

TODAY = local_day(NOW)
LAST = TODAY.year - 1


def in_month(month, year=LAST):
    return NOW.replace(year=year, month=month, day=10)


@pytest.fixture(autouse=True)
def _at_rest():
    cache.clear()
    with standing_still(NOW):
        yield


@pytest.fixture
def open_figures(figures, monkeypatch):
    """Knocks of persons (each door is one), public, by month and topic."""
    monkeypatch.setattr(registry, "_sentences", [Sentence("{test.knocks} knocks.", order=1)])
    common = {"row_template": "", "date_field": "created_at", "group": "Tests", "rows": during}
    for one in (
        Figure(
            name="test.knocks", label="Knocks", definition="Every knock.", unit="knocks",
            is_public=True, about_persons=True, persons="recipient_id",
            opened=Opened((By("Topic", "topic", {"open": "Opened"}),), person="recipient_id"),
            **common,
        ),
        Figure(
            name="test.secret", label="Secret", definition="Not for everybody.", **common
        ),
    ):  # fmt: skip
        registry.register(one)


@pytest.fixture
def town(cast, open_figures):
    knock(cast.xinjie, at=in_month(3), topic="open", times=6)
    knock(cast.xinjie, at=in_month(3), topic="shut", times=2)
    knock(cast.xinjie, at=in_month(4), topic="open", times=4)
    knock(cast.linli, at=in_month(3), topic="next-door", times=30)
    return cast


def test_a_year_that_is_over_has_its_tables_for_everybody(town, client):
    page = client.get(reverse("figures:open")).content.decode()
    assert f">{LAST}<" in page
    assert "12" in page
    answer = client.get(reverse("figures:open-files", args=[LAST]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert sorted(packed.namelist()) == ["README.txt", "figures.csv", "test-knocks.csv"]
        table = packed.read("test-knocks.csv")
        text = packed.read("README.txt")
        values = list(csv.reader(io.StringIO(packed.read("figures.csv").decode("utf-8-sig"))))
    assert table.startswith(b"\xef\xbb\xbf")
    assert text.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))[1:] == [
        ["*", "*", "6"], [f"{LAST}-03", "Opened", "6"],
    ]  # fmt: skip
    assert [line[0] for line in values[1:]] == ["test.knocks"]
    assert values[1][3] == "12"


def test_the_text_says_how_many_lines_were_put_together(town):
    with in_community(town.xinjie):
        of_year, knocks = files_of(LAST)
    assert any("2" in note for note in knocks.notes)
    assert [name for name, _words in of_year.columns][3:4] != []
    with in_community(town.xinjie):
        assert zip_of(LAST, community="x") == zip_of(LAST, community="x")


def test_a_column_says_how_much_and_a_whole_sum_is_written_whole(cast, open_figures, monkeypatch):
    """Halves that make a whole are no `2.0`; what is counted is no number that something bears."""
    monkeypatch.setattr(
        opendata, "open_rows",
        lambda _figure, _period: [
            Row((f"{LAST}-05", "x"), Decimal("0.5"), who) for who in range(6)
        ],
    )  # fmt: skip
    registry.register(replace(registry.figure_of("test.knocks"), unit=""))
    with in_community(cast.xinjie):
        _of_year, knocks = files_of(LAST)
    assert knocks.columns[-1] == ("数量", "Every knock.")
    assert [str(cell) for cell in knocks.lines[0]] == [f"{LAST}-05", "x", "3"]


def test_four_persons_are_not_told_and_five_are(cast, open_figures, client):
    knock(cast.xinjie, at=in_month(5), topic="open", times=4)
    with in_community(cast.xinjie):
        of_year, knocks = files_of(LAST)
        assert knocks.lines == []
        assert of_year.lines[0][3] is None
    knock(cast.xinjie, at=in_month(5), topic="open")
    with in_community(cast.xinjie):
        of_year, knocks = files_of(LAST)
        assert knocks.lines == [[f"{LAST}-05", "Opened", 5]]
        assert of_year.lines[0][3] == 5


def test_no_year_is_offered_before_it_is_over_and_none_that_is_empty(town, client):
    with in_community(town.xinjie):
        assert years_offered(TODAY, since=LAST - 3) == [LAST]
        assert years_offered(date(LAST, 12, 31), since=LAST - 3) == []
    for year in (TODAY.year, LAST - 1):
        assert client.get(reverse("figures:open-files", args=[year])).status_code == 404
        assert client.get(reverse("figures:book", args=[year])).status_code == 404
    town.enter(client, town.yong)
    assert client.get(reverse("figures:book", args=[TODAY.year])).status_code == 404
    town.enter(client, town.chen)
    assert client.get(reverse("figures:book", args=[TODAY.year])).status_code == 200
    assert client.get(reverse("figures:open-files", args=[TODAY.year])).status_code == 404


def test_the_book_says_what_was_last_year_and_shows_the_years(town):
    knock(town.xinjie, at=in_month(3, LAST - 1), times=7)
    with in_community(town.xinjie):
        book = book_of(LAST, since=LAST - 1, today=TODAY)
    (chapter,) = book.chapters
    (entry,) = chapter.entries
    assert (chapter.title, entry.label, entry.number) == ("Tests", "Knocks", "12")
    assert entry.bars == [(f"{LAST - 1}", 7), (f"{LAST}", 12)]
    assert all(number in entry.beside for number in ("7", "5"))
    assert [piece.number for piece in book.paragraph[0]] == ["12", "", ""]
    # Of a running year, the year before counts as far only as this one is.
    knock(town.xinjie, at=in_month(12), times=9)
    with in_community(town.xinjie):
        young = book_of(TODAY.year, since=LAST, today=TODAY)
    assert "12" in young.chapters[0].entries[0].beside


def test_the_book_is_a_pdf_in_which_few_persons_are_not_told(cast, open_figures, client):
    knock(cast.xinjie, at=in_month(5), times=4)
    answer = client.get(reverse("figures:book", args=[LAST]))
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content)
    )
    assert "Knocks" in text
    assert "不到 5" in text
    assert "Secret" not in text


def test_a_book_and_its_files_ask_few_questions(town, django_assert_max_num_queries):
    with in_community(town.xinjie):
        with django_assert_max_num_queries(6):
            book_of(LAST, since=LAST - 9, today=TODAY)
        with django_assert_max_num_queries(2):
            files_of(LAST)


def test_only_counts_and_sums_are_cut_into_parts():
    common = {
        "label": "", "definition": "", "row_template": "", "date_field": "created_at",
        "rows": during, "opened": Opened(),
    }  # fmt: skip
    Figure(name="x", measure=Sum("attempts"), **common)
    for wrong in ({"of": during}, {"at_end": True}):
        with pytest.raises(ValueError, match="cut into parts"):
            Figure(name="x", **common, **wrong)


def test_the_paragraph_leaves_out_what_says_nothing(town, client, monkeypatch):
    monkeypatch.setattr(
        registry, "_sentences",
        [Sentence("Told {test.knocks}.", 1), Sentence("A share {test.rate}.", 2),
         Sentence("Unknown {test.nobody}.", 3)],
    )  # fmt: skip
    town.enter(client, town.chen)
    text = client.get(reverse("figures:index"), {"month": f"{LAST}-03"}).content.decode()
    assert "Told " in text
    assert "A share " in text
    assert "Unknown " not in text
    text = client.get(reverse("figures:index"), {"month": f"{LAST}-07"}).content.decode()
    assert "Told " not in text
    assert "A share " not in text


def test_a_figure_stands_beside_the_same_days_a_year_before(town, client):
    knock(town.xinjie, at=NOW - timedelta(days=20), topic="open", times=9)
    knock(town.xinjie, at=NOW.replace(year=LAST) - timedelta(days=20), topic="open", times=5)
    knock(town.xinjie, at=NOW.replace(year=LAST, day=30), topic="open", times=50)
    town.enter(client, town.chen)
    page = client.get(reverse("figures:index"), {"month": f"{TODAY:%Y-%m}"})
    (shown,) = [
        one for _title, ones in page.context["groups"] for one in ones if one["name"] == "Knocks"
    ]
    assert SimpleNamespace(**shown).number == "9"
    assert [number in shown["beside"] for number in ("5", "4", "55")] == [True, True, False]
