"""Swaps that two people agree on: asked, agreed to, checked by the rules of the rota, both told."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.actions.checking import check_change
from mulin.commons.rota.actions.engine import duty_row
from mulin.commons.rota.actions.telling import tell_managers, tell_member
from mulin.commons.rota.models import Duty, Member, Swap, SwapState
from mulin.commons.rota.permissions import check_theirs
from mulin.commons.rota.rules import Stand
from mulin.commons.rota.words import shift_words
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused, TakenMeanwhile


def ask_to_swap(
    duty: Duty, other: Member, *, for_duty: Duty | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> Swap:  # fmt: skip
    """Ask somebody to take a duty, for one of theirs or for nothing. What would break a rule is
    refused at once, so that nobody is asked in vain.
    """
    check_theirs(by, duty.member)
    with recording(by, "rota.ask_to_swap", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Swap)
        _check(duty, other, for_duty, now=now)
        if Swap.objects.filter(duty=duty, state=SwapState.ASKED).exists():
            raise Refused(_("Somebody was asked about this day already. Wait for the answer."))
        swap: Swap = Swap.objects.create(
            community_id=by.community_id, duty=duty, other=other, for_duty=for_duty, asked_at=now
        )
        tell_member(
            other, _("Duty rota: would you swap?"),
            _("%(name)s asks you to take %(shift)s. Say yes or no on your page.")
            % {"name": duty.member, "shift": shift_words(duty.shift)},
            by=by, now=now, key=f"swap-{swap.pk}",
        )  # fmt: skip
        act.on(swap, after={"duty": duty.pk, "other": other.pk})
    return swap


def answer_swap(
    swap: Swap, *, agrees: bool, by: Actor, now: datetime, token: str | None = None
) -> Swap:
    """The other says yes: the rules are asked again, and it is done; both are told. Or no."""
    check_theirs(by, swap.other)
    with recording(by, "rota.answer_swap", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Swap)
        state = SwapState.DONE if agrees else SwapState.DECLINED
        won = Swap.objects.filter(pk=swap.pk, state=SwapState.ASKED).update(
            state=state, answered_at=now
        )
        if won != 1:
            raise TakenMeanwhile(_("This was answered already."))
        swap = Swap.objects.select_related(
            "duty__shift__month", "duty__member__person", "other__person", "for_duty__shift"
        ).get(pk=swap.pk)
        if agrees:
            _check(swap.duty, swap.other, swap.for_duty, now=now)
            _exchange(swap, now=now)
        _tell(swap, agrees=agrees, by=by, now=now)
        act.on(swap, after={"state": state})
    return swap


def take_swap_back(swap: Swap, *, by: Actor, now: datetime, token: str | None = None) -> Swap:
    """Whoever asked does not ask any more."""
    check_theirs(by, swap.duty.member)
    with recording(by, "rota.take_swap_back", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Swap)
        won = Swap.objects.filter(pk=swap.pk, state=SwapState.ASKED).update(
            state=SwapState.TAKEN_BACK, answered_at=now
        )
        if won != 1:
            raise TakenMeanwhile(_("This was answered already."))
        act.on(swap, after={"state": SwapState.TAKEN_BACK})
    return swap


def _check(duty: Duty, other: Member, for_duty: Duty | None, *, now: datetime) -> None:
    """Both duties stand, lie before us, and the rules of the rota allow it."""
    for one in filter(None, (duty, for_duty)):
        is_there = Duty.objects.expected().filter(pk=one.pk, shift__starts_at__gt=now).exists()
        if not is_there:
            raise TakenMeanwhile(_("One of these duties is over, or somebody else has it."))
    if other.kind != duty.member.kind or other.pk == duty.member_id:
        raise Refused(_("Choose somebody of the same rota."), field="other")
    off, on = [(duty.member_id, duty.shift_id)], [(other.pk, duty.shift_id)]
    if for_duty is not None:
        if for_duty.member_id != other.pk or for_duty.shift.month_id != duty.shift.month_id:
            raise Refused(_("Swap within one month."), field="other")
        off.append((other.pk, for_duty.shift_id))
        on.append((duty.member_id, for_duty.shift_id))
    try:
        check_change(duty.shift.month, off=off, on=on)
    except Refused as refusal:
        raise Refused(refusal.message, field="other") from None


def _exchange(swap: Swap, *, now: datetime) -> None:
    """Both agreed, so both have accepted. What else was asked about these duties is over."""
    pairs = [(swap.duty, swap.other)]
    if swap.for_duty is not None:
        pairs.append((swap.for_duty, swap.duty.member))
    ids = [duty.pk for duty, _taker in pairs]
    Duty.objects.filter(pk__in=ids).update(stand=Stand.SWAPPED, answered_at=now)
    for duty, taker in pairs:
        taken = duty_row(duty.shift, taker, Stand.ACCEPTED, now=now)
        taken.answered_at = now
        taken.save()
    others = Swap.objects.filter(state=SwapState.ASKED)
    for rows in (others.filter(duty__in=ids), others.filter(for_duty__in=ids)):
        rows.update(state=SwapState.TAKEN_BACK, answered_at=now)


def _tell(swap: Swap, *, agrees: bool, by: Actor, now: datetime) -> None:
    shift = shift_words(swap.duty.shift)
    values = {"name": swap.other, "shift": shift}
    if not agrees:
        tell_member(
            swap.duty.member, _("Duty rota: no swap"),
            _("%(name)s can't take %(shift)s. It stays yours; ask somebody else, or call us.")
            % values,
            by=by, now=now, key=f"swapped-{swap.pk}-{swap.duty.member_id}",
        )  # fmt: skip
        return
    for member in (swap.duty.member, swap.other):
        tell_member(
            member, _("Duty rota: the swap is done"),
            _("%(name)s takes %(shift)s. Your page shows your days.") % values,
            by=by, now=now, key=f"swapped-{swap.pk}-{member.pk}",
        )  # fmt: skip
    tell_managers(
        swap.other.kind, _("Duty rota: two have swapped"),
        _("%(name)s takes %(shift)s.") % values,
        by=by, now=now, key=f"swapped-{swap.pk}", path=f"/rota/months/{swap.duty.shift.month_id}/",
    )  # fmt: skip
