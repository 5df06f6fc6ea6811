"""The way past some doors on the community's own map, for whoever plans or walks it.

The circle registers who draws; without it, and where nothing is known of where the doors are, a page
shows its table alone. The table says the same for those who can't see the map.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mulin.kit.coordinates import Position


@dataclass(frozen=True, slots=True)
class Call:
    """A door of the way: the number it has in the table, 0 where one sets out."""

    number: int
    name: str
    at: Position


@dataclass(frozen=True, slots=True)
class Picture:
    """The map as the markup of a page or of a sheet of paper, and the files a page shows it with."""

    figure: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]


#: (doors in walking order, now) → the map; None where there is nothing to draw.
Painter = Callable[[Sequence[Call], datetime], Picture | None]

_painters: list[Painter] = []


def register_painter(painter: Painter) -> None:
    """Called once by whoever keeps a map."""
    _painters[:] = [painter]


def picture_of(calls: Sequence[Call], now: datetime) -> Picture | None:
    """The way from door to door, drawn by the paths as they are open now."""
    return _painters[0](calls, now) if _painters else None
