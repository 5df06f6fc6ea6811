"""What people of the demonstration say: enough of it, and nothing twice in a year."""

import pytest

from mulin.parlour.reception.demo import VISITS_A_YEAR, said_in, sayings
from mulin.site.demo_scene import SEED


def test_at_least_six_hundred_things_are_said_each_in_its_own_words():
    words = [one.words for one in sayings()]
    assert len(words) == len(set(words)) >= 600
    assert all(one.answers for one in sayings())


@pytest.mark.parametrize("year", [2020, 2024, 2026])
def test_nothing_is_said_twice_in_a_year_and_everything_in_its_season(year):
    said = said_in(year, SEED)
    words = [one.words for _moment, one in said]
    assert len(words) == len(set(words)) > 400
    assert all(not one.months or moment.month in one.months for moment, one in said)
    assert said == said_in.__wrapped__(year, SEED)  # whoever asks again hears the same


def test_the_report_tells_of_sixty_thousand_visits():
    assert sum(VISITS_A_YEAR.values()) > 60_000
    assert sum(VISITS_A_YEAR[year] for year in (2022, 2023, 2024)) > 60_000
