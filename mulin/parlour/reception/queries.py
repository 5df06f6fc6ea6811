"""What reception's pages and figures read."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from mulin.commons.flow.door import Standing
from mulin.commons.flow.models import Category
from mulin.commons.flow.queries import needs_with
from mulin.ground.community.menu import entries as menu_entries
from mulin.ground.community.models import Account, ShortLink
from mulin.ground.community.queries import team
from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.queries import elders_alone
from mulin.ground.places.models import Building, Place, Unit
from mulin.ground.places.queries import UNIT_KIND
from mulin.ground.places.rules import natural_key
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.ids import normalise_code
from mulin.kit.paging import PAGE_SIZE, LookedUp
from mulin.kit.wording import Question
from mulin.parlour.reception.models import (
    AnswerTemplate,
    Confirmation,
    Demand,
    EmergencyPack,
    Offer,
    Share,
    TimeLimit,
    Visit,
    VisitBook,
    VisitKind,
)
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    ELDER_AGE,
    HARM,
    KINDS_COUNTED,
    BookOutcome,
    Limit,
    commonest,
)
from mulin.parlour.reception.standing import standing


def limit_of(urgency: str, received: datetime) -> Limit | None:
    """The limit in force on the day a demand was received, if the community has set one."""
    row = (
        TimeLimit.objects.filter(urgency=urgency, since__lte=local_day(received))
        .order_by("-since")
        .first()
    )
    if row is None:
        return None
    return Limit(row.respond_hours, row.answer_workdays, row.answer_hours)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody stands who scanned a printed code."""

    building: Building | None = None
    place: Place | None = None
    unit: Unit | None = None

    @property
    def name(self) -> str:
        """As it stands on the label; nothing where no place is known."""
        if self.unit is not None and self.building is not None:
            return f"{self.building.name}{self.unit.name}"
        spot = self.building or self.place
        return spot.name if spot else ""


def spot_behind(code: str) -> Spot:
    """The building, staircase or place whose printed code was scanned; nowhere for a code
    withdrawn.
    """
    link = ShortLink.objects.filter(code=normalise_code(code), revoked_at__isnull=True).first()
    if link is None:
        return Spot()
    if link.kind == UNIT_KIND:
        unit = Unit.objects.filter(pk=link.record_id).select_related("building__grid").first()
        return Spot(building=unit.building, unit=unit) if unit else Spot()
    building = Building.objects.filter(pk=link.record_id).select_related("grid").first()
    place = None if building else Place.objects.filter(pk=link.record_id).first()
    return Spot(building=building, place=place)


def demand_for(actor: Actor, pk: int) -> Demand | None:
    """A demand with what its page shows, if this actor may see it."""
    demand: Demand | None = (
        Demand.objects.visible_to(actor)
        .select_related(
            "need__category", "need__building", "need__place", "need__grid", "need__person",
            "need__entered_by", "owner", "grid", "order",
        )
        .filter(pk=pk)
        .first()
    )  # fmt: skip
    return demand


def standings(actor: Actor, need_ids: Iterable[int], now: datetime) -> dict[int, Standing]:
    """Of these needs those that somebody owes an answer and the actor sees: how each stands."""
    rows = Demand.objects.visible_to(actor).open().filter(need__in=list(need_ids))
    found = {}
    for pk, need_id, state, due_at in rows.values_list("pk", "need_id", "state", "due_at"):
        tone, word = standing(state, due_at, now)
        found[need_id] = Standing(reverse("reception:demand", args=[pk]), tone, word)
    return found


#: Of the needs that hold what is searched, so many are looked through, the newest first; and so many
#: where nothing else narrows them, for nobody turns more pages.
MOST_FOUND: Final = 2_000
MOST_TURNED: Final = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """What the desk's list is narrowed by."""

    query: str = ""
    owed_by: int | None = None
    state: str = ""
    channel: str = ""
    category_id: int | None = None
    grid_id: int | None = None
    late: bool = False
    only_open: bool = True

    @property
    def is_words_alone(self) -> bool:
        """Whether nothing but words narrows it."""
        return self == Filter(query=self.query, only_open=False)


def demands(
    actor: Actor, chosen: Filter, now: datetime, *, most: int = MOST_FOUND
) -> "QuerySet[Demand]":
    """The desk's list: by harm if late; what was searched or already closed, newest first.

    Of what was searched the newest `most` are looked through.
    """
    rows = Demand.objects.visible_to(actor)
    if chosen.query:
        rows = rows.filter(need_id__in=needs_with(chosen.query, most=most))
    if chosen.only_open:
        rows = rows.open()
    if chosen.owed_by is not None:
        rows = rows.filter(owner_id=chosen.owed_by)
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.channel:
        rows = rows.filter(need__channel=chosen.channel)
    if chosen.category_id is not None:
        rows = rows.filter(
            Q(need__category_id=chosen.category_id)
            | Q(need__category__parent_id=chosen.category_id)
        )
    if chosen.grid_id is not None:
        rows = rows.filter(grid_id=chosen.grid_id)
    if chosen.late:
        rows = rows.late(now)
    if chosen.only_open:
        rows = rows.by_harm()
    else:
        # What an old ledger brought came into the table late. By state an index keeps only numbers.
        rows = rows.order_by("-id") if chosen.state else rows.order_by("-received_at", "-id")
    found: QuerySet[Demand] = rows
    return found


# Any: dictionaries with a key for each column.
def desk_rows(
    actor: Actor, chosen: Filter, now: datetime, *, only_first_page: bool
) -> LookedUp | list[Any]:
    """Just the columns that a row of the desk's list shows: no objects, one query.

    Where the first page is enough, what everybody at the desk opens with, all that is open, needs
    no wording: those rows are given, and the one that tells that more follow.
    """
    if only_first_page and actor.is_desk and chosen == Filter():
        return [dict(zip(_COLUMNS, row, strict=True)) for row in _OPEN.rows()]
    most = MOST_TURNED if chosen.is_words_alone else MOST_FOUND
    return LookedUp(demands(actor, chosen, now, most=most), _row_columns)


_OUTER: Final = {
    "number": "need__number", "words": "need__words", "building": "need__building__name",
    "place_words": "need__place_words", "category": "need__category__name",
}  # fmt: skip
_COLUMNS: Final = ("id", "state", "due_at", "owner_id", *_OUTER, "owner_name")


def _row_columns(rows: "QuerySet[Demand]") -> "QuerySet[Demand, Any]":
    outer = {name: F(column) for name, column in _OUTER.items()}
    owner = Account.objects.filter(pk=OuterRef("owner_id")).values("display_name")
    found: QuerySet[Demand, Any] = rows.values(
        "id", "state", "due_at", "owner_id", **outer, owner_name=Subquery(owner)
    )
    return found


_OPEN: Final = Question(
    lambda: _row_columns(
        Demand.objects.filter(
            pk__in=Demand.objects.unsealed().open().by_harm().values("pk")[: PAGE_SIZE + 1]
        ).by_harm()
    )
)


@dataclass(frozen=True, slots=True)
class Owed:
    """What the desk owes now, in three numbers; and whether colleagues want something of me."""

    mine: int
    late: int
    due_today: int
    asked: int = 0  # open offers to me and by me, and help I am asked for


def owed(actor: Actor, now: datetime, end_of_today: datetime) -> Owed:
    """Counts over open demands that this actor sees.

    For the desk they are read from indexes alone, and the few sealed ones, found by an index of
    their own, are taken off: to look up the need of each demand would take longer than all the
    rest of the page.
    """
    if not actor.is_desk:
        seen = Demand.objects.visible_to(actor).open()
        counts = seen.aggregate(
            mine=Count("id", filter=Q(owner_id=actor.account_id)),
            late=Count("id", filter=Q(due_at__lt=now)),
            due_today=Count("id", filter=Q(due_at__gte=now, due_at__lte=end_of_today)),
        )
        return Owed(**counts)
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            _OWED,
            {
                "community": actor.community_id, "yes": True, "me": actor.account_id,
                "now": moment(now), "tonight": moment(end_of_today),
            },
        )  # fmt: skip
        return Owed(*cursor.fetchone())


#: Four counts in one question: Django would need five, and longer to word them than the database
#: to answer them.
_OWED = """
WITH hidden AS MATERIALIZED (
    SELECT owner_id, due_at FROM flow_need
    JOIN reception_demand ON need_id = flow_need.id
    WHERE flow_need.community_id = %(community)s AND is_sealed AND is_open = %(yes)s
)
SELECT
    (SELECT count(*) FROM reception_demand WHERE community_id = %(community)s
        AND is_open = %(yes)s AND owner_id = %(me)s)
    - (SELECT count(*) FROM hidden WHERE owner_id = %(me)s),
    (SELECT count(*) FROM reception_demand WHERE community_id = %(community)s
        AND is_open = %(yes)s AND due_at < %(now)s)
    - (SELECT count(*) FROM hidden WHERE due_at < %(now)s),
    (SELECT count(*) FROM reception_demand WHERE community_id = %(community)s
        AND is_open = %(yes)s AND due_at BETWEEN %(now)s AND %(tonight)s)
    - (SELECT count(*) FROM hidden WHERE due_at BETWEEN %(now)s AND %(tonight)s),
    (SELECT count(*) FROM reception_offer WHERE community_id = %(community)s
        AND state = 'open' AND (to_id = %(me)s OR giver_id = %(me)s))
    + (SELECT count(*) FROM reception_share WHERE community_id = %(community)s
        AND helper_id = %(me)s AND done_at IS NULL AND released_at IS NULL)
"""


def return_calls(actor: Actor, now: datetime) -> "QuerySet[Confirmation]":
    """Askers to call back now; those this actor handled stand in somebody else's list."""
    rows: QuerySet[Confirmation] = (
        Confirmation.objects.filter(outcome="", call_from__lte=now)
        .exclude(handler_id=actor.account_id)
        .select_related("demand__need__person", "demand__need__category", "handler")
        .order_by("call_from", "id")
    )
    return rows


def visits(actor: Actor, since: datetime, until: datetime) -> "QuerySet[Visit]":
    """Visits of a span of time that this actor may see, newest first."""
    rows: QuerySet[Visit] = (
        Visit.objects.visible_to(actor)
        .filter(at__gte=since, at__lt=until)
        .select_related("person", "worker", "need", "kind")
        .order_by("-at", "-id")
    )
    return rows


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of visit: those that a letter notes, and all others."""

    by_letter: list[VisitKind]
    others: list[VisitKind]


def visit_kinds(now: datetime) -> Kinds:
    """The ten commonest of the last months, in the community's own order, and the rest."""
    kinds = list(VisitKind.objects.filter(is_active=True))
    counted = (
        Visit.objects.filter(at__gte=now - KINDS_COUNTED, kind__isnull=False)
        .values_list("kind_id")
        .annotate(noted=Count("id"))
        .order_by()
    )
    lettered = [(kind.pk, kind.is_pinned) for kind in kinds if kind.letter]
    first = set(commonest(lettered, dict(counted)))
    return Kinds(
        by_letter=[kind for kind in kinds if kind.pk in first],
        others=[kind for kind in kinds if kind.pk not in first],
    )


#: What else a key presses where visits are noted: parts of the page, and the house's own.
PAGE_KEYS = frozenset("fijkmnopu")


def letters_in_use(*, but: VisitKind | None = None) -> frozenset[str]:
    """Letters that press something already: the menu, the page itself, another kind of visit."""
    others = VisitKind.objects.filter(is_active=True).exclude(letter="")
    if but is not None:
        others = others.exclude(pk=but.pk)
    menu = {entry.key for entry in menu_entries() if entry.face == "desk" and entry.key}
    return PAGE_KEYS | menu | set(others.values_list("letter", flat=True))


def recent_of(actor: Actor, person: Person, *, most: int = 3) -> tuple[list[Visit], list[Demand]]:
    """What somebody came for last, and what of theirs is open; two queries."""
    came = Visit.objects.visible_to(actor).filter(person=person).select_related("kind", "need")
    owes = Demand.objects.visible_to(actor).open().filter(need__person=person)
    return (
        list(came.order_by("-id")[:most]),
        list(owes.select_related("need").by_harm()[:most]),
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the team as they are reached without a screen."""

    name: str
    roles: str
    phone: str


@dataclass(frozen=True, slots=True)
class Owing:
    """What somebody owes today, and how much more lies with them."""

    owner: str
    demands: list[Demand]
    more: int


@dataclass(frozen=True, slots=True)
class Pack:
    """What the desk needs when nothing can be looked up."""

    owing: list[Owing]
    urgent: list[Demand]
    colleagues: list[Colleague]
    elders: list[Person]


def pack_of(community_id: int, now: datetime) -> Pack:
    """Everything in the emergency pack as of now; a fixed number of queries."""
    tonight = end_of_day(local_day(now))
    ready = (
        Demand.objects.open()
        .filter(need__is_sealed=False)
        .select_related("need__person", "need__building", "need__place", "need__category", "owner")
        .by_harm()
    )
    return Pack(
        owing=_owing(list(ready.filter(due_at__lte=tonight)[:MOST_IN_PACK])),
        urgent=list(ready.filter(harm__lte=HARM["utilities"])[:MOST_IN_PACK]),
        colleagues=_colleagues(community_id, now),
        elders=sorted(elders_alone(local_day(now), age=ELDER_AGE), key=_round_order),
    )


def _round_order(elder: Person) -> tuple[int, str, str]:
    """Grid by grid and house by house, as somebody walks round."""
    return (elder.grid.number if elder.grid else 0, natural_key(elder.address), elder.name)


#: Who has something to do when the power goes.
PHONED = HANDLER_ROLES | {
    Role.WORKSHOP_MANAGER, Role.CHILDCARE_LEAD, Role.MEDIATOR, Role.MEDIATION_DIRECTOR,
    Role.VOLUNTEER_LEAD, Role.INSTALLER,
}  # fmt: skip
#: A pack is leafed through, not searched.
MOST_IN_PACK = 200


def _owing(due: list[Demand]) -> list[Owing]:
    """Those who owe most harm first; at the end what nobody owns."""
    held = dict(
        Demand.objects.open()
        .filter(need__is_sealed=False)
        .order_by()
        .values_list("owner_id")
        .annotate(count=Count("id"))
    )
    by_owner: dict[int | None, list[Demand]] = {}
    for demand in due:
        by_owner.setdefault(demand.owner_id, []).append(demand)
    return [
        Owing(
            owner=mine[0].owner.display_name if mine[0].owner else "",
            demands=mine,
            more=held.get(owner_id, 0) - len(mine),
        )
        for owner_id, mine in by_owner.items()
    ]


def _colleagues(community_id: int, now: datetime) -> list[Colleague]:
    roles: dict[int, list[str]] = {}
    accounts: dict[int, Account] = {}
    for held in team(community_id, now):
        if held.role in PHONED and held.since <= now and held.account.is_active:
            said = str(held.get_role_display())
            roles.setdefault(held.account_id, []).append(
                f"{said} {held.grid.name}" if held.grid else said
            )
            accounts[held.account_id] = held.account
    return [
        Colleague(name=account.display_name, roles="、".join(roles[pk]), phone=account.phone or "")
        for pk, account in accounts.items()
    ]


def packs(actor: Actor, now: datetime) -> "QuerySet[EmergencyPack]":
    """The packs that are kept, newest first, without what is in them; for the desk alone."""
    rows: QuerySet[EmergencyPack] = (
        EmergencyPack.objects.filter(day__lte=local_day(now))
        .defer("sheet")
        .select_related("printed_by")
    )
    return rows if may(actor, "print_pack") else rows.none()


# ── work done by several ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ForMe:
    """What colleagues want of me, and what I wait for from them."""

    offered_to_me: list[Offer]
    offered_by_me: list[Offer]
    shares: list[Share]

    def __bool__(self) -> bool:
        return bool(self.offered_to_me or self.offered_by_me or self.shares)


def for_me(actor: Actor) -> ForMe:
    """Open offers to and by this actor, and what they were asked to help with; two queries."""
    me = actor.account_id or 0
    related = ("demand__need", "giver", "to")
    offers = list(
        Offer.objects.open().concerning(me).select_related(*related).order_by("answer_by", "id")
    )
    shares = Share.objects.open().filter(helper_id=me)
    return ForMe(
        offered_to_me=[offer for offer in offers if offer.to_id == me],
        offered_by_me=[offer for offer in offers if offer.to_id != me],
        shares=list(shares.select_related("demand__need", "asked_by").order_by("due_at", "id")),
    )


def templates_for(category: Category | None) -> "QuerySet[AnswerTemplate]":
    """Templates that fit a category: its own, those of the kind above it, those for any."""
    kinds = [category.pk, category.parent_id] if category else []
    fitting: QuerySet[AnswerTemplate] = (
        AnswerTemplate.objects.filter(withdrawn_at__isnull=True)
        .filter(Q(category__isnull=True) | Q(category_id__in=kinds))
        .order_by(F("category_id").desc(nulls_last=True), "name")
    )
    return fitting


def visit_books() -> QuerySet[VisitBook]:
    """Old books of visits, the newest first, without their lines."""
    books: QuerySet[VisitBook] = VisitBook.objects.order_by("-at", "-id").defer("rows", "waiting")
    return books


def book_sums(book: VisitBook) -> list[tuple[str, int]]:
    """How many lines of a book are new, known, or left out."""
    counts = Counter(row["outcome"] for row in book.rows)
    return [(one.value, counts[one.value]) for one in BookOutcome if counts[one.value]]


# Any: what JSON holds.
def book_lines(book: VisitBook, *, only: str = "") -> list[dict[str, Any]]:
    """The lines of a book in their order, all or those of one outcome, with what each says while
    the book waits: afterwards nothing of it is kept here.
    """
    waiting = json.loads(book.waiting or "{}")
    rows = [row for row in book.rows if not only or row["outcome"] == only]
    return [{**row, **_said_in_book(waiting.get(str(row["line"])))} for row in rows]


# Any: what JSON holds.
def _said_in_book(line: dict[str, Any] | None) -> dict[str, Any]:
    if line is None:
        return {}
    at = datetime.fromisoformat(line["at"]) if line["at"] else None
    return {"at": at, "name": line["name"], "why": line["why"]}
