"""A live sale is announced on the public page, and called off there."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.models import SaleNotice
from mulin.workshop.production.permissions import check_keeper


def announce_sale(
    *, title: str, watch: str, begins_at: datetime, by: Actor, now: datetime, words: str = "",
    token: str | None = None,
) -> SaleNotice:  # fmt: skip
    """Everybody reads what is sold, when, and where to watch it. Raises Refused without one of these,
    and for a moment that is over.
    """
    check_keeper(by)
    if not title.strip():
        raise Refused(_("Say what is sold."), field="title")
    if not watch.strip():
        raise Refused(_("Say where it can be watched."), field="watch")
    if begins_at < now:
        raise Refused(_("This moment lies behind us."), field="begins_on")
    with recording(by, "production.announce_sale", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SaleNotice)
        notice: SaleNotice = SaleNotice.objects.create(
            community_id=by.community_id, title=title.strip(), watch=watch.strip(),
            words=words.strip(), begins_at=begins_at,
        )  # fmt: skip
        act.on(notice, after={"title": notice.title, "begins_at": begins_at})
    return notice


def call_off_sale(
    notice: SaleNotice, *, by: Actor, now: datetime, token: str | None = None
) -> SaleNotice:
    """It does not take place; whoever looks for it reads that it was called off."""
    check_keeper(by)
    with recording(by, "production.call_off_sale", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SaleNotice)
        standing = SaleNotice.objects.filter(pk=notice.pk, called_off_at__isnull=True)
        if standing.update(called_off_at=now) != 1:
            raise TakenMeanwhile(_("It was called off already."))
        notice.called_off_at = now
        act.on(notice, after={"called_off": True})
    return notice
