"""The seal that two persons break; keys wrapped anew; dossiers whose time is over."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.intake import account_of, nameless, you_have_an_item
from mulin.circle.mediation.models import (
    Agreement,
    Case,
    Exhibit,
    Opening,
    Party,
    Promise,
    Sitting,
    Talk,
    Visit,
)
from mulin.circle.mediation.papers import PAPER
from mulin.circle.mediation.permissions import OPENERS, opening_of
from mulin.circle.mediation.queries import mediators_of
from mulin.circle.mediation.rules import (
    CONFIRM_REMINDERS,
    OPENING_HOURS,
    PROMISE_NOTICE,
    Confirmation,
    State,
    reminders_due,
)
from mulin.circle.mediation.vault import rewrapped
from mulin.commons.paper.actions.handed import erase_handed_about
from mulin.ground.audit.actions import record_look, recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


def ask_opening(
    case: Case, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Opening:
    """Ask that a case be opened for a day, for a reason. Raises NotPermitted, Refused."""
    _check_opener(by)
    if not reason.strip():
        raise Refused(
            _("Write the reason: it stands on a list that nobody can hide."), field="reason"
        )
    with recording(nameless(by), "mediation.ask_opening", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Opening)
        waiting = Opening.objects.filter(case=case, asked_by=by.account_id, decided_by__isnull=True)
        if waiting.exists():
            raise Refused(_("You have asked already. A second person decides."))
        row: Opening = Opening.objects.create(
            community_id=case.community_id, case=case, asked_by_id=account_of(by), asked_at=now,
            reason=reason.strip(),
        )  # fmt: skip
        act.on(row)
    return row


def decide_opening(
    row: Opening, *, is_granted: bool, by: Actor, now: datetime, token: str | None = None
) -> Opening:
    """A second person says yes or no; with a yes the mediators are told at once.

    Raises NotPermitted also for whoever asked.
    """
    _check_opener(by)
    if row.asked_by_id == by.account_id:
        raise NotPermitted(_("Somebody else decides."))
    with recording(nameless(by), "mediation.decide_opening", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Opening)
        values = (
            {"granted_at": now, "until": now + timedelta(hours=OPENING_HOURS)}
            if is_granted
            else {"refused_at": now}
        )
        waiting = Opening.objects.filter(pk=row.pk, decided_by__isnull=True)
        if waiting.update(decided_by=by.account_id, **values) != 1:
            raise TakenMeanwhile(_("This was decided already."))
        row.refresh_from_db()
        if is_granted:
            for account in mediators_of(row.case):
                you_have_an_item(account, by=by, now=now, key=f"mediation-opened-{row.pk}")
        act.on(row)
    return row


def look_by_opening(case: Case, *, by: Actor, now: datetime) -> None:
    """Whoever reads by a broken seal leaves a look each time; nothing for a mediator of the case."""
    row = opening_of(by, case, now)
    if row is not None:
        record_look(case, by=by, what="mediation.case", reason=row.reason[:200], now=now)


def remind(*, by: Actor, now: datetime) -> int:
    """Tell mediators of promises that are near and of the thirty days; how many were told."""
    today, told = local_day(now), 0
    near = Promise.objects.filter(
        result="", reminded_at__isnull=True, due_on__lte=today + PROMISE_NOTICE,
        agreement__case__state=State.AGREED,
    ).select_related("agreement__case")  # fmt: skip
    for promise in near:
        if Promise.objects.filter(pk=promise.pk, reminded_at__isnull=True).update(reminded_at=now):
            _remind(promise.agreement.case, by=by, now=now, key=f"promise-{promise.pk}")
            told += 1
    running = Agreement.objects.filter(
        confirmation=Confirmation.NONE, confirm_by__gte=today, reminders__lt=len(CONFIRM_REMINDERS)
    ).select_related("case")
    for agreement in running:
        due = reminders_due(agreement.effective_on, today) if agreement.effective_on else 0
        row = Agreement.objects.filter(pk=agreement.pk, reminders__lt=due)
        if row.update(reminders=due):
            _remind(agreement.case, by=by, now=now, key=f"confirm-{agreement.pk}-{due}")
            told += 1
    return told


def shred_old(*, by: Actor, now: datetime) -> int:
    """Throw away the keys of dossiers whose time is over, with everything that they opened; how
    many. Number, kind and dates stay: they name nobody. 《个人信息保护法》第19、47条.
    """
    over = Case.objects.filter(keep_until__lt=local_day(now), shredded_at__isnull=True)
    done = 0
    for case in over:
        with recording(by, "mediation.shred", now=now) as act:
            won = Case.objects.filter(pk=case.pk, shredded_at__isnull=True).update(
                shredded_at=now, wrapped_key="", sealed_story=""
            )
            if won != 1:
                act.drop()
                continue
            for exhibit in Exhibit.objects.filter(case=case):
                exhibit.file.delete(save=False)
                exhibit.delete()
            erase_handed_about(case, PAPER, now=now)
            Talk.objects.filter(case=case).delete()
            Party.objects.filter(case=case).update(sealed="", mark="")
            Sitting.objects.filter(case=case).update(sealed="", sealed_plan="")
            Agreement.objects.filter(case=case).update(sealed="", sealed_court="")
            Promise.objects.filter(agreement__case=case).update(sealed="")
            Visit.objects.filter(case=case).update(sealed="")
            act.on(case)
            done += 1
    return done


def rewrap_all(*, by: Actor, now: datetime) -> int:
    """Wrap every case's key by the newest wrapping key; how many. Raises KeyAway."""
    rows = Case.objects.exclude(wrapped_key="").order_by("pk")
    with recording(by, "mediation.rewrap", now=now) as act:
        last = None
        for last in rows:
            last.wrapped_key = rewrapped(last.wrapped_key)
            last.save(update_fields=["wrapped_key"])
        if last is None:
            act.drop()
            return 0
        act.on(last)
    return rows.count()


def _remind(case: Case, *, by: Actor, now: datetime, key: str) -> None:
    for account in mediators_of(case):
        you_have_an_item(account, by=by, now=now, key=f"mediation-{key}")


def _check_opener(by: Actor) -> None:
    if not by.has(*OPENERS) or by.account_id is None:
        raise NotPermitted(_("Please ask the head or the mediation director."))
