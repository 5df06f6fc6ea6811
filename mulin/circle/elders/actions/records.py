"""Somebody is taken into care, and what is known of them: categories, abilities, health, family."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.actions.planning import plan
from mulin.circle.elders.models import (
    CARD_FIELDS,
    Assessment,
    Elder,
    Fact,
    HealthCard,
    Kin,
    Pair,
)
from mulin.circle.elders.papers import CARD
from mulin.circle.elders.permissions import check_carer, check_keeper, is_near, may_keep
from mulin.circle.elders.queries import paces_in_force, withdrawn
from mulin.circle.elders.rules import (
    OLD_FROM,
    STANDARDS,
    Category,
    Paces,
    PairState,
    are_free,
    is_possible,
    next_contact,
    risk_of,
)
from mulin.commons.paper.actions.handed import erase_handed_about
from mulin.ground.audit.actions import erase_details, record_look, recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.consents import (
    give_consent,
    give_consents,
    withdraw_consent,
)
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.queries import has_consented, have_consented
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.refusals import NotPermitted, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What somebody likes, can do and wishes of whoever comes."""

    dialect: str = ""
    interests: str = ""
    can_do: str = ""
    wished_sex: str = ""
    wished_times: Collection[str] = ()

    @property
    def columns(self) -> dict[str, str]:
        return {
            "dialect": self.dialect.strip(), "interests": self.interests.strip(),
            "can_do": self.can_do.strip(), "wished_sex": self.wished_sex,
            "wished_times": are_free(self.wished_times),
        }  # fmt: skip


def take_in(
    person: Person, *, has_agreed: bool, categories: Collection[Category] = (), source: str = "",
    about: About | None = None, by: Actor, now: datetime, token: str | None = None,
) -> Elder:  # fmt: skip
    """Take somebody into care, as they agreed themselves: 《个人信息保护法》第14、29条.

    Raises NotPermitted, and Refused without consent, twice, or for somebody under sixty.
    """
    check_keeper(by)
    today = local_day(now)
    if not has_agreed:
        raise Refused(_("Ask first: without their word nobody is taken in."), field="has_agreed")
    if person.birth_year and today.year - person.birth_year < OLD_FROM:
        raise Refused(_("This person is not sixty yet."), field="person")
    if categories and not source.strip():
        raise Refused(_("Say where this is known from."), field="source")
    with recording(by, "elders.take_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Elder)
        person = Person.kept_of(person)
        try:
            with transaction.atomic():
                elder: Elder = Elder.objects.create(
                    community_id=by.community_id, person=person, since=today,
                    **(about or About()).columns,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("This person is in care already."), field="person") from None
        if not has_consented(person, Purpose.SERVICE):
            give_consent(person, Purpose.SERVICE, by=by, now=now)
        Fact.objects.bulk_create(
            Fact(
                community_id=by.community_id, elder=elder, category=one, since=today,
                source=source.strip(), entered_by_id=by.account_id,
            )
            for one in dict.fromkeys(categories)
        )  # fmt: skip
        plan(elder)
        act.on(elder, after={"person": person.pk, "risk": elder.risk})
    return elder


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of a list of people whom the community looks after."""

    person: Person
    categories: Collection[Category] = ()
    source: str = ""
    about: About = About()


def take_in_list(
    lines: Sequence[Listed], *, has_agreed: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> list[Elder]:  # fmt: skip
    """Take everybody of a list into care, all of whom agreed: in one act, all of them or none.

    Raises as `take_in`, with the name of whom it is about.
    """
    check_keeper(by)
    today = local_day(now)
    if not has_agreed:
        raise Refused(_("Ask first: without their word nobody is taken in."), field="has_agreed")
    for one in lines:
        if one.person.birth_year and today.year - one.person.birth_year < OLD_FROM:
            raise Refused(_("%(name)s is not sixty yet."), {"name": one.person})
        if one.categories and not one.source.strip():
            raise Refused(_("Say where this is known from."), field="source")
    with recording(by, "elders.take_in_list", now=now, token=token) as act:
        if act.is_repeat or not lines:
            act.drop()
            return []
        persons = [Person.kept_of(one.person) for one in lines]
        held = Elder.objects.in_care().filter(person__in=persons).select_related("person").first()
        if held is not None:
            raise Refused(_("%(name)s is in care already."), {"name": held})
        paces = paces_in_force()
        elders = [
            _unseen(one, person, paces, by, today)
            for one, person in zip(lines, persons, strict=True)
        ]
        Elder.objects.bulk_create(elders)
        agreed = have_consented([one.pk for one in persons], Purpose.SERVICE)
        silent = [one for one in persons if one.pk not in agreed]
        give_consents(silent, Purpose.SERVICE, by=by, now=now)
        Fact.objects.bulk_create(
            Fact(
                community_id=by.community_id, elder=elder, category=category, since=today,
                source=one.source.strip(), entered_by_id=by.account_id,
            )
            for one, elder in zip(lines, elders, strict=True)
            for category in dict.fromkeys(one.categories)
        )  # fmt: skip
        act.on(elders[0], after={"persons": [one.pk for one in persons]})
    return elders


def _unseen(line: Listed, person: Person, paces: Paces, by: Actor, today: date) -> Elder:
    """Somebody whom nobody has seen yet: due as `planning.plan` would say."""
    due = next_contact(line.categories, paces, {}, since=today)
    return Elder(
        community_id=by.community_id, person=person, since=today, **line.about.columns,
        risk=risk_of(line.categories), due_at=end_of_day(due.day) if due else None,
        due_way=due.way if due else "",
    )  # fmt: skip


def change_about(
    elder: Elder, about: About, *, by: Actor, now: datetime, token: str | None = None
) -> Elder:
    """Write down what somebody likes, can do and wishes, as whoever cares for them heard it."""
    check_carer(by, elder)
    with recording(by, "elders.change_about", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Elder)
        for name, value in about.columns.items():
            setattr(elder, name, value)
        elder.save(update_fields=list(about.columns))
        act.on(elder, after={"dialect": elder.dialect})
    return elder


def state_fact(
    elder: Elder, category: Category, *, since: date, source: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Fact:  # fmt: skip
    """A category holds from a day on. Raises NotPermitted, Refused."""
    check_keeper(by)
    if since > local_day(now):
        raise Refused(_("That day is still to come."), field="since")
    if not source.strip():
        raise Refused(_("Say where this is known from."), field="source")
    with recording(by, "elders.state_fact", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Fact)
        try:
            with transaction.atomic():
                fact: Fact = Fact.objects.create(
                    community_id=by.community_id, elder=elder, category=category, since=since,
                    source=source.strip(), entered_by_id=by.account_id,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("This stands there already."), field="category") from None
        plan(elder)
        act.on(fact, after={"category": category, "since": since})
    return fact


def end_fact(
    elder: Elder, category: Category, *, by: Actor, now: datetime, token: str | None = None
) -> Elder:
    """A category holds no longer: from today. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "elders.end_fact", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Elder)
        standing = Fact.objects.filter(elder=elder, category=category, until__isnull=True)
        if standing.update(until=local_day(now)) != 1:
            raise Refused(_("This does not stand there."), field="category")
        plan(elder)
        act.on(elder, after={"ended": category})
    return elder


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What stands on an assessor's sheet."""

    standard: str
    level: int
    score: int | None
    assessed_on: date
    assessor: str
    next_on: date


def note_assessment(
    elder: Elder, result: Result, *, by: Actor, now: datetime, token: str | None = None
) -> Assessment:
    """Copy the result of an assessment. Only the desk does, from the sheet of a trained assessor.

    GB/T 42195-2022: score and level must belong together. Raises NotPermitted, Refused.
    """
    check_keeper(by)
    _check_health(elder)
    standard = STANDARDS.get(result.standard)
    if standard is None or not is_possible(standard, result.score, result.level):
        raise Refused(_("By this standard the score has another level."), field="level")
    if result.assessed_on > local_day(now):
        raise Refused(_("That day is still to come."), field="assessed_on")
    if result.next_on <= result.assessed_on:
        raise Refused(_("The next assessment comes after this one."), field="next_on")
    if not result.assessor.strip():
        raise Refused(_("Say who assessed it."), field="assessor")
    with recording(by, "elders.note_assessment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Assessment)
        made: Assessment = Assessment.objects.create(
            community_id=by.community_id, elder=elder, standard=standard.code,
            level=str(result.level), score="" if result.score is None else str(result.score),
            assessed_on=result.assessed_on, assessor=result.assessor.strip(),
            next_on=result.next_on, entered_by_id=by.account_id,
        )  # fmt: skip
        # Of the level nothing stands in the record of acts.
        act.on(made, after={"standard": standard.code, "next_on": result.next_on})
    return made


def write_card(
    elder: Elder, told: Mapping[str, str], *, has_agreed: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> HealthCard:  # fmt: skip
    """Write the health card, with the consent that health needs of its own. 第29条.

    Raises NotPermitted, Refused without that consent.
    """
    check_keeper(by)
    with recording(by, "elders.write_card", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(HealthCard)
        if has_agreed and not has_consented(elder.person, Purpose.HEALTH):
            give_consent(elder.person, Purpose.HEALTH, by=by, now=now)
        _check_health(elder)
        kept = {name: told.get(name, "").strip() for name in CARD_FIELDS if told.get(name)}
        card, _made = HealthCard.objects.update_or_create(
            community_id=by.community_id, elder=elder,
            defaults={"sealed": json.dumps(kept, ensure_ascii=False), "at": now},
        )  # fmt: skip
        act.on(card, after={"fields": sorted(kept)})
    return card


def _check_health(elder: Elder) -> None:
    if not has_consented(elder.person, Purpose.HEALTH):
        raise Refused(
            _("Ask first whether we may keep what matters for their health."), field="has_agreed"
        )


def read_card(elder: Elder, *, by: Actor, reason: str, now: datetime) -> HealthCard | None:
    """What stands on the health card, for whoever cares for this person; the look is recorded.

    None where there is none, or the consent was withdrawn. Raises NotPermitted.
    """
    check_carer(by, elder)
    if not has_consented(elder.person, Purpose.HEALTH):
        return None
    card: HealthCard | None = HealthCard.objects.filter(elder=elder).first()
    if card is not None:
        record_look(elder, by=by, what="health card", reason=reason, now=now)
    return card


def told_in_need(person_ids: Collection[int], by: Actor, now: datetime) -> list[tuple[str, str]]:
    """What whoever goes to somebody in need must know: dialect, health card. The look is recorded.

    To save a life nobody is asked first (《个人信息保护法》第13条); a card is there by consent alone.
    """
    elder = Elder.objects.in_care().filter(person__in=person_ids).select_related("person").first()
    if elder is None:
        return []
    lines = [(str(_("Dialect")), elder.dialect)] if elder.dialect else []
    card = HealthCard.objects.filter(elder=elder).first()
    if card is not None and has_consented(elder.person, Purpose.HEALTH):
        told = card.told
        lines += [(str(label), told[name]) for name, label in CARD_FIELDS.items() if told.get(name)]
        record_look(elder, by=by, what="health card", reason=str(_("an alarm")), now=now)
    return lines


def note_look(elder: Elder, *, by: Actor, now: datetime) -> None:
    """Somebody opened the record of an elder. 《个人信息保护法》第51条."""
    check_carer(by, elder)
    record_look(elder, by=by, what="record", reason=str(_("care")), now=now)


def link_kin(
    elder: Elder, person: Person, *, relation: str, has_agreed: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Kin:  # fmt: skip
    """Somebody of the family may see visits and meals, as the elder agreed: 第23条.

    Raises NotPermitted, Refused.
    """
    check_keeper(by)
    if not has_agreed:
        raise Refused(
            _("Ask the elder first: it is for them to say who sees this."), field="has_agreed"
        )
    if person.pk in Person.everyone_of(elder.person):
        raise Refused(_("Nobody is their own family."), field="person")
    with recording(by, "elders.link_kin", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kin)
        try:
            with transaction.atomic():
                kin: Kin = Kin.objects.create(
                    community_id=by.community_id, elder=elder, person=Person.kept_of(person),
                    relation=relation.strip(), consented_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("They see it already."), field="person") from None
        act.on(kin, after={"elder": elder.pk, "person": person.pk})
    return kin


def unlink_kin(kin: Kin, *, by: Actor, now: datetime, token: str | None = None) -> Kin:
    """Somebody of the family sees nothing any more: the elder says so, or they do themselves."""
    if not (may_keep(by) or is_near(by, kin.elder)):
        raise NotPermitted(_("Please ask at the desk."))
    with recording(by, "elders.unlink_kin", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kin)
        if Kin.objects.filter(pk=kin.pk, until__isnull=True).update(until=local_day(now)) != 1:
            raise Refused(_("They see nothing any more already."))
        act.on(kin, after={"until": local_day(now)})
    return kin


def let_go(
    elder: Elder, *, why: str, withdraws: bool = False, by: Actor, now: datetime,
    token: str | None = None,
) -> Elder:  # fmt: skip
    """Care ends: they withdrew their word, moved away, or died. Pair and family links end with it,
    the health card is erased for good.

    Raises NotPermitted, Refused.
    """
    check_keeper(by)
    if not why.strip():
        raise Refused(_("Say why, in a word."), field="why")
    today = local_day(now)
    with recording(by, "elders.let_go", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Elder)
        gone = Elder.objects.in_care().filter(pk=elder.pk)
        if gone.update(ended_on=today, due_at=None, due_way="") != 1:
            raise Refused(_("They are in care no more already."))
        Pair.objects.alive().filter(elder=elder).update(
            state=PairState.ENDED, ended_at=now, why_ended=why.strip()
        )
        Kin.objects.filter(elder=elder, until__isnull=True).update(until=today)
        erase_health(elder.pk, now=now)
        if withdraws:
            withdraw_consent(elder.person, Purpose.SERVICE, by=by, now=now)
        act.on(elder, after={"ended_on": today, "why": why.strip()})
    elder.ended_on = today
    return elder


def end_without_consent(*, by: Actor, now: datetime) -> int:
    """Care of whoever withdrew their consent ends, and health cards whose consent was withdrawn are
    erased. Returns how many elders were let go.
    """
    gone = 0
    for elder in withdrawn(Purpose.SERVICE):
        let_go(elder, why=str(_("consent withdrawn")), by=by, now=now)
        gone += 1
    for elder in withdrawn(Purpose.HEALTH).filter(
        pk__in=HealthCard.objects.exclude(sealed=None).values("elder")
    ):
        erase_health(elder.pk, now=now)
    return gone


def erase_health(elder_id: int, *, now: datetime) -> None:
    """What is known of somebody's health, for good. Part of another act; safe to do twice."""
    cards = HealthCard.objects.filter(elder=elder_id)
    erase_details("elders.healthcard", list(cards.values_list("pk", flat=True)), now=now)
    cards.update(sealed=None)
    for elder in Elder.objects.filter(pk=elder_id):
        erase_handed_about(elder, CARD, now=now)
    Assessment.objects.filter(elder=elder_id).update(level=None, score=None)
