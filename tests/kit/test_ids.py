"""Ids grow within a process; processes that share them never draw the same one."""

from collections.abc import Iterator

import pytest

from mulin.kit import ids


@pytest.fixture(autouse=True)
def _alone_again() -> Iterator[None]:
    yield
    ids.share(0, 1)


def test_ids_grow() -> None:
    drawn = [ids.next_id() for _ in range(5_000)]

    assert drawn == sorted(set(drawn))


def test_each_share_has_a_remainder_of_its_own() -> None:
    drawn: list[int] = []
    for remainder in (3, 39, 0):
        ids.share(remainder, 40)
        mine = [ids.next_id() for _ in range(2_000)]

        assert {one % 40 for one in mine} == {remainder}
        drawn += mine

    assert drawn == sorted(set(drawn))  # it grows on, whoever's turn it is


def test_a_code_is_made_of_letters_that_survive_being_read_aloud() -> None:
    codes = {ids.public_code(12) for _ in range(500)}

    assert len(codes) == 500
    assert set("".join(codes)) == set(ids.READABLE)
    assert {len(code) for code in codes} == {12}
