"""What becomes of a duty: accepted or not, sick, signed in, missed, a substitute called."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.actions.checking import FILLING, broken_by, check_change
from mulin.commons.rota.actions.engine import ask_again, duty_row
from mulin.commons.rota.actions.months import ask_member, put_row
from mulin.commons.rota.actions.telling import month_path, tell_managers, tell_member
from mulin.commons.rota.models import (
    Duty,
    Member,
    Month,
    MonthState,
    Run,
    RunState,
    Shift,
    Swap,
    SwapState,
)
from mulin.commons.rota.permissions import check_manager, check_theirs, may_manage
from mulin.commons.rota.queries import place_of, worth_of
from mulin.commons.rota.rules import (
    EXPECTED,
    MISSED_AFTER,
    NUDGE_AFTER,
    SIGN_IN_FROM,
    Stand,
    last_of,
)
from mulin.commons.rota.words import shift_words
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import end_of_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: A shift that begins so soon does not wait for the engine: a substitute is called at once.
URGENT: Final = timedelta(hours=3)


def answer(
    duty: Duty, *, accepts: bool, by: Actor, now: datetime, token: str | None = None
) -> Duty:
    """Yes or no to a duty; a manager may write down what was said. After a no somebody else is
    looked for; a no needs no reason.
    """
    check_theirs(by, duty.member)
    with recording(by, "rota.answer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        was = Duty.objects.get(pk=duty.pk).stand
        if was not in {Stand.ASKED, Stand.CALLED} or duty.shift.ends_at <= now:
            raise TakenMeanwhile(_("This was answered already, or is over."))
        if accepts and was == Stand.CALLED:
            # Meanwhile somebody else may have come.
            check_change(duty.shift.month, on=[(duty.member_id, duty.shift_id)], but=FILLING)
        duty.stand = Stand.ACCEPTED if accepts else Stand.DECLINED
        duty.answered_at = now
        duty.save(update_fields=["stand", "answered_at"])
        act.on(duty, before={"stand": was}, after={"stand": duty.stand})
        if not accepts:
            _drop_swaps([duty.pk], now=now)
            _look_for_another(duty, was=Stand(was), by=by, now=now)
    return duty


def _look_for_another(duty: Duty, *, was: Stand, by: Actor, now: datetime) -> None:
    shift = duty.shift
    if was == Stand.CALLED or shift.starts_at - now <= URGENT:
        call_substitute(shift, by=by, now=now)
        return
    ask_again(shift.month, duty.member, since=shift.starts_at, until=shift.ends_at, by=by, now=now)


def call_in_sick(
    member: Member, *, since: datetime, until: datetime | None, by: Actor, now: datetime,
    token: str | None = None,
) -> Member:  # fmt: skip
    """Somebody can't come from then on: their duties are free, and for each month the engine is
    asked who takes them with as few changes as possible. Without `until` to the end of the month.
    What begins within three hours gets a substitute at once.
    """
    check_theirs(by, member)
    if until is not None and until <= since:
        raise Refused(_("The last day lies before the first."), field="until")
    with recording(by, "rota.call_in_sick", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        rows = Duty.objects.filter(
            member=member, stand__in=[*EXPECTED, Stand.CALLED],
            shift__month__state=MonthState.PUBLISHED, shift__ends_at__gt=now,
            shift__starts_at__gte=since,
        ).select_related("shift__month")  # fmt: skip
        if until is not None:
            rows = rows.filter(shift__starts_at__lt=until)
        free = list(rows)
        if not free:
            raise Refused(_("There is no duty on these days."), field="since")
        Duty.objects.filter(pk__in=[row.pk for row in free]).update(
            stand=Stand.SICK, answered_at=now
        )
        _drop_swaps([row.pk for row in free], now=now)
        later: dict[int, Month] = {}
        for row in free:
            if row.shift.starts_at - now <= URGENT:
                call_substitute(row.shift, by=by, now=now)
            else:
                later[row.shift.month_id] = row.shift.month
        for month in later.values():
            ask_again(
                month, member, since=max(since, now),
                until=until or end_of_day(last_of(month.first)), by=by, now=now,
            )  # fmt: skip
        tell_managers(
            member.kind, _("Duty rota: %(name)s is ill") % {"name": member},
            _("%(count)s duties are free: %(shifts)s.")
            % {"count": len(free), "shifts": "; ".join(shift_words(row.shift) for row in free)},
            by=by, now=now, key=f"sick-{free[0].pk}", path=month_path(free[0]),
        )  # fmt: skip
        act.on(member, after={"since": since, "duties": len(free)})
    return member


def apply_changes(run: Run, *, by: Actor, now: datetime, token: str | None = None) -> Run:
    """The changes after a sick call go into the rota: whoever is new is asked, whoever is free is
    told. Raises Refused where the rota changed so much meanwhile that a rule would break.
    """
    check_manager(by, run.month.kind)
    with recording(by, "rota.apply_changes", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Run)
        won = Run.objects.filter(
            pk=run.pk, state=RunState.DONE, applied_at__isnull=True, away__isnull=False
        ).update(applied_at=now)
        if won != 1:
            raise TakenMeanwhile(_("These changes are in the rota already."))
        off, on = cells_of(run)
        check_change(run.month, off=off, on=on, but=FILLING)
        ending = Duty.objects.on().filter(shift__starts_at__gt=now)
        for member, shift in off:
            for duty in ending.filter(member=member, shift=shift).select_related(
                "shift", "member__person"
            ):
                Duty.objects.filter(pk=duty.pk).update(stand=Stand.TAKEN_OFF)
                _drop_swaps([duty.pk], now=now)
                tell_member(
                    duty.member, _("Duty rota: you are free"),
                    _("You are not on duty any more: %(shift)s.")
                    % {"shift": shift_words(duty.shift)},
                    by=by, now=now, key=f"off-{duty.pk}",
                )  # fmt: skip
        shifts = Shift.objects.in_bulk([shift for _who, shift in on])
        members = Member.objects.select_related("person").in_bulk([who for who, _shift in on])
        for who, shift in on:
            duty = duty_row(shifts[shift], members[who], Stand.ASKED, now=now)
            duty.save()
            ask_member(duty, by=by, now=now)
        act.on(run, after={"off": len(off), "on": len(on)})
    return run


def set_aside(run: Run, *, by: Actor, now: datetime, token: str | None = None) -> Run:
    """What the engine said after a sick call is not wanted, or it found nothing: it is off the page."""
    check_manager(by, run.month.kind)
    with recording(by, "rota.set_aside", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Run)
        won = Run.objects.filter(pk=run.pk, applied_at__isnull=True, away__isnull=False).update(
            applied_at=now
        )
        if won != 1:
            raise TakenMeanwhile(_("These changes are in the rota already."))
        act.on(run)
    return run


def cells_of(run: Run) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(off, on): the changes a run proposes, as (member, shift)."""
    told = run.told
    off, on = (
        [(int(who), int(shift)) for who, shift in told.get(key, [])] for key in ("off", "on")
    )
    return off, on


def sign_in(duty: Duty, *, by: Actor, now: datetime, token: str | None = None) -> Duty:
    """Somebody is here: they say so, a colleague on the same shift, a manager, or the room that saw
    them come (`jobs.see_who_came`). From half an hour before the beginning until the end; late is
    better than not.
    """
    if not may_sign_in(by, duty):
        raise NotPermitted(_("This is not yours to do."))
    with recording(by, "rota.sign_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        shift = duty.shift
        if not shift.starts_at - SIGN_IN_FROM <= now < shift.ends_at:
            raise Refused(_("You can sign in from half an hour before until it ends."))
        here = Duty.objects.filter(
            pk=duty.pk, stand__in=[*EXPECTED, Stand.MISSED, Stand.CALLED]
        ).update(stand=Stand.CAME, came_at=now)
        if here != 1:
            raise TakenMeanwhile(_("Somebody signed in here already."))
        duty.stand, duty.came_at = Stand.CAME, now
        act.on(duty, after={"stand": duty.stand})
    return duty


def may_sign_in(by: Actor, duty: Duty) -> bool:
    """Themselves, a manager, or whoever is on the same shift."""
    if may_manage(by, duty.shift.month.kind):
        return True
    if by.account_id is None:
        return False
    if duty.member.person.account_id == by.account_id:
        return True
    found: bool = (
        Duty.objects.on()
        .filter(shift=duty.shift_id, member__person__account=by.account_id)
        .exists()
    )
    return found


def miss(duty: Duty, *, by: Actor, now: datetime) -> None:
    """Ten minutes after the beginning nobody signed them in: a substitute is called."""
    with recording(by, "rota.miss", now=now) as act:
        late = Duty.objects.expected().filter(
            pk=duty.pk, shift__starts_at__lte=now - MISSED_AFTER, shift__ends_at__gt=now
        )
        if late.update(stand=Stand.MISSED) != 1:
            act.drop()
            return
        act.on(duty, after={"stand": Stand.MISSED})
        tell_managers(
            duty.shift.month.kind, _("Duty rota: %(name)s is not there") % {"name": duty.member},
            _("%(shift)s: ten minutes have passed. A substitute is being called.")
            % {"shift": shift_words(duty.shift)},
            by=by, now=now, key=f"missed-{duty.pk}", path=month_path(duty), is_alarm=True,
        )  # fmt: skip
        call_substitute(duty.shift, by=by, now=now)


def pass_over(duty: Duty, *, by: Actor, now: datetime) -> None:
    """A substitute did not answer for ten minutes: the next one is called."""
    with recording(by, "rota.pass_over", now=now) as act:
        silent = Duty.objects.filter(
            pk=duty.pk, stand=Stand.CALLED, asked_at__lte=now - MISSED_AFTER
        )
        if silent.update(stand=Stand.NO_ANSWER) != 1:
            act.drop()
            return
        act.on(duty, after={"stand": Stand.NO_ANSWER})
        if duty.shift.ends_at > now:
            call_substitute(duty.shift, by=by, now=now)


def call_substitute(shift: Shift, *, by: Actor, now: datetime) -> Duty | None:
    """The next on the list of substitutes whom no rule forbids: first who brings what the shift
    lacks, a lead or first aid, then whoever has fewest points of this month. Nobody is called twice
    for one shift. Where nobody is left the managers are told.
    """
    month = shift.month
    asked = Duty.objects.filter(shift=shift).values_list("member", flat=True)
    worth = worth_of(month)
    free = (
        Member.objects.filter(kind=month.kind, is_substitute=True)
        .at(shift.day)
        .exclude(pk__in=list(asked))
        .select_related("person")
    )
    place = place_of(shift)
    for member in sorted(free, key=lambda one: (-place.brings(one), worth.get(one.pk, 0), one.pk)):
        if any(fault.rule not in FILLING for fault in broken_by(month, on=[(member.pk, shift.pk)])):
            continue
        duty = put_row(shift, member, Stand.CALLED, now=now, is_stand_in=True)
        tell_member(
            member, _("Duty rota: can you come now?"),
            _("Somebody is missing: %(shift)s. Say yes or no on your page, or call us.")
            % {"shift": shift_words(shift)},
            by=by, now=now, key=f"call-{duty.pk}", is_alarm=True,
        )  # fmt: skip
        return duty
    tell_managers(
        month.kind, _("Duty rota: nobody is left to call"),
        _("%(shift)s: no substitute can come.") % {"shift": shift_words(shift)},
        by=by, now=now, key=f"nobody-{shift.pk}-{now:%Y%m%d%H%M}",
        path=f"/rota/months/{month.pk}/", is_alarm=True,
    )  # fmt: skip
    return None


def call_more(kind: str, more: int, *, by: Actor, now: datetime) -> None:
    """A room lacks so many people at this moment: its running shift grows by them, and substitutes
    are called, less those who are being called already. Without a running shift there is none.
    """
    shift = (
        Shift.objects.published()
        .filter(month__kind=kind, starts_at__lte=now, ends_at__gt=now)
        .select_related("month")
        .first()
    )
    if shift is None:
        return
    more -= Duty.objects.filter(shift=shift, stand=Stand.CALLED).count()
    if more <= 0:
        return
    with recording(by, "rota.call_more", now=now) as act:
        was, on_it = shift.adults, Duty.objects.on().filter(shift=shift).count()
        shift.adults = max(was, on_it + more)
        shift.save(update_fields=["adults"])
        for _number in range(more):
            call_substitute(shift, by=by, now=now)
        act.on(shift, before={"adults": was}, after={"adults": shift.adults})


def remind(duty: Duty, *, by: Actor, now: datetime) -> None:
    """The evening before."""
    with recording(by, "rota.remind", now=now) as act:
        first = Duty.objects.expected().filter(pk=duty.pk, reminded_at__isnull=True)
        if first.update(reminded_at=now) != 1:
            act.drop()
            return
        act.on(duty, after={"day": duty.day})
        tell_member(
            duty.member, _("Duty rota: tomorrow is your turn"),
            _("%(shift)s. If you can't come, say so on your page or call us today.")
            % {"shift": shift_words(duty.shift)},
            by=by, now=now, key=f"remind-{duty.pk}", may_wait=True,
        )  # fmt: skip


def nudge(member: Member, *, by: Actor, now: datetime) -> None:
    """One question more, however many duties wait for a yes or a no; after days, the next one."""
    with recording(by, "rota.nudge", now=now) as act:
        silent = Duty.objects.filter(
            member=member, stand=Stand.ASKED, asked_at__lte=now - NUDGE_AFTER,
            shift__month__state=MonthState.PUBLISHED, shift__starts_at__gt=now,
        ).select_related("shift")  # fmt: skip
        waiting = list(silent.order_by("shift__starts_at", "id"))
        if not waiting:
            act.drop()
            return
        silent.update(asked_at=now)
        tell_member(
            member, _("Duty rota: we still wait for your word"),
            _("%(count)s shifts wait for your yes or no; the first: %(shift)s. Say it on your page, or"
              " call us.")
            % {"count": len(waiting), "shift": shift_words(waiting[0].shift)},
            by=by, now=now, key=f"nudge-{waiting[0].pk}-{now:%Y%m%d}", may_wait=True,
        )  # fmt: skip
        act.on(member, after={"duties": len(waiting)})


def _drop_swaps(duties: list[int], *, now: datetime) -> None:
    """What was asked about duties that are nobody's any more is over."""
    open_ones = Swap.objects.filter(state=SwapState.ASKED)
    for asked in (open_ones.filter(duty__in=duties), open_ones.filter(for_duty__in=duties)):
        asked.update(state=SwapState.TAKEN_BACK, answered_at=now)
