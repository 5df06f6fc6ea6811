"""The pages of figures: what is shown, to whom, in how many questions to the database."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import register
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.figures.conftest import days_ago, knock


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def town(cast, figures):
    for topic, times in {"open": 6, "shut": 2, "nobody": 3, "later": 1}.items():
        knock(cast.xinjie, topic=topic, times=times)
    knock(cast.xinjie, at=days_ago(40), times=4)
    knock(cast.linli, topic="next-door", times=30)
    return cast


def overview(client, **typed):
    return client.get(reverse("figures:index"), typed).content.decode()


def one(client, name, **typed):
    return client.get(reverse("figures:figure", args=[name]), typed)


def test_each_figure_stands_with_its_definition(town, client):
    text = overview(town.enter(client, town.chen))
    for words in ("Knocks", "Every knock on a door.", "Only for the desk", "75.0"):
        assert words in text


def test_a_rate_stands_with_its_denominator_and_whom_nobody_asked(town, client):
    town.enter(client, town.chen)
    for text in (overview(client), one(client, "test.rate").content.decode()):
        for part in ("rows", "of", "unreachable", "not-yet-asked"):
            assert f"part={part}" in text


def test_money_stands_with_its_thousands_and_its_fen(town, client, figures):
    worth = replace(figures["test.minutes"], name="test.worth", unit=_("yuan"))
    register(worth)
    knock(town.xinjie, minutes=2000)
    assert "2,012.00" in overview(town.enter(client, town.chen), month="2026-11")


def test_the_rows_behind_a_figure_are_its_own_and_all_of_them(town, client):
    town.enter(client, town.chen)
    text = one(client, "test.knocks", month="2026-11").content.decode()
    assert text.count("<p class='row'>") == 12
    assert "next-door" not in text
    for part, count in {"rows": 6, "of": 8, "unreachable": 3, "not-yet-asked": 1}.items():
        text = one(client, "test.rate", part=part).content.decode()
        assert text.count("<p class='row'>") == count
    assert one(client, "test.rate", part="nonsense").status_code == 404
    assert one(client, "test.knocks", day="2020-01-01").status_code == 200


def test_the_street_sees_sums_and_no_rows(town, client):
    town.enter(client, town.street)
    text = one(client, "test.knocks").content.decode()
    assert "<p class='row'>" not in text
    assert "12" in text
    october = one(client, "test.persons", month="2026-10").content.decode()
    assert "figure-number" in october
    assert '<p class="figure-number">4' not in october
    assert "Only for the desk" not in overview(client)
    assert one(client, "test.desk").status_code == 404


def test_a_month_in_which_nobody_was_asked_has_no_bar_of_nought(town, client):
    town.enter(client, town.chen)
    text = one(client, "test.rate", month="2026-11").content.decode()
    assert text.count("<rect") == 2
    assert one(client, "test.knocks", month="2026-11").content.decode().count("<rect") == 12


def test_residents_and_the_installer_find_no_figures(town, client):
    for member in (town.yong, town.installer, town.auditor):
        town.enter(client, member)
        assert client.get(reverse("figures:index")).status_code == 404
        assert one(client, "test.knocks").status_code == 404


def test_the_neighbour_sees_the_neighbours_figures(town, client):
    town.enter(client, town.li)
    text = one(client, "test.knocks").content.decode()
    assert text.count("<p class='row'>") == 30
    assert "open-" not in text


def test_an_unknown_figure_and_a_nonsense_period(town, client):
    town.enter(client, town.chen)
    assert one(client, "test.nothing").status_code == 404
    for nonsense in (
        {"month": "2026-99"},
        {"day": "x"},
        {"year": "99999"},
        {"from": "1", "to": "2"},
    ):
        assert one(client, "test.knocks", **nonsense).status_code == 200
    assert one(client, "test.knocks", year="1900").status_code == 200
    assert one(client, "test.knocks", page="-1").status_code == 200


def test_the_number_of_questions_is_the_same_at_both_sizes(town, client):
    town.enter(client, town.chen)
    counts = []
    for more in (0, 40):
        knock(town.xinjie, times=more)
        for address in (
            reverse("figures:index"),
            reverse("figures:figure", args=["test.knocks"]),
            reverse("figures:figure", args=["test.rate"]),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
