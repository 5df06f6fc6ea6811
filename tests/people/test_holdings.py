"""What rooms register about a person: each under a name of its own."""

import pytest

from mulin.ground.people.rules import (
    HOLDINGS,
    register_eraser,
    register_keeper,
    register_teller,
)


def test_a_name_is_given_once():
    def keep(name, rows):
        register_keeper(name, "x", rows, article="x")

    one, other = (lambda _id: 0), (lambda _id: 1)
    for register, held in (
        (keep, HOLDINGS.keepers), (register_teller, HOLDINGS.tellers),
        (register_eraser, HOLDINGS.erasers),
    ):  # fmt: skip
        try:
            register("test.twice", one)
            register("test.twice", one)  # apps may be made ready twice
            with pytest.raises(ValueError, match=r"test\.twice"):
                register("test.twice", other)
        finally:
            held.pop("test.twice", None)


def test_both_keepers_of_the_double_five_are_told():
    assert {"doublefive.roll", "doublefive.appraisal"} <= set(HOLDINGS.keepers)
