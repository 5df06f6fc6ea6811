"""How whoever is told of an alarm is reached: contacts, the duty phone, a call by machine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mulin.circle.alarms.models import Contact, Duty
from mulin.ground.notify.addresses import Recipient, account_book
from mulin.ground.notify.models import Way
from mulin.ground.people.models import Person
from mulin.ground.people.queries import person_book

CONTACT, CONTACT_BY_VOICE = "alarms.contact", "alarms.contact.voice"
CLOSE, CLOSE_BY_VOICE = "alarms.close", "alarms.close.voice"
STAFF, STAFF_BY_VOICE = "alarms.staff", "alarms.staff.voice"
#: Whoever comes from outside, by the address in their text or by the telephone.
FROM_OUTSIDE = (CONTACT, CONTACT_BY_VOICE, CLOSE, CLOSE_BY_VOICE)
DUTY_PHONE, ECHO = "alarms.duty", "alarms.echo"
#: The word under which the trial of the chain is heard.
EAR = "alarms"

Book = Callable[[int, datetime], Recipient | None]


def contact_book(contact_id: int, now: datetime) -> Recipient | None:
    """A contact: as the roll knows them, else by the number that was written down.

    What they said of messages in general is not asked here: they agreed to come when called.
    """
    contact = Contact.objects.select_related("person").filter(pk=contact_id).first()
    if contact is None:
        return None
    phone = contact.phone or (contact.person.phone if contact.person else "") or ""
    return _called(CONTACT, contact_id, contact.person_id, phone, now)


def close_book(person_id: int, now: datetime) -> Recipient | None:
    """Whoever looks in on them, or the family, as another room knows it: as a contact is reached."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    return _called(CLOSE, person_id, person_id, person.phone or "", now)


def _called(
    kind: str, record_id: int, person_id: int | None, phone: str, now: datetime
) -> Recipient:
    known = person_book(person_id, now) if person_id else None
    ways = ((Way.SMS.value, phone),) if phone else ()
    if known is None:
        return Recipient(kind=kind, id=record_id, ways=ways)
    return replace(known, kind=kind, id=record_id, ways=ways or known.ways)


def staff_book(account_id: int, now: datetime) -> Recipient | None:
    """Somebody of the staff or a helper, by inbox and phone."""
    known = account_book(account_id, now)
    return replace(known, kind=STAFF) if known is not None else None


def duty_book(community_id: int, _now: datetime) -> Recipient | None:
    """The phone that somebody always carries."""
    duty = Duty.objects.filter(community_id=community_id).first()
    phone = duty.phone if duty is not None else ""
    ways = ((Way.SMS.value, phone), (Way.VOICE.value, phone)) if phone else ()
    return Recipient(kind=DUTY_PHONE, id=community_id, ways=ways)


def echo_book(community_id: int, _now: datetime) -> Recipient | None:
    """The trial of the chain comes back to the house."""
    return Recipient(kind=ECHO, id=community_id, ways=((Way.ECHO.value, EAR),))


def by_voice(book: Book, kind: str) -> Book:
    """The same people, whose phone also rings."""

    def ringing(record_id: int, now: datetime) -> Recipient | None:
        found = book(record_id, now)
        if found is None:
            return None
        numbers = [to for way, to in found.ways if way in {Way.SMS, Way.CALL}]
        calls = tuple((Way.VOICE.value, to) for to in numbers)
        return replace(found, kind=kind, ways=(*found.ways, *calls))

    return ringing


BOOKS: dict[str, Book] = {
    CONTACT: contact_book,
    CONTACT_BY_VOICE: by_voice(contact_book, CONTACT_BY_VOICE),
    CLOSE: close_book,
    CLOSE_BY_VOICE: by_voice(close_book, CLOSE_BY_VOICE),
    STAFF: staff_book,
    STAFF_BY_VOICE: by_voice(staff_book, STAFF_BY_VOICE),
    DUTY_PHONE: duty_book,
    ECHO: echo_book,
}
