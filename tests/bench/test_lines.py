"""What the bench tells of a measure, and that it measures with people the roll would take in."""

from datetime import date
from random import Random

from bench.lines import Line, p95
from bench.words import matter, person
from mulin.ground.people.rules import plausible

TODAY = date(2026, 11, 25)


def test_a_limit_and_a_share_are_kept_in_opposite_directions():
    most = Line("search", 50, 25, "ms")
    least = Line("the list", 100, 120, "requests/s", is_most=False)
    assert (most.passes, least.passes) == (True, True)
    assert str(most) == "pass  search: target ≤ 50 ms, measured 25 ms, ratio 0.50"
    assert str(least) == (
        "pass  the list: target ≥ 100 requests/s, measured 120 requests/s, ratio 1.20"
    )
    assert not Line("search", 50, 50.1, "ms").passes
    assert not Line("the list", 100, 99.9, "requests/s", is_most=False).passes


def test_p95_is_what_95_of_100_do_not_exceed():
    assert p95(range(1, 101)) == 95
    assert p95([7.0]) == 7.0


def test_everybody_made_up_could_stand_on_the_roll():
    dice = Random(1)
    for number in range(200):
        made = person(number, dice, today=TODAY, grids=[1, 2])
        values, faults = plausible({**made}, today=TODAY)
        assert faults == {}
        assert values == made


def test_about_one_demand_in_twenty_is_about_a_lamp():
    dice = Random(1)
    said = [matter(dice) for _number in range(4_000)]
    lamps = sum(code == "repair.lamp" for code, _words in said)
    assert 150 < lamps < 250
    assert all("灯" in words for code, words in said if code == "repair.lamp")
