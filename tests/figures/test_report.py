"""The registered figures themselves: all can be asked for, all at once, as a trend, as open data."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.figures.opendata import files_of
from mulin.ground.figures.queries import measured, read, rows_behind, trend, values_of
from mulin.ground.figures.registry import figures, sentences
from mulin.ground.figures.rules import Period
from mulin.ground.figures.yearbook import book_of
from mulin.kit.scoping import in_community

REPORT = Path(__file__).parents[2] / "docs" / "figures.md"
YEAR = Period.of_year(2026)


def registered():
    return {figure.name for figure in figures()}


def test_every_figure_that_the_docs_name_is_registered():
    table = REPORT.read_text("utf-8").partition("## The figures of the report")[2]
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", table.partition("\n## ")[0]))
    assert len(named) > 20
    assert named <= registered()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paragraph_names_the_same_figures_in_every_language(language):
    told = {}
    for each in ("en", language):
        with translation.override(each):
            told[each] = [{name for _w, name in one.pieces() if name} for one in sentences()]
    assert told[language] == told["en"]
    assert len(told["en"]) > 8
    assert set().union(*told["en"]) <= registered()


def test_each_can_be_asked_for_in_every_way(cast, django_assert_max_num_queries):
    every_role = Actor(cast.xinjie.pk, grants=tuple(Grant(role) for role in Role))
    with in_community(cast.xinjie):
        # One for each fifty counts, and what the circle asks of its map and its places for each of
        # its three shares.
        with django_assert_max_num_queries(4 + 3 * 3):
            values = values_of(YEAR)
        assert values.keys() == registered()
        for figure in figures():
            bars = trend(figure, YEAR, actor=every_role)
            assert read(figure, YEAR, actor=every_role).number == values[figure.name]
            assert [bar.first for bar in bars][-1] == date(2026, 1, 1)
            assert bars[-1].number == values[figure.name]
            assert len(rows_behind(figure, YEAR, "rows")) == measured(YEAR, [figure])[0].rows
        assert next(one.name for one in files_of(2026)) == "figures.csv"
        assert book_of(2026, since=2022, today=date(2026, 11, 25)).year == 2026


def test_what_everybody_reads_of_persons_says_whose_rows_it_counts(db):
    """A measure adds rows up: without the column of the persons, rows would be taken for them."""
    for figure in figures():
        if figure.is_public and figure.about_persons and figure.measure is not None:
            assert figure.persons or figure.name == "mediation.days", figure.name
