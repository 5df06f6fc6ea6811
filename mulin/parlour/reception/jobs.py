"""What reception's sweeps find: limits that are near, limits that have passed."""

import logging
from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import system
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.keeping import forget_kept_photos
from mulin.kit.paper.printing import PressMissing
from mulin.parlour.reception.actions.demands import escalate, remind_owner
from mulin.parlour.reception.actions.joint import nudge_helper, nudge_sending, raise_offer
from mulin.parlour.reception.actions.packs import forget_packs, make_pack, remind_to_print
from mulin.parlour.reception.actions.visit_books import drop_stale_books
from mulin.parlour.reception.models import Demand, EmergencyPack, Offer, Sending, Share
from mulin.parlour.reception.rules import PACK_MADE_FROM, PACK_PRINTED_BY

logger = logging.getLogger(__name__)

_AT_ONCE = 200  # per sweep; the rest waits for the next


def forget_photos(_community: Community, now: datetime) -> None:
    """Photos of forms that were never sent again are kept a day and no longer."""
    forget_kept_photos(now)


def forget_books(community: Community, now: datetime) -> None:
    """Old visit books that were looked at and never taken in are forgotten after a week."""
    drop_stale_books(by=system(community.pk), now=now)


def keep_pack(community: Community, now: datetime) -> None:
    """The emergency pack of the day is made in the morning, and the desk is told to print it."""
    by, clock = system(community.pk), now.astimezone(SHANGHAI).time()
    if clock < PACK_MADE_FROM:
        return
    forget_packs(by=by, now=now)
    if not EmergencyPack.objects.filter(day=local_day(now)).exists():
        try:
            make_pack(by=by, now=now)
        except PressMissing:
            logger.warning("no emergency pack: this machine makes no PDF")
            return
    if clock >= PACK_PRINTED_BY and work_calendar().is_workday(local_day(now)):
        remind_to_print(by=by, now=now)


def remind(community: Community, now: datetime) -> None:
    """Owners whose limit is near hear of it, once."""
    near = Demand.objects.open().filter(remind_at__lte=now, due_at__gt=now)
    for demand in near.select_related("need").order_by("remind_at")[:_AT_ONCE]:
        remind_owner(demand, by=system(community.pk), now=now)


def escalate_late(community: Community, now: datetime) -> None:
    """What is past its limit goes to the head, once per limit, however long the night off was."""
    late = Demand.objects.late(now).filter(escalated_at__isnull=True, imported__isnull=True)
    for demand in late.select_related("need").order_by("due_at")[:_AT_ONCE]:
        escalate(demand, by=system(community.pk), now=now)


def raise_offers(community: Community, now: datetime) -> None:
    """Offers that nobody answers rise, once each."""
    unanswered = Offer.objects.open().filter(answer_by__lte=now, risen_at__isnull=True)
    related = unanswered.select_related("demand__need", "to")
    for offer in related.order_by("answer_by")[:_AT_ONCE]:
        raise_offer(offer, by=system(community.pk), now=now)


def nudge_late_help(community: Community, now: datetime) -> None:
    """Helpers and units outside that are late are mentioned again and again, a day apart."""
    shares = Share.objects.open().filter(nudge_at__lte=now)
    for share in shares.select_related("demand__need", "helper").order_by("nudge_at")[:_AT_ONCE]:
        nudge_helper(share, by=system(community.pk), now=now)
    sendings = Sending.objects.out().filter(nudge_at__lte=now)
    related = sendings.select_related("demand__need", "organisation")
    for sending in related.order_by("nudge_at")[:_AT_ONCE]:
        nudge_sending(sending, by=system(community.pk), now=now)
