"""Work that is done by several: offered to a colleague, shared, sent to a unit outside and back.

Through all of it a demand has one owner, and its own clock goes on.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.commons.flow.actions import add_photo, add_step
from mulin.commons.flow.models import PhotoMoment
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Organisation
from mulin.ground.street.actions.hand_up import let_go
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.sentences import Sentence
from mulin.parlour.reception.actions.moves import (
    change,
    first_word,
    head_of,
    move,
    next_reminder,
    path_of,
    permit,
    spoken,
    tell_owner,
    work_on,
)
from mulin.parlour.reception.models import AT_STREET, Demand, Offer, Sending, Share
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    LONGEST_WAIT,
    NUDGE_EVERY,
    OFFER_MOVES,
    Act,
    OfferAct,
    OfferState,
    State,
    next_state,
    offer_deadline,
)

# ── offered to a colleague ───────────────────────────────────────────────────────────────────


def offer_demand(
    demand: Demand, *, to: Account, by: Actor, why: str, now: datetime, token: str | None = None
) -> Demand:
    """Offer it to a colleague, with the reason. Who owns it goes on owning it until they take it.

    Raises Refused when it is offered to somebody already, or is theirs.
    """
    if not why.strip():
        raise Refused(_("Say why, so that they know what is expected."), field="why")
    with recording(by, "reception.offer_demand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(demand, Act.OFFER, by=by, now=now)
        _check_colleague(demand, to, now=now)
        open_one = Offer.objects.open().filter(demand=demand).select_related("to").first()
        if open_one is not None:
            raise Refused(
                _("It is offered to %(name)s already. Withdraw that first."),
                {"name": open_one.to.display_name},
                field="to",
            )
        offer = Offer.objects.create(
            community_id=demand.community_id, demand=demand, giver_id=_me(by), to=to,
            why=why.strip(), offered_at=now,
            answer_by=offer_deadline(demand.harm, now, demand.due_at),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="offered", record=demand, now=now, is_for_asker=False,
            line=_("Offered to %(to)s: %(why)s") % {"to": to.display_name, "why": why.strip()},
        )  # fmt: skip
        _tell(
            demand, to.pk, by=by, now=now, key=f"offer-{offer.pk}",
            subject=gettext_noop("%(name)s offers you %(number)s"), name=by.name,
        )  # fmt: skip
        act.on(demand, after={"offered_to": to.pk, "why": why})
    return demand


def accept_offer(offer: Offer, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """Take over what was offered: from now on it is owned here. Raises TakenMeanwhile."""
    _may(by, "answer_offer", offer)
    with recording(by, "reception.accept_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        demand = _settle(offer, OfferAct.ACCEPT, now=now)
        before, state = demand.owner_id, State(demand.state)
        move(
            demand, next_state(state, Act.TAKE) or state, now=now, owner_id=by.account_id,
            **first_word(demand, now),
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="taken", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("%(name)s has taken it in hand. You get an answer by %(when)s.")
            % {"name": by.name, "when": spoken(demand.answer_by)},
        )  # fmt: skip
        for account_id in sorted({offer.giver_id, before or offer.giver_id} - {by.account_id}):
            _tell(
                demand, account_id, by=by, now=now, key=f"offer-{offer.pk}-accepted",
                subject=gettext_noop("%(name)s has taken over %(number)s"), name=by.name,
            )  # fmt: skip
        act.on(demand, before={"owner": before}, after={"owner": by.account_id})
    return demand


def refuse_offer(
    offer: Offer, *, by: Actor, why: str, now: datetime, token: str | None = None
) -> Demand:
    """Say why not; it stays where it was. Raises Refused without a reason."""
    _may(by, "answer_offer", offer)
    if not why.strip():
        raise Refused(_("Say why not, so that they know whom to ask instead."), field="why")
    with recording(by, "reception.refuse_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        demand = _settle(offer, OfferAct.REFUSE, now=now, refusal=why.strip())
        add_step(
            demand.need, by=by, kind="offer_refused", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s cannot take it: %(why)s") % {"name": by.name, "why": why.strip()},
        )  # fmt: skip
        _tell(
            demand, offer.giver_id, by=by, now=now, key=f"offer-{offer.pk}-refused",
            subject=gettext_noop("%(name)s cannot take %(number)s"), name=by.name, body=why.strip(),
        )  # fmt: skip
        act.on(demand, after={"refused": offer.pk, "why": why})
    return demand


def withdraw_offer(offer: Offer, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """The giver thinks again, before an answer came."""
    _may(by, "withdraw_offer", offer)
    with recording(by, "reception.withdraw_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        demand = _settle(offer, OfferAct.WITHDRAW, now=now)
        add_step(
            demand.need, by=by, kind="offer_withdrawn", record=demand, now=now,
            is_for_asker=False,
            line=_("No longer offered to %(name)s.") % {"name": offer.to.display_name},
        )  # fmt: skip
        act.on(demand, after={"withdrawn": offer.pk})
    return demand


def raise_offer(offer: Offer, *, by: Actor, now: datetime) -> bool:
    """Nobody has answered it in time: both hear of it, and the head. False if it was settled."""
    permit("escalate", by, offer.demand)
    open_still = Offer.objects.open().filter(pk=offer.pk, risen_at__isnull=True)
    with recording(by, "reception.raise_offer", now=now) as act:
        if open_still.update(risen_at=now) != 1:
            act.drop()
            return False
        demand = offer.demand
        add_step(
            demand.need, by=by, kind="offer_risen", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s has not answered the offer.") % {"name": offer.to.display_name},
        )  # fmt: skip
        head = head_of(demand.community_id, now)
        told = {offer.giver_id, offer.to_id} | ({head.pk} if head else set())
        for account_id in sorted(told):
            _tell(
                demand, account_id, by=by, now=now, key=f"offer-{offer.pk}-risen",
                subject=gettext_noop("%(name)s has not answered the offer of %(number)s"),
                name=offer.to.display_name,
            )  # fmt: skip
        act.on(demand, after={"offer": offer.pk})
    return True


# ── shared with colleagues ───────────────────────────────────────────────────────────────────


def ask_help(
    demand: Demand, *, helper: Account, by: Actor, asked: str, due_at: datetime, now: datetime,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """Ask a colleague for a part of it, by a day. The owner stays and answers once.

    Raises Refused for a day that is past, for the owner, and for whoever is asked already.
    """
    if not asked.strip():
        raise Refused(_("Say what they are asked to do."), field="asked")
    _check_day(due_at, now)
    with recording(by, "reception.ask_help", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        work_on(demand, Act.ASK_HELP, by=by, now=now)
        _check_colleague(demand, helper, now=now, field="helper")
        if Share.objects.open().filter(demand=demand).filter(helper=helper).exists():
            raise Refused(
                _("%(name)s is asked already and has not reported yet."),
                {"name": helper.display_name},
                field="helper",
            )
        share = Share.objects.create(
            community_id=demand.community_id, demand=demand, helper=helper, asked=asked.strip(),
            asked_by_id=_me(by), asked_at=now, due_at=due_at, nudge_at=due_at,
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="help_asked", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s is asked to help by %(when)s: %(asked)s")
            % {"name": helper.display_name, "when": spoken(due_at), "asked": asked.strip()},
        )  # fmt: skip
        _tell(
            demand, helper.pk, by=by, now=now, key=f"share-{share.pk}",
            subject=gettext_noop("%(name)s asks you to help with %(number)s"), name=by.name,
            body=asked.strip(),
        )  # fmt: skip
        act.on(demand, after={"helper": helper.pk, "asked": asked, "due_at": due_at})
    return demand


def report_share(
    share: Share, *, by: Actor, report: str, now: datetime, token: str | None = None
) -> Demand:
    """A helper has done their part and says what. Raises TakenMeanwhile when it was settled."""
    _may(by, "report_share", share)
    if not report.strip():
        raise Refused(_("Say what was done."), field="report")
    with recording(by, "reception.report_share", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _settle_share(share, done_at=now, report=report.strip())
        demand = share.demand
        add_step(
            demand.need, by=by, kind="help_done", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s has done their part: %(report)s")
            % {"name": by.name, "report": report.strip()},
        )  # fmt: skip
        tell_owner(
            demand, by=by, now=now, subject=_("A colleague has reported: %(number)s"),
            key=f"share-{share.pk}-done",
        )  # fmt: skip
        act.on(demand, after={"share": share.pk, "report": report})
    return demand


def release_share(share: Share, *, by: Actor, now: datetime, token: str | None = None) -> Demand:
    """A helper is not needed any more; they no longer read it either."""
    permit("work_on", by, share.demand)
    with recording(by, "reception.release_share", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        _settle_share(share, released_at=now)
        demand, name = share.demand, share.helper.display_name
        add_step(
            demand.need, by=by, kind="help_released", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s need not help any more.") % {"name": name},
        )  # fmt: skip
        act.on(demand, after={"released": share.pk})
    return demand


def nudge_helper(share: Share, *, by: Actor, now: datetime) -> bool:
    """A share is late: helper and owner hear of it, again every day."""
    due = Share.objects.open().filter(pk=share.pk, nudge_at=share.nudge_at)
    with recording(by, "reception.nudge_helper", now=now) as act:
        if due.update(nudge_at=now + NUDGE_EVERY) != 1:
            act.drop()
            return False
        for account_id in sorted({share.helper_id, share.demand.owner_id or share.asked_by_id}):
            _tell(
                share.demand, account_id, by=by, now=now,
                key=f"share-{share.pk}-late-{now:%Y%m%d%H%M}",
                subject=gettext_noop("%(name)s is late with their part of %(number)s"),
                name=share.helper.display_name, body=share.asked,
            )  # fmt: skip
        act.on(share.demand, after={"share": share.pk})
    return True


# ── out to a unit outside, and back ──────────────────────────────────────────────────────────


def send_out(
    demand: Demand, *, to: Organisation, by: Actor, asked: str, back_by: datetime, now: datetime,
    letter: str = "", contact: str = "", token: str | None = None,
) -> Demand:  # fmt: skip
    """Send it to the property firm, the power company, the street office: what for, back by when.

    The asker is told where it is. Its own clock goes on: what was promised here stays promised.
    """
    if not asked.strip():
        raise Refused(_("Say what they are asked to do."), field="asked")
    _check_day(back_by, now, field="back_by")
    with recording(by, "reception.send_out", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        to = Organisation.kept_of(to)
        body = Organisation.everyone_of(to)
        if Sending.objects.out().filter(demand=demand, organisation__in=body).exists():
            raise Refused(
                _("It is with %(name)s already. Write down their answer first."),
                {"name": to.name},
                field="to",
            )
        work_on(
            demand, Act.SEND_OUT, by=by, now=now, waiting_on=_with_also(demand, to),
            **(first_word(demand, now) or _own_clock(demand, now)),
        )  # fmt: skip
        sending = Sending.objects.create(
            community_id=demand.community_id, demand=demand, organisation=to,
            letter=letter.strip(), contact=contact.strip(), asked=asked.strip(),
            sent_by_id=_me(by), sent_at=now, back_by=back_by, nudge_at=back_by,
        )  # fmt: skip
        add_step(
            demand.need, by=by, kind="sent_out", record=demand, now=now, tell_asker=True,
            may_wait=True,
            line=_("Sent to %(name)s, who answer by %(when)s. We stay on it.")
            % {"name": to.name, "when": spoken(back_by)},
        )  # fmt: skip
        details = " · ".join(filter(None, (letter.strip(), contact.strip(), asked.strip())))
        add_step(
            demand.need, by=by, kind="sent_out_note", line=details, record=demand, now=now,
            is_for_asker=False,
        )  # fmt: skip
        act.on(demand, after={"sending": sending.pk, "to": to.pk, "back_by": back_by})
    return demand


def bring_back(
    sending: Sending, *, by: Actor, answer: str, now: datetime,
    photos: Sequence[CleanPhoto] = (), is_refused: bool = False, token: str | None = None,
) -> Demand:  # fmt: skip
    """They have answered: in words, or by a letter of which a photo is kept here; or they gave it
    back (`is_refused`).

    It goes on in its owner's hands; the asker hears that it is back, and what was done when the
    owner answers.
    """
    if not answer.strip() and not photos:
        raise Refused(_("Write down what they say, or take a photo of it."), field="answer")
    demand = sending.demand
    permit("work_on", by, demand)
    with recording(by, "reception.bring_back", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        out = Sending.objects.out().filter(pk=sending.pk)
        if out.update(returned_at=now, answer=answer.strip(), nudge_at=None) != 1:
            raise TakenMeanwhile(_("Their answer was written down already."))
        let_go(AT_STREET, [sending.pk], now=now)
        for photo in photos:
            add_photo(demand.need, photo, moment=PhotoMoment.LETTER, now=now)
        still_out = _names_out(demand)
        if demand.state == State.WAITING and not still_out:
            work_on(
                demand, Act.BRING_BACK, by=by, now=now, waiting_on="", **_own_clock(demand, now)
            )
        elif demand.state == State.WAITING:
            change(demand, now=now, waiting_on="、".join(still_out)[:120])
        add_step(
            demand.need, by=by, kind="came_back", record=demand, now=now,
            line=(
                _("%(name)s gave it back to us. We go on with it here.")
                if is_refused
                else _("%(name)s have answered us.")
            )
            % {"name": sending.organisation.name},
        )  # fmt: skip
        if answer.strip():
            add_step(
                demand.need, by=by, kind="came_back_note", record=demand, now=now,
                is_for_asker=False, line=answer.strip(),
            )  # fmt: skip
        tell_owner(
            demand, by=by, now=now, subject=_("Back from outside: %(number)s"),
            key=f"sending-{sending.pk}-back",
        )  # fmt: skip
        act.on(demand, after={"sending": sending.pk, "answer": answer})
    return demand


def note_reminder(
    sending: Sending, *, by: Actor, now: datetime, token: str | None = None
) -> Demand:
    """Somebody rang or wrote to the unit that has not answered."""
    demand = sending.demand
    permit("work_on", by, demand)
    with recording(by, "reception.note_reminder", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        out = Sending.objects.out().filter(pk=sending.pk, reminders=sending.reminders)
        changed = out.update(
            reminders=sending.reminders + 1, reminded_at=now,
            nudge_at=max(sending.back_by, now + NUDGE_EVERY),
        )  # fmt: skip
        if changed != 1:
            raise TakenMeanwhile(_("Somebody else has just written that down."))
        add_step(
            demand.need, by=by, kind="unit_reminded", record=demand, now=now, is_for_asker=False,
            line=_("%(name)s were reminded.") % {"name": sending.organisation.name},
        )  # fmt: skip
        act.on(demand, after={"sending": sending.pk, "reminders": sending.reminders + 1})
    return demand


def nudge_sending(sending: Sending, *, by: Actor, now: datetime) -> bool:
    """A unit outside is late: the owner is told to remind them, every day until they answer."""
    due = Sending.objects.out().filter(pk=sending.pk, nudge_at=sending.nudge_at)
    with recording(by, "reception.nudge_sending", now=now) as act:
        if due.update(nudge_at=now + NUDGE_EVERY) != 1:
            act.drop()
            return False
        demand, unit = sending.demand, sending.organisation
        tell_to = demand.owner_id or sending.sent_by_id
        _tell(
            demand, tell_to, by=by, now=now, key=f"sending-{sending.pk}-late-{now:%Y%m%d%H%M}",
            subject=gettext_noop("%(name)s are late with %(number)s: remind them"), name=unit.name,
            body=" · ".join(filter(None, (sending.contact, unit.phone))),
        )  # fmt: skip
        act.on(demand, after={"sending": sending.pk})
    return True


def _check_colleague(demand: Demand, to: Account, *, now: datetime, field: str = "to") -> None:
    if to.pk == demand.owner_id:
        raise Refused(_("It is theirs already."), field=field)
    handlers = holders_of(demand.community_id, HANDLER_ROLES, now)
    if not handlers.filter(pk=to.pk).exists():
        raise Refused(_("Choose somebody who works here now."), field=field)


def _check_day(moment: datetime, now: datetime, *, field: str = "until") -> None:
    if moment <= now:
        raise Refused(_("Choose a day that is still to come."), field=field)
    if moment - now > LONGEST_WAIT:
        raise Refused(_("That is too far off: look at it again within 60 days."), field=field)


def _may(by: Actor, act: str, thing: Offer | Share) -> None:
    if not may(by, act, thing):
        raise NotPermitted(_("This is not yours to do."))


def _me(by: Actor) -> int:
    """Raises NotPermitted for an actor without an account: the work of several is that of people."""
    if by.account_id is None:
        raise NotPermitted(_("This is not yours to do."))
    return by.account_id


def _settle(offer: Offer, act: OfferAct, *, now: datetime, refusal: str = "") -> Demand:
    after = OFFER_MOVES[OfferState.OPEN, act]
    open_still = Offer.objects.open().filter(pk=offer.pk)
    if open_still.update(state=after, settled_at=now, refusal=refusal) != 1:
        raise TakenMeanwhile(_("This offer is settled. Open it again to see where it stands."))
    offer.state, offer.settled_at, offer.refusal = after.value, now, refusal
    demand: Demand = Demand.objects.select_related("need").get(pk=offer.demand_id)
    return demand


def _settle_share(share: Share, **changes: object) -> None:
    if Share.objects.open().filter(pk=share.pk).update(nudge_at=None, **changes) != 1:
        raise TakenMeanwhile(_("This is settled already. Open it again to see."))


def _own_clock(demand: Demand, now: datetime) -> dict[str, datetime | None]:
    """The limit is the one that was promised, wherever the demand waits."""
    return {"due_at": demand.answer_by, "remind_at": next_reminder(now, demand.answer_by)}


def _names_out(demand: Demand) -> list[str]:
    return list(
        Sending.objects.out().filter(demand=demand).values_list("organisation__name", flat=True)
    )


def _with_also(demand: Demand, to: Organisation) -> str:
    return "、".join([*_names_out(demand), to.name])[:120]


def _tell(
    demand: Demand, account_id: int, *, by: Actor, now: datetime, key: str, subject: str,
    name: str, body: str = "",
) -> None:  # fmt: skip
    number = demand.need.number
    tell(
        ("account", account_id), by=by, topic="demand",
        subject=Sentence(subject, {"name": name, "number": number}),
        body=body or demand.need.words[:80], path=path_of(demand), now=now,
        key=f"{key}-{account_id}",
    )  # fmt: skip
