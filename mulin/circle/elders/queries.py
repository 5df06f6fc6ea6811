"""Who is due, who fits whom, what was given and received; what pages of the room join together."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext as _

from mulin.circle.elders.models import (
    TIME_LABELS,
    Assessment,
    Contact,
    Elder,
    Fact,
    Group,
    Hand,
    Helper,
    Kin,
    Member,
    Pace,
    Pair,
    Service,
    ServiceOrder,
    is_of,
)
from mulin.circle.elders.rules import (
    ALIVE,
    FIRST_PACES,
    GRAVE_RISK,
    KINDS,
    PROGRAMME_KIND,
    Category,
    Fit,
    Gift,
    Hours,
    OrderState,
    Paces,
    Time,
    Way,
    Wish,
    fit,
    is_visit_due,
    walking_order,
    words_in,
)
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.queries import minutes_of
from mulin.ground.community.rules import Actor, Harm
from mulin.ground.people.models import Consent, Person, Purpose
from mulin.ground.people.near import Close, Tie
from mulin.ground.places.models import Place, PlaceKind, Residence, position_of
from mulin.ground.places.walking.picture import Call, Picture, picture_of
from mulin.ground.places.walking.table import table_of
from mulin.kit.clock import SHANGHAI, end_of_day, local_day
from mulin.kit.coordinates import Position
from mulin.kit.templatetags.kit import month_named

#: So many elders are proposed a helper at once; the others follow when these are settled.
MOST_PROPOSED: Final = 30
#: More than any two can be apart, in hundreds of metres.
_GRAVER: Final = 1_000.0
#: What a helper can look after in one round.
MOST_ON_ROUND: Final = 60
_AHEAD: Final = timedelta(days=3)
#: A community has one hall, rarely two or three.
_FEW: Final = 5
_MONTHS: Final = 12


# ── how often, and who is due ────────────────────────────────────────────────────────────────


def paces_in_force() -> Paces:
    """Category and way → days: what the room begins with, and over it what the head set last."""
    paces = {(category, way): days for category, way, days in FIRST_PACES}
    for row in Pace.objects.order_by("since", "id"):
        paces[Category(row.category), Way(row.way)] = row.days
    return paces


def sources_of_paces() -> dict[tuple[str, str], str]:
    """By whose word a row of the table stands, for those the head set."""
    rows = Pace.objects.order_by("since", "id").values_list("category", "way", "source")
    return {(category, way): source for category, way, source in rows}


def last_seen(elder: Elder) -> dict[Way, datetime]:
    """The last moment by each way at which somebody was found."""
    rows = Contact.objects.filter(elder=elder).exclude(outcome="not_seen").order_by()
    return {Way(way): last for way, last in rows.values_list("way").annotate(last=Max("at"))}


def misses_of(elder: Elder, seen: datetime | None) -> tuple[int, datetime | None]:
    """How often somebody was not found since they were last seen, and when the last time."""
    missed = Contact.objects.filter(elder=elder, outcome="not_seen")
    if seen is not None:
        missed = missed.filter(at__gt=seen)
    found = missed.aggregate(count=Count("pk"), last=Max("at"))
    return found["count"], found["last"]


def categories_of(elder: Elder) -> list[Category]:
    """The categories that stand now."""
    rows = Fact.objects.filter(elder=elder, until__isnull=True)
    return [Category(one) for one in rows.values_list("category", flat=True)]


# Any: elders with one column more.
def with_harm(rows: "QuerySet[Elder]", now: datetime) -> "QuerySet[Any, Any]":
    """`rules.harm_of` as a column `harm`."""
    late, grave = Q(due_at__lt=now), Q(risk__gte=GRAVE_RISK)
    found: QuerySet[Any, Any] = rows.annotate(
        harm=Case(
            When(Q(misses__gt=0) | (late & grave), then=Value(Harm.LIFE.value)),
            When(late | grave, then=Value(Harm.FRAIL.value)),
            default=Value(Harm.PROMISE.value),
            output_field=SmallIntegerField(),
        )
    )
    return found


def with_people(rows: "QuerySet[Elder]") -> "QuerySet[Elder]":
    """With person, categories that stand, and the pair; three queries."""
    found: QuerySet[Elder] = rows.select_related("person").prefetch_related(
        Prefetch("facts", Fact.objects.filter(until__isnull=True), "standing_facts"),
        Prefetch("pairs", Pair.objects.alive().select_related("helper__person"), "standing_pairs"),
    )
    return found


def due_by(now: datetime, until: datetime) -> "QuerySet[Elder]":
    """Who is to be visited or called until then, the gravest first."""
    rows = Elder.objects.in_care().filter(due_at__lte=until)
    found: QuerySet[Elder] = with_harm(rows, now).order_by("harm", "-risk", "due_at", "pk")
    return found


def owed_by_desk(now: datetime, until: datetime) -> "QuerySet[Elder]":
    """What the desk must see to: whoever has no helper and is due, and everybody who was missed."""
    paired = Pair.objects.filter(elder=OuterRef("pk"), state__in=ALIVE)
    return due_by(now, until).filter(Q(due_at__lt=now) | ~Exists(paired))


def to_assess(until: Any) -> "QuerySet[Assessment]":  # Any: a day
    """Latest assessments that are to be done again by a day, of elders in care."""
    newer = Assessment.objects.filter(
        elder=OuterRef("elder"), assessed_on__gt=OuterRef("assessed_on")
    )
    rows: QuerySet[Assessment] = Assessment.objects.filter(
        ~Exists(newer), next_on__lte=until, elder__ended_on__isnull=True
    )
    return rows


def withdrawn(purpose: Purpose) -> "QuerySet[Elder]":
    """Elders in care whose last word on a purpose is no, by whichever of their records."""
    last = (
        Consent.objects.filter(
            Q(person=OuterRef("person")) | Q(person__merged_into=OuterRef("person")),
            purpose=purpose,
        )
        .order_by("-at", "-pk")
        .values("is_given")[:1]
    )
    # Any: elders with one column more.
    rows: QuerySet[Any, Any] = Elder.objects.in_care().annotate(agreed=Subquery(last))
    return rows.filter(agreed=False).select_related("person")


# ── doors and the way round ──────────────────────────────────────────────────────────────────


def homes_of(person_ids: Iterable[int]) -> dict[int, tuple[str, Position | None]]:
    """Person → door and place of their house, for those whose home is known. One query."""
    found: dict[int, tuple[str, Position | None]] = {}
    rows = Residence.objects.filter(person__in=list(person_ids), until__isnull=True).select_related(
        "dwelling__unit__building"
    )
    for home in rows.order_by("since", "id"):
        building = home.dwelling.unit.building
        at = (
            Position(lon=float(building.longitude), lat=float(building.latitude))
            if building.latitude is not None and building.longitude is not None
            else None
        )
        found[home.person_id] = str(home.dwelling), at
    return found


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a round; `metres` from the one before, None for whom one calls and for a door whose
    place nobody knows. `number` is the same on the map. `is_call`: no visit is due, a call is.
    """

    number: int
    elder: Elder
    door: str
    at: Position | None = None
    metres: int | None = None
    is_estimated: bool = False
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """The doors in walking order, whoever is called after them, how far it is."""

    start: Position | None
    stops: list[Stop]
    left_out: int = 0

    @property
    def metres(self) -> int:
        """The whole way, from where one sets out to the last door."""
        return sum(one.metres or 0 for one in self.stops)

    @property
    def is_estimated(self) -> bool:
        """Whether a part of it is a straight line × 1.4."""
        return any(one.is_estimated for one in self.stops)

    def picture(self, now: datetime) -> Picture | None:
        """The way on the community's own map; None where no map or no door is known."""
        calls = [
            Call(one.number, str(one.elder), one.at) for one in self.stops if one.at is not None
        ]
        if self.start is not None and calls:
            calls.insert(0, Call(0, _("set out here"), self.start))
        return picture_of(calls, now)


def round_of(actor: Actor, now: datetime, *, only_due: bool) -> Round:
    """Everybody somebody looks after, in walking order from their own door. Elders of a pair, not
    those of a group: a leader sees these on the group's page.
    """
    rows, day = _looked_after(helpers_of(actor)), local_day(now + _AHEAD)
    if only_due:
        rows = rows.filter(due_at__lte=end_of_day(day))
    return _round(rows, _door_of(actor.person_id), now, until=day if only_due else None)


def day_of(helper: Helper, now: datetime) -> Round:
    """The same as the desk prints it for a helper: whoever is due within the next days."""
    rows, day = _looked_after(Helper.objects.filter(pk=helper.pk)), local_day(now + _AHEAD)
    soon = rows.filter(due_at__lte=end_of_day(day))
    return _round(soon, _door_of(helper.person_id), now, until=day)


def day_of_desk(now: datetime) -> Round:
    """Whoever the desk must see to today, in walking order from the community's hall."""
    halls = Place.objects.filter(kind=PlaceKind.HALL, closed_at=None).select_related("building")
    known = (position_of(hall) for hall in halls.order_by("pk")[:_FEW])
    start = next((at for at in known if at is not None), None)
    today = local_day(now)
    return _round(owed_by_desk(now, end_of_day(today)), start, now, until=today)


def _looked_after(helpers: "QuerySet[Helper]") -> "QuerySet[Elder]":
    rows: QuerySet[Elder] = Elder.objects.in_care().filter(
        pk__in=Pair.objects.alive().filter(helper__in=helpers).values("elder")
    )
    return rows


def _door_of(person_id: int | None) -> Position | None:
    return homes_of([person_id]).get(person_id, ("", None))[1] if person_id else None


def _round(
    rows: "QuerySet[Elder]", start: Position | None, now: datetime, *, until: date | None
) -> Round:
    """The most urgent of these as one way on foot, then for whom a call is enough until that day."""
    urgent = with_harm(rows, now).order_by("harm", "due_at", "pk")
    elders = list(with_people(urgent)[: MOST_ON_ROUND + 1])
    left_out = rows.count() - MOST_ON_ROUND if len(elders) > MOST_ON_ROUND else 0
    del elders[MOST_ON_ROUND:]
    homes = homes_of(one.person_id for one in elders)
    told = [homes.get(one.person_id, ("", None)) for one in elders]
    called = _only_called(elders, until) if until is not None else set()
    doors = [
        at if one.pk not in called else None for one, (_door, at) in zip(elders, told, strict=True)
    ]
    points = list(dict.fromkeys(at for at in (start, *doors) if at is not None))
    place = {at: number for number, at in enumerate(points)}
    table = table_of(points, now, steps=True)

    def far(here: Position, there: Position) -> float:
        return table.metres[place[here]][place[there]]

    stops: list[Stop] = []
    here = start
    for number, which in enumerate(walking_order(start, doors, far), start=1):
        elder, there = elders[which], doors[which]
        is_leg = here is not None and there is not None
        leg = (place[here], place[there]) if here is not None and there is not None else (0, 0)
        stops.append(
            Stop(
                number, elder, told[which][0] or elder.person.address, there,
                table.metres[leg[0]][leg[1]] if is_leg else None,
                is_leg and leg in table.estimated, elder.pk in called,
            )
        )  # fmt: skip
        here = there or here
    return Round(start, stops, left_out)


# Any: elders with their standing facts.
def _only_called(elders: Sequence[Any], until: date) -> set[int]:
    """Of elders with `with_people`, those to whom no visit is due by then, only a call. Two queries."""
    rows = Contact.objects.filter(elder__in=elders).exclude(outcome="not_seen").order_by()
    seen: dict[int, dict[Way, date]] = {}
    for elder, way, last in rows.values_list("elder", "way").annotate(last=Max("at")):
        seen.setdefault(elder, {})[Way(way)] = local_day(last)
    paces = paces_in_force()
    return {
        one.pk
        for one in elders
        if one.due_way == Way.PHONE
        and not is_visit_due(
            [Category(fact.category) for fact in one.standing_facts], paces, seen.get(one.pk, {}),
            since=one.since, by=until,
        )
    }  # fmt: skip


def helpers_of(actor: Actor) -> "QuerySet[Helper]":
    """The helper an actor is, if they are one."""
    rows: QuerySet[Helper] = Helper.objects.filter(until__isnull=True)
    if actor.person_id is None:
        return rows.none()
    return rows.filter(Q(person=actor.person_id) | Q(person__merged_into=actor.person_id))


# ── who fits whom ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Proposal:
    """An elder and the helper who fits best, with the reason; nobody where nobody fits."""

    elder: Elder
    helper: Helper | None
    reason: str


def proposals(now: datetime) -> list[Proposal]:
    """For elders without a helper, the gravest first: as many pairs as can be, of the gravest, the
    nearest and most alike in all. A fixed number of queries.
    """
    # Loaded where pairs are sought: what stays open holds no arrays.
    import numpy as np  # noqa: PLC0415

    from mulin.commons.planning.pairing import pair  # noqa: PLC0415

    paired = Pair.objects.filter(elder=OuterRef("pk"), state__in=ALIVE)
    rows = Elder.objects.in_care().filter(~Exists(paired), risk__gt=0)
    elders = list(with_people(with_harm(rows, now)).order_by("-risk", "pk")[:MOST_PROPOSED])
    helpers = list(
        Helper.objects.filter(until__isnull=True)
        .select_related("person")
        .annotate(load=Count("pairs", filter=Q(pairs__state__in=ALIVE)))
    )
    if not elders or not helpers:
        return [Proposal(one, None, "") for one in elders]
    fits = _fits(elders, helpers)
    costs = np.array(
        [[found.cost if found else np.inf for found in line] for line in fits], dtype=float
    )
    # Where helpers are too few, whoever could come to more harm has one before all that is nearer.
    worst = max(one.risk for one in elders)
    costs += np.array([[(worst - one.risk) * _GRAVER] for one in elders], dtype=float)
    seats = [max(0, min(one.most - one.load, len(elders))) for one in helpers]
    chosen = pair(costs, seats).helpers
    return [
        Proposal(elder, None, "")
        if place is None
        else Proposal(elder, helpers[place], reason_of(fits[number][place]))
        for number, (elder, place) in enumerate(zip(elders, chosen, strict=True))
    ]


def fit_of(elder: Elder, helper: Helper) -> Fit | None:
    """How well these two fit; None where a wish can't be met."""
    loaded = Helper.objects.annotate(load=Count("pairs", filter=Q(pairs__state__in=ALIVE)))
    return _fits([elder], [loaded.select_related("person").get(pk=helper.pk)])[0][0]


def _fits(elders: Sequence[Elder], helpers: Sequence[Helper]) -> list[list[Fit | None]]:
    homes = homes_of([*(one.person_id for one in elders), *(one.person_id for one in helpers)])

    def at(one: Elder | Helper) -> Position | None:
        return homes.get(one.person_id, ("", None))[1]

    wishes = [
        Wish(
            one.dialect,
            one.wished_sex,
            times_in(one.wished_times),
            words_in(one.interests),
            at(one),
        )
        for one in elders
    ]
    gifts = [
        Gift(
            words_in(one.dialects), one.person.sex, times_in(one.times), words_in(one.interests),
            at(one), one.load, one.most,  # type: ignore[attr-defined]  # counted by the query
        )
        for one in helpers
    ]  # fmt: skip
    return [
        [
            None if elder.person_id == helper.person_id else fit(wish, gift)
            for helper, gift in zip(helpers, gifts, strict=True)
        ]
        for elder, wish in zip(elders, wishes, strict=True)
    ]


def times_in(text: str) -> frozenset[str]:
    """Times as a column keeps them."""
    return frozenset(filter(None, text.split(",")))


def reason_of(found: Fit | None) -> str:
    """Why these two, as one says it; it stands with the pair."""
    if found is None:
        return ""
    said = []
    if found.metres is not None:
        said.append(
            _("about %(metres)s m on foot") % {"metres": found.metres}
            if found.metres
            else _("lives in the same house")
        )
    if found.speaks:
        said.append(_("both speak %(dialect)s") % {"dialect": found.speaks})
    if found.shared:
        said.append(_("both like %(things)s") % {"things": "、".join(found.shared)})
    if found.times:
        words = "、".join(str(TIME_LABELS[Time(one)]) for one in found.times)
        said.append(_("both have time: %(times)s") % {"times": words})
    said.append(
        _("looks after %(count)s so far") % {"count": found.load}
        if found.load
        else _("looks after nobody yet")
    )
    return "，".join(said)


# ── given and received ───────────────────────────────────────────────────────────────────────


def _given_at_gatherings() -> "QuerySet[Attendance]":
    hands = Hand.objects.filter(gathering=OuterRef("gathering"), person=OuterRef("person"))
    rows: QuerySet[Attendance] = Attendance.objects.filter(
        Exists(hands), gathering__kind__in=KINDS, minutes__isnull=False
    )
    return rows


def hours_of(person_ids: Collection[int]) -> dict[int, Hours]:
    """Minutes given and received by person. Given: visits they made, gatherings they helped at.
    Received: visits to them, services delivered, gatherings they came to as guests. Six queries.
    """
    ids = list(person_ids)
    given: dict[int, int] = {}
    received: dict[int, int] = {}

    def add(to: dict[int, int], rows: "QuerySet[Any]", path: str) -> None:
        kept = Coalesce(f"{path}__merged_into", f"{path}_id")
        found = rows.order_by().annotate(who=kept).filter(who__in=ids).values_list("who")
        for who, total in found.annotate(total=Sum("minutes")):
            to[who] = to.get(who, 0) + total

    add(given, Contact.objects.filter(helper__isnull=False), "helper__person")
    helped: dict[int, int] = {}
    add(helped, _given_at_gatherings(), "person")
    add(received, Contact.objects.exclude(outcome="not_seen"), "elder__person")
    add(received, ServiceOrder.objects.filter(state=OrderState.DELIVERED), "elder__person")
    present = minutes_of(ids, kinds=KINDS)
    return {
        one: Hours(
            given.get(one, 0) + helped.get(one, 0),
            received.get(one, 0) + present.get(one, 0) - helped.get(one, 0),
        )
        for one in ids
    }


def hours_by_month(now: datetime) -> list[tuple[str, Hours]]:
    """The community's hours of the last twelve months, the oldest first. Five queries."""
    first = local_day(now).replace(day=1)
    months = [first]
    while len(months) < _MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    months.reverse()
    since = datetime.combine(months[0], datetime.min.time(), SHANGHAI)
    attended = Attendance.objects.filter(
        gathering__kind__in=KINDS, gathering__starts_at__gte=since, minutes__isnull=False
    )
    helped = _by_month(
        _given_at_gatherings().filter(gathering__starts_at__gte=since), "gathering__starts_at"
    )
    contacts = Contact.objects.filter(at__gte=since)
    given = _by_month(contacts.filter(helper__isnull=False), "at")
    visited = _by_month(contacts.exclude(outcome="not_seen"), "at")
    present = _by_month(attended, "gathering__starts_at")
    served = _by_month(
        ServiceOrder.objects.filter(state=OrderState.DELIVERED, ended_at__gte=since), "ended_at"
    )
    return [
        (
            month_named(month),
            Hours(
                given.get(month, 0) + helped.get(month, 0),
                visited.get(month, 0) + served.get(month, 0)
                + present.get(month, 0) - helped.get(month, 0),
            ),
        )
        for month in months
    ]  # fmt: skip


def _by_month(rows: "QuerySet[Any]", moment: str) -> dict[Any, int]:  # Any: first days of months
    found = (
        rows.order_by()
        .annotate(month=TruncMonth(moment, tzinfo=SHANGHAI))
        .values_list("month")
        .annotate(total=Sum("minutes"))
    )
    return {month.date(): total for month, total in found}


def hours_of_groups(groups: Iterable[Group]) -> list[tuple[Group, int, Hours]]:
    """Each group with how many belong to it and their hours together."""
    listed = list(groups)
    members = Member.objects.filter(group__in=listed, until__isnull=True)
    belongs = list(members.values_list("group", "person"))
    hours = hours_of({person for _group, person in belongs})
    return [
        (
            group,
            sum(of == group.pk for of, _person in belongs),
            sum((hours[person] for of, person in belongs if of == group.pk), Hours()),
        )
        for group in listed
    ]


def people_of_balance() -> "QuerySet[Person]":
    """Everybody who gives or receives: in care, looking in on somebody, in a group."""
    standing = {"until__isnull": True}
    rows: QuerySet[Person] = Person.objects.on_roll().filter(
        Q(pk__in=Elder.objects.in_care().values("person"))
        | Q(pk__in=Helper.objects.filter(**standing).values("person"))
        | Q(pk__in=Member.objects.filter(**standing).values("person"))
    )
    return rows.order_by("pinyin", "pk")


def gifts_of(person_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """What each can do for others, and what they like. Two queries."""
    found = {
        one.person_id: ("", one.interests) for one in Helper.objects.filter(person__in=person_ids)
    }
    for one in Elder.objects.in_care().filter(person__in=person_ids):
        found[one.person_id] = (one.can_do, one.interests)
    return found


# ── programme, services, groups ──────────────────────────────────────────────────────────────


def programme(now: datetime) -> "QuerySet[Gathering]":
    """What is to come in the idle rooms, the next first."""
    rows: QuerySet[Gathering] = Gathering.objects.filter(kind=PROGRAMME_KIND).to_come(now)
    return (
        rows.select_related("place")
        .annotate(going=Count("attendances", filter=Q(attendances__stand="going")))
        .order_by("starts_at", "id")
    )


def groups_now() -> "QuerySet[Group]":
    """Groups that go on, by name, with their leader and how many belong to them."""
    rows: QuerySet[Group] = (
        Group.objects.filter(ended_on__isnull=True)
        .select_related("leader")
        .annotate(size=Count("members", filter=Q(members__until__isnull=True)))
        .order_by("name", "id")
    )
    return rows


def services_of(elder: Elder) -> list[tuple[Service, int]]:
    """How often each service was delivered to somebody."""
    rows = (
        ServiceOrder.objects.filter(elder=elder, state=OrderState.DELIVERED)
        .order_by()
        .values_list("service")
        .annotate(times=Count("pk"))
    )
    times = dict(rows)
    return [(one, times[one.pk]) for one in Service.objects.filter(pk__in=times)]


def meals_of(person: Person, *, most: int = 10) -> list[Attendance]:
    """The last and coming gatherings of the room that somebody stands on the list of."""
    rows = Attendance.objects.filter(
        person__in=Person.everyone_of(person), gathering__kind__in=KINDS
    ).select_related("gathering__place")
    return list(rows.order_by("-gathering__starts_at", "-pk")[:most])


def close_to(person_ids: Collection[int]) -> list[Close]:
    """The helper who looks in on each, and the family whom they let see it. Two queries."""
    pairs = Pair.objects.alive().filter(elder__person__in=person_ids, elder__ended_on=None)
    kin = Kin.objects.filter(elder__person__in=person_ids, elder__ended_on=None, until=None)
    return [
        *(
            Close(one.elder.person_id, one.helper.person, Tie.NEIGHBOUR)
            for one in pairs.select_related("elder", "helper__person").order_by("pk")
        ),
        *(
            Close(one.elder.person_id, one.person, Tie.FAMILY)
            for one in kin.select_related("elder", "person").order_by("pk")
        ),
    ]


def looked_after_by(person_id: int) -> list[int]:
    """Persons in care whom this one looks in on, or whose family they are. One query."""
    paired = Pair.objects.alive().filter(is_of("helper__person", person_id))
    kin = Kin.objects.filter(is_of("person", person_id), until=None)
    rows = Elder.objects.in_care().filter(
        Q(pk__in=paired.values("elder")) | Q(pk__in=kin.values("elder"))
    )
    return list(rows.order_by("pk").values_list("person", flat=True))


def last_contact(elder: Elder) -> Contact | None:
    """When somebody last looked in, and what came of it."""
    rows = Contact.objects.filter(elder=elder).select_related("helper__person", "entered_by")
    return rows.first()


def kin_known(person_ids: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of elder and family, where one of them is asked for and the family still looks in."""
    rows = Kin.objects.filter(
        Q(person__in=person_ids) | Q(elder__person__in=person_ids), until__isnull=True
    )
    return list(rows.values_list("elder__person", "person"))
