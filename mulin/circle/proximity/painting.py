"""The way past some doors drawn on the walking map, for rooms that send somebody out."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.template.loader import render_to_string

from mulin.circle.proximity.drawing import Mark, draw
from mulin.circle.proximity.queries import leg_between
from mulin.circle.proximity.streets import streets
from mulin.ground.places.walking.picture import Call, Picture
from mulin.kit.coordinates import Position

_STYLES = ("proximity/proximity.css",)
_SCRIPTS = ("proximity/map.js",)


def paint(calls: Sequence[Call], now: datetime) -> Picture | None:
    """From door to door by the paths; where no path is known, straight on. None without a door."""
    network = streets()
    way: list[Position] = []
    for here, there in pairwise(call.at for call in calls):
        leg = leg_between(network, here, there, now) if network is not None else None
        way += leg or (here, there)
    start = next((call for call in calls if call.number == 0), None)
    drawing = draw(
        network,
        [call.at for call in calls],
        marks=[Mark(call.number, call.name, call.at) for call in calls if call.number],
        here=Mark(0, start.name, start.at) if start is not None else None,
        way=way,
    )
    if drawing is None:
        return None
    figure = render_to_string("proximity/drawing.html", {"drawing": drawing})
    return Picture(figure, _STYLES, _SCRIPTS)
