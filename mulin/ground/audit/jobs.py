"""The sweep that carries the heads of the chains out of the database, once a day."""

from datetime import datetime

from mulin.ground.audit.anchors import anchor
from mulin.ground.community.models import Community


def anchor_heads(community: Community, now: datetime) -> None:
    """Keep the head of this community's chain in `anchors.log`."""
    anchor(community, now)
