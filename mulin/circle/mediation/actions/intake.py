"""Taking a quarrel in: questions that stop it first, then both sides and what it is about.

No act here names a person, nor says a word of what was told: acts are read by others.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.exhibits import keep_exhibit
from mulin.circle.mediation.models import STOPS, Case, Mediator, Party, Seat
from mulin.circle.mediation.permissions import (
    check_mediates,
    may_direct,
    may_take_in,
    mediates,
    meets,
    own_card,
)
from mulin.circle.mediation.queries import directors, mark_of_person, proposals
from mulin.circle.mediation.rules import (
    Kind,
    Outcome,
    SeatState,
    Source,
    State,
    Stop,
    Term,
    keep_until,
)
from mulin.circle.mediation.vault import fresh_key
from mulin.commons.flow.actions import add_step, seal
from mulin.commons.flow.actions import answer as answer_need
from mulin.commons.flow.models import Need
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: The room, as needs know it.
ROOM = "mediation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A party as they are written down."""

    side: str
    name: str
    phone: str = ""
    address: str = ""
    sex: str = ""
    nation: str = ""
    born: str = ""
    work: str = ""
    home_town: str = ""
    dialect: str = ""
    person: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the quarrel is about, and what is wished."""

    facts: str
    wishes: str = ""


def nameless(by: Actor) -> Actor:
    """The same actor in nobody's name: an act of this room must not say whose case it is."""
    return by.by(by.channel)


def account_of(by: Actor) -> int:
    """Whose hand it is. Raises NotPermitted for an actor without an account."""
    if by.account_id is None:
        raise NotPermitted(_("Please come to the service hall."))
    return by.account_id


def receive(
    told: Told, parties: Sequence[Who], *, kind: str, source: str, stops: Collection[str] = (),
    is_mine: bool = False, by: Actor, now: datetime, token: str | None = None,
) -> Case:  # fmt: skip
    """Take a quarrel in. What a stop ends is not kept: a number, its kind and the stop are.

    `is_mine`: the mediator who writes it down declares to have no tie and to keep silent.
    Raises NotPermitted, Refused, KeyAway.
    """
    if not may_take_in(by):
        raise NotPermitted(_("Please come to the service hall."))
    by = nameless(by)
    if not stops:
        if not told.facts.strip():
            raise Refused(_("Say in a few words what it is about."), field="facts")
        if not any(one.side == "a" for one in parties):
            raise Refused(_("Say who asks for mediation."), field="name")
    with recording(by, "mediation.receive", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        if stops:
            case = _stopped(kind, source, stops, by=by, now=now)
        else:
            case = _sealed(told, parties, kind=kind, source=source, by=by, now=now)
            if is_mine:
                _sit_down(case, by=by, now=now)
        _tell_directors(case, by=by, now=now)
        act.on(case)
    return case


def take_need(need: Need, by: Actor, why: str, now: datetime) -> Case:
    """The room takes a need over, which is sealed: words and pictures move under the case's key.

    Part of `flow.hand_over`. Raises KeyAway.
    """
    by = nameless(by)
    who = [_asker(need)] if need.person_id or need.contact_name else []
    words, photos = seal(need, now=now)
    told = Told(facts="\n".join(one for one in (words, why.strip()) if one))
    case = _sealed(told, who, kind=Kind.OTHER, source=Source.HANDED, by=by, now=now)
    case.need = need
    case.save(update_fields=["need"])
    for photo in photos:
        keep_exhibit(case, item=6, content=photo, now=now)
    _tell_directors(case, by=by, now=now)
    return case


def add_party(case: Case, who: Who, *, by: Actor, now: datetime, token: str | None = None) -> Case:
    """Write down another person of one side, or the other side that was not known at first.

    The mediator who is asked may do so as well: somebody must call them. Raises NotPermitted, Refused.
    """
    if not meets(by, case):
        raise NotPermitted(_("Only the mediators of this case work on it."))
    if not who.name.strip():
        raise Refused(_("Write the name."), field="name")
    with recording(nameless(by), "mediation.add_party", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        if case.state not in {State.RECEIVED, State.SITTING}:
            raise Refused(_("The case has gone on. Open it again to see."))
        _party(case, who)
        # Somebody who was not asked yet has accepted nobody.
        Seat.objects.filter(case=case, state=SeatState.SEATED).update(state=SeatState.DECLARED)
        act.on(case)
    return case


def set_party(
    party: Party, *, is_willing: bool | None, told_rights_on: date | None,
    identity_seen_on: date | None, by: Actor, now: datetime, token: str | None = None,
) -> Case:  # fmt: skip
    """Whether a party wants mediation, was told their rights, showed who they are.

    A clear no ends the case (《人民调解法》第3、17条). None leaves what was written before. Raises
    NotPermitted, Refused for a day ahead.
    """
    case = party.case
    check_mediates(by, case)
    days = {"told_rights_on": told_rights_on, "identity_seen_on": identity_seen_on}
    for name, day in days.items():
        if day is not None and day > local_day(now):
            raise Refused(_("This day lies ahead."), field=name)
    with recording(nameless(by), "mediation.set_party", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        said = {"is_willing": is_willing, **days}
        said = {name: value for name, value in said.items() if value is not None}
        Party.objects.filter(pk=party.pk).update(**said)
        party.refresh_from_db()
        act.on(case)
        if is_willing is False:
            end(case, outcome=Outcome.UNWILLING, by=by, now=now)
    return case


def stop(
    case: Case, stops: Collection[str], *, by: Actor, now: datetime, token: str | None = None
) -> Case:
    """Something came up that mediation must not go on with. Raises NotPermitted, Refused."""
    check_mediates(by, case)
    if not stops:
        raise Refused(_("Say what stops it."), field="stops")
    with recording(nameless(by), "mediation.stop", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        case.stops = sorted(stops)
        case.save(update_fields=["stops"])
        end(case, outcome=_outcome_of(stops), by=by, now=now)
        act.on(case)
    return case


def report(case: Case, *, by: Actor, now: datetime, token: str | None = None) -> Case:
    """It was reported where the law wants it. Raises NotPermitted, TakenMeanwhile."""
    if not (may_direct(by) or mediates(by, case) or case.received_by_id == by.account_id):
        raise NotPermitted(_("Please ask the mediation director."))
    with recording(nameless(by), "mediation.report", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        if Case.objects.filter(pk=case.pk, reported_at__isnull=True).update(reported_at=now) != 1:
            raise TakenMeanwhile(_("This was written down already."))
        case.reported_at = now
        act.on(case)
    return case


def end(case: Case, *, outcome: str, by: Actor, now: datetime, token: str | None = None) -> Case:
    """No agreement: it failed, was taken back, or must not go on. The other ways are told on paper
    (《人民调解法》第26条). Raises NotPermitted, TakenMeanwhile.
    """
    check_mediates(by, case)
    with recording(nameless(by), "mediation.end", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        running = Case.objects.filter(pk=case.pk, state__in=[State.RECEIVED, State.SITTING])
        values = {"outcome": outcome, "ended_at": now, "days_taken": _days(case, now)}
        values |= closing_values(case, now)
        if running.update(**values) != 1:
            raise TakenMeanwhile(_("The case has gone on. Open it again to see."))
        case.refresh_from_db()
        answer_its_need(case, by=by, now=now)
        act.on(case)
    return case


def closing_values(case: Case, now: datetime) -> dict[str, object]:
    """What a case is given when nobody works on it any more."""
    last = keep_until(local_day(now), Term(case.term))
    return {"state": State.CLOSED, "closed_at": now, "keep_until": last}


def answer_its_need(case: Case, *, by: Actor, now: datetime) -> None:
    """Whoever asked at another room's door hears that the room is done, and no more."""
    if case.need is not None:
        words = str(_("The mediation room is done with your matter. Ask there for more."))
        answer_need(case.need, by=nameless(by), words=words, record=case, now=now)


def _sealed(
    told: Told, parties: Sequence[Who], *, kind: str, source: str, by: Actor, now: datetime
) -> Case:
    may_found = not Case.objects.exclude(wrapped_key="").exists()
    wrapped, box = fresh_key(may_found=may_found)
    case: Case = Case.objects.create(
        community_id=by.community_id, number=_next_number(now), kind=kind, source=source,
        channel=by.channel, received_at=now, received_by_id=by.account_id, wrapped_key=wrapped,
        sealed_story=box.seal({key: value.strip() for key, value in asdict(told).items()}),
    )  # fmt: skip
    for who in parties:
        _party(case, who, is_willing=True if who.side == "a" and source != Source.OWN else None)
    return case


def _party(case: Case, who: Who, *, is_willing: bool | None = None) -> Party:
    mark = mark_of_person(case.community_id, who.person) if who.person else ""
    if who.person and case.parties.filter(mark=mark).exists():
        raise Refused(_("This person stands in the case already."), field="name")
    party: Party = Party.objects.create(
        community_id=case.community_id, case=case, side=who.side, mark=mark,
        sealed=case.box.seal(asdict(who)), is_willing=is_willing,
    )  # fmt: skip
    return party


def _stopped(kind: str, source: str, stops: Collection[str], *, by: Actor, now: datetime) -> Case:
    unknown = set(stops) - {str(name) for name, _label in STOPS}
    if unknown:
        raise Refused(_("Say what stops it."), field="stops")
    case = Case(
        community_id=by.community_id, number=_next_number(now), kind=kind, source=source,
        channel=by.channel, received_at=now, received_by_id=by.account_id, stops=sorted(stops),
        outcome=_outcome_of(stops), ended_at=now, days_taken=0,
    )  # fmt: skip
    for name, value in closing_values(case, now).items():
        setattr(case, name, value)
    case.save()
    return case


def _outcome_of(stops: Collection[str]) -> Outcome:
    return Outcome.UNWILLING if set(stops) == {Stop.UNWILLING} else Outcome.STOPPED


def _sit_down(case: Case, *, by: Actor, now: datetime) -> None:
    card = own_card(by)
    if card is None:
        raise Refused(
            _("You are not on the panel. Leave the case to the director."), field="is_mine"
        )
    check_tie(case, card, now=now, field="is_mine")
    Seat.objects.create(
        community_id=case.community_id, case=case, mediator=card, state=SeatState.DECLARED,
        asked_at=now, declared_at=now,
    )  # fmt: skip


def check_tie(case: Case, mediator: Mediator, *, now: datetime, field: str | None = None) -> None:
    """Raises Refused for somebody too near to a party."""
    found = next(
        (one for one in proposals(case, today=local_day(now)) if one.mediator.pk == mediator.pk),
        None,
    )
    if found is None or found.proposal.is_barred:
        raise Refused(
            _("By the roll this mediator is too near to one side. Somebody else should mediate."),
            field=field,
        )


def _asker(need: Need) -> Who:
    person: Person | None = need.person
    if person is None:
        return Who(side="a", name=need.contact_name or "", phone=need.contact_phone or "")
    return Who(
        side="a", name=person.name, phone=person.phone or need.contact_phone or "",
        address=person.address, sex=person.get_sex_display() if person.sex else "",
        home_town=person.home_town, person=person.pk,
    )  # fmt: skip


def _tell_directors(case: Case, *, by: Actor, now: datetime) -> None:
    for account in directors(case.community_id, now):
        you_have_an_item(account, by=by, now=now, key=f"mediation-{case.pk}-received")


def you_have_an_item(account: Account, *, by: Actor, now: datetime, key: str) -> None:
    """All that a message ever says of a case."""
    tell(
        ("account", account.pk), by=by, topic="item", subject=_("You have an item"),
        body=_("Please open Mulin where nobody looks over your shoulder."),
        path=reverse("mediation:register"), now=now, key=key,
    )  # fmt: skip


def _next_number(now: datetime) -> str:
    # The chain's head is locked, and no case is ever deleted.
    year = local_day(now).year
    count = Case.objects.filter(number__startswith=f"{year}-").count()
    return f"{year}-{count + 1:04d}"


def _days(case: Case, now: datetime) -> int:
    return (local_day(now) - local_day(case.received_at)).days


def step_for_asker(case: Case, *, by: Actor, now: datetime) -> None:
    """A need that was handed over: its asker sees that it goes on."""
    if case.need is not None:
        add_step(
            case.need, by=nameless(by), kind="in_work", record=case, now=now,
            line=_("The mediation room works on it."),
        )  # fmt: skip
