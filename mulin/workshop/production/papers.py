"""A customer's statement on paper: kept as it was printed, each as the books then stood."""

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation
from mulin.workshop.production.deposits import DepositAccount
from mulin.workshop.production.permissions import may_keep
from mulin.workshop.production.queries import Owed, customers

CUSTOMER: Final = "customer-statement"


def may_print(by: Actor, customer_id: int) -> bool:
    """Who runs the workshop."""
    return may_keep(by) and customers().filter(pk=customer_id).exists()


def state_of(first: date, owed: Owed, deposits: DepositAccount) -> str:
    """What makes a statement another one: its month, and what went out, was taken back or spoilt in
    it, at which price; what was held as a deposit and what was open before, and the lines of
    money. How customer and workshop are called does not.
    """
    lines = [
        f"{one.order.pk} {one.at.isoformat()} {one.note} {one.order.price:f} {one.amount:f}"
        f" {[(lot.pk, f'{pieces:f}') for lot, pieces in one.lots]}"
        for one in owed.deliveries
    ]
    lines += [
        f"{one.order.pk} {one.cause} {one.pieces:f} {one.amount:f} {one.is_theirs}"
        for one in owed.spoilt
    ]
    lines += [
        f"{deposits.held_before:f}",
        f"{deposits.open_before:f}",
        *(str(one.pk) for one in deposits.lines),
    ]
    return "\n".join([first.isoformat(), *lines])


HANDED: Final = HandedUse(
    kind=CUSTOMER, label=_("Customer statements handed out"),
    model=Organisation._meta.label_lower, page="production:customer", may=may_print,
)  # fmt: skip
