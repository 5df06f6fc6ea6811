"""What pages and rooms ask of old ledgers."""

from django.db.models import QuerySet

from mulin.commons.ledgers.models import LedgerFile
from mulin.commons.ledgers.registry import ledgers_for
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person


def files_for(by: Actor) -> QuerySet[LedgerFile]:
    """Files of the ledgers that somebody may take in, the latest first."""
    names = [one.name for one in ledgers_for(by)]
    rows: QuerySet[LedgerFile] = LedgerFile.objects.filter(ledger__in=names)
    return rows


def person_meant(name: str, phone: str = "", address: str = "") -> Person | None:
    """The one person on the roll of this name, with this number or door where they are given."""
    named = Person.objects.on_roll().filter(name=name.strip())
    if phone:
        named = named.filter(pk__in=Person.objects.on_roll().with_phone(phone).values("pk"))
    if address:
        named = named.filter(address=address.strip())
    found = list(named.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None
