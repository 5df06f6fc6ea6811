"""Public p-median instances of the OR-Library: joints, edges with costs, how many sites."""

import heapq
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HEAD: Final = 3


class InstanceRefused(ValueError):  # noqa: N818  states what is so
    """A file that is none; the message names the line."""


def read_instance(path: Path) -> tuple[NDArray[np.float64], int]:
    """Costs from each joint to each, and how many sites are to be chosen.

    An edge that stands twice costs what it costs the last time (Beasley's own note). Raises
    InstanceRefused with the line.
    """
    lines = path.read_text("ascii", errors="replace").splitlines()
    head = _whole(lines[0] if lines else "", 1)
    if len(head) != _HEAD:
        raise InstanceRefused("line 1: three numbers are expected: joints, edges, sites")
    joints, _edges, sites = head
    near: list[dict[int, int]] = [{} for _ in range(joints)]
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row = _whole(line, number)
        if len(row) != _HEAD or not (0 < row[0] <= joints and 0 < row[1] <= joints) or row[2] < 0:
            raise InstanceRefused(f"line {number}: two joints from 1 to {joints} and a cost")
        near[row[0] - 1][row[1] - 1] = near[row[1] - 1][row[0] - 1] = row[2]
    return np.array([_from(start, near) for start in range(joints)]), sites


def _whole(line: str, number: int) -> list[int]:
    try:
        return [int(word) for word in line.split()]
    except ValueError:
        raise InstanceRefused(f"line {number}: whole numbers are expected") from None


def _from(start: int, near: list[dict[int, int]]) -> list[float]:
    """The cost from one joint to each; infinite where no edge leads."""
    costs = [float("inf")] * len(near)
    costs[start] = 0.0
    ready = [(0.0, start)]
    while ready:
        cost, joint = heapq.heappop(ready)
        if cost > costs[joint]:
            continue
        for other, more in near[joint].items():
            if cost + more < costs[other]:
                costs[other] = cost + more
                heapq.heappush(ready, (cost + more, other))
    return costs
