"""What pages of the room show; who is blocked, who is a sibling, how many are here."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, QuerySet

from mulin.ground.audit.models import Look
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person, index_of
from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.kit.phones import NumberRefused, normalise_phone
from mulin.kit.scoping import current_community
from mulin.kit.templatetags.kit import dated
from mulin.workshop.childcare.models import (
    Activity,
    Block,
    Booking,
    CareConsent,
    Carer,
    Child,
    ChildFacts,
    Clearance,
    DayNote,
    Dose,
    Guardian,
    HandOver,
    Incident,
    Meal,
    MedicineOrder,
    Objection,
    Picker,
    Presence,
    Stay,
    Use,
)
from mulin.workshop.childcare.rules import (
    LEAD,
    MINDERS,
    Answer,
    Lack,
    Span,
    Who,
    adults_needed,
    clashes,
    lacks,
    most_adults,
    same_name,
)
from mulin.workshop.production.models import Lot

#: So many days of each child are offered beside a lot of work.
_DAYS_BESIDE = 4


def phone_index(phone: str | None) -> str:
    """The digest under which a number is found here; nothing for none."""
    return index_of("care_phone", phone) if phone else ""


def plain_phone(typed: str | None) -> str:
    """The digits of what was typed, as it is where they are no number."""
    try:
        return normalise_phone(typed) if typed else ""
    except NumberRefused:
        return typed or ""


# ── who is who to a child ────────────────────────────────────────────────────────────────────


def block_for(child: Child, *, name: str, phone: str | None = "") -> Block | None:
    """The block that means this person: by name, or by phone. It stands before every list."""
    number = plain_phone(phone)
    for block in Block.objects.standing().filter(child=child):
        is_same_phone = bool(number) and number == plain_phone(block.phone)
        if same_name(name, block.name) or is_same_phone:
            found: Block = block
            return found
    return None


def disputed(child: Child) -> set[int]:
    """Guardians against whom another guardian speaks: both of those who forbid each other."""
    rows = Objection.objects.filter(
        child=child, lifted_at__isnull=True, guardian__stopped_at__isnull=True
    )
    return set(rows.values_list("against", flat=True))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Somebody who may stand at the door: the key that a form sends, and how they stand today."""

    key: str
    who: Who
    name: str
    phone: str
    relation: str
    is_phone_new: bool = False


def fetchers(child: Child, day: date) -> list[Fetcher]:
    """Guardians and pickers of a child; whoever a block means is among them as blocked."""
    against = disputed(child)
    found = []
    for one in Guardian.objects.standing().filter(child=child):
        who = Who.DISPUTED if one.pk in against else Who.GUARDIAN
        changed = one.phone_changed_at
        found.append(
            Fetcher(
                f"g{one.pk}", who, one.name, one.phone, one.relation,
                changed is not None and local_day(changed) == day,
            )
        )  # fmt: skip
    found += [
        Fetcher(f"p{one.pk}", Who.LISTED, one.name, one.phone or "", one.relation)
        for one in Picker.objects.on(day).filter(child=child)
    ]
    blocks = list(Block.objects.standing().filter(child=child))
    return [_blocked(one, blocks) for one in found]


def stopped_fetcher(child: Child, key: str) -> Guardian | Picker | None:
    """Who once had this key of `fetchers` and may not fetch the child any more."""
    if not key[1:].isdecimal():
        return None
    found: Guardian | Picker | None = None
    if key[0] == "g":
        found = Guardian.objects.filter(child=child, pk=int(key[1:])).first()
    elif key[0] == "p":
        found = Picker.objects.filter(child=child, pk=int(key[1:])).first()
    return found


def _blocked(fetcher: Fetcher, blocks: list[Block]) -> Fetcher:
    for block in blocks:
        is_same_phone = bool(fetcher.phone) and plain_phone(fetcher.phone) == plain_phone(
            block.phone
        )
        if same_name(fetcher.name, block.name) or is_same_phone:
            return Fetcher(fetcher.key, Who.BLOCKED, fetcher.name, fetcher.phone, fetcher.relation)
    return fetcher


def siblings_of(child: Child) -> list[Child]:
    """The child and those with a guardian of the same telephone who come here, too."""
    numbers = Guardian.objects.standing().filter(child=child).values("phone_index")
    theirs = Guardian.objects.standing().filter(phone_index__in=numbers).values("child")
    return list(Child.objects.enrolled().filter(pk__in=theirs).order_by("pk"))


def consents_by_use(child: Child) -> list[tuple[str, CareConsent | None]]:
    """Each use in words, and what was said of it last."""
    rows = CareConsent.objects.filter(child=child).select_related("guardian").order_by("id")
    said = {one.use: one for one in rows}
    return [(str(use.label), said.get(use.value)) for use in Use]


def has_consent(child: Child, use: Use) -> bool:
    """Whether the last word on a use was yes."""
    said = CareConsent.objects.filter(child=child, use=use).order_by("-id").first()
    return said is not None and said.is_given


def persons_to_tell(child: Child) -> list[int]:
    """Guardians who stand on the roll and so can be written to."""
    rows = Guardian.objects.standing().filter(child=child, person__isnull=False)
    return sorted({pk for pk in rows.values_list("person", flat=True) if pk is not None})


def person_with(phone: str) -> Person | None:
    """Whose whole number this is, if it is one person's."""
    found = list(Person.objects.on_roll().with_phone(phone)[:2])
    return found[0] if len(found) == 1 else None


def cleared_accounts(day: date) -> set[int]:
    """Accounts that mind children and may read of them today."""
    ids = set(Clearance.objects.on(day).values_list("account", flat=True))
    noon = start_of_day(day) + timedelta(hours=12)
    held = holders_of(current_community().pk, MINDERS, noon).filter(pk__in=ids)
    return set(held.values_list("pk", flat=True))


def minder_accounts(now: datetime) -> "QuerySet[Account]":
    """Accounts to which a clearance can be given."""
    return holders_of(current_community().pk, MINDERS, now)


# ── how many are here ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Numbers without names: what the wall shows."""

    children: int
    adults: int
    leads: int
    needed: int
    lacks: frozenset[Lack]
    late: int
    expected: int
    expected_adults: int

    @property
    def is_red(self) -> bool:
        return bool(self.lacks) or bool(self.late)


def carers_here(now: datetime) -> "QuerySet[Carer]":
    """Adults in the room now. Who forgot to go on another day is none."""
    here = Presence.objects.now(now).values("carer")
    rows: QuerySet[Carer] = Carer.objects.filter(pk__in=here)
    return rows


def staff_accounts(now: datetime, *, with_head: bool) -> set[int]:
    """Whom an alarm of the room reaches: who minds and may read, who leads, the head where it is
    theirs, too.
    """
    community_id = current_community().pk
    told = cleared_accounts(local_day(now))
    roles = LEAD | {Role.HEAD} if with_head else LEAD
    return told | set(holders_of(community_id, roles, now).values_list("pk", flat=True))


def lacking(now: datetime, *, coming: Iterable[date] = (), going: Carer | None = None) -> set[Lack]:
    """What would lack with these birthdays more, or without this adult; the gates of the database
    say the same of two adults and the ratio.
    """
    here = carers_here(now)
    if going is not None:
        here = here.exclude(pk=going.pk)
    leads = list(here.values_list("is_lead", flat=True))
    births = [*births_here(now), *coming]
    return set(lacks(births, adults=len(leads), leads=sum(leads), day=local_day(now)))


def births_here(now: datetime) -> list[date]:
    """The birthdays of the children who are in the room, for the ratio."""
    here = Stay.objects.here().filter(arrived_at__lte=now)
    return [one.child.born_on for one in here.select_related("child")]


def head_count(now: datetime) -> HeadCount:
    """Who is here and who is expected, in numbers."""
    day = local_day(now)
    stays = list(Stay.objects.here().select_related("child"))
    births = [one.child.born_on for one in stays]
    leads = list(carers_here(now).values_list("is_lead", flat=True))
    arrived = set(Stay.objects.filter(day=day).values_list("child", flat=True))
    booked = list(Booking.objects.on(day).select_related("child"))
    spans = [Span(one.child.born_on, one.starts, one.ends) for one in booked]
    return HeadCount(
        children=len(stays), adults=len(leads), leads=sum(leads),
        needed=adults_needed(births, day),
        lacks=lacks(births, adults=len(leads), leads=sum(leads), day=day),
        late=sum(one.closing_at <= now for one in stays),
        expected=sum(one.child_id not in arrived for one in booked),
        expected_adults=most_adults(spans, day),
    )  # fmt: skip


# ── a day ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """A child on the list of a day."""

    child: Child
    booking: Booking | None
    stay: Stay | None
    must_not_eat: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """The list of a day: still expected, here, gone."""

    expected: list[Line]
    here: list[Line]
    gone: list[Line]


def day_list(day: date, now: datetime) -> Day:
    """Everybody who is expected, here, or was fetched; what they must not eat beside them."""
    bookings = {one.child_id: one for one in Booking.objects.on(day).select_related("child__group")}
    stays: dict[int, Stay] = {}
    rows = Stay.objects.filter(day=day) | (
        Stay.objects.here() if day == local_day(now) else Stay.objects.none()
    )
    for stay in rows.select_related("child__group").order_by("arrived_at"):
        stays[stay.child_id] = stay
    facts = {
        one.child_id: one.allergen_words
        for one in ChildFacts.objects.filter(child__in=[*bookings, *stays])
    }
    children = {one.child_id: one.child for one in (*bookings.values(), *stays.values())}
    lines = [
        Line(
            child, bookings.get(pk), stays.get(pk), facts.get(pk, ""),
            is_late=pk in stays and stays[pk].left_at is None and stays[pk].closing_at <= now,
        )
        for pk, child in children.items()
    ]  # fmt: skip
    lines.sort(key=lambda one: (one.booking.starts if one.booking else time.min, one.child.name))
    return Day(
        expected=[one for one in lines if one.stay is None],
        here=[one for one in lines if one.stay and one.stay.left_at is None],
        gone=[one for one in lines if one.stay and one.stay.left_at is not None],
    )


def allergic(children: Iterable[int]) -> list[ChildFacts]:
    """Which of these children don't bear something."""
    rows = ChildFacts.objects.filter(child__in=list(children)).select_related("child")
    return [one for one in rows if one.allergen_list or one.allergy]


def must_not_eat(allergens: Iterable[str], known: Iterable[ChildFacts]) -> list[ChildFacts]:
    """Whose list meets the meal's; whoever has an allergy in words is always named, to be asked."""
    in_it = list(allergens)
    return [one for one in known if clashes(one.allergen_list, in_it) or one.allergy]


def orders_today(child: Child, day: date) -> list[tuple[MedicineOrder, int]]:
    """Orders that count today, and how often each was given."""
    orders = MedicineOrder.objects.filter(
        child=child, first__lte=day, last__gte=day, stopped_at__isnull=True
    )
    given = Counter(Dose.objects.filter(order__in=orders, day=day).values_list("order", flat=True))
    return [(one, given[one.pk]) for one in orders]


def working_parents(day: date) -> list[tuple[Child, bool]]:
    """Children of whoever has a lot of the workshop at home, and whether they have a place that day.

    On a morning without school these are who will be missed first.
    """
    workers = Lot.objects.open().filter(worker__isnull=False, worker__left_on__isnull=True)
    theirs = Guardian.objects.standing().filter(person__in=workers.values("worker__person"))
    booked = set(Booking.objects.on(day).values_list("child", flat=True))
    children = Child.objects.enrolled().filter(pk__in=theirs.values("child"))
    return [(one, one.pk in booked) for one in children.order_by("pk")[:100]]


def places_beside(by: Actor, today: date, due: date) -> list[tuple[str, str]]:
    """Places that a parent may take together with work for home: each child, each of the next days
    until the work is due, on which it has none yet.
    """
    children = list(Child.objects.enrolled().of_guardian(by.account_id).order_by("pk"))
    taken = set(
        Booking.objects.filter(child__in=children, day__gte=today, cancelled_at__isnull=True)
        .values_list("child", "day")
    )  # fmt: skip
    days = [today + timedelta(days=number) for number in range((due - today).days + 1)]
    return [
        (f"{child.pk}/{day.isoformat()}", f"{child.name} · {dated(day)}")
        for child in children
        for day in [one for one in days if (child.pk, one) not in taken][:_DAYS_BESIDE]
    ]


@dataclass(frozen=True, slots=True)
class Lived:
    """A day of a child for its family: what its group did, what was eaten, which medicine was
    given, the words about it.
    """

    day: date
    done: list[Activity]
    eaten: list[Meal]
    doses: list[Dose]
    notes: list[DayNote]


def days_lived(child: Child, most: int = 3) -> list[Lived]:
    """The last days on which a child was here or something was written of it, the newest first."""
    stayed = Stay.objects.filter(child=child).order_by("-day").values_list("day", flat=True)
    notes = list(child.notes.prefetch_related("pictures")[: most + 2])
    days = sorted({*stayed[:most], *(one.day for one in notes)}, reverse=True)[:most]
    done = list(_activities_of(child).filter(day__in=days))
    eaten = list(Meal.objects.filter(day__in=days))
    doses = list(Dose.objects.filter(order__child=child, day__in=days).select_related("order"))
    return [
        Lived(
            day,
            [one for one in done if one.day == day],
            [one for one in eaten if one.day == day],
            [one for one in doses if one.day == day],
            [one for one in notes if one.day == day],
        )
        for day in days
    ]


def done_today(child: Child, day: date) -> str:
    """What its group did, as the first words for its family."""
    return "；".join(one.told for one in _activities_of(child).filter(day=day))


def _activities_of(child: Child) -> "QuerySet[Activity]":
    rows: QuerySet[Activity] = Activity.objects.filter(
        Q(group=child.group_id) | Q(group__isnull=True)
    )
    return rows


# ── the report of a year ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LookRow:
    """How often an account read what, in a year."""

    account: str
    months: tuple[int, ...]
    total: int


def looks_of_year(year: int) -> list[LookRow]:
    """Who read of children, month by month. 《未成年人网络保护条例》第36、37条."""
    counts: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    rows = (
        Look.objects.filter(
            kind__startswith="childcare.", at__gte=start_of_day(date(year, 1, 1)),
            at__lt=end_of_day(date(year, 12, 31)),
        )
        .values("account", "account__display_name", "at__month")
        .annotate(count=Count("id"))
        .order_by("account", "at__month")
    )  # fmt: skip
    for row in rows:
        # Two of one name are two.
        key = row["account__display_name"], row["account"]
        counts[key][row["at__month"]] += row["count"]
    return [
        LookRow(name, tuple(months[one] for one in range(1, 13)), months.total())
        for (name, _account), months in sorted(counts.items())
    ]


def year_in_numbers(year: int) -> dict[str, Any]:  # Any: numbers and rows of a page
    """What happened in a year, without a name of a child."""
    first, last = start_of_day(date(year, 1, 1)), end_of_day(date(year, 12, 31))
    handed = HandOver.objects.filter(at__gte=first, at__lt=last)
    counted = Counter((one["who"], one["answer"]) for one in handed.values("who", "answer"))
    return {
        "looks": looks_of_year(year),
        "clearances": list(
            Clearance.objects.filter(since__lte=date(year, 12, 31), until__gte=date(year, 1, 1))
            .select_related("account", "approved_by")
            .order_by("since", "id")[:200]
        ),
        "stays": Stay.objects.filter(day__year=year).count(),
        "handed": [
            (who, sum(count for (one, answer), count in counted.items()
                      if one == who and answer == Answer.GOES),
             sum(count for (one, answer), count in counted.items()
                 if one == who and answer != Answer.GOES))
            for who in Who
        ],
        "late": Stay.objects.filter(day__year=year, rung__gt=0).count(),
        "incidents": Incident.objects.filter(happened_at__gte=first, happened_at__lt=last).count(),
        "doses": Dose.objects.filter(day__year=year).count(),
    }  # fmt: skip


def kin_known(person_ids: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of guardians of one child, where one of them is asked for."""
    theirs = Guardian.objects.filter(person__in=person_ids).values("child")
    families: dict[int, list[int]] = defaultdict(list)
    rows = Guardian.objects.filter(child__in=theirs, person__isnull=False)
    for child, person in rows.values_list("child", "person"):
        families[child].append(person)
    return [pair for family in families.values() for pair in combinations(family, 2)]
