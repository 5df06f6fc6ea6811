"""How a person is told something: the book that `notify` asks for the kind "person"."""

from datetime import datetime

from mulin.ground.community.queries import officer_of
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import Way
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.queries import consents_of

KIND = "person"


def person_book(person_id: int, now: datetime) -> Recipient | None:
    """Inbox and phone of a person; the officer of their grid carries what neither can.

    Who said that they want no messages is written to no more: 《个人信息保护法》第15条. What they
    asked for themselves still reaches them, in Mulin or by a neighbour's voice.
    """
    record = Person.objects.select_related("merged_into").filter(pk=person_id).first()
    if record is None:
        return None
    person = Person.kept_of(record)
    if person.erased_at is not None:
        return Recipient(kind=KIND, id=person.pk)
    account = person.account
    officer = officer_of(person.grid_id, now) if person.grid_id else None
    return Recipient(
        kind=KIND,
        id=person.pk,
        account_id=account.pk if account and account.is_active else None,
        ways=_ways(person),
        carrier_account_id=officer.pk if officer else None,
        language=person.language or (account.language if account else ""),
        looks_into_mulin=account is not None and bool(account.login_name or account.phone),
    )


def _ways(person: Person) -> tuple[tuple[str, str], ...]:
    ways: list[tuple[str, str]] = []
    said = consents_of(person).get(Purpose.MESSAGES)
    if person.phone:
        may_write = _is_mobile(person.phone) and (said is None or said.is_given)
        ways.append((Way.SMS.value if may_write else Way.CALL.value, person.phone))
    if person.address:
        ways.append((Way.DOOR.value, person.address))
    return tuple(ways)


def _is_mobile(phone: str) -> bool:
    return (phone.startswith("1") and phone.isdigit()) or phone.startswith("+")
