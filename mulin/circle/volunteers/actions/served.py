"""Those who are served: appointments, needs heard there, thanks; merchants' offers and coupons."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Activity, Appointment, Coupon, Offer, Thanks
from mulin.circle.volunteers.permissions import check_keeper, is_themselves
from mulin.circle.volunteers.queries import slots_at
from mulin.circle.volunteers.rules import Audience
from mulin.commons.flow.door import front_door
from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import say_coming
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.people.models import Organisation, Person, index_of
from mulin.kit.clock import local_day
from mulin.kit.ids import normalise_code, public_code
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: Long enough that nobody guesses one at a counter.
COUPON_LENGTH = 8


def book(
    activity: Activity, *, after_minutes: int, person: Person | None, called: str = "",
    note: str = "", by: Actor, now: datetime, token: str | None = None,
) -> Appointment:  # fmt: skip
    """Somebody comes at this time; who is on the roll hears if it is moved or called off. For oneself,
    or a keeper in their name. Raises NotPermitted, Refused beside the field.
    """
    if person is None or not is_themselves(by, person):
        check_keeper(by)
    if person is None and not called.strip():
        raise Refused(_("Say who comes."), field="who")
    with recording(by, "volunteers.book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appointment)
        gathering = activity.gathering
        if not gathering.is_planned or now >= gathering.ends_at:
            raise Refused(_("It is over or called off."))
        slot = next((one for one in slots_at(activity) if one.after_minutes == after_minutes), None)
        if slot is None or not slot.free:
            raise Refused(_("This time is taken. Choose another one."), field="after_minutes")
        mine = Appointment.objects.filter(activity=activity, cancelled_at__isnull=True)
        if person is not None and mine.filter(person__in=Person.everyone_of(person)).exists():
            raise Refused(_("%(name)s has a time already."), {"name": person}, field="who")
        used = {one.chair for one in slot.taken}
        row: Appointment = Appointment.objects.create(
            community_id=by.community_id, activity=activity, after_minutes=after_minutes,
            chair=next(chair for chair in range(1, activity.chairs + 1) if chair not in used),
            person=person, called=None if person else called.strip(), note=note.strip() or None,
            channel=by.channel, made_at=now,
        )  # fmt: skip
        if person is not None:
            say_coming(gathering, person, comes=True, by=system(by.community_id), now=now)
        act.on(row, after={"after_minutes": after_minutes})
    return row


def cancel(
    appointment: Appointment, *, by: Actor, now: datetime, token: str | None = None
) -> Appointment:
    """They do not come; the time is free again. Raises NotPermitted, TakenMeanwhile."""
    if appointment.person is None or not is_themselves(by, appointment.person):
        check_keeper(by)
    with recording(by, "volunteers.cancel_appointment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appointment)
        _still(appointment, cancelled_at=now)
        act.on(appointment, after={"cancelled_at": now})
    return appointment


def serve(
    appointment: Appointment, *, by: Actor, now: datetime, token: str | None = None
) -> Appointment:
    """They came and were served. Raises NotPermitted, TakenMeanwhile."""
    check_keeper(by)
    with recording(by, "volunteers.serve", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appointment)
        _still(appointment, served_at=now)
        act.on(appointment, after={"served_at": now})
    return appointment


def _still(appointment: Appointment, **values: datetime) -> None:
    rows = Appointment.objects.filter(
        pk=appointment.pk, cancelled_at__isnull=True, served_at__isnull=True
    )
    if rows.update(**values) != 1:
        raise TakenMeanwhile(_("It was served or cancelled already. Open it again."))
    appointment.refresh_from_db()


def hear_need(
    appointment: Appointment, words: str, *, by: Actor, now: datetime, token: str | None = None
) -> Need:
    """What somebody says on the chair becomes a demand in their name, with owner and limit, like any
    other. Raises NotPermitted, Refused.
    """
    check_keeper(by)
    if not words.strip():
        raise Refused(_("Write what they need."), field="words")
    with recording(by, "volunteers.hear_need", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Need)
        if appointment.need_id is not None:
            raise Refused(_("What they said was passed on already."))
        said = Said(
            words=words.strip(), person=appointment.person,
            contact_name="" if appointment.person else appointment.name,
        )  # fmt: skip
        person_id = appointment.person_id
        need = front_door().receive(
            said, by=by.by("walk_in", on_behalf_of=person_id) if person_id else by.by("walk_in"),
            now=now,
        )  # fmt: skip
        Appointment.objects.filter(pk=appointment.pk).update(need=need)
        act.on(need, after={"appointment": appointment.pk})
    return need


# ── thanks ───────────────────────────────────────────────────────────────────────────────────


def thank(
    words: str, *, signed: str, activity: Activity | None = None, person: Person | None = None,
    by: Actor, now: datetime, token: str | None = None,
) -> Thanks:  # fmt: skip
    """A word of thanks; it waits until somebody has read it. Raises Refused for no words."""
    if not words.strip():
        raise Refused(_("Write a few words."), field="words")
    if by.account_id is None and not by.is_system:
        raise NotPermitted(_("Please tell us at the desk."))
    with recording(by, "volunteers.thank", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Thanks)
        row: Thanks = Thanks.objects.create(
            community_id=by.community_id, words=words.strip(), signed=signed.strip(),
            activity=activity, person=person, at=now, channel=by.channel,
        )  # fmt: skip
        act.on(row)
    return row


def decide_thanks(
    thanks: Thanks, *, is_shown: bool, by: Actor, now: datetime, token: str | None = None
) -> Thanks:
    """Hang it on the wall, or not. Raises NotPermitted."""
    check_keeper(by)
    with recording(by, "volunteers.decide_thanks", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Thanks)
        thanks.is_shown, thanks.decided_at, thanks.decided_by_id = is_shown, now, by.account_id
        thanks.save(update_fields=["is_shown", "decided_at", "decided_by"])
        act.on(thanks, after={"shown": is_shown})
    return thanks


# ── offers ───────────────────────────────────────────────────────────────────────────────────


def make_offer(
    organisation: Organisation, *, title: str, audience: str, most: int, hours_needed: int,
    since: date, until: date, by: Actor, now: datetime, token: str | None = None,
) -> Offer:  # fmt: skip
    """A merchant gives something, so many times. Raises NotPermitted, Refused beside the field."""
    check_keeper(by)
    if until < since:
        raise Refused(_("The last day lies before the first."), field="until")
    if audience not in set(Audience):
        raise Refused(_("Choose whom it is for."), field="audience")
    with recording(by, "volunteers.make_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Offer)
        offer: Offer = Offer.objects.create(
            community_id=by.community_id, organisation=organisation, title=title.strip(),
            audience=audience, most=most, hours_needed=hours_needed, since=since, until=until,
        )  # fmt: skip
        act.on(offer, after={"title": offer.title, "most": most})
    return offer


def draw_coupon(
    offer: Offer, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> tuple[Coupon, str]:
    """A coupon for somebody whom the offer is for: its code is shown now and never again. Who lost it
    draws a new one, and the old one is void. Raises NotPermitted, Refused.
    """
    if not is_themselves(by, person):
        raise NotPermitted(_("Everybody takes their own, or asks at the desk."))
    with recording(by, "volunteers.draw_coupon", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Coupon), ""
        if not offer.since <= local_day(now) <= offer.until:
            raise Refused(_("This offer is not for today."))
        coupon = Coupon.objects.filter(
            offer=offer, person__in=Person.everyone_of(person)
        ).first()  # fmt: skip
        if coupon is not None and coupon.used_at is not None:
            raise Refused(_("Yours was used already."))
        if coupon is None and Coupon.objects.filter(offer=offer).count() >= offer.most:
            raise Refused(_("They are all gone."))
        code = public_code(COUPON_LENGTH)
        coupon = coupon or Coupon(community_id=by.community_id, offer=offer, person=person)
        coupon.digest, coupon.given_at = _digest(code), now
        coupon.save()
        act.on(coupon, after={"offer": offer.pk})
    return coupon, code


def redeem(
    offer: Offer, code: str, *, by: Actor, now: datetime, token: str | None = None
) -> Coupon:
    """The merchant types the code in: it counts once. Raises Refused for a wrong or used one."""
    with recording(by, "volunteers.redeem", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Coupon)
        rows = Coupon.objects.filter(offer=offer, digest=_digest(normalise_code(code)))
        if not offer.since <= local_day(now) <= offer.until:
            raise Refused(_("This offer is not for today."), field="code")
        if rows.filter(used_at__isnull=True).update(used_at=now) != 1:
            known = rows.exists()
            raise Refused(
                _("This coupon was used already.") if known else _("There is no such coupon."),
                field="code",
            )
        coupon: Coupon = rows.get()
        act.on(coupon, after={"used_at": now})
    return coupon


def _digest(code: str) -> str:
    return index_of("volunteers.coupon", code)
