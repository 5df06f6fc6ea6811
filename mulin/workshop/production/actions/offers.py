"""Lots are proposed to workers with the reason; they accept or decline."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.production.along import take_along
from mulin.workshop.production.models import Lot, Offer, OfferState, Worker
from mulin.workshop.production.permissions import check_keeper, is_hers
from mulin.workshop.production.queries import given_out, moved
from mulin.workshop.production.rules import Proposal


def offer(
    lot: Lot, worker: Worker, *, by: Actor, now: datetime, proposal: Proposal | None = None,
    token: str | None = None,
) -> Offer:  # fmt: skip
    """Ask a worker whether she takes a lot. With a proposal its reason is kept; without one the
    manager chose, and that is what stands there.
    """
    check_keeper(by)
    with recording(by, "production.offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Offer)
        current = Lot.objects.select_for_update(of=("self",)).select_related("order").get(pk=lot.pk)
        if not Lot.objects.free().filter(pk=lot.pk).exists():
            raise TakenMeanwhile(
                _("Somebody has lot %(lot)s, or was asked for it."), {"lot": current}
            )
        if worker.left_on is not None:
            raise Refused(_("%(name)s does not work here any more."), {"name": worker})
        made: Offer = Offer.objects.create(
            community_id=by.community_id, lot=current, worker=worker, offered_at=now,
            because=proposal.because or "" if proposal else "", reason=_kept(proposal),
        )  # fmt: skip
        if worker.person.account_id is not None:
            tell(
                ("account", worker.person.account_id), by=by, topic="workshop", now=now,
                subject=str(_("The workshop has a lot for you")),
                body=str(_("%(product)s, %(count)s pieces, by %(day)s. Say yes or no on your page."))
                % {"product": current.order.product, "count": current.quantity, "day": current.due},
                path="/production/mine/", key=f"offer-{made.pk}",
            )  # fmt: skip
        act.on(made, after={"lot": lot.pk, "worker": worker.pk, "reason": made.reason})
    return made


def _kept(proposal: Proposal | None) -> dict[str, object]:
    if proposal is None:
        return {}
    return {
        "able": proposal.able, "before": proposal.share_before, "after": proposal.share_after,
        "income": str(proposal.income.quantize(proposal.income.__class__("0.01"))),
        "otherwise": proposal.otherwise,
    }  # fmt: skip


def answer_offer(
    offered: Offer, *, accepts: bool, by: Actor, now: datetime, words: str = "",
    along: Sequence[str] = (), token: str | None = None,
) -> Offer:  # fmt: skip
    """She takes the lot, or not; the desk may write down what she said. A no needs no reason.

    `along` is what is done with a yes in the same act (`production.along`): when one of it can't be
    done, she is told, and the lot is still hers to take.
    """
    if not is_hers(by, offered.worker):
        raise NotPermitted(_("This is not yours to do."))
    with recording(by, "production.answer_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Offer)
        state = OfferState.ACCEPTED if accepts else OfferState.DECLINED
        open_one = Offer.objects.filter(pk=offered.pk, state=OfferState.OPEN)
        if open_one.update(state=state, answered_at=now, answer=words.strip()) != 1:
            raise TakenMeanwhile(_("This offer is over already."))
        if accepts:
            Lot.objects.filter(pk=offered.lot_id).update(worker=offered.worker)
            take_along(along, by=by, now=now)
        offered.state, offered.answered_at, offered.answer = state, now, words.strip()
        act.on(offered, after={"state": state})
    return offered


def take_back_offer(offered: Offer, *, by: Actor, now: datetime, token: str | None = None) -> Offer:
    """The lot is needed otherwise, she does not answer, or she said yes and does not fetch it.

    Raises Refused once something of it was given out: then it comes back over the counter.
    """
    check_keeper(by)
    with recording(by, "production.take_back_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Offer)
        lot = Lot.objects.select_for_update(of=("self",)).get(pk=offered.lot_id)
        alive = Offer.objects.filter(
            pk=offered.pk, state__in=[OfferState.OPEN, OfferState.ACCEPTED]
        ).first()
        if alive is None:
            raise TakenMeanwhile(_("This offer is over already."))
        if alive.state == OfferState.ACCEPTED:
            if lot.worker_id != alive.worker_id or given_out(moved(lot)) > 0:
                raise Refused(_("She has it already. What she does not make comes back here."))
            lot.worker = None
            lot.save(update_fields=["worker"])
        alive.state, alive.answered_at = OfferState.TAKEN_BACK, now
        alive.save(update_fields=["state", "answered_at"])
        offered.state = OfferState.TAKEN_BACK
        act.on(offered, after={"state": offered.state})
    return offered
