"""A live sale is announced on the public page."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.refusals import Refused
from mulin.workshop.production.models import SaleNotice
from mulin.workshop.production.permissions import check_keeper


def announce_sale(
    *, title: str, words: str, begins_at: datetime, by: Actor, now: datetime,
    token: str | None = None,
) -> SaleNotice:  # fmt: skip
    """Everybody reads it until its day is over. Raises Refused for a day that is."""
    check_keeper(by)
    if not title.strip():
        raise Refused(_("Say what is sold."), field="title")
    if begins_at < start_of_day(local_day(now)):
        raise Refused(_("The day lies behind us."), field="begins_on")
    with recording(by, "production.announce_sale", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SaleNotice)
        notice: SaleNotice = SaleNotice.objects.create(
            community_id=by.community_id, title=title.strip(), words=words.strip(),
            begins_at=begins_at,
        )  # fmt: skip
        act.on(notice, after={"title": notice.title})
    return notice
