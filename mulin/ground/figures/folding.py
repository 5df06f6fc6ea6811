"""Which counts everybody may be told, and how the rest is put together. Pure.

What is told of one figure is a partition of its rows: each row stands in exactly one class, and each
class tells of at least so many persons. So every sum, and every difference of a total and some of
its parts, is again a sum of such classes: nothing has to be guessed at, nothing can be.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

#: Stands where several values were put together.
TOGETHER: Final = "*"

Key = tuple[str, ...]
Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """So much, under this key, of this person; of so many nobody knows of, where `who` is None."""

    key: Key
    amount: Number
    who: int | None = None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A class that may be told."""

    key: Key
    amount: Number


@dataclass(frozen=True, slots=True)
class Folded:
    """What may be told: the classes in their order, and how many finer ones were put together.

    `is_left_out`: there was something, of fewer persons altogether than may be told of.
    """

    told: list[Told]
    put_together: int = 0
    is_left_out: bool = False


@dataclass(slots=True)
class _Class:
    """What stands under a key so far, and who is behind it."""

    amount: Number = 0
    persons: set[int] = field(default_factory=set)
    unknown: int = 0
    finer: int = 0

    @property
    def size(self) -> int:
        return len(self.persons) + self.unknown

    def take(self, other: "_Class") -> None:
        self.amount += other.amount
        self.persons |= other.persons
        self.unknown += other.unknown
        self.finer += other.finer


def fold(rows: Iterable[Row], *, width: int, least: int) -> Folded:
    """Put what tells of fewer than `least` persons together with its neighbours.

    `width` is the length of every key. The last place of a key is given up first, the first one
    last; what is too small even then takes the smallest other class along.
    """
    classes = _fine(rows)
    for place in reversed(range(width)):
        for key in sorted(key for key, one in classes.items() if one.size < least):
            wider = (*key[:place], TOGETHER, *key[place + 1 :])
            if wider != key:
                classes.setdefault(wider, _Class()).take(classes.pop(key))
    rest = (TOGETHER,) * width
    while rest in classes and classes[rest].size < least and len(classes) > 1:
        smallest = min(
            (key for key in classes if key != rest), key=lambda key: (classes[key].size, key)
        )
        classes[rest].take(classes.pop(smallest))
    if any(one.size < least for one in classes.values()):
        return Folded([], is_left_out=True)
    return Folded(
        [Told(key, one.amount) for key, one in sorted(classes.items())],
        sum(one.finer for one in classes.values() if one.finer > 1),
    )


def _fine(rows: Iterable[Row]) -> dict[Key, _Class]:
    found: dict[Key, _Class] = {}
    for row in rows:
        one = found.setdefault(row.key, _Class(finer=1))
        one.amount += row.amount
        one.unknown += row.unknown
        if row.who is not None:
            one.persons.add(row.who)
    return found
