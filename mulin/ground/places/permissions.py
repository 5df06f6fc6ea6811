"""Who may do what with buildings and places."""

from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Building


def may_build(by: Actor) -> bool:
    """Put buildings, staircases and dwellings on the map."""
    return by.is_desk or by.is_system


def may_see_dwellings(by: Actor, building: Building) -> bool:
    """Who lives where: the desk, and the officer of the building's grid."""
    return by.community_id == building.community_id and (
        by.is_desk or by.is_system or building.grid_id in by.grid_ids
    )


def may_settle(by: Actor, building: Building) -> bool:
    """Say who moves into and out of a building."""
    return may_see_dwellings(by, building)


def may_keep_places(by: Actor) -> bool:
    """Add places, say when they are open, print their codes."""
    return by.is_handler or by.is_system
