"""A month of duty: weekly shifts, opened for wishes, proposed, changed by hand, published."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.planning.duty.checks import faults
from mulin.commons.planning.duty.rota import BY_HAND, Duties, Plan, Rota, lacks, snapshot
from mulin.commons.rota.actions.checking import FILLING, LACKING, check_change, words_of
from mulin.commons.rota.actions.engine import ask_engine, duty_row
from mulin.commons.rota.actions.members import read_people
from mulin.commons.rota.actions.telling import tell_member
from mulin.commons.rota.models import (
    Duty,
    Member,
    Month,
    MonthState,
    Run,
    RunState,
    Shift,
    WeeklyShift,
)
from mulin.commons.rota.permissions import check_manager
from mulin.commons.rota.queries import duties_of, latest_run, rota_of, spans_of
from mulin.commons.rota.registry import DutyKind, kind_of
from mulin.commons.rota.rules import (
    ADULTS_WITH_CHILDREN,
    ALIVE,
    Span,
    Stand,
    When,
    last_of,
    month_of,
    points_of,
)
from mulin.commons.rota.words import shift_words
from mulin.ground.audit.actions import recording
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: A text message holds so many; the page shows all.
_SHIFTS_SAID: Final = 3


@dataclass(frozen=True, slots=True)
class Weekly:
    """A shift that comes again, as it is typed."""

    when: When
    starts: time
    ends: time
    adults: int
    leads: int = 0
    first_aiders: int = 0


def add_weekly(
    kind: str, weekly: Weekly, *, by: Actor, now: datetime, token: str | None = None
) -> WeeklyShift:
    """A shift that comes again from the next proposal on. Raises Refused for one that stands there."""
    check_manager(by, kind)
    found = _kind(kind)
    if found.needs is not None:
        raise Refused(_("The shifts of this duty are told by its own room."))
    if weekly.starts == weekly.ends:
        raise Refused(_("Write when it ends."), field="ends")
    least = ADULTS_WITH_CHILDREN if found.with_children else 1
    if weekly.adults < max(least, weekly.leads, weekly.first_aiders):
        raise Refused(
            _("With children two adults at least, and never fewer than leads or first aiders."),
            field="adults",
        )
    with recording(by, "rota.add_weekly", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WeeklyShift)
        try:
            with transaction.atomic():
                row: WeeklyShift = WeeklyShift.objects.create(
                    community_id=by.community_id, kind=kind, when=weekly.when,
                    starts=weekly.starts, ends=weekly.ends, adults=weekly.adults,
                    leads=weekly.leads, first_aiders=weekly.first_aiders,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("This shift stands there already."), field="starts") from None
        act.on(row, after={"kind": kind, "when": weekly.when, "adults": weekly.adults})
    return row


def drop_weekly(
    row: WeeklyShift, *, by: Actor, now: datetime, token: str | None = None
) -> WeeklyShift:
    """It does not come again; months that are published stay as they are."""
    check_manager(by, row.kind)
    with recording(by, "rota.drop_weekly", now=now, token=token) as act:
        if act.is_repeat:
            return row
        act.on(row, before={"kind": row.kind, "when": row.when})
        WeeklyShift.objects.filter(pk=row.pk).delete()
    return row


def open_month(
    kind: str, first: date, *, by: Actor, now: datetime, token: str | None = None
) -> Month:
    """A month's rota begins: its shifts are laid, and its members may say what they wish."""
    check_manager(by, kind)
    found = _kind(kind)
    first = month_of(first)
    if first < month_of(local_day(now)):
        raise Refused(_("This month is over."), field="first")
    with recording(by, "rota.open_month", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Month)
        if Month.objects.filter(kind=kind, first=first).exists():
            raise Refused(_("The rota of this month was begun already."), field="first")
        month: Month = Month.objects.create(
            community_id=by.community_id, kind=kind, first=first, opened_at=now
        )
        read_people(found, first, by=by, now=now)
        _lay_shifts(month, found)
        for member in Member.objects.filter(kind=kind).during(first, last_of(first)):
            tell_member(
                member, _("Duty rota: which days suit you?"),
                _("The rota of %(month)s is being made. Say on your page, by phone or at the desk which"
                  " days you can't.") % {"month": f"{first:%Y-%m}"},
                by=by, now=now, key=f"open-{month.pk}-{member.pk}", may_wait=True,
            )  # fmt: skip
        act.on(month, after={"kind": kind, "first": first})
    return month


def _lay_shifts(month: Month, kind: DutyKind) -> None:
    """The shifts of an open month as they are needed now; what is not needed any more is gone."""
    calendar = work_calendar()
    here = {(one.starts_at, one.ends_at): one for one in Shift.objects.filter(month=month)}
    spans = {(span.starts, span.ends): span for span in spans_of(kind, month.first, calendar)}
    gone = [shift.pk for times, shift in here.items() if times not in spans]
    Duty.objects.filter(shift__in=gone, stand=Stand.PROPOSED).delete()
    Shift.objects.filter(pk__in=gone).delete()
    for times, span in spans.items():
        shift = here.get(times) or Shift(
            community_id=month.community_id, month=month, day=span.day,
            starts_at=span.starts, ends_at=span.ends,
        )  # fmt: skip
        shift.adults, shift.leads, shift.first_aiders = span.adults, span.leads, span.first_aiders
        shift.with_children, shift.why = kind.with_children, span.why[:200]
        shift.points = points_of(span.starts, span.ends, calendar)
        shift.save()


def follow_needs(month: Month, kind: DutyKind, *, by: Actor, now: datetime) -> None:
    """What a published month needs more than when it was published: children who were booked since,
    posts that are new. Shifts grow, and nothing that was promised becomes less.

    With children a shift that gets longer asks whoever is on it anew.
    """
    if kind.needs is None:
        return
    calendar = work_calendar()
    here = list(Shift.objects.filter(month=month, starts_at__gt=now))
    for span in spans_of(kind, month.first, calendar):
        if span.starts <= now:
            continue
        same = [one for one in here if (one.starts_at, one.ends_at) == (span.starts, span.ends)]
        if not same and kind.with_children:
            same = [one for one in here if one.starts_at < span.ends and span.starts < one.ends_at]
        shift = same[0] if same else Shift(
            community_id=month.community_id, month=month, day=span.day, starts_at=span.starts,
            ends_at=span.ends, adults=0, with_children=kind.with_children,
        )  # fmt: skip
        _grow(shift, span, calendar, by=by, now=now)


def _grow(shift: Shift, span: Span, calendar: WorkCalendar, *, by: Actor, now: datetime) -> None:
    was = (shift.starts_at, shift.ends_at, shift.adults, shift.leads, shift.first_aiders)
    hours = was[:2]
    shift.starts_at, shift.ends_at = min(hours[0], span.starts), max(hours[1], span.ends)
    shift.adults = max(shift.adults, span.adults)
    shift.leads = max(shift.leads, span.leads)
    shift.first_aiders = max(shift.first_aiders, span.first_aiders)
    now_is = (shift.starts_at, shift.ends_at, shift.adults, shift.leads, shift.first_aiders)
    if now_is == was:
        return
    with recording(by, "rota.follow_needs", now=now) as act:
        shift.points = points_of(shift.starts_at, shift.ends_at, calendar)
        shift.why = span.why[:200]
        shift.save()
        if now_is[:2] != hours:
            for duty in (
                Duty.objects.expected().filter(shift=shift).select_related("member__person")
            ):
                Duty.objects.filter(pk=duty.pk).update(stand=Stand.ASKED, answered_at=None)
                tell_member(
                    duty.member, _("Duty rota: your shift gets longer"),
                    _("%(shift)s now. Say yes or no on your page, or call us.")
                    % {"shift": shift_words(shift)},
                    by=by, now=now, key=f"longer-{duty.pk}-{now:%Y%m%d%H%M}",
                )  # fmt: skip
        act.on(shift, before={"adults": was[2]}, after={"adults": shift.adults})


def propose(month: Month, *, by: Actor, now: datetime, token: str | None = None) -> Run:
    """Have a proposal worked out from what is needed and wished now. Raises Refused for a month
    that is published, without shifts or without anybody, and while one is being worked out.
    """
    check_manager(by, month.kind)
    kind = _kind(month.kind)
    with recording(by, "rota.propose", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Run)
        _still_open(month)
        read_people(kind, month.first, by=by, now=now)
        _lay_shifts(month, kind)
        if not Shift.objects.filter(month=month).exists():
            raise Refused(
                _("There is no shift in this month yet. Write down the weekly shifts first.")
            )
        if not Member.objects.filter(kind=month.kind).during(
            month.first, last_of(month.first)
        ).exists():  # fmt: skip
            raise Refused(_("Nobody takes turns yet. Take people on first."))
        run = ask_engine(month, by=by, now=now)
        act.on(run, after={"month": month.pk})
    return run


def put_on(
    shift: Shift, member: Member, *, by: Actor, now: datetime, token: str | None = None
) -> Duty:
    """By hand: somebody is on this shift, too. Every rule holds; a published shift asks them."""
    month = shift.month
    check_manager(by, month.kind)
    with recording(by, "rota.put_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        if shift.ends_at <= now:
            raise Refused(_("This shift is over."))
        is_published = Month.objects.filter(pk=month.pk, state=MonthState.PUBLISHED).exists()
        duty = put_row(
            shift, member, Stand.ASKED if is_published else Stand.PROPOSED, now=now, field="member"
        )
        if is_published:
            ask_member(duty, by=by, now=now)
        act.on(duty, after={"shift": shift.pk, "member": member.pk})
    return duty


def put_row(
    shift: Shift, member: Member, stand: Stand, *, now: datetime, field: str = "",
    is_stand_in: bool = False,
) -> Duty:  # fmt: skip
    """A duty that breaks no rule. Raises Refused, beside a field."""
    if Duty.objects.filter(shift=shift, member=member, stand__in=ALIVE).exists():
        raise Refused(_("%(name)s stands on this shift already."), {"name": member}, field=field)
    try:
        check_change(shift.month, on=[(member.pk, shift.pk)], but=FILLING)
    except Refused as refusal:
        raise Refused(refusal.message, field=field) from None
    duty = duty_row(shift, member, stand, now=now, is_stand_in=is_stand_in)
    duty.save()
    return duty


def ask_member(duty: Duty, *, by: Actor, now: datetime) -> None:
    """Tell somebody that they are asked for a shift of a published month."""
    tell_member(
        duty.member, _("Duty rota: can you be there?"),
        _("%(shift)s. Say yes or no on your page, or call us.")
        % {"shift": shift_words(duty.shift)},
        by=by, now=now, key=f"ask-{duty.pk}",
    )  # fmt: skip


def take_off(duty: Duty, *, by: Actor, now: datetime, token: str | None = None) -> Duty:
    """By hand: somebody is not on this shift. Nobody is left alone with children by it."""
    month = duty.shift.month
    check_manager(by, month.kind)
    with recording(by, "rota.take_off", now=now, token=token) as act:
        if act.is_repeat:
            return duty
        current = Duty.objects.on().filter(pk=duty.pk).exclude(stand=Stand.CAME).first()
        if current is None:
            raise TakenMeanwhile(_("They are not on this shift any more."))
        act.on(duty, before={"stand": current.stand})
        if current.stand == Stand.PROPOSED:
            # Alone is said when it is published; until then the table may pass through it.
            Duty.objects.filter(pk=duty.pk).delete()
            return duty
        check_change(month, off=[(duty.member_id, duty.shift_id)], but=LACKING)
        Duty.objects.filter(pk=duty.pk).update(stand=Stand.TAKEN_OFF)
        tell_member(
            duty.member, _("Duty rota: you are free"),
            _("You are not on duty any more: %(shift)s.") % {"shift": shift_words(duty.shift)},
            by=by, now=now, key=f"off-{duty.pk}",
        )  # fmt: skip
    return duty


def publish(month: Month, *, by: Actor, now: datetime, token: str | None = None) -> Month:
    """The rota holds from now on, and each is asked to accept. What it was made from and the plan
    are kept, and every hard rule is read off it once more.

    Raises Refused with the rules that are broken, for an empty rota, and while it is worked on.
    """
    check_manager(by, month.kind)
    with recording(by, "rota.publish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Month)
        _still_open(month)
        run = latest_run(month)
        if run is not None and run.is_busy(now):
            raise Refused(_("It is being worked out already. Look again in half a minute."))
        rota, duties = rota_of(month), duties_of(month)
        if not any(duties.values()):
            raise Refused(_("Nobody stands on this rota yet."))
        broken = faults(rota, duties)
        if broken:
            raise Refused(words_of(month, broken))
        month.state, month.published_at = MonthState.PUBLISHED, now
        month.snapshot, month.plan = snapshot(rota), _plan_kept(run, rota, duties)
        month.save()
        rows = Duty.objects.filter(shift__month=month, stand=Stand.PROPOSED)
        rows.update(stand=Stand.ASKED, asked_at=now)
        _tell_all(month, by=by, now=now)
        act.on(month, after={"duties": sum(map(len, duties.values()))})
    return month


def _plan_kept(run: Run | None, rota: Rota, duties: Duties) -> str:
    """The engine's plan as it stands, or, where hands changed it, one that says so."""
    if run is not None and run.state == RunState.DONE and run.plan:
        told = json.loads(run.plan)
        if {shift: sorted(who) for shift, who in told["duties"].items() if who} == {
            shift: sorted(who) for shift, who in duties.items() if who
        }:
            return str(run.plan)
    return Plan(
        duties=duties, lacks=lacks(rota, duties), stages=(), made_by=BY_HAND, solver_version="",
        seed=0, seconds=0.0, is_whole=False,
    ).as_json()  # fmt: skip


def _tell_all(month: Month, *, by: Actor, now: datetime) -> None:
    """One message each, however many shifts."""
    mine: dict[Member, list[str]] = {}
    for duty in (
        Duty.objects.filter(shift__month=month, stand=Stand.ASKED)
        .select_related("shift", "member__person")
        .order_by("shift__starts_at", "id")
    ):
        mine.setdefault(duty.member, []).append(shift_words(duty.shift))
    for member, shifts in mine.items():
        tell_member(
            member, _("Duty rota: your days"),
            _("%(count)s shifts in this month; the first: %(shifts)s. Say yes or no on your page, or"
              " call us.")
            % {"count": len(shifts), "shifts": "; ".join(shifts[:_SHIFTS_SAID])},
            by=by, now=now, key=f"publish-{month.pk}-{member.pk}",
        )  # fmt: skip


def _still_open(month: Month) -> None:
    if not Month.objects.filter(pk=month.pk, state=MonthState.OPEN).exists():
        raise TakenMeanwhile(_("This month is published already."))


def _kind(name: str) -> DutyKind:
    found = kind_of(name)
    if found is None:
        raise NotPermitted(_("There is no such duty here."))
    return found
