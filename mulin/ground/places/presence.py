"""How many people are at a place just now, from whoever knows: a room says once how it counts.

    register_presence("booking", people_in_rooms)

What one way of counting says is not added to what another says: who has booked a room for a lesson
signs in at the lesson, too.
"""

from collections.abc import Callable
from datetime import datetime

#: People by the number of the place, counted within the hour before a moment.
Count = Callable[[datetime], dict[int, int]]

_counts: dict[str, Count] = {}


def register_presence(name: str, count: Count) -> None:
    """Called once by the `apps.py` of whoever counts."""
    _counts[name] = count


def present_at(now: datetime) -> dict[int, int]:
    """People at each place within the last hour, as the greatest of all counts; a place that
    nobody counts is left out.
    """
    found: dict[int, int] = {}
    for name in sorted(_counts):
        for place, count in _counts[name](now).items():
            if count:
                found[place] = max(count, found.get(place, 0))
    return found
