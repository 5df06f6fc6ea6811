"""Reading: the month, an activity with its shifts, clashes, the record, what waits to be decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mulin.circle.volunteers.models import (
    Activity,
    ActivityKind,
    Appointment,
    Certificate,
    Correction,
    Coupon,
    Duty,
    Offer,
    RecordLine,
    Service,
    Shift,
    Stay,
    Thanks,
    Volunteer,
    VolunteerQuerySet,
    Wish,
)
from mulin.circle.volunteers.rules import (
    DUTY_KIND,
    KIND,
    REMIND_BEFORE,
    Audience,
    Block,
    Span,
    Stand,
    fits,
    hours_of,
    is_clash,
    is_tight,
    month_after,
    slots_of,
    stars_of,
    weeks_of,
)
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.rules import Stand as Coming
from mulin.commons.gatherings.rules import State
from mulin.commons.rota.queries import duties_between
from mulin.commons.rota.registry import kind_of
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day, start_of_day
from mulin.kit.refusals import Refused

#: No shift begins or ends farther from its activity.
_FAR: Final = timedelta(hours=12)
#: A day of the calendar shows so many; the rest stands on its own page.
SHOWN_A_DAY: Final = 8
_PUBLIC_LINES: Final = 12


# ── the month ────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Line:
    """An activity in the calendar: how many are wanted, how many have a place."""

    activity: Activity
    wanted: int = 0
    going: int = 0

    @property
    def lacks(self) -> int:
        """How many are still wanted."""
        return max(self.wanted - self.going, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity in a day of the calendar: no more of it than is shown there."""

    pk: int
    time: str
    title: str
    lacks: str = ""


@dataclass(slots=True)
class Day:
    """A day of the calendar; `more` are not shown."""

    day: date
    is_inside: bool
    entries: list[Entry] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month of activities, by week and day, and which kinds it still lacks. `days` says in order
    which activity is on which day.
    """

    first: date
    weeks: list[list[Day]]
    days: list[tuple[int, date]]
    counts: "Counts"
    held: list[tuple[ActivityKind, int]]
    missing: list[ActivityKind]


@dataclass(frozen=True, slots=True)
class Counts:
    """By activity, how many are wanted and how many have a place."""

    wanted: dict[int, int]
    going: dict[int, int]


def kinds_now() -> "QuerySet[ActivityKind]":
    """The kinds that are held, in their order."""
    rows: QuerySet[ActivityKind] = ActivityKind.objects.filter(ended_on__isnull=True)
    return rows


def activities() -> "QuerySet[Activity]":
    """Activities with what every page says of them."""
    rows: QuerySet[Activity] = Activity.objects.select_related(
        "gathering__place", "kind", "organisation"
    )
    return rows


def lines_between(since: date, until: date, *, is_public: bool = False) -> list[Line]:
    """What takes place in these days, the last one left out, in order; three queries however many."""
    rows = activities().filter(**_span(since, until)).exclude(gathering__state=State.CANCELLED)
    if is_public:
        rows = rows.filter(gathering__is_public=True)
    counts = _counts(since, until)
    return _lines(rows.order_by("gathering__starts_at", "gathering_id"), counts)


def lines_of(month: Month, pks: Sequence[int]) -> list[Line]:
    """These activities of a month, in the same order; one query."""
    found = {
        line.activity.pk: line for line in _lines(activities().filter(pk__in=pks), month.counts)
    }
    return [found[pk] for pk in pks if pk in found]


def _lines(rows: Iterable[Activity], counts: Counts) -> list[Line]:
    return [Line(one, counts.wanted.get(one.pk, 0), counts.going.get(one.pk, 0)) for one in rows]


def _span(since: date, until: date) -> dict[str, datetime]:
    return {
        "gathering__starts_at__gte": start_of_day(since),
        "gathering__starts_at__lt": start_of_day(until),
    }


def _counts(since: date, until: date) -> Counts:
    span = {f"activity__{name}": value for name, value in _span(since, until).items()}
    wanted = Shift.objects.filter(**span).order_by().values_list("activity")
    going = Duty.objects.going().filter(**{f"shift__{name}": value for name, value in span.items()})
    counted = going.order_by().values_list("shift__activity").annotate(count=Count("pk"))
    return Counts(dict(wanted.annotate(count=Sum("wanted"))), dict(counted))


def month_of_activities(first: date) -> Month:
    """A month as a calendar, with the kinds that it has and those it still lacks: four queries, and
    of what is not shown no more than its place.
    """
    until = month_after(first)
    counts = _counts(first, until)
    rows = (
        Activity.objects.filter(**_span(first, until))
        .exclude(gathering__state=State.CANCELLED)
        .order_by("gathering__starts_at", "gathering_id")
        .values_list("pk", "gathering__starts_at", "gathering__title", "kind")
    )
    by_day: dict[date, list[Entry]] = defaultdict(list)
    by_kind: dict[int, int] = defaultdict(int)
    days: list[tuple[int, date]] = []
    lacking = _("%(count)s lacking")
    for pk, starts_at, title, kind in rows:
        local = starts_at.astimezone(SHANGHAI)
        by_kind[kind] += 1
        days.append((pk, local.date()))
        lacks = max(counts.wanted.get(pk, 0) - counts.going.get(pk, 0), 0)
        entry = Entry(
            pk, f"{local.hour}:{local:%M}", title, lacking % {"count": lacks} if lacks else ""
        )
        by_day[local.date()].append(entry)
    weeks = [
        [
            Day(
                day, day.month == first.month, by_day[day][:SHOWN_A_DAY],
                max(len(by_day[day]) - SHOWN_A_DAY, 0),
            )
            for day in week
        ]
        for week in weeks_of(first)
    ]  # fmt: skip
    monthly = [kind for kind in kinds_now() if kind.is_monthly]
    return Month(
        first, weeks, days, counts,
        held=[(kind, by_kind[kind.pk]) for kind in monthly if by_kind[kind.pk]],
        missing=[kind for kind in monthly if not by_kind[kind.pk]],
    )  # fmt: skip


# ── one activity ─────────────────────────────────────────────────────────────────────────────


def activity_of(gathering_id: int) -> Activity | None:
    """The activity of a gathering."""
    return activities().filter(gathering=gathering_id).first()


def activity_behind(code: str) -> Activity | None:
    """The activity of a notice's code, if everybody may read it."""
    return activities().filter(gathering__code=code, gathering__is_public=True).first()


def activity_at_door(code: str) -> Activity | None:
    """The activity whose code hangs at the door."""
    return activities().filter(gathering__door_code=code).first()


@dataclass(frozen=True, slots=True)
class Post:
    """A shift with whoever stands on its list."""

    shift: Shift
    going: list[Duty]
    waiting: list[Duty]

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(self.shift.wanted - len(self.going), 0)


def posts_of(activity: Activity) -> list[Post]:
    """All shifts with their lists; two queries."""
    by_shift: dict[int, list[Duty]] = defaultdict(list)
    duties = Duty.objects.alive().filter(shift__activity=activity)
    for duty in duties.select_related("volunteer__person"):
        by_shift[duty.shift_id].append(duty)
    found = []
    for shift in Shift.objects.filter(activity=activity):
        shift.activity = activity
        rows = by_shift[shift.pk]
        found.append(
            Post(
                shift,
                [one for one in rows if one.stand == Stand.GOING],
                [one for one in rows if one.stand == Stand.WAITING],
            )
        )
    return found


def stays_of(activity: Activity) -> list[Stay]:
    """Who signed in and out, in order."""
    return list(Stay.objects.filter(activity=activity).select_related("volunteer__person"))


def services_of(activity: Activity) -> dict[int, int]:
    """Minutes that count, by volunteer."""
    rows = Service.objects.filter(activity=activity).order_by().values_list("volunteer")
    return dict(rows.annotate(total=Sum("minutes")))


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which people are served; `free` chairs are left."""

    after_minutes: int
    at: datetime
    taken: list[Appointment]
    free: int


def slots_at(activity: Activity) -> list[Slot]:
    """The times of an activity with whoever comes; one query."""
    by_time: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(activity=activity, cancelled_at__isnull=True)
    for one in rows.select_related("person"):
        one.activity = activity
        by_time[one.after_minutes].append(one)
    starts = activity.gathering.starts_at
    found = []
    for at in slots_of(starts, activity.gathering.ends_at, activity.slot_minutes):
        after = int((at - starts).total_seconds() // 60)
        taken = by_time.pop(after, [])
        found.append(Slot(after, at, taken, max(activity.chairs - len(taken), 0)))
    # The times were changed since: whoever has one keeps it.
    found += [
        Slot(after, starts + timedelta(minutes=after), taken, 0) for after, taken in by_time.items()
    ]
    return sorted(found, key=lambda slot: slot.after_minutes)


# ── who can be where ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Other:
    """Something else that somebody does then; `is_hard`: at the same time."""

    title: str
    span: Span
    is_hard: bool


def others_of(
    person_ids: Collection[int], span: Span, *, besides: int | None = None
) -> dict[int, list[Other]]:
    """By person, what else they do in this time or close to it: other shifts, other gatherings they
    said they come to or hold, turns on the duty rota. `besides` is the activity in question. Five
    queries, for however many.
    """
    found: dict[int, list[Other]] = defaultdict(list)
    near = Q(starts_at__lt=span.ends + _FAR, ends_at__gt=span.begins - _FAR)
    ours = Gathering.objects.filter(near, kind=KIND, state=State.PLANNED).values("pk")
    duties = (
        Duty.objects.going()
        .filter(volunteer__person__in=person_ids, shift__activity__gathering__in=ours)
        .select_related("shift__activity__gathering", "volunteer")
    )
    for duty in duties:
        if duty.shift.activity_id != besides:
            _add(found[duty.volunteer.person_id], str(duty.shift.activity), duty.shift.span, span)
    coming = (
        Attendance.objects.filter(
            person__in=person_ids, stand=Coming.GOING, gathering__state=State.PLANNED,
            gathering__starts_at__lt=span.ends + _FAR, gathering__ends_at__gt=span.begins - _FAR,
        )
        .exclude(gathering__kind=KIND)
        .select_related("gathering")
    )  # fmt: skip
    for row in coming:
        held = Span(row.gathering.starts_at, row.gathering.ends_at)
        _add(found[row.person_id], row.gathering.title, held, span)
    hosts = dict(
        Person.objects.filter(pk__in=person_ids, account__isnull=False).values_list("account", "pk")
    )
    holding = Gathering.objects.filter(near, state=State.PLANNED, host__in=hosts).exclude(kind=KIND)
    for one in holding:
        _add(found[hosts[one.host_id]], one.title, Span(one.starts_at, one.ends_at), span)
    # A turn of our own kind stands on the list of its post; of the other kinds nobody else tells.
    turns = duties_between(local_day(span.begins - _FAR), local_day(span.ends + _FAR)).filter(
        member__person__in=person_ids
    )
    for turn in turns.exclude(shift__month__kind=DUTY_KIND):
        kind = kind_of(turn.shift.month.kind)
        held = Span(turn.shift.starts_at, turn.shift.ends_at)
        _add(found[turn.member.person_id], str(kind.label) if kind else str(turn.shift), held, span)
    return found


def _add(found: list[Other], title: str, held: Span, span: Span) -> None:
    if is_clash(span, held):
        found.append(Other(title, held, is_hard=True))
    elif is_tight(span, held):
        found.append(Other(title, held, is_hard=False))


def who_could(shift: Shift, *, most: int = 8) -> list[Volunteer]:
    """Volunteers who could step in: with the skill, not on the list, with nothing else then. In the
    order of who was on duty longest ago, so that it is not always the same few.
    """
    last = (
        Service.objects.filter(volunteer=OuterRef("pk")).order_by("-begins_at").values("begins_at")
    )
    rows = (
        Volunteer.objects.active()
        .exclude(pk__in=Duty.objects.alive().filter(shift=shift).values("volunteer"))
        .annotate(last=Subquery(last[:1]))
        .select_related("person")
        .order_by(F("last").asc(nulls_first=True), "id")
    )
    able = [one for one in rows if fits(shift.skill, one.skills)]
    busy = others_of([one.person_id for one in able], shift.span, besides=shift.activity_id)
    free = [one for one in able if not any(other.is_hard for other in busy.get(one.person_id, ()))]
    return free[:most]


def duties_to_remind(now: datetime) -> "QuerySet[Duty]":
    """Who is on duty within a day and has not been reminded."""
    rows: QuerySet[Duty] = (
        Duty.objects.going()
        .filter(
            reminded_at__isnull=True, shift__activity__gathering__state=State.PLANNED,
            shift__activity__gathering__starts_at__gt=now,
            shift__activity__gathering__starts_at__lte=now + REMIND_BEFORE,
        )
        .select_related("shift__activity__gathering__place", "volunteer")
        .order_by("id")
    )  # fmt: skip
    return rows


# ── volunteers and their record ──────────────────────────────────────────────────────────────


def volunteer_of(person: Person | None) -> Volunteer | None:
    """The volunteer that a person is; merged records are one person."""
    if person is None:
        return None
    rows = Volunteer.objects.filter(person__in=Person.everyone_of(Person.kept_of(person)))
    return rows.select_related("person").order_by("id").first()


def next_number(today: date) -> str:
    """The number of the next volunteer: one more than the highest there is, for of an old list that
    was handed back some are gone. Asked within an act, so that nobody else draws it.
    """
    drawn = Volunteer.objects.values_list("number", flat=True)
    return f"{today:%Y}-{max((int(one.rpartition('-')[2]) for one in drawn), default=0) + 1:04d}"


def teams() -> list[str]:
    """Teams that somebody who helps now belongs to, the largest first."""
    rows = Volunteer.objects.active().exclude(team="").order_by().values_list("team")
    return [
        name for name, _count in rows.annotate(count=Count("pk")).order_by("-count", "team")[:30]
    ]


def all_of(volunteer: Volunteer) -> list[int]:
    """The volunteer and those whose records were found to be the same person."""
    everyone = Person.everyone_of(Person.kept_of(volunteer.person))
    rows = Volunteer.objects.filter(person__in=everyone)
    return list(rows.order_by("id").values_list("pk", flat=True))


def volunteers_for(
    actor: Actor, *, query: str = "", skill: str = "", team: str = ""
) -> VolunteerQuerySet:
    """Volunteers an actor sees with their minutes, those on duty first in the alphabet."""
    minutes = Service.objects.filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
    rows: VolunteerQuerySet = Volunteer.objects.visible_to(actor).select_related("person")
    if query:
        rows = rows.filter(
            Q(person__name__icontains=query) | Q(person__pinyin__istartswith=query)
            | Q(person__initials__istartswith=query) | Q(team__icontains=query) | Q(number=query)
        )  # fmt: skip
    if skill:
        rows = rows.filter(skills__icontains=skill)
    if team:
        rows = rows.filter(team=team)
    return rows.annotate(
        minutes=Coalesce(Subquery(minutes.annotate(total=Sum("minutes")).values("total")), 0)
    ).order_by("left_on", "person__pinyin", "id")


@dataclass(frozen=True, slots=True)
class Record:
    """The record of 《志愿服务条例》第19条 in its five blocks."""

    volunteer: Volunteer
    minutes: int
    services: list[dict[str, Any]]  # Any: columns of mixed types
    training: list[RecordLine]
    honours: list[RecordLine]
    evaluations: list[RecordLine]

    @property
    def hours(self) -> Any:  # Any: a Decimal
        """Hours of service."""
        return hours_of(self.minutes)

    @property
    def stars(self) -> int:
        """Stars that these hours earn."""
        return stars_of(self.minutes)


def served_by(
    volunteer: Volunteer, *, since: date | None = None, until: date | None = None
) -> list[dict[str, Any]]:  # Any: columns of mixed types
    """Each activity with the minutes that count, the latest first; a night counts for the day it
    began on.
    """
    rows = Service.objects.filter(volunteer__in=all_of(volunteer))
    if since is not None:
        rows = rows.filter(activity__gathering__starts_at__gte=start_of_day(since))
    if until is not None:
        rows = rows.filter(
            activity__gathering__starts_at__lt=start_of_day(until + timedelta(days=1))
        )
    summed = (
        rows.order_by()
        .values(
            "activity", title=F("activity__gathering__title"), kind=F("activity__kind__name"),
            starts_at=F("activity__gathering__starts_at"),
            place=F("activity__gathering__place__name"),
            place_words=F("activity__gathering__place_words"),
            organiser=F("activity__organisation__name"),
        )
        .annotate(minutes=Sum("minutes"))
    )  # fmt: skip
    return [{**one} for one in summed.order_by("-starts_at", "activity")]


def record_of(volunteer: Volunteer) -> Record:
    """Everything that is recorded of a volunteer."""
    lines: dict[str, list[RecordLine]] = defaultdict(list)
    for line in RecordLine.objects.filter(volunteer__in=all_of(volunteer)):
        lines[line.block].append(line)
    services = served_by(volunteer)
    return Record(
        volunteer, sum(one["minutes"] for one in services), services, lines[Block.TRAINING],
        lines[Block.HONOUR], lines[Block.EVALUATION],
    )  # fmt: skip


def taken_elsewhere(volunteer: Volunteer, activity: Activity) -> list[Span]:
    """What of their time counts at other activities already."""
    span = activity.span
    rows = Service.objects.filter(
        volunteer__in=all_of(volunteer), begins_at__lt=span.ends + _FAR,
        ends_at__gt=span.begins - _FAR,
    ).exclude(activity=activity, volunteer=volunteer)  # fmt: skip
    return [Span(*pair) for pair in rows.order_by().values_list("begins_at", "ends_at")]


def duties_of(volunteer: Volunteer, now: datetime) -> list[Duty]:
    """What is to come for a volunteer, the next first."""
    rows = Duty.objects.alive().filter(
        volunteer__in=all_of(volunteer), shift__activity__gathering__state=State.PLANNED,
        shift__activity__gathering__ends_at__gt=now,
    )  # fmt: skip
    return list(
        rows.select_related("shift__activity__gathering__place").order_by(
            "shift__activity__gathering__starts_at", "shift__after_minutes", "id"
        )[:50]
    )


def certificate_behind(code: str) -> Certificate | None:
    """The issued certificate of a code; None for a wrong one and for one that is only asked for."""
    rows = Certificate.objects.filter(code=code, issued_at__isnull=False)
    return rows.select_related("volunteer__person").first()


def certificates_in_notice(today: date) -> "QuerySet[Certificate]":
    """Certificates that hang out for objections."""
    rows: QuerySet[Certificate] = Certificate.objects.filter(
        noticed_until__gte=today, revoked_at__isnull=True
    )
    return rows.select_related("volunteer__person").order_by("noticed_until", "id")


# ── what waits ───────────────────────────────────────────────────────────────────────────────


def corrections_open() -> "QuerySet[Correction]":
    """Corrections nobody decided, the oldest first."""
    rows: QuerySet[Correction] = Correction.objects.filter(decided_at__isnull=True)
    return rows.select_related("activity__gathering", "volunteer__person").order_by(
        "asked_at", "id"
    )


def certificates_open() -> "QuerySet[Certificate]":
    """Certificates asked for, the oldest first."""
    rows: QuerySet[Certificate] = Certificate.objects.filter(
        issued_at__isnull=True, revoked_at__isnull=True
    )
    return rows.select_related("volunteer__person").order_by("asked_at", "id")


def thanks_open() -> "QuerySet[Thanks]":
    """Thanks nobody has read."""
    rows: QuerySet[Thanks] = Thanks.objects.filter(decided_at__isnull=True).order_by("at", "id")
    return rows


def thanks_shown() -> "QuerySet[Thanks]":
    """What hangs on the wall, the latest first."""
    rows: QuerySet[Thanks] = Thanks.objects.filter(is_shown=True)
    return rows.select_related("activity__gathering")


def wishes_open() -> "QuerySet[Wish]":
    """Activities that were asked for and are not planned."""
    rows: QuerySet[Wish] = Wish.objects.filter(ended_at__isnull=True)
    return rows.select_related("need")


# ── offers ───────────────────────────────────────────────────────────────────────────────────


def offers_all() -> "QuerySet[Offer]":
    """Offers with how many coupons are out and used, the longest open first."""
    rows: QuerySet[Offer] = (
        Offer.objects.select_related("organisation")
        .annotate(
            given=Count("coupons"), used=Count("coupons", filter=Q(coupons__used_at__isnull=False))
        )
        .order_by("-until", "-id")
    )
    return rows


def offers_for(
    person: Person, *, volunteer: Volunteer | None, minutes: int, is_old: bool, today: date
) -> list[tuple[Offer, Coupon | None]]:
    """What somebody may have now, with the coupon they have. Two queries."""
    audiences = [Audience.ELDERS] if is_old else []
    if volunteer is not None and volunteer.left_on is None:
        audiences.append(Audience.VOLUNTEERS)
    # Any: offers with the counts that `offers_all` adds.
    rows: Any = offers_all().filter(audience__in=audiences, since__lte=today, until__gte=today)
    mine = {
        one.offer_id: one
        for one in Coupon.objects.filter(person__in=Person.everyone_of(person), offer__in=rows.values("pk"))
    }  # fmt: skip
    return [
        (one, mine.get(one.pk))
        for one in rows
        if one.pk in mine
        or (one.given < one.most and (one.audience == Audience.ELDERS or minutes >= one.hours_needed * 60))
    ]  # fmt: skip


def offer_behind(code: str) -> Offer | None:
    """The offer whose merchant has this code."""
    return offers_all().filter(code=code).first()


# ── for the chat group ───────────────────────────────────────────────────────────────────────


def _said(line: Line) -> str:
    gathering = line.activity.gathering
    begins = localtime(gathering.starts_at)
    when = f"{formats.date_format(begins, 'MONTH_DAY_FORMAT')} {begins:%H:%M}"
    return " · ".join(filter(None, (when, gathering.title, gathering.where)))


def activity_for_chat(ref: str, by: Actor) -> Shared | None:
    """One activity to come, as a chat group reads it."""
    found = activity_behind(ref)
    if found is None or not found.gathering.is_planned:
        return None
    lines = [_said(Line(found))]
    if found.gathering.about:
        lines.append(found.gathering.about)
    return Shared(
        title=_("Volunteers: %(title)s") % {"title": found.gathering.title}, lines=tuple(lines),
        path=reverse("volunteers:activity", args=[ref]),
    )  # fmt: skip


def month_for_chat(ref: str, by: Actor) -> Shared | None:
    """The activities of a month, each in a line. `ref` is like 2026-11."""
    try:
        first = datetime.strptime(ref, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return None
    lines = [_said(line) for line in lines_between(first, month_after(first), is_public=True)]
    if not lines:
        return None
    return Shared(
        title=_("Volunteers' activities of %(month)s") % {"month": formats.date_format(first, "YEAR_MONTH_FORMAT")},
        lines=tuple(lines[:_PUBLIC_LINES]),
        path=f"{reverse('volunteers:month')}?month={ref}",
    )  # fmt: skip


def person_called(by: Actor, typed: str, *, name: str = "who") -> Person:
    """Whose number it is; at the desk a name will do. Raises Refused beside the field `name` for nobody
    and for several.
    """
    on_roll = Person.objects.on_roll()
    if by.is_desk:
        found = list(on_roll.visible_to(by).search(typed)[:2])
    else:
        found = list(on_roll.with_phone(typed)[:2])
    if not found:
        raise Refused(_("Nobody on the roll is found by this."), field=name)
    if len(found) > 1:
        raise Refused(_("Several are called so. Type the whole phone number."), field=name)
    person: Person = found[0]
    return person


def volunteer_called(typed: str, *, name: str = "who") -> Volunteer:
    """The volunteer of a name, a pinyin, a number or a whole phone number. Raises Refused beside the
    field `name` for nobody and for several.
    """
    words = typed.strip()
    active = Volunteer.objects.active().select_related("person")
    by_phone = active.filter(person__in=Person.objects.on_roll().with_phone(words).values("pk"))
    found = list(by_phone[:2]) or list(active.filter(Q(person__name=words) | Q(number=words))[:2])
    if not found:
        starts = Q(person__pinyin__istartswith=words) | Q(person__initials__iexact=words)
        found = list(active.filter(starts | Q(person__name__contains=words))[:2])
    if not found:
        raise Refused(_("No volunteer is found by this. Register them first."), field=name)
    if len(found) > 1:
        raise Refused(
            _("Several are called so. Type the number of the volunteer, or their phone."),
            field=name,
        )
    volunteer: Volunteer = found[0]
    return volunteer


def kin_known(person_ids: Collection[int]) -> list[tuple[int, int]]:
    """Pairs of child and parent, where one of them is asked for."""
    rows = Volunteer.objects.filter(
        Q(person__in=person_ids) | Q(guardian__in=person_ids), guardian__isnull=False
    )
    return list(rows.values_list("person", "guardian"))
