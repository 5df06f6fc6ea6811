"""A person of the roll and the account by which they come in: made, found, put together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mulin.ground.community.actions.roles import open_account
from mulin.ground.community.actions.ways_in import print_personal_card
from mulin.ground.community.models import Account, PersonalCard
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.models import WeChatLink
from mulin.ground.people.actions.persons import link_account
from mulin.ground.people.models import Person


@dataclass(frozen=True, slots=True)
class WayIn:
    """How a person comes in: their account, its card, or an account that has their phone."""

    person: Person
    has_card: bool
    has_wechat: bool
    account_of_phone: Account | None


def ways_in_of(persons: Iterable[Person]) -> list[WayIn]:
    """How each of these persons comes in; three queries, however many they are."""
    listed = list(persons)
    own_ids = [person.account_id for person in listed if person.account_id]
    carded = set(
        PersonalCard.objects.filter(
            account_id__in=own_ids,
            revoked_at__isnull=True,
        ).values_list("account_id", flat=True)
    )
    linked = set(
        WeChatLink.objects.standing()
        .filter(account_id__in=own_ids)
        .values_list("account_id", flat=True)
    )
    indexes = {person.phone_index for person in listed if person.phone_index}
    here = {person.community_id for person in listed}
    taken = Person.objects.filter(account__isnull=False).values("account_id")
    by_phone = {
        account.phone_index: account
        for account in Account.objects.filter(
            phone_index__in=indexes, is_active=True, memberships__community_id__in=here
        ).exclude(pk__in=taken)
    }
    return [
        WayIn(
            person=person,
            has_card=person.account_id in carded,
            has_wechat=person.account_id in linked,
            account_of_phone=None if person.account_id else by_phone.get(person.phone_index),
        )
        for person in listed
    ]


def card_for(person: Person, *, by: Actor, now: datetime) -> str:
    """The code of a card for this person, who gets an account if they had none.

    Raises NotPermitted as the actions do.
    """
    with transaction.atomic():
        account = person.account
        if account is None:
            account = open_account(display_name=person.name, role=Role.RESIDENT, by=by, now=now)
            link_account(person, account.pk, by=by, now=now)
        return print_personal_card(account, by=by, now=now)


def join_by_phone(person: Person, *, by: Actor, now: datetime) -> Account | None:
    """Say that the account with this person's phone is theirs; None when there is none.

    Never done by itself: an old person's number is often that of a son.
    """
    found = ways_in_of([person])[0].account_of_phone
    if found is not None:
        link_account(person, found.pk, by=by, now=now)
    return found
