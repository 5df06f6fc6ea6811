"""The panel; and in each case: asked, declared, accepted or refused by each party."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.intake import (
    check_tie,
    nameless,
    step_for_asker,
    you_have_an_item,
)
from mulin.circle.mediation.models import Answer, Case, Mediator, Party, Seat
from mulin.circle.mediation.permissions import check_directs, may_direct, meets
from mulin.circle.mediation.rules import LIVE_SEATS, SeatState, State
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.rules import age_on
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

_GROWN_UP = 18


def join_panel(
    person: Person, account: Account, *, kinds: Collection[str], dialects: Collection[str],
    card: str, is_on_committee: bool, by: Actor, now: datetime, token: str | None = None,
) -> Mediator:  # fmt: skip
    """Put somebody on the panel, who signs in as a mediator (《人民调解法》第13、14条).

    Raises NotPermitted, Refused.
    """
    check_directs(by)
    today = local_day(now)
    if person.born_on is not None and age_on(person.born_on, today) < _GROWN_UP:
        raise Refused(_("A mediator is grown up."), field="person")
    with recording(by, "mediation.join_panel", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Mediator)
        if account not in holders_of(by.community_id, {Role.MEDIATOR}, now):
            raise Refused(_("This account is no mediator's."), field="account")
        if Mediator.objects.filter(account=account, left_on__isnull=True).exists():
            raise Refused(_("They are on the panel already."), field="account")
        mediator: Mediator = Mediator.objects.create(
            community_id=by.community_id, person=Person.kept_of(person), account=account,
            kinds=sorted(kinds), dialects=sorted(dialects), card=card.strip(),
            is_on_committee=is_on_committee, since=today,
        )  # fmt: skip
        act.on(mediator, after={"person": mediator.person_id})
    return mediator


def leave_panel(
    mediator: Mediator, *, by: Actor, now: datetime, token: str | None = None
) -> Mediator:
    """Somebody is no mediator any more; their seats in open cases end with it."""
    check_directs(by)
    with recording(by, "mediation.leave_panel", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Mediator)
        mediator.left_on = local_day(now)
        mediator.save(update_fields=["left_on"])
        seats = Seat.objects.filter(mediator=mediator, state__in=LIVE_SEATS)
        seats.exclude(case__state=State.CLOSED).update(state=SeatState.LEFT)
        act.on(mediator, after={"left_on": str(mediator.left_on)})
    return mediator


def ask(
    case: Case, mediator: Mediator, *, by: Actor, now: datetime, token: str | None = None
) -> Seat:
    """Ask somebody of the panel. Raises NotPermitted, Refused for whoever is too near."""
    check_directs(by)
    with recording(nameless(by), "mediation.ask", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Seat)
        if not case.is_open or case.state == State.AGREED:
            raise Refused(_("The case has gone on. Open it again to see."))
        if mediator.left_on is not None:
            raise Refused(_("They are on the panel no more."))
        check_tie(case, mediator, now=now)
        seat, is_new = Seat.objects.get_or_create(
            community_id=case.community_id, case=case, mediator=mediator,
            defaults={"asked_at": now},
        )  # fmt: skip
        if not is_new:
            raise Refused(_("They were asked already."))
        you_have_an_item(mediator.account, by=by, now=now, key=f"mediation-seat-{seat.pk}")
        act.on(seat)
    return seat


def declare(seat: Seat, *, by: Actor, now: datetime, token: str | None = None) -> Seat:
    """The mediator says: I have no tie to either side, and I keep silent (《人民调解法》第15条).

    Raises NotPermitted, Refused.
    """
    _check_own(seat, by)
    with recording(nameless(by), "mediation.declare", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Seat)
        check_tie(seat.case, seat.mediator, now=now)
        _move(seat, (SeatState.ASKED,), SeatState.DECLARED, declared_at=now)
        act.on(seat)
    return seat


def step_back(seat: Seat, *, by: Actor, now: datetime, token: str | None = None) -> Seat:
    """The mediator declines, or leaves a case; reads it no more. Raises NotPermitted."""
    _check_own(seat, by)
    with recording(nameless(by), "mediation.step_back", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Seat)
        last = SeatState.LEFT if seat.state == SeatState.SEATED else SeatState.DECLINED
        _move(seat, LIVE_SEATS, last)
        act.on(seat)
    return seat


def answer(
    seat: Seat, party: Party, *, is_yes: bool, channel: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Seat:  # fmt: skip
    """A party accepts or refuses a mediator. Once both sides are there and every one accepts, the
    mediator is seated; one no is enough against. 《人民调解法》第19、23条. Raises NotPermitted, Refused.
    """
    case = seat.case
    if not (may_direct(by) or meets(by, case)):
        raise NotPermitted(_("Only the mediators of this case work on it."))
    with recording(nameless(by), "mediation.answer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Seat)
        if seat.state != SeatState.DECLARED:
            raise Refused(_("The mediator has not said yet that nothing ties them."))
        if party.case_id != case.pk:
            raise Refused(_("This party stands in another case."))
        Answer.objects.update_or_create(
            community_id=case.community_id, seat=seat, party=party,
            defaults={"is_yes": is_yes, "at": now, "channel": channel},
        )  # fmt: skip
        said = dict(seat.answers.values_list("party", "is_yes"))
        parties = list(case.parties.all())
        both_sides = {one.side for one in parties} == {"a", "b"}
        if not is_yes:
            _move(seat, (SeatState.DECLARED,), SeatState.REFUSED)
        elif both_sides and all(said.get(one.pk) for one in parties):
            _move(seat, (SeatState.DECLARED,), SeatState.SEATED, seated_at=now)
            begun = Case.objects.filter(pk=case.pk, state=State.RECEIVED)
            if begun.update(state=State.SITTING):
                step_for_asker(case, by=by, now=now)
        act.on(seat)
    return seat


def _check_own(seat: Seat, by: Actor) -> None:
    if not by.has(Role.MEDIATOR) or seat.mediator.account_id != by.account_id:
        raise NotPermitted(_("Every mediator answers for themselves."))


def _move(seat: Seat, before: Collection[SeatState], after: SeatState, **stamps: datetime) -> None:
    moved = Seat.objects.filter(pk=seat.pk, state__in=list(before)).update(state=after, **stamps)
    if moved != 1:
        raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
    seat.refresh_from_db()
