"""Months, statements, one worker's money, rules as data; the worker's own statements."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.commons.paper.pressing import kept_on_paper
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.sheets import XLSX
from mulin.kit.templatetags.kit import month_named
from mulin.workshop.production.models import Worker
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.wages import queries
from mulin.workshop.wages.actions import money
from mulin.workshop.wages.actions.months import close_month, do_to_statement, pay_file
from mulin.workshop.wages.forms import (
    AdvanceForm,
    BonusForm,
    CorrectForm,
    EndBonusForm,
    FileForm,
    FilePaidForm,
    MinimumForm,
    MonthForm,
    TermsForm,
    WordsForm,
)
from mulin.workshop.wages.models import (
    SCHEME_LABELS,
    Bonus,
    MinimumWage,
    MoneyLine,
    PayMonth,
    PayTerms,
    Statement,
)
from mulin.workshop.wages.papers import STATEMENT, state_of
from mulin.workshop.wages.permissions import may_choose_terms
from mulin.workshop.wages.rules import (
    BOOKS,
    MOVES,
    NOTHING,
    TAX_TABLES,
    WHOLE_YEARS,
    Deed,
    Kind,
    Scheme,
    State,
    hourly,
    month_after,
    table_of,
    whole_year_of,
)

#: Of whom nobody has decided how they are taxed: so many stand on the page of the months.
MOST_UNDECIDED = 50


@opened_to(*BOOKS)
def months(request: Request) -> HttpResponse:
    """The closed months, and the form to close the next one."""
    due = queries.next_to_close(local_day(request.now))
    form = MonthForm(request.POST or None, initial={"month": due and f"{due:%Y-%m-%d}"})
    if request.method == "POST" and form.is_valid():
        closed = attempt(
            form,
            lambda: close_month(
                local_day(form.cleaned_data["month"]), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if closed is not None:
            messages.success(request, _("Closed. Everybody finds their statement."))
            return redirect("wages:month", pk=closed.pk)
    context = {
        "form": form,
        "page": page_of(PayMonth.objects.all(), request.GET, size=24),
        "whole_year": queries.may_have_whole_year(local_day(request.now))[:MOST_UNDECIDED],
        "undecided": queries.undecided(local_day(request.now))[:MOST_UNDECIDED],
    }
    return render(request, "wages/months.html", context, status=422 if form.errors else 200)


@opened_to(*BOOKS)
def month(request: Request, pk: int) -> HttpResponse:
    """The statements of a month, each beside the minimum wage of an hour."""
    return _month_page(request, get_object_or_404(PayMonth, pk=pk))


def _month_page(request: Request, found: PayMonth, failed: ActForm | None = None) -> HttpResponse:
    only = request.GET.get("show", "")
    rows = found.statements.select_related("worker__person")
    if only in {state.value for state in State}:
        rows = rows.filter(state=only)
    page = page_of(rows.order_by("worker__person__pinyin", "id"), request.GET)
    minimum = queries.minimum_on(found.first)
    hour = minimum.hour_yuan if minimum else None
    context = {
        "month": found,
        "page": page,
        "only": only,
        "minimum": minimum,
        "lines": [(one, hourly(one.gross, one.seconds, hour)) for one in page.rows],
        "sums": queries.sums_of(found),
        "form": PlainForm(),
        "files": [
            (
                one,
                FilePaidForm(
                    auto_id=f"file{number}_%s", initial={"filed_at": one["filed_at"].isoformat()}
                ),
            )
            for number, one in enumerate(queries.files_of(found))
        ],
        "without_account": money.without_account(found, local_day(request.now)),
        "failed": failed,
    }
    return render(request, "wages/month.html", context, status=422 if failed else 200)


@opened_to(*BOOKS)
@require_POST
def payment_file(request: Request, pk: int) -> HttpResponse:
    """The file for the bank; that it was made is written down."""
    found: PayMonth = get_object_or_404(PayMonth, pk=pk)
    form = FileForm(request.POST)
    if not form.is_valid():
        raise Http404
    content = attempt(
        form,
        lambda: money.payment_file(
            found, by=request.actor, now=request.now, token=form.idempotency_token,
            filed_at=form.cleaned_data["filed_at"],
        ),
    )  # fmt: skip
    if content is None:
        return _month_page(request, found, form)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="wages-{found.first:%Y-%m}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@opened_to(*BOOKS)
@require_POST
def file_paid(request: Request, pk: int) -> HttpResponse:
    """The bank paid a file: everybody in it is paid."""
    found: PayMonth = get_object_or_404(PayMonth, pk=pk)
    form = FilePaidForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: pay_file(
                found, values["filed_at"], words=values["words"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Written down."))
            return redirect("wages:month", pk=pk)
    return _month_page(request, found, form)


@opened_to(*BOOKS, Role.WORKSHOP_WORKER)
def statement(request: Request, pk: int) -> HttpResponse:
    """One month of one worker: every line, the rule of rounding, what is withheld and why."""
    found = _statement(request, pk)
    return _statement_page(request, found, WordsForm())


@opened_to(*BOOKS, Role.WORKSHOP_WORKER)
@require_POST
def statement_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """She confirms or disputes; the workshop answers or pays."""
    found = _statement(request, pk)
    if deed not in {one.value for one in Deed}:
        raise Http404
    wanted = Deed(deed)
    if wanted not in {Deed.CONFIRM, Deed.DISPUTE} and not request.actor.has(*BOOKS):
        raise Http404
    form = PlainForm(request.POST) if wanted is Deed.CONFIRM else WordsForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: do_to_statement(
                found, wanted, words=form.cleaned_data.get("words", ""), by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Written down."))
            return redirect("wages:statement", pk=pk)
    return _statement_page(request, found, form, status=422)


@opened_to(*BOOKS, Role.WORKSHOP_WORKER)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_paper(request: Request, pk: int) -> HttpResponse:
    """The same on paper, with a line to sign."""
    found = _statement(request, pk)
    return kept_on_paper(
        "wages/paper/statement.html", lambda: _told(found), kind=STATEMENT, record=found,
        state=state_of(found), title=f"{_('Statement')} {month_named(found.month.first)}",
        person=found.worker.person, request=request,
    )  # fmt: skip


def _statement(request: Request, pk: int) -> Statement:
    found: Statement = get_object_or_404(
        Statement.objects.visible_to(request.actor).select_related("month", "worker__person"), pk=pk
    )
    return found


#: Lines that are in no sum of the statement: what they take off stands in it as its own line.
_APART = frozenset({Kind.CLAIM, Kind.ADVANCE, Kind.PAYMENT})


def _told(found: Statement) -> dict[str, Any]:  # Any: values of a page
    lines = list(found.lines.select_related("corrects"))
    scheme, day = Scheme(found.scheme), month_after(found.month.first) - timedelta(days=1)
    return {
        "statement": found,
        "lines": [one for one in lines if one.kind not in _APART],
        "claims": [one for one in lines if one.kind == Kind.CLAIM],
        "advances": [one for one in lines if one.kind == Kind.ADVANCE],
        "unaccepted": queries.unaccepted_of(found),
        "table": table_of(scheme, day),
        "whole_year": whole_year_of(scheme, day),
        "scheme": SCHEME_LABELS[scheme],
    }


def _statement_page(
    request: Request, found: Statement, form: ActForm, status: int = 200
) -> HttpResponse:
    open_deeds = {deed.value for (state, deed) in MOVES if state == found.state}
    context = _told(found) | {
        "form": form,
        "plain_form": PlainForm(),
        "open_deeds": open_deeds,
        "keeps": request.actor.has(*BOOKS),
    }
    return render(request, "wages/statement.html", context, status=status)


@opened_to(Role.WORKSHOP_WORKER)
@require_safe
def mine(request: Request) -> HttpResponse:
    """Her statements, the newest first."""
    own = Statement.objects.filter(worker__person__account=request.actor.account_id or 0)
    page = page_of(own.select_related("month"), request.GET, size=24)
    return render(request, "wages/mine.html", {"page": page})


@opened_to(*BOOKS)
def worker(request: Request, pk: int) -> HttpResponse:
    """A worker's money: what is owed and owing, terms, every line."""
    return _worker_page(request, _worker(pk))


@opened_to(*BOOKS)
@require_POST
def worker_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """An advance, a correction, terms."""
    found = _worker(pk)
    forms = _forms(request, found)
    if deed not in forms:
        raise Http404
    form = forms[deed](request.POST, auto_id=f"{deed}_%s")
    if form.is_valid() and attempt(form, lambda: _do(deed, found, form, request)) is not None:
        messages.success(request, _("Written down."))
        return redirect("wages:worker", pk=pk)
    return _worker_page(request, found, (deed, form))


def _worker(pk: int) -> Worker:
    found: Worker = get_object_or_404(Worker.objects.select_related("person"), pk=pk)
    return found


def _forms(request: Request, worker: Worker) -> dict[str, Any]:  # Any: what makes forms
    forms: dict[str, Any] = {
        "advance": AdvanceForm, "correct": partial(CorrectForm, worker=worker),
    }  # fmt: skip
    if may_choose_terms(request.actor):
        forms["terms"] = TermsForm
    return forms


_TITLES = {
    "advance": gettext_lazy("Pay in advance"),
    "correct": gettext_lazy("Correct a closed month"),
    "terms": gettext_lazy("What she is by law, how tax is withheld, and the bank account"),
    "bonus": gettext_lazy("A bonus rule"),
    "end": gettext_lazy("End a bonus rule"),
    "minimum": gettext_lazy("The minimum wage"),
}


# Any: a form with its own methods.
def _do(deed: str, worker: Worker, form: Any, request: Request) -> object:
    values = form.cleaned_data
    more: dict[str, Any] = {  # Any: what every act is given
        "by": request.actor, "now": request.now, "token": form.idempotency_token,
    }  # fmt: skip
    if deed == "advance":
        return money.pay_advance(worker, amount=values["amount"], words=values["words"], **more)
    if deed == "correct":
        return money.correct(
            worker, amount=values["amount"], words=values["words"], corrects=values["corrects"],
            **more,
        )  # fmt: skip
    return money.choose_terms(
        worker, relation=values["relation"], scheme=values["scheme"], since=form.since_day(),
        reason=values["reason"], bank_account=values["bank_account"],
        deduction=values["deduction"] or NOTHING, whole_year=values["whole_year"], **more,
    )  # fmt: skip


def _worker_page(
    request: Request, found: Worker, failed: tuple[str, ActForm] | None = None
) -> HttpResponse:
    today = local_day(request.now)
    lines = MoneyLine.objects.filter(worker=found).order_by("-at", "-id")
    terms = queries.terms_on(today).get(found.pk)
    known = _known(terms, today)
    context = {
        "worker": found,
        "opens_work": request.actor.has(*KEEPERS),
        "page": page_of(lines, request.GET, size=40),
        "sums": queries.worker_sums(found),
        "terms": terms,
        "last_year": _last_year(found, terms, today),
        "statements": Statement.objects.filter(worker=found).select_related("month")[:12],
        "deeds": [
            {
                "title": _TITLES[name],
                "form": failed[1]
                if failed and failed[0] == name
                else form(auto_id=f"{name}_%s", initial=known if name == "terms" else None),
                "url": reverse("wages:worker-act", args=[found.pk, name]),
            }
            for name, form in _forms(request, found).items()
        ],
    }
    return render(request, "wages/worker.html", context, status=422 if failed else 200)


def _known(terms: PayTerms | None, today: date) -> dict[str, Any] | None:  # Any: values of a form
    """What holds now stands in the form already: who brings a new account changes nothing else. A whole
    year that was chosen for another one is not: it is chosen anew.
    """
    if terms is None:
        return None
    return {
        "relation": terms.relation, "scheme": terms.scheme, "reason": terms.reason,
        "deduction": terms.deduction, "whole_year": terms.free_year == today.year,
    }  # fmt: skip


def _last_year(
    found: Worker, terms: PayTerms | None, today: date
) -> dict[str, Any] | None:  # Any: a year, what is known of it
    """By what the accountant sees whether the whole year is free; None where no such rule is."""
    if terms is None or whole_year_of(Scheme(terms.scheme), today) is None:
        return None
    year = today.year - 1
    return {"year": year, "paid": queries.paid_in_year(found, Scheme(terms.scheme), year)}


_RULES: dict[str, Any] = {
    "bonus": BonusForm,
    "end": EndBonusForm,
    "minimum": MinimumForm,
}  # Any: classes of forms


@opened_to(*BOOKS)
def rules(request: Request) -> HttpResponse:
    """Bonus rules and minimum wages, each with its source; the tax tables."""
    return _rules_page(request)


@opened_to(*BOOKS)
@require_POST
def rules_act(request: Request, deed: str) -> HttpResponse:
    """A new rule from a day on."""
    if deed not in _RULES:
        raise Http404
    form = _RULES[deed](request.POST, auto_id=f"{deed}_%s")
    if form.is_valid() and attempt(form, lambda: _set(deed, form, request)) is not None:
        messages.success(
            request, _("Written down.") if deed == "end" else _("It holds from that day on.")
        )
        return redirect("wages:rules")
    return _rules_page(request, (deed, form))


def _set(deed: str, form: Any, request: Request) -> object:  # Any: a form with its own methods
    values = form.cleaned_data
    if deed == "end":
        return money.end_bonus(
            values["bonus"], until=local_day(values["until"]), by=request.actor, now=request.now,
            token=form.idempotency_token,
        )  # fmt: skip
    more: dict[str, Any] = {  # Any: what every act is given
        "since": form.since_day(), "source": values["source"], "by": request.actor,
        "now": request.now, "token": form.idempotency_token,
    }  # fmt: skip
    if deed == "minimum":
        return money.set_minimum(
            month_yuan=values["month_yuan"], hour_yuan=values["hour_yuan"], **more
        )
    return money.set_bonus(
        name=values["name"], kind=values["kind"], threshold=values["threshold"],
        percent=values["percent"] or NOTHING, yuan=values["yuan"] or NOTHING, **more,
    )  # fmt: skip


def _rules_page(request: Request, failed: tuple[str, ActForm] | None = None) -> HttpResponse:
    context = {
        "bonuses": Bonus.objects.all()[:50],
        "minimums": MinimumWage.objects.all()[:20],
        "whole_years": [(SCHEME_LABELS[one.scheme], one) for one in WHOLE_YEARS],
        "tables": [(SCHEME_LABELS[one.scheme], one) for one in TAX_TABLES],
        "deeds": [
            {
                "title": _TITLES[name],
                "form": failed[1] if failed and failed[0] == name else form(auto_id=f"{name}_%s"),
                "url": reverse("wages:rules-act", args=[name]),
            }
            for name, form in _RULES.items()
            if name != "end" or Bonus.objects.filter(until__isnull=True).exists()
        ],
    }
    return render(request, "wages/rules.html", context, status=422 if failed else 200)
