"""A round is handed to a deputy, who accepts; the officer is back.

The deputy's right to read and write in the grid is a role held from the first moment to the last,
and nothing beside it.
"""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.actions.roles import appoint_stand_in, end_role
from mulin.ground.community.models import Account, Membership
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, Actor, is_running, system
from mulin.ground.notify.actions import tell
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.rounds.models import HandOver
from mulin.parlour.rounds.permissions import may_do, may_hand_over, signs
from mulin.parlour.rounds.rules import MOVES, Deed, HandOverState, fault_of_span, overlap

_FAULTS = {
    "order": _("The last day must come after the first."),
    "over": _("The last day is over already."),
    "long": _("Three months at most; after that somebody else should have the grid."),
}


def propose_hand_over(
    membership: Membership,
    *,
    deputy: Account,
    since: datetime,
    until: datetime,
    notes: str,
    by: Actor,
    now: datetime,
    token: str | None = None,
) -> HandOver:
    """Ask a colleague to walk a round from a moment to a moment. Raises NotPermitted, Refused."""
    if not may_hand_over(by, membership):
        raise NotPermitted(_("This round is not yours to hand over."))
    fault = fault_of_span(since, until, now)
    if fault is not None:
        raise Refused(_FAULTS[fault], field="until")
    if deputy.pk == membership.account_id:
        raise Refused(_("Nobody stands in for themselves."), field="deputy")
    with recording(by, "rounds.propose_hand_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(HandOver)
        _check_colleague(deputy, by, now)
        _check_free(membership, since, until)
        hand_over: HandOver = HandOver.objects.create(
            community_id=by.community_id, membership=membership, deputy=deputy, since=since,
            until=until, notes=notes.strip(), proposed_at=now, proposed_by_id=signs(by),
        )  # fmt: skip
        _tell(
            hand_over, deputy.pk, by=by, now=now,
            subject=_("%(name)s asks you to walk the round of %(grid)s"),
        )  # fmt: skip
        act.on(
            hand_over,
            after={"grid": membership.grid_id, "deputy": deputy.pk, "since": since, "until": until},
        )
    return hand_over


def do_to_hand_over(
    hand_over: HandOver, deed: Deed, *, by: Actor, now: datetime, words: str = "",
    token: str | None = None,
) -> HandOver:  # fmt: skip
    """Accept, decline, take back or end a hand-over. The first of two wins; the clock of what is
    open in the grid goes on all the while.
    """
    if not may_do(by, deed, hand_over):
        raise NotPermitted(_("This is not yours to do."))
    if deed is Deed.DECLINE and not words.strip():
        raise Refused(_("Say why, so that somebody else can be asked."), field="words")
    with recording(by, f"rounds.{deed}_hand_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(HandOver)
        _move(hand_over, deed, words=words.strip(), now=now)
        if deed is Deed.ACCEPT:
            _give_place(hand_over, now)
        elif deed is Deed.END:
            _take_place(hand_over, now)
        _tell_the_other(hand_over, deed, by=by, now=now)
        act.on(hand_over, after={"state": hand_over.state})
    return hand_over


def _move(hand_over: HandOver, deed: Deed, *, words: str, now: datetime) -> None:
    after = MOVES.get((HandOverState(hand_over.state), deed))
    is_over = hand_over.until <= now
    if after is None or is_over:
        raise Refused(_("This cannot be done now. Open it again to see where it stands."))
    changes: dict[str, object] = {"state": after.value}
    if deed in {Deed.ACCEPT, Deed.DECLINE}:
        changes |= {"answered_at": now, "answer": words}
    same = HandOver.objects.filter(pk=hand_over.pk, state=hand_over.state)
    if same.update(**changes) != 1:
        raise TakenMeanwhile(
            _("Somebody else was a moment quicker. Open it again to see where it stands.")
        )
    for name, value in changes.items():
        setattr(hand_over, name, value)


def _give_place(hand_over: HandOver, now: datetime) -> None:
    """The deputy's role. Officer or head proposed it and the deputy accepted: the house gives it."""
    membership = Membership.objects.select_for_update().get(pk=hand_over.membership_id)
    if not is_running(membership.since, membership.until, now):
        raise Refused(_("The officer has this grid no more. Ask the head of the community."))
    place = appoint_stand_in(
        membership, stand_in=hand_over.deputy, since=max(hand_over.since, now),
        until=hand_over.until, by=system(hand_over.community_id), now=now,
    )  # fmt: skip
    HandOver.objects.filter(pk=hand_over.pk).update(place=place)
    hand_over.place = place


def _take_place(hand_over: HandOver, now: datetime) -> None:
    if hand_over.place is not None:
        end_role(hand_over.place, by=system(hand_over.community_id), now=now)
    if hand_over.since < now:  # else it ended before it began, and its days stay as proposed
        HandOver.objects.filter(pk=hand_over.pk).update(until=now)
        hand_over.until = now


def _check_colleague(deputy: Account, by: Actor, now: datetime) -> None:
    colleagues = holders_of(by.community_id, HANDLER_ROLES, now)
    if not colleagues.filter(pk=deputy.pk).exists():
        raise Refused(_("Choose a colleague who works with demands."), field="deputy")


def _check_free(membership: Membership, since: datetime, until: datetime) -> None:
    standing = HandOver.objects.standing().filter(membership=membership)
    if overlap(list(standing.values_list("since", "until")), since, until):
        raise Refused(_("The round is handed over for some of these days already."), field="since")


def _tell_the_other(hand_over: HandOver, deed: Deed, *, by: Actor, now: datetime) -> None:
    subject = {
        Deed.ACCEPT: _("%(name)s walks the round of %(grid)s for you"),
        Deed.DECLINE: _("%(name)s cannot walk the round of %(grid)s"),
        Deed.TAKE_BACK: _("%(name)s does not need you on the round of %(grid)s any more"),
        Deed.END: _("%(name)s ended the hand-over of %(grid)s"),
    }[deed]
    everybody = {hand_over.deputy_id, hand_over.membership.account_id, hand_over.proposed_by_id}
    for account_id in sorted(everybody - {by.account_id}):
        _tell(hand_over, account_id, by=by, now=now, subject=subject)


def _tell(
    hand_over: HandOver, account_id: int, *, by: Actor, now: datetime, subject: object
) -> None:
    grid = hand_over.membership.grid
    tell(
        ("account", account_id), by=by, topic="round",
        subject=str(subject) % {"name": by.name, "grid": grid.name if grid else ""},
        body=_("From %(since)s to %(until)s.")
        % {"since": _spoken(hand_over.first_day), "until": _spoken(hand_over.last_day)},
        path=f"/rounds/hand-overs/{hand_over.pk}/", now=now,
        key=f"hand-over-{hand_over.pk}-{hand_over.state}-{account_id}",
    )  # fmt: skip


def _spoken(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")
