"""What each year of the demonstration community consists of, room by room.

A room's function is called once for each stretch of [since, now), which lies within one calendar
year, and perhaps for a later year first. What stands before any year (groups, members, services) is
made once, in `stand`, with its true dates.
"""

from datetime import datetime
from typing import Final

from mulin.parlour.reception.demo import fill_book
from mulin.site.demo_scene import SEED, Scene
from mulin.site.demo_years import Part


def stand(scene: Scene, *, now: datetime) -> None:
    """Make what stands before any year, as of the founding."""


def _visits(scene: Scene, since: datetime, now: datetime) -> None:
    fill_book(people=scene.persons, staff=scene.staff(now), seed=SEED, since=since, now=now)


PARTS: Final = (
    Part("visits", _visits, by_month=True),
)  # fmt: skip
