"""What pages and other rooms ask of the rota: who is on duty, a month as the engine reads it, fairness."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from mulin.commons.planning.duty import rota as engine
from mulin.commons.planning.duty.rota import REST, Rota, carried_over, from_snapshot
from mulin.commons.rota.models import (
    Apart,
    Duty,
    Member,
    Month,
    MonthState,
    Run,
    RunState,
    Shift,
    Swap,
    SwapState,
    WeeklyShift,
    Wish,
)
from mulin.commons.rota.registry import FIRST_AID, LEAD, DutyKind, Needed, kind_of
from mulin.commons.rota.rules import (
    ADULTS_WITH_CHILDREN,
    MONTHS_SHOWN,
    ON,
    Part,
    Share,
    Span,
    Stand,
    Wanted,
    When,
    days_of,
    is_said_of,
    last_of,
    month_of,
    span_of,
    takes_place,
)
from mulin.commons.rota.words import hours_words, lack_words, shift_words
from mulin.ground.community.rules import Actor
from mulin.kit.calendar import WorkCalendar

#: Of a person's own page: so many duties and swaps at most, the next first.
_MOST_OWN = 40


# ── for other rooms ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is on duty: until when, what they can, whether they are signed in."""

    person_id: int
    name: str
    starts: datetime
    ends: datetime
    is_lead: bool
    is_first_aider: bool
    is_here: bool


def on_duty(kind: str, at: datetime) -> list[OnDuty]:
    """Who is on duty of a kind at a moment, by name; substitutes who said yes are among them."""
    rows = _published(kind).filter(shift__starts_at__lte=at, shift__ends_at__gt=at)
    return [_on_duty(row) for row in rows.order_by("member__person__pinyin", "id")]


def duties_between(first: date, last: date, kind: str = "") -> "QuerySet[Duty]":
    """Duties of published months on these days (both counted), in order of time; of one kind, or all.

    `shift`, `member` and its person are read with them.
    """
    rows = _published(kind).filter(day__gte=first, day__lte=last)
    return rows.order_by("shift__starts_at", "member__person__pinyin", "id")


def shifts_between(first: date, last: date, kind: str = "") -> "QuerySet[Shift]":
    """Shifts of published months on these days (both counted), each with how many `come`; of one
    kind, or all.
    """
    rows: QuerySet[Shift] = (
        Shift.objects.published()
        .filter(day__gte=first, day__lte=last)
        .select_related("month")
        .annotate(come=Count("duties", filter=Q(duties__stand__in=sorted(ON))))
        .order_by("starts_at", "id")
    )
    return rows.filter(month__kind=kind) if kind else rows


def is_published(kind: str, day: date) -> bool:
    """Whether the rota of this day's month holds."""
    found: bool = Month.objects.filter(
        kind=kind, first=month_of(day), state=MonthState.PUBLISHED
    ).exists()
    return found


def _published(kind: str) -> "QuerySet[Duty]":
    rows: QuerySet[Duty] = (
        Duty.objects.on()
        .filter(shift__month__state=MonthState.PUBLISHED)
        .select_related("shift__month", "member__person")
    )
    return rows.filter(shift__month__kind=kind) if kind else rows


def _on_duty(row: Duty) -> OnDuty:
    return OnDuty(
        person_id=row.member.person_id, name=row.member.person.name, starts=row.shift.starts_at,
        ends=row.shift.ends_at, is_lead=row.member.is_lead,
        is_first_aider=row.member.is_first_aider, is_here=row.stand == Stand.CAME,
    )  # fmt: skip


# ── what is needed when ──────────────────────────────────────────────────────────────────────


def spans_of(kind: DutyKind, month: date, calendar: WorkCalendar) -> list[Span]:
    """The shifts of a month: told by the kind's room, or laid by its weekly shifts."""
    if kind.needs is not None:
        needed = kind.needs(month, last_of(month))
    else:
        weekly = list(WeeklyShift.objects.filter(kind=kind.name))
        needed = [
            Needed(day, one.starts, one.ends, one.adults, one.leads, one.first_aiders)
            for day in days_of(month)
            for one in weekly
            if takes_place(When(one.when), day, calendar)
        ]
    least = ADULTS_WITH_CHILDREN if kind.with_children else 1
    spans: dict[tuple[datetime, datetime], Span] = {}
    for one in needed:
        begins, ends = span_of(one.day, one.starts, one.ends)
        adults = max(one.adults, one.leads, one.first_aiders, least)
        # A room that says one span twice means both groups: its adults are added up.
        known = spans.get((begins, ends))
        spans[begins, ends] = Span(
            one.day, begins, ends, adults + (known.adults if known else 0),
            max(one.leads, known.leads if known else 0),
            max(one.first_aiders, known.first_aiders if known else 0),
            one.why or (known.why if known else ""),
        )  # fmt: skip
    return sorted(spans.values(), key=lambda span: (span.starts, span.ends))


# ── a month as the engine reads it ───────────────────────────────────────────────────────────


def rota_of(month: Month) -> Rota:
    """Shifts, members, wishes, limits, pairs and points of a month, as they are now."""
    shifts = list(Shift.objects.filter(month=month))
    last = last_of(month.first)
    members = list(Member.objects.filter(kind=month.kind).during(month.first, last).order_by("id"))
    by_day: dict[date, list[str]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.day].append(str(shift.pk))
    said = _said(month, shifts)
    carried = carried_into(month)
    here = {member.pk for member in members}
    pairs = Apart.objects.filter(one__kind=month.kind).values_list("one", "other")
    kind = kind_of(month.kind)
    busy = _busy_elsewhere(month, shifts, members)
    return Rota(
        shifts=tuple(_shift(one) for one in shifts),
        people=tuple(
            _person(one, by_day, said, busy[one.person_id], carried.get(str(one.pk), 0))
            for one in members
        ),
        rest=kind.rest if kind else REST,
        one_a_day=kind is None or kind.one_a_day,
        apart=tuple(
            frozenset(map(str, pair)) for pair in pairs if pair[0] in here and pair[1] in here
        ),
    )


def _busy_elsewhere(
    month: Month, shifts: Iterable[Shift], members: Iterable[Member]
) -> dict[int, list[str]]:
    """Person → shifts of this month during which they are on duty of another kind."""
    theirs = Duty.objects.on().filter(
        member__person__in=[one.person_id for one in members],
        shift__month__state=MonthState.PUBLISHED,
        day__gte=month.first - timedelta(days=1), day__lte=last_of(month.first) + timedelta(days=1),
    ).exclude(shift__month__kind=month.kind)  # fmt: skip
    busy: dict[int, list[str]] = defaultdict(list)
    held = list(shifts)
    for person, starts, ends in theirs.values_list(
        "member__person", "shift__starts_at", "shift__ends_at"
    ):
        busy[person] += [
            str(one.pk) for one in held if one.starts_at < ends and starts < one.ends_at
        ]
    return busy


def _said(month: Month, shifts: Iterable[Shift]) -> dict[tuple[int, str], list[str]]:
    """Shifts by who said what of them; of a shift that two parts touch the harder word counts."""
    by_day: dict[date, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.day].append(shift)
    of_shift: dict[tuple[int, int], str] = {}
    parted: set[tuple[int, int]] = set()
    order: list[str] = list(Wanted)
    # The whole day first: what is said of a part of it goes before.
    wishes = sorted(Wish.objects.filter(month=month), key=lambda wish: bool(wish.part))
    for wish in wishes:
        for shift in by_day[wish.day]:
            if is_said_of(Part(wish.part), shift.day, shift.starts_at, shift.ends_at):
                key = wish.member_id, shift.pk
                known = of_shift.get(key) if wish.part and key in parted else None
                of_shift[key] = min(filter(None, (known, wish.wanted)), key=order.index)
                if wish.part:
                    parted.add(key)
    said: dict[tuple[int, str], list[str]] = defaultdict(list)
    for (member, shift_id), wanted in of_shift.items():
        said[member, wanted].append(str(shift_id))
    return said


def _shift(shift: Shift) -> engine.Shift:
    needs = ((LEAD, shift.leads), (FIRST_AID, shift.first_aiders))
    return engine.Shift(
        id=str(shift.pk), starts=shift.starts_at, ends=shift.ends_at, adults=shift.adults,
        needs=tuple(engine.Need(skill, number) for skill, number in needs if number),
        points=shift.points, with_children=shift.with_children,
    )  # fmt: skip


def _person(
    member: Member, by_day: Mapping[date, list[str]], said: Mapping[tuple[int, str], list[str]],
    busy: Iterable[str], carried: int,
) -> engine.Person:  # fmt: skip
    skills = ((LEAD, member.is_lead), (FIRST_AID, member.is_first_aider))
    not_here = [
        shift
        for day, shifts in by_day.items()
        if day < member.joined_on or (member.left_on is not None and day >= member.left_on)
        for shift in shifts
    ]
    return engine.Person(
        id=str(member.pk),
        skills=frozenset(skill for skill, has in skills if has),
        unable=frozenset([*said.get((member.pk, Wanted.UNABLE), []), *not_here, *busy]),
        most_shifts=member.most_shifts,
        most_weekends=member.most_weekends,
        likes=dict.fromkeys(said.get((member.pk, Wanted.GLADLY), []), 1),
        dislikes=dict.fromkeys(said.get((member.pk, Wanted.RATHER_NOT), []), 1),
        carried=carried,
        checked_on=member.checked_on,
    )


def carried_into(month: Month) -> dict[str, int]:
    """Points each member brings from the last published month before: above or below the mean.

    Counted from who really was on duty, so a swap or a missed day counts as it came.
    """
    before: Month | None = Month.objects.filter(
        kind=month.kind, state=MonthState.PUBLISHED, first__lt=month.first
    ).first()
    if before is None:
        return {}
    kept = from_snapshot(before.snapshot)
    duties = duties_of(before)
    # Who joined after it was published has no place in what was kept.
    known = {person.id for person in kept.people}
    late = sorted({who for people in duties.values() for who in people} - known)
    kept = replace(kept, people=(*kept.people, *(engine.Person(who) for who in late)))
    return carried_over(kept, duties)


def duties_of(month: Month, shifts: Iterable[int] | None = None) -> dict[str, tuple[str, ...]]:
    """Who is on which shift now, in the engine's words."""
    rows = Duty.objects.on().filter(shift__month=month)
    if shifts is not None:
        rows = rows.filter(shift__in=list(shifts))
    told: dict[str, list[str]] = defaultdict(list)
    for shift, member in rows.order_by("id").values_list("shift_id", "member_id"):
        told[str(shift)].append(str(member))
    return {shift: tuple(people) for shift, people in told.items()}


# ── pages ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Place:
    """A shift on a page: who is on it, and what it lacks (people, leads, first aiders)."""

    shift: Shift
    duties: tuple[Duty, ...]
    people: int
    leads: int
    first_aiders: int

    @property
    def is_whole(self) -> bool:
        return not (self.people or self.leads or self.first_aiders)

    def brings(self, member: Member) -> int:
        """How much of what the shift lacks somebody would bring."""
        return bool(self.leads and member.is_lead) + bool(
            self.first_aiders and member.is_first_aider
        )

    @property
    def hours(self) -> str:
        return hours_words(self.shift.starts_at, self.shift.ends_at)

    @property
    def words(self) -> str:
        return shift_words(self.shift)

    @property
    def lack(self) -> str:
        return lack_words(self.people, self.leads, self.first_aiders)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month on a page."""

    day: date
    is_off: bool
    is_holiday: bool
    is_make_up: bool
    places: tuple[Place, ...]


def places_of(shifts: "QuerySet[Shift]") -> list[Place]:
    """Each of these shifts with who is on it; two questions."""
    found = list(shifts)
    rows: dict[int, list[Duty]] = defaultdict(list)
    for duty in (
        Duty.objects.filter(shift__in=[one.pk for one in found])
        .filter(stand__in=[*ON, Stand.MISSED, Stand.CALLED])
        .select_related("member__person")
        .order_by("member__person__pinyin", "id")
    ):
        rows[duty.shift_id].append(duty)
    return [_place(one, rows[one.pk]) for one in found]


def place_of(shift: Shift) -> Place:
    """One shift with who is on it."""
    return places_of(Shift.objects.filter(pk=shift.pk))[0]


def _place(shift: Shift, rows: list[Duty]) -> Place:
    there = [row for row in rows if row.stand in ON]
    return Place(
        shift, tuple(rows),
        people=max(shift.adults - len(there), 0),
        leads=max(shift.leads - sum(row.member.is_lead for row in there), 0),
        first_aiders=max(shift.first_aiders - sum(row.member.is_first_aider for row in there), 0),
    )  # fmt: skip


def weeks_of(month: Month, calendar: WorkCalendar) -> list[list[Day | None]]:
    """The month as weeks of seven days, empty before the first and after the last."""
    by_day: dict[date, list[Place]] = defaultdict(list)
    for place in places_of(Shift.objects.filter(month=month)):
        by_day[place.shift.day].append(place)
    days: list[Day | None] = [
        Day(
            day, not calendar.is_workday(day), calendar.is_holiday(day),
            calendar.is_make_up_day(day), tuple(by_day[day]),
        )
        for day in days_of(month.first)
    ]  # fmt: skip
    empty: list[Day | None] = [None]
    days = empty * (month.first.isoweekday() - 1) + days
    days += empty * (-len(days) % 7)
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def latest_run(month: Month, *, is_sick_call: bool = False) -> Run | None:
    """What was last asked of the engine for this month."""
    rows = Run.objects.filter(month=month, away__isnull=not is_sick_call)
    found: Run | None = rows.select_related("away__person").first()
    return found


def changes_to_apply(month: Month) -> "QuerySet[Run]":
    """Changes after sick calls that nobody has put into the rota yet, the oldest first."""
    rows: QuerySet[Run] = (
        Run.objects.filter(month=month, away__isnull=False, applied_at__isnull=True)
        .select_related("away__person")
        .order_by("asked_at", "id")
    )
    return rows


def names_of(ids: Iterable[str | int]) -> dict[str, str]:
    """Names of members by the engine's ids."""
    rows = Member.objects.filter(pk__in={int(one) for one in ids}).select_related("person")
    return {str(row.pk): row.person.name for row in rows}


def member_of(by: Actor, kind: str) -> Member | None:
    """The actor's own membership of a kind."""
    found: Member | None = (
        Member.objects.filter(kind=kind, person__account=by.account_id or 0)
        .select_related("person")
        .first()
    )
    return found


def memberships_of(by: Actor, today: date) -> list[Member]:
    """In which rotas somebody takes turns now or soon."""
    rows = Member.objects.filter(person__account=by.account_id or 0)
    return list(
        rows.filter(Q(left_on__isnull=True) | Q(left_on__gt=today)).select_related("person")
    )


def own_duties(by: Actor, now: datetime) -> "QuerySet[Duty]":
    """What an actor has before them: asked, promised, called."""
    rows: QuerySet[Duty] = (
        Duty.objects.filter(
            member__person__account=by.account_id or 0,
            stand__in=[Stand.ASKED, Stand.ACCEPTED, Stand.CAME, Stand.CALLED, Stand.MISSED],
            shift__ends_at__gt=now,
            shift__month__state=MonthState.PUBLISHED,
        )
        .select_related("shift__month", "member__person")
        .order_by("shift__starts_at", "id")[:_MOST_OWN]
    )
    return rows


def swaps_asked_of(by: Actor, now: datetime) -> "QuerySet[Swap]":
    """Who would like an actor to take a duty."""
    rows: QuerySet[Swap] = (
        Swap.objects.filter(
            state=SwapState.ASKED, other__person__account=by.account_id or 0,
            duty__shift__starts_at__gt=now,
        )
        .select_related("duty__shift__month", "duty__member__person", "for_duty__shift")
        .order_by("duty__shift__starts_at", "id")[:_MOST_OWN]
    )  # fmt: skip
    return rows


def months_for_wishes(kinds: Iterable[str], today: date) -> list[Month]:
    """Months in which these members may still say what they wish."""
    return list(
        Month.objects.filter(
            kind__in=list(kinds), state=MonthState.OPEN, first__gte=month_of(today)
        ).order_by("first", "kind")
    )


def wishes_said(month: Month) -> int:
    """How many members said something about this month."""
    told = Wish.objects.filter(month=month).aggregate(told=Count("member", distinct=True))
    return int(told["told"])


def worth_of(month: Month) -> dict[int, int]:
    """Points of each member in this month, by their id."""
    rows = Duty.objects.on().filter(shift__month=month).values_list("member")
    return dict(rows.annotate(points=Sum("shift__points")).order_by())


def shares_of(kind: str, until: date, calendar: WorkCalendar) -> dict[int, Share]:
    """Points of each member of today in the twelve months that end with the one of `until`.

    Who really was on duty counts; before a day is over, who is to be. One question for the duties.
    """
    first = month_of(until, 1 - MONTHS_SHOWN)
    members = Member.objects.filter(kind=kind).at(until).values_list("pk", flat=True)
    months: dict[int, list[int]] = {pk: [0] * MONTHS_SHOWN for pk in members}
    holidays: dict[int, int] = defaultdict(int)
    rows = _published(kind).filter(day__gte=first, day__lte=last_of(month_of(until)))
    for member, day, points in rows.values_list("member_id", "day", "shift__points"):
        if member in months:
            months[member][(day.year - first.year) * 12 + day.month - first.month] += points
            holidays[member] += points if calendar.is_holiday(day) else 0
    return {pk: Share(pk, tuple(each), holidays[pk]) for pk, each in months.items()}


def lacking_soon(now: datetime, kinds: Iterable[str], days: int) -> "QuerySet[Shift]":
    """Shifts of the next days on which fewer are than must be, or nobody who may lead or knows first
    aid where somebody must.
    """
    on = Q(duties__stand__in=sorted(ON))
    rows: QuerySet[Shift] = (
        Shift.objects.published()
        .filter(month__kind__in=list(kinds), starts_at__gt=now,
                starts_at__lte=now + timedelta(days=days))
        .annotate(
            there=Count("duties", filter=on),
            lead=Count("duties", filter=on & Q(duties__member__is_lead=True)),
            aid=Count("duties", filter=on & Q(duties__member__is_first_aider=True)),
        )
        .filter(
            Q(there__lt=F("adults")) | Q(lead__lt=F("leads")) | Q(aid__lt=F("first_aiders"))
        )
    )  # fmt: skip
    return rows


def waiting_runs(now: datetime) -> "QuerySet[Run]":
    """Changes after a sick call that are worked out and not in the rota yet."""
    rows: QuerySet[Run] = Run.objects.filter(
        state=RunState.DONE, away__isnull=False, applied_at__isnull=True, until__gt=now
    )
    return rows


def duties_told(person_id: int) -> list[dict[str, object]]:
    """Memberships, wishes and duties of a person, for the file of what is held of them."""
    return [_member_told(one) for one in Member.objects.filter(person=person_id).order_by("id")]


def _member_told(member: Member) -> dict[str, object]:
    return {
        "kind": member.kind,
        "is_lead": member.is_lead,
        "is_first_aider": member.is_first_aider,
        "checked_on": member.checked_on and member.checked_on.isoformat(),
        "joined_on": member.joined_on.isoformat(),
        "left_on": member.left_on and member.left_on.isoformat(),
        "apart_from_others": Apart.objects.filter(Q(one=member) | Q(other=member)).count(),
        "wishes": [
            {"day": wish.day.isoformat(), "part": wish.part, "wanted": wish.wanted}
            for wish in member.wishes.all()
        ],
        "duties": [
            {"starts_at": duty.shift.starts_at.isoformat(), "stand": duty.stand}
            for duty in member.duties.select_related("shift")
        ],
    }


def months_published(kinds: Iterable[str], today: date) -> list[Month]:
    """Published months of these kinds that are not over."""
    return list(
        Month.objects.filter(
            kind__in=list(kinds), state=MonthState.PUBLISHED, first__gte=month_of(today)
        ).order_by("first", "kind")
    )


def duties_to_swap(duty: Duty, now: datetime) -> "QuerySet[Duty]":
    """What others have before them in the same month, in order of time."""
    rows: QuerySet[Duty] = (
        Duty.objects.expected()
        .filter(shift__month=duty.shift.month_id, shift__starts_at__gt=now)
        .exclude(member=duty.member_id)
        .exclude(shift=duty.shift_id)
        .select_related("shift", "member__person")
        .order_by("shift__starts_at", "id")[:200]
    )
    return rows
