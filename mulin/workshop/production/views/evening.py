"""Who gets which lot: the rule of the counter or the evening's plan, changed by hand, offered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.planning.allocation import Given, Work, measured
from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.workshop.production import queries
from mulin.workshop.production.actions.evening import ask_plan
from mulin.workshop.production.actions.offers import answer_offer, offer, take_back_offer
from mulin.workshop.production.evening import (
    COUNTER,
    FAIR,
    WISHES,
    percent,
    proposals,
    stages_told,
    still,
    weighed,
    work_of,
)
from mulin.workshop.production.models import Lot, LotPlan, Offer, PlanState, Worker
from mulin.workshop.production.rules import KEEPERS, Batch, Hand, Proposal, is_able, propose

#: Lots on a page; each has a list of everybody who works here.
ON_A_PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Table:
    """Free lots, who could have them, and who is proposed by the way that was chosen."""

    lots: list[Lot]
    hands: dict[int, Hand]
    workers: dict[int, Worker]
    work: Work
    plan: LotPlan | None
    by: str
    rows: Mapping[int, Proposal]

    @property
    def given(self) -> Given:
        """The proposal as the engine's checker takes it."""
        rows = {str(one.lot): str(one.worker) for one in self.rows.values() if one.worker}
        return still(self.work, rows)


def _table(request: Request) -> Table:
    lots = queries.free_lots()
    found, workers = queries.hands(request.now, lots)
    asked, people = queries.batches(lots), {one.id: one for one in found}
    work, plan = work_of(asked, found), queries.latest_plan()
    ways = _ways(plan, work)
    by = request.GET.get("by") or request.POST.get("by") or ""
    by = by if by in ways else next(iter(ways))
    rows = _by_counter(work, asked, found) if by == COUNTER else proposals(work, ways[by], people)
    return Table(lots, people, workers, work, plan, by, rows)


def _ways(plan: LotPlan | None, work: Work) -> dict[str, Mapping[str, str]]:
    """What can be chosen now; the plan only as long as a lot of it is free."""
    ways: dict[str, Mapping[str, str]] = {}
    if plan is not None and plan.state == PlanState.DONE:
        for name in (FAIR, WISHES):
            given = still(work, (plan.told.get(name) or {}).get("given", {}))
            if given:
                ways[name] = given
    return {**ways, COUNTER: {}}


def _by_counter(work: Work, asked: list[Batch], found: list[Hand]) -> dict[int, Proposal]:
    """The rule's choice and reason; the shares are those of the bars beside it, of the month."""
    chosen = {one.lot: one for one in propose(asked, found)}
    given = {str(one.lot): str(one.worker) for one in chosen.values() if one.worker}
    month = proposals(work, still(work, given), {one.id: one for one in found})
    return {
        lot: replace(one, share_before=of.share_before, share_after=of.share_after)
        if (of := month.get(lot)) is not None and of.worker == one.worker
        else one
        for lot, one in chosen.items()
    }


@opened_to(*KEEPERS)
def allocate(request: Request) -> HttpResponse:
    """Free lots, each with who should have it and why; what is chosen is offered."""
    table = _table(request)
    form = PlainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _offer_all(request, table, form.idempotency_token)
        return redirect("production:allocate")
    page = page_of(table.lots, request.GET, size=ON_A_PAGE)
    context = {
        "form": form,
        "page": page,
        "lines": [_line(table, lot) for lot in page.rows],
        "count": len(table.lots),
        "plan": table.plan,
        "is_busy": table.plan is not None and table.plan.is_busy(request.now),
        "ways": _choices(table),
        "by": table.by,
        "waiting": page_of(
            queries.offers_alive().select_related("lot__order", "worker__person"),
            request.GET if not table.lots else {},
        ),
        **_weighed(table, table.given, local_day(request.now)),
    }
    return render(request, "production/allocate.html", context)


#: A lot as the page shows it: the proposal, its worker, who can do it and who cannot.
Line = tuple[Lot, Proposal, Worker | None, tuple[list[Worker], list[Worker]]]


def _line(table: Table, lot: Lot) -> Line:
    one = table.rows.get(lot.pk) or Proposal(lot.pk, None)
    batch = queries.batches([lot])[0]
    able = {
        hand.id for hand in table.hands.values() if hand.load < hand.wished and is_able(hand, batch)
    }
    people = list(table.workers.values())
    parted = (
        [each for each in people if each.pk in able],
        [each for each in people if each.pk not in able],
    )
    return lot, one, table.workers.get(one.worker or 0), parted


def _choices(table: Table) -> list[dict[str, Any]]:  # Any: what a plan keeps
    """The ways side by side, each with what it comes to."""
    told = table.plan.told if table.plan is not None else {}
    return [
        {
            "name": name,
            "is_chosen": name == table.by,
            **{key: (told.get(name) or {}).get(key) for key in ("worst", "bound", "wishes", "left", "stages", "made_by")},
        }
        for name in _ways(table.plan, table.work)
    ]  # fmt: skip


def _weighed(table: Table, given: Given, today: date) -> dict[str, Any]:  # Any: a page's values
    dues = {lot.pk: lot.due for lot in table.lots}
    measure, shares, late = weighed(
        table.work, given, tasks=queries.queues(), dues=dues, hands=table.hands, today=today
    )
    by_id = {lot.pk: lot for lot in queries.open_lots(late)}
    return {
        "lowest": percent(measure.worst_share),
        "lowest_who": table.workers.get(int(measure.worst_off or 0)),
        "lowest_now": percent(measured(table.work, {}).worst_share),
        "wishes_met": measure.wishes_met,
        "left_over": len(measure.left_over),
        "bars": [(table.workers[pk], min(share, 100), share) for pk, share in sorted(shares.items(), key=lambda one: (one[1], one[0]))],
        "late": [(by_id[pk], day) for pk, day in sorted(late.items()) if pk in by_id],
    }  # fmt: skip


@opened_to(*KEEPERS)
@require_safe
def weigh(request: Request) -> HttpResponse:
    """What the rows come to as they stand in the form now; nothing is kept."""
    table = _table(request)
    given, refused = dict(table.given), []
    minutes = {one.id: one.minutes for one in table.work.lots}
    for lot in table.lots:
        chosen = request.GET.get(f"lot-{lot.pk}")
        if chosen is None:
            continue
        given.pop(str(lot.pk), None)
        if chosen.isdecimal() and int(chosen) in table.workers:
            given[str(lot.pk)] = chosen
    room = {one.id: one.minutes for one in table.work.workers}
    skills = {one.id: one.skills for one in table.work.workers}
    needs = {one.id: one.skill for one in table.work.lots}
    for number, who in list(given.items()):
        if who not in room:
            refused.append((who, "time"))
            del given[number]
        else:
            room[who] -= minutes[number]
            if needs[number] not in skills[who]:
                refused.append((who, "skill"))
    refused += [(who, "time") for who, left in room.items() if left < 0]
    context = {
        "refused": [(table.workers[int(who)], why) for who, why in dict.fromkeys(refused)],
        **_weighed(table, given, local_day(request.now)),
    }
    return render(request, "production/weighed.html", context)


def _offer_all(request: Request, table: Table, token: str) -> None:
    """What stands in the form, and with `everything` what the plan says of the other pages, too."""
    sent, missed = 0, 0
    for lot in table.lots:
        fits = table.rows.get(lot.pk)
        chosen = request.POST.get(f"lot-{lot.pk}", "")
        if f"lot-{lot.pk}" not in request.POST and "everything" in request.POST and fits:
            chosen = str(fits.worker or "")
        if not chosen.isdecimal() or int(chosen) not in table.workers:
            continue
        worker = table.workers[int(chosen)]
        try:
            offer(
                lot, worker, proposal=fits if fits and fits.worker == worker.pk else None,
                by=request.actor, now=request.now, token=f"{token[:40]}-{lot.pk}",
            )  # fmt: skip
            sent += 1
        except Refused:
            missed += 1
    _told(request, sent, missed)


def _told(request: Request, sent: int, missed: int) -> None:
    if sent:
        messages.success(
            request, ngettext("%(count)s lot was offered.", "%(count)s lots were offered.", sent)
            % {"count": sent},
        )  # fmt: skip
    if missed:
        messages.error(
            request,
            ngettext(
                "%(count)s lot was gone meanwhile.", "%(count)s lots were gone meanwhile.", missed
            )
            % {"count": missed},
        )


@opened_to(*KEEPERS)
@require_POST
def ask(request: Request) -> HttpResponse:
    """Have it worked out."""
    form = PlainForm(request.POST)
    if form.is_valid():
        token = form.idempotency_token
        asked = attempt(form, lambda: ask_plan(by=request.actor, now=request.now, token=token))
        if asked is None:
            messages.error(request, " ".join(map(str, form.non_field_errors())))
        else:
            messages.success(request, _("It is being worked out. Look again in half a minute."))
    return redirect("production:allocate")


@opened_to(*KEEPERS)
@require_safe
def plan(request: Request, pk: int) -> HttpResponse:
    """A plan as it was kept: what went in, each stage with its value and what cannot be beaten."""
    found: LotPlan = get_object_or_404(LotPlan, pk=pk, state=PlanState.DONE)
    ways = [
        (name, one := found.told[name], stages_told(one.get("stages", ())))
        for name in (FAIR, WISHES, COUNTER, "first_come") if name in found.told
    ]  # fmt: skip
    return render(request, "production/plan.html", {"plan": found, "ways": ways})


@opened_to(*KEEPERS)
@require_POST
def offer_act(request: Request, pk: int) -> HttpResponse:
    """What she said at the counter or over the phone to an offer; or it is taken back."""
    found: Offer = get_object_or_404(Offer.objects.select_related("worker__person", "lot"), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        said = request.POST.get("said", "")
        token = form.idempotency_token
        done = attempt(
            form,
            lambda: (
                take_back_offer(found, by=request.actor, now=request.now, token=token)
                if said == "back"
                else answer_offer(
                    found, accepts=said == "yes", by=request.actor, now=request.now, token=token
                )
            ),
        )
        if done is None:
            messages.error(request, _("This offer is over already."))
    return redirect("production:allocate")
