"""Who can be told, and how they are reached: each floor adds the kinds of record it knows.

`tell(("person", 42), …)` asks the book registered for "person" how record 42 is reached. The
book of "account" is here; the one of "person" comes from the floor of people.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mulin.ground.community.models import Account, Membership
from mulin.ground.notify.models import Way
from mulin.ground.notify.rules import Reach
from mulin.kit.scoping import current_community


@dataclass(frozen=True, slots=True)
class Recipient:
    """How one record is reached at this moment.

    `ways` are pairs of a way and an address, the preferred first: `("sms", "13800000000")`. A
    wish to be called is `("call", number)`, and where to knock `("door", address)`; these two
    count only where no other way leads to the person. `carrier_account_id` is who knows them:
    the officer of their grid. `looks_into_mulin` is False for somebody who has an account, by a
    printed card, but nothing in their pocket to open it with. `may_write` is False for somebody
    who wants no messages sent to them: then no linked WeChat is written to either.
    """

    kind: str
    id: int
    account_id: int | None = None
    ways: tuple[tuple[str, str], ...] = ()
    carrier_account_id: int | None = None
    language: str = ""
    looks_into_mulin: bool = True
    may_write: bool = True

    def reach(self, *, open_id: str | None = None) -> Reach:
        """With the WeChat they linked, if they did, before everything else."""
        ways = ((Way.WECHAT.value, open_id), *self.ways) if open_id else self.ways
        return Reach(ways, self.account_id is not None, self.looks_into_mulin)


Resolver = Callable[[int, datetime], Recipient | None]
Namer = Callable[[Collection[int]], Mapping[int, str]]

_books: dict[str, Resolver] = {}
_namers: dict[str, Namer] = {}


def register_address_book(kind: str, resolver: Resolver, *, names: Namer | None = None) -> None:
    """Called once by the `apps.py` of the floor that owns this kind of record.

    The resolver is called inside the community's scope with an id and the moment; None means
    that there is no such record. `names` says how whoever knocks at the door calls them.
    """
    _books[kind] = resolver
    if names is not None:
        _namers[kind] = names


def names_of(recipients: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """How these are called, one question for each kind; nothing for whoever has no name here."""
    asked: defaultdict[str, set[int]] = defaultdict(set)
    for kind, record_id in recipients:
        asked[kind].add(record_id)
    return {
        (kind, record_id): name
        for kind, ids in asked.items()
        if kind in _namers
        for record_id, name in _namers[kind](ids).items()
    }


def recipient_of(kind: str, record_id: int, now: datetime) -> Recipient:
    """How this record is reached. Raises LookupError for an unknown kind or record."""
    if kind not in _books:
        msg = f"no address book for {kind}"
        raise LookupError(msg)
    found = _books[kind](record_id, now)
    if found is None:
        msg = f"nobody is {kind} {record_id}"
        raise LookupError(msg)
    return found


def account_book(account_id: int, now: datetime) -> Recipient | None:
    """An account: its inbox, and its phone as long as it belongs to this community."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return None
    belongs = (
        account.is_active
        and Membership.objects.running(now)
        .filter(account=account, community_id=current_community().pk)
        .exists()
    )
    ways = ((Way.SMS.value, account.phone),) if account.phone and belongs else ()
    return Recipient(
        kind="account",
        id=account.pk,
        account_id=account.pk,
        ways=ways,
        language=account.language,
        looks_into_mulin=bool(account.login_name or account.phone) or not belongs,
        may_write=belongs,
    )


def account_names(ids: Collection[int]) -> Mapping[int, str]:
    """What these accounts are called."""
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", "display_name"))
