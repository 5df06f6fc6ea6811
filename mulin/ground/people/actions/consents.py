"""Consents: given or withdrawn one purpose at a time; under fourteen by the guardian."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.people import permissions
from mulin.ground.people.actions.persons import standing
from mulin.ground.people.models import Consent, Person, Purpose, index_of
from mulin.ground.people.queries import consents_of
from mulin.ground.people.rules import may_guard
from mulin.kit.clock import local_day
from mulin.kit.phones import NumberRefused, normalise_phone
from mulin.kit.refusals import NotPermitted, Refused


def give_consent(
    person: Person,
    purpose: Purpose,
    *,
    by: Actor,
    now: datetime,
    guardian: Person | None = None,
    token: str | None = None,
) -> Consent:
    """Record that a purpose is agreed to. 《个人信息保护法》第14、29、31条.

    Raises Refused for somebody under fourteen without a guardian who is of age.
    """
    return _say(person, purpose, is_given=True, guardian=guardian, by=by, now=now, token=token)


def give_consents(
    persons: Sequence[Person], purpose: Purpose, *, by: Actor, now: datetime,
    token: str | None = None,
) -> int:  # fmt: skip
    """Record what a whole list of grown-ups agreed to, in one act that says whose it was. Returns
    how many. 《个人信息保护法》第14、29条.

    Raises NotPermitted, and Refused where one of them is under fourteen or off the roll.
    """
    if not all(permissions.may_consent(by, one) for one in persons):
        raise NotPermitted(_("Only the person, or the desk in their name, can say this."))
    with recording(by, "give_consents", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        current = list(
            Person.objects.select_for_update().filter(pk__in=[one.pk for one in persons])
        )
        for one in current:
            if one.erased_at is not None or one.merged_into_id is not None:
                raise Refused(_("%(name)s is not on the roll any more."), {"name": one})
            if one.is_guarded_on(local_day(now)):
                _check_guardian(one, None, now=now)
        rows = Consent.objects.bulk_create(
            Consent(
                community_id=by.community_id, person=one, purpose=Purpose(purpose), is_given=True,
                at=now, channel=by.channel,
            )
            for one in current
        )  # fmt: skip
        if not rows:
            act.drop()
            return 0
        act.on(rows[0], after={"purpose": Purpose(purpose), "persons": [one.pk for one in current]})
    return len(rows)


def withdraw_consent(
    person: Person,
    purpose: Purpose,
    *,
    by: Actor,
    now: datetime,
    guardian: Person | None = None,
    token: str | None = None,
) -> Consent:
    """Record that a purpose is no longer agreed to: as easy as giving it, and no service is
    refused for it. 《个人信息保护法》第15、16条.
    """
    return _say(person, purpose, is_given=False, guardian=guardian, by=by, now=now, token=token)


def refuse_messages(phone: str, now: datetime) -> int:
    """Whoever has this phone answered a text with 退订: they are written to no more, and phoned
    where they must know something. Said twice it is said once. Returns how many persons.

    A child's number is left: there the guardian decides, and is phoned in any case.
    """
    try:
        index = index_of("phone", normalise_phone(phone))
    except NumberRefused:
        return 0
    refused = 0
    for person in Person.objects.on_roll().filter(phone_index=index):
        said = consents_of(person).get(Purpose.MESSAGES)
        if (said is not None and not said.is_given) or person.is_guarded_on(local_day(now)):
            continue
        withdraw_consent(person, Purpose.MESSAGES, by=system(person.community_id), now=now)
        refused += 1
    return refused


def _say(
    person: Person,
    purpose: Purpose,
    *,
    is_given: bool,
    guardian: Person | None,
    by: Actor,
    now: datetime,
    token: str | None,
) -> Consent:
    if not permissions.may_consent(by, person):
        raise NotPermitted(_("Only the person, or the desk in their name, can say this."))
    verb = "give_consent" if is_given else "withdraw_consent"
    with recording(by, verb, now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Consent)
        current = standing(person)
        if current.is_guarded_on(local_day(now)):
            _check_guardian(current, guardian, now=now)
        else:
            guardian = None
        consent: Consent = Consent.objects.create(
            community_id=by.community_id,
            person=current,
            purpose=Purpose(purpose),
            is_given=is_given,
            at=now,
            channel=by.channel,
            guardian=guardian,
        )
        act.on(
            consent,
            after={
                "person_id": current.pk,
                "purpose": consent.purpose,
                "guardian_id": guardian.pk if guardian else None,
            },
        )
    return consent


def _check_guardian(child: Person, guardian: Person | None, *, now: datetime) -> None:
    if guardian is None or guardian.pk in Person.everyone_of(child):
        raise Refused(
            _("Under fourteen, the guardian decides. Please choose the guardian."), field="guardian"
        )
    if guardian.erased_at is not None or not may_guard(guardian.born_on, local_day(now)):
        raise Refused(_("The guardian must be of age. Please choose another."), field="guardian")
