"""Somebody looked in or called: what came of it, and what is needed, written once."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.actions.orders import order_service
from mulin.circle.elders.actions.planning import plan
from mulin.circle.elders.models import Contact, Elder, Helper, Kin, Service
from mulin.circle.elders.permissions import check_carer
from mulin.circle.elders.queries import helpers_of
from mulin.circle.elders.rules import COUNTED_MINUTES, Outcome, Way
from mulin.commons.flow.door import front_door
from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell, tell_desk
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.refusals import Refused

LONGEST_MINUTES = 600


def note_contact(
    elder: Elder, *, outcome: Outcome, way: Way = Way.DOOR, helper: Helper | None = None,
    needed: Service | None = None, words: str = "", note: str = "", minutes: int | None = None,
    at: datetime | None = None, by: Actor, now: datetime, token: str | None = None,
) -> Contact:  # fmt: skip
    """A visit or a call. A service that is needed is ordered, anything else is received as a need:
    both in this act, so that nobody types it again. Whoever is not found, or not well, leads the
    list; the family hears of it first, then the desk.

    `helper` is who went; somebody who is a helper themselves need not say so. `at` is when it was,
    if it was noted without network or on paper. Raises NotPermitted, Refused.
    """
    check_carer(by, elder)
    moment = believed(at, now)
    if minutes is not None and not 0 < minutes <= LONGEST_MINUTES:
        raise Refused(_("Between one minute and ten hours."), field="minutes")
    with recording(by, "elders.note_contact", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Contact)
        if not Elder.objects.in_care().filter(pk=elder.pk).exists():
            raise Refused(_("They are in care no more already."))
        who = helper or helpers_of(by).first()
        need = _need(elder, words, by=by, way=way, now=now) if words.strip() else None
        if needed is not None:
            order_service(elder, needed, words="", by=_in_their_name(elder, by, way), now=now)
        contact: Contact = Contact.objects.create(
            community_id=by.community_id, elder=elder, at=moment, way=way, outcome=outcome,
            helper=who, entered_by_id=by.account_id, channel=by.channel, note=note.strip() or None,
            minutes=minutes or COUNTED_MINUTES[way], need=need,
        )  # fmt: skip
        plan(elder)
        if outcome != Outcome.WELL:
            _tell(elder, contact, by=by, now=now)
        # Of note and words nothing stands in the record of acts: they may speak of health.
        act.on(contact, after={"outcome": outcome, "way": way, "needed": needed and needed.pk})
    return contact


def _in_their_name(elder: Elder, by: Actor, way: Way) -> Actor:
    channel = Channel.PHONE if way in {Way.PHONE, Way.VIDEO} else Channel.DOOR
    return by.by(
        by.channel if by.channel == Channel.PAPER else channel, on_behalf_of=elder.person_id
    )


def _need(elder: Elder, words: str, *, by: Actor, way: Way, now: datetime) -> Need:
    said = Said(words=words.strip(), person=elder.person, place_words=elder.person.address)
    return front_door().receive(said, by=_in_their_name(elder, by, way), now=now)


def _tell(elder: Elder, contact: Contact, *, by: Actor, now: datetime) -> None:
    """The family first; then whoever sits at the desk, who sees it on the first screen as well."""
    name = elder.person.name
    if contact.outcome == Outcome.NOT_SEEN:
        subject = _("%(name)s was not found") % {"name": name}
        body = _("Somebody went or called and did not find them. Do you know where they are?")
    else:
        subject = _("Something is wrong with %(name)s") % {"name": name}
        body = _("Somebody looked in just now and is worried. Please call the community.")
    for kin in Kin.objects.filter(elder=elder, until__isnull=True).order_by("pk"):
        tell(
            ("person", kin.person_id), by=by, topic="elders", subject=subject, body=body,
            path=reverse("elders:mine"), now=now, key=f"elders-{contact.pk}-kin-{kin.pk}",
        )  # fmt: skip
    tell_desk(
        by=by, topic="elders", subject=subject,
        body=_("The family was told; whoever is near looks in."), now=now,
        path=reverse("elders:elder", args=[elder.pk]), key=f"elders-{contact.pk}",
    )  # fmt: skip
