"""Places that people walk to, for programs: where, what for, when open."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.queries import goal_rows
from mulin.ground.community.calls import Call
from mulin.ground.community.rules import Scope
from mulin.ground.places.models import Place


@dataclass(frozen=True, slots=True)
class HoursAnswer:
    """On a weekday (1 is Monday) from, to; what ends before it begins goes on after midnight."""

    weekday: int
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """A place of the ten-minute circle. `hours` are those of an ordinary week; holidays and seasons
    may have others. `can_roll_in` is null where nobody has looked.
    """

    name: str
    kind: str
    services: list[str]
    way_in: str
    phone: str
    latitude: Decimal | None
    longitude: Decimal | None
    can_roll_in: bool | None
    hours: list[HoursAnswer]


def _shown(place: Place) -> PlaceAnswer:
    return PlaceAnswer(
        name=place.name, kind=place.kind, services=[str(one) for one in place.services],
        way_in=place.way_in, phone=place.phone, latitude=place.latitude,
        longitude=place.longitude, can_roll_in=place.can_roll_in,
        hours=[
            HoursAnswer(row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}")
            for row in place.hours.all()
            if row.season_id is None
        ],
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="places", path="places/", summary=_("Places that people walk to, by their names"),
        scope=Scope.PUBLIC_READ, answer=PlaceAnswer, do=lambda _asked: goal_rows(), show=_shown,
        is_list=True,
    ),
)  # fmt: skip
