"""Residents photograph a sheet they have filled in, and send it from home."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.actions.scans import Incoming, keep_file
from mulin.commons.paper.models import Scan
from mulin.commons.paper.queries import unseen_from_street
from mulin.commons.paper.rules import MOST_FROM_STREET, CameBy
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.forms import fresh_token
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import Refused

_RECEIPT: Final = 12


def send_in(
    photos: Sequence[CleanPhoto], *, community: Community, by: Actor, now: datetime,
    token: str | None = None,
) -> str:  # fmt: skip
    """Take a resident's photos of a sheet in; the code by which they ask after it.

    They lie in the same stack as those of the desk: nothing becomes a record before a person has
    looked. Raises Refused without a photo, and while too many wait for the desk.
    """
    if not photos:
        raise Refused(_("Take the photo first, or choose it."), field="sheets")
    with recording(by.by(Channel.ONLINE), "paper.send_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Scan).receipt
        if unseen_from_street() + len(photos) > MOST_FROM_STREET:
            raise Refused(
                _(
                    "Many sheets wait to be looked at just now. Bring yours to the service hall, or call."
                )
            )
        receipt, batch = public_code(_RECEIPT), token or fresh_token()
        scans = [
            keep_file(
                Incoming(photo.content, is_pdf=False), community=community, by=by, now=now,
                batch=batch, receipt=receipt, came_by=CameBy.STREET,
            )
            for photo in photos
        ]  # fmt: skip
        act.on(scans[0], after={"files": len(scans)})
    return receipt
