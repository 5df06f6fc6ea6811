"""What neighbours of the demonstration think of: enough of it, and nothing twice in a year."""

import pytest

from mulin.parlour.suggestions.demo import thought_in, thoughts
from mulin.site.demo_scene import SEED


def test_at_least_three_hundred_ideas_each_in_its_own_words():
    words = [one.words for one in thoughts()]
    assert len(words) == len(set(words)) >= 300
    assert all(one.answer for one in thoughts())


@pytest.mark.parametrize("year", [2021, 2024])
def test_no_idea_comes_twice_in_a_year(year):
    words = [one.words for _day, one, _at_the_talk in thought_in(year, SEED)]
    assert len(words) == len(set(words)) > 90
