"""Who is watched over, who comes, in which order; who is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.actions.expecting import forget_plans, plan_ahead
from mulin.circle.alarms.models import Away, Contact, ContactKind, Duty, Watch
from mulin.circle.alarms.permissions import check_setup, may_keep_watch, may_say_away
from mulin.circle.alarms.queries import duty_of, watch_of
from mulin.circle.alarms.rules import (
    LEAST_ANSWER,
    MOST_ANSWER,
    Rung,
    digest_of,
    fresh_key,
    is_ladder,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted, Refused


@dataclass(frozen=True, slots=True)
class Care:
    """What is written down of somebody who is watched over."""

    key_where: str = ""
    note: str = ""
    morning: time | None = None
    evening: time | None = None
    grace_minutes: int = 60
    water_litres: Decimal | None = None
    water_hours: int = 12


def watch_over(
    person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Watch:  # fmt: skip
    """Begin to watch over somebody. Raises NotPermitted, Refused for one who is already."""
    kept = Person.kept_of(person)
    is_theirs = by.is_desk or by.is_system or kept.grid_id in by.grid_ids
    if not is_theirs:
        raise NotPermitted(_("Please ask the desk."))
    with recording(by, "alarms.watch_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Watch)
        if watch_of(kept) is not None:
            raise Refused(_("They are watched over already."), field="person")
        watch: Watch
        watch, is_new = Watch.objects.get_or_create(
            community_id=by.community_id, person=kept, defaults={"since": now}
        )
        if not is_new:
            watch.since, watch.ended_at = now, None
            watch.save(update_fields=["since", "ended_at"])
        act.on(watch, after={"person": kept.pk})
    return watch


def set_care(
    watch: Watch, care: Care, *, by: Actor, now: datetime, token: str | None = None
) -> Watch:  # fmt: skip
    """What a helper must know, and when they are to be heard of. Raises NotPermitted."""
    _check(by, watch)
    with recording(by, "alarms.set_care", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Watch)
        plan = ("morning", "evening", "grace_minutes", "water_litres", "water_hours")
        before = {name: getattr(watch, name) for name in plan}
        watch.key_where, watch.note = care.key_where or None, care.note or None
        for name in plan:
            setattr(watch, name, getattr(care, name))
        watch.save()
        after = {name: getattr(watch, name) for name in plan}
        if before != after:
            forget_plans(watch)
            plan_ahead(Community.objects.get(pk=watch.community_id), now)
        # Where a key lies stands in no act.
        act.on(watch, before=before, after=after)
    return watch


def end_watch(
    watch: Watch, *, by: Actor, now: datetime, token: str | None = None
) -> Watch:  # fmt: skip
    """Watch over them no longer; their devices still raise alarms. Raises NotPermitted."""
    _check(by, watch)
    with recording(by, "alarms.end_watch", now=now, token=token) as act:
        if not act.is_repeat:
            watch.ended_at = now
            watch.save(update_fields=["ended_at"])
            forget_plans(watch)
            act.on(watch)
    return watch


def add_contact(
    watch: Watch, *, kind: str, name: str, phone: str = "", person: Person | None = None,
    by: Actor, now: datetime, token: str | None = None,
) -> Contact:  # fmt: skip
    """Somebody who comes. Raises NotPermitted, Refused without a way to reach them."""
    _check(by, watch)
    if kind not in ContactKind.values:
        raise Refused(_("Choose what they are to them."), field="kind")
    if not phone and not (person is not None and (person.phone or person.account_id)):
        raise Refused(_("Write a phone number: a contact must be reached."), field="phone")
    with recording(by, "alarms.add_contact", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Contact)
        contact: Contact = Contact.objects.create(
            community_id=watch.community_id, watch=watch, kind=kind, person=person,
            name=name or (person.name if person else ""), phone=phone or None,
        )  # fmt: skip
        act.on(contact, after={"kind": kind, "watch": watch.pk})
    return contact


def drop_contact(
    contact: Contact, *, by: Actor, now: datetime, token: str | None = None
) -> None:  # fmt: skip
    """They come no more. Raises NotPermitted."""
    _check(by, contact.watch)
    with recording(by, "alarms.drop_contact", now=now, token=token) as act:
        act.on(contact, before={"kind": contact.kind, "watch": contact.watch_id})
        if not act.is_repeat:
            Contact.objects.filter(pk=contact.pk).delete()


def set_ladder(
    rungs: Sequence[Rung], *, watch: Watch | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> Duty | Watch:  # fmt: skip
    """In which order whom is told: of one person, or of the community. No rungs: the one above.

    Alarms that run keep the ladder they began with. Raises NotPermitted, Refused.
    """
    if watch is not None:
        _check(by, watch)
    else:
        check_setup(by)
    if rungs and not is_ladder(rungs):
        raise Refused(
            _("The first step is at once, each later than the one before, none without anybody."),
            field="rungs",
        )
    with recording(by, "alarms.set_ladder", now=now, token=token) as act:
        kept = watch or _duty(by)
        before = kept.rungs
        if not act.is_repeat:
            kept.rungs = [rung.as_json() for rung in rungs]
            kept.save(update_fields=["rungs"])
        act.on(kept, before={"rungs": before}, after={"rungs": kept.rungs})
    return kept


def set_duty(
    *, phone: str, answer_minutes: int, second_box: str | None, by: Actor, now: datetime,
    token: str | None = None,
) -> Duty:  # fmt: skip
    """The phone that somebody always carries, how long an answer is believed, who watches the
    watch. An empty `second_box` keeps the old one. Raises NotPermitted, Refused.
    """
    check_setup(by)
    if not LEAST_ANSWER <= answer_minutes <= MOST_ANSWER:
        raise Refused(
            _("Between %(least)s and %(most)s minutes."),
            {"least": LEAST_ANSWER, "most": MOST_ANSWER},
            field="answer_minutes",
        )
    with recording(by, "alarms.set_duty", now=now, token=token) as act:
        duty = _duty(by)
        if not act.is_repeat:
            duty.phone, duty.answer_minutes = phone or None, answer_minutes
            duty.second_box = second_box or duty.second_box
            duty.save(update_fields=["phone", "answer_minutes", "second_box"])
        act.on(duty, after={"answer_minutes": answer_minutes, "has_phone": bool(phone)})
    return duty


def open_screen(
    *, by: Actor, now: datetime, token: str | None = None
) -> str:  # fmt: skip
    """A new address for the duty screen; the old one no longer opens. Returns its key, once.

    A form sent twice shows nothing the second time. Raises NotPermitted.
    """
    check_setup(by)
    with recording(by, "alarms.open_screen", now=now, token=token) as act:
        duty = _duty(by)
        act.on(duty)
        if act.is_repeat:
            return ""
        key = fresh_key()
        duty.screen_digest = digest_of(key)
        duty.save(update_fields=["screen_digest"])
    return key


def say_away(
    watch: Watch, *, since: datetime, until: datetime | None, where: str = "", by: Actor,
    now: datetime, token: str | None = None,
) -> Away:  # fmt: skip
    """They are not at home: nothing is awaited of them meanwhile. Raises NotPermitted, Refused."""
    if not may_say_away(by, watch):
        raise NotPermitted(_("Please tell the desk."))
    if until is not None and until <= max(since, now):
        raise Refused(_("The day they come back lies behind us."), field="until")
    with recording(by, "alarms.say_away", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Away)
        away: Away = Away.objects.create(
            community_id=watch.community_id, watch=watch, since=since, until=until,
            where=where[:80],
        )  # fmt: skip
        act.on(away, after={"watch": watch.pk, "since": since, "until": until})
    return away


def say_back(
    watch: Watch, *, by: Actor, now: datetime, token: str | None = None
) -> int:  # fmt: skip
    """They are home again. Returns how many absences ended. Raises NotPermitted."""
    if not may_say_away(by, watch):
        raise NotPermitted(_("Please tell the desk."))
    with recording(by, "alarms.say_back", now=now, token=token) as act:
        act.on(watch)
        if act.is_repeat:
            return 0
        ended: int = Away.objects.at(now).filter(watch=watch).update(until=now)
    return ended


def _check(by: Actor, watch: Watch) -> None:
    if not may_keep_watch(by, watch):
        raise NotPermitted(_("Please ask the desk."))


def _duty(by: Actor) -> Duty:
    """The community's row, made when first needed; inside the act, which holds the chain's lock."""
    duty = duty_of(by.community_id)
    if duty._state.adding:  # noqa: SLF001  Django's own word for a row that is not there yet
        duty.save(force_insert=True)
    return duty
