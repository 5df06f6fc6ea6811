"""Public delivery instances: VRPLIB (.vrp), with or without time windows, and Solomon's (.txt).

Each family of instances has its own way of rounding, and best values are only comparable in it:
CVRPLIB to the nearest whole number; with a limit on a round's length unrounded; with time windows
one decimal, cut off (DIMACS). Here numbers are whole, `scale` to one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mulin.commons.planning.routing import Stops

_TENTHS: Final = 10
_FINE: Final = 10_000
_SOLOMON_COLUMNS: Final = 7
_ENDLESS: Final = 10**9


class DeliveriesRefused(ValueError):  # noqa: N818  states what is so
    """A file that is none; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """An instance, and how many of its whole numbers are one of the file's."""

    stops: Stops
    scale: int


def best_known(path: Path) -> float:
    """The cost of a published answer (.sol). Raises DeliveriesRefused for a file without one."""
    for line in path.read_text("utf-8", errors="replace").splitlines():
        words = line.replace(":", " ").split()
        if words and words[0].lower() == "cost":
            try:
                return float(words[1])
            except (IndexError, ValueError):
                break
    raise DeliveriesRefused(f"no cost in {path.name}")


def read_deliveries(path: Path) -> Deliveries:
    """The instance of a file. Raises DeliveriesRefused."""
    text = path.read_text("utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        if any(line.startswith("DIMENSION") for line in lines):
            return _vrplib(lines)
        return _solomon(lines)
    except (KeyError, IndexError, ValueError) as error:
        raise DeliveriesRefused("neither in the form of VRPLIB nor of Solomon") from error


def _solomon(lines: Sequence[str]) -> Deliveries:
    number = [line.split()[0] for line in lines].index("NUMBER")
    vehicles, capacity = (int(word) for word in lines[number + 1].split())
    rows = [
        [float(word) for word in line.split()]
        for line in lines[number + 2 :]
        if line.split()[0].isdigit()
    ]
    if not rows or any(len(row) != _SOLOMON_COLUMNS for row in rows):
        raise ValueError("rows of seven numbers")
    return _with_windows(
        points=[(row[1], row[2]) for row in rows],
        demands=[int(row[3]) for row in rows],
        windows=[(row[4], row[5]) for row in rows],
        service=[row[6] for row in rows],
        capacity=capacity,
        vehicles=vehicles,
    )


def _with_windows(
    *,
    points: Sequence[tuple[float, float]],
    demands: Sequence[int],
    windows: Sequence[tuple[float, float]],
    service: Sequence[float],
    capacity: int,
    vehicles: int,
) -> Deliveries:
    def tenths(value: float) -> int:
        return int(value * _TENTHS)

    stops = Stops(
        distances=_distances(points, tenths),
        demands=tuple(demands),
        capacity=capacity,
        vehicles=vehicles,
        windows=tuple((tenths(opens), tenths(shuts)) for opens, shuts in windows),
        service=tuple(tenths(one) for one in service),
    )
    return Deliveries(stops, _TENTHS)


def _distances(
    points: Sequence[tuple[float, float]], whole: Callable[[float], int]
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.array(
        [[whole(math.dist(one, other)) for other in points] for one in points], dtype=np.int64
    )


def _vrplib(lines: Sequence[str]) -> Deliveries:
    heads, sections = _sections(lines)
    size = int(heads["DIMENSION"])
    capacity = int(heads["CAPACITY"])
    demands = [int(row[1]) for row in sections["DEMAND_SECTION"]]
    if sections["DEPOT_SECTION"][0] != ["1"]:
        raise ValueError("the depot is not the first place")
    if heads.get("EDGE_WEIGHT_TYPE") == "EXPLICIT":
        distances = _lower_row(sections["EDGE_WEIGHT_SECTION"], size)
        return Deliveries(_free(distances, demands, capacity), 1)
    points = [(float(row[1]), float(row[2])) for row in sections["NODE_COORD_SECTION"]]
    if len(points) != size or len(demands) != size:
        raise ValueError(f"{size} places are named in the head")
    work = [0.0, *[float(heads.get("SERVICE_TIME", 0))] * (size - 1)]
    if "SERVICE_TIME_SECTION" in sections:
        work = [float(row[1]) for row in sections["SERVICE_TIME_SECTION"]]
    if "TIME_WINDOW_SECTION" in sections:
        return _with_windows(
            points=points,
            demands=demands,
            windows=[(float(row[1]), float(row[2])) for row in sections["TIME_WINDOW_SECTION"]],
            service=work,
            capacity=capacity,
            vehicles=int(heads.get("VEHICLES", size)),
        )
    if "DISTANCE" in heads:
        # Each way up: whoever keeps the limit so keeps it without rounding.
        fine = _distances(points, lambda one: math.ceil(one * _FINE))
        longest = math.floor(float(heads["DISTANCE"]) * _FINE)
        service = tuple(int(one * _FINE) for one in work)
        return Deliveries(_free(fine, demands, capacity, service, longest), _FINE)
    # Halves go up, as Python's round does not.
    nearest = _distances(points, lambda one: math.floor(one + 0.5))
    return Deliveries(_free(nearest, demands, capacity), 1)


def _free(
    distances: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    demands: Sequence[int],
    capacity: int,
    service: tuple[int, ...] | None = None,
    longest: int | None = None,
) -> Stops:
    """Without hours, and with as many vehicles as there are places."""
    size = len(demands)
    if len(distances) != size:
        raise ValueError(f"{size} demands and {len(distances)} places")
    return Stops(
        distances=distances,
        demands=tuple(demands),
        capacity=capacity,
        vehicles=size,
        windows=((0, _ENDLESS),) * size,
        service=service or (0,) * size,
        longest=longest,
    )


def _sections(lines: Sequence[str]) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    heads: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in lines:
        if line == "EOF":
            break
        if line.endswith("_SECTION"):
            rows = sections.setdefault(line, [])
        elif ":" in line:
            name, _colon, value = line.partition(":")
            heads[name.strip()] = value.strip()
        elif rows is not None:
            rows.append(line.split())
    return heads, sections


def _lower_row(
    rows: Sequence[Sequence[str]], size: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """A triangle below the diagonal, in lines of any length."""
    numbers: Iterator[int] = iter(int(word) for row in rows for word in row)
    distances = np.zeros((size, size), dtype=np.int64)
    for at in range(size):
        for to in range(at):
            distances[at, to] = distances[to, at] = next(numbers)
    return distances
