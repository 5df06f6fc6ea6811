"""The street's pages: its communities side by side, one of them under a grant, what was handed up;
and the head's page of grants.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.ground.figures.rules import MIN_COUNT, Period, Span
from mulin.ground.street.actions.grants import end_grant, give_grant, look_under
from mulin.ground.street.actions.hand_up import settle as settle_handed
from mulin.ground.street.forms import (
    GrantForm,
    WordsForm,
)
from mulin.ground.street.models import Grant, HandedUp, Sum
from mulin.ground.street.queries import (
    Line,
    all_together,
    grants_of,
    handed_up_to,
    overseen,
    own_sums,
    running_grant,
    side_by_side,
)
from mulin.ground.street.registry import Column, columns, opening_of, openings
from mulin.ground.street.rules import IS_OLD, Deed, key_of, period_of, periods_summed
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.scoping import in_community

#: Sorting by these, which are no figures.
BY_NAME: Final = "name"
BY_WAITING: Final = "waiting"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, and the address that sorts by it: first downwards, then upwards."""

    label: str | Promise
    url: str
    order: str  # "ascending", "descending" or "none", as a screen reader says it


@opened_to(Role.STREET_OVERSEER)
@require_safe
def overview(request: Request) -> HttpResponse:
    """The street's communities side by side, by sums only."""
    period = _period(request)
    sort, is_up = _sorting(request)
    lines = side_by_side(request.actor, period, request.now)
    page = page_of(_sorted(lines, sort, is_up=is_up), request.GET, size=50)
    heads = [
        Head(one.label, *_sort_address(request, one.figure.name, sort, is_up=is_up))
        for one in columns()
    ]
    context = {
        "name_head": Head(_("Community"), *_sort_address(request, BY_NAME, sort, is_up=is_up)),
        "waiting_head": Head(
            _("Waits for the street"), *_sort_address(request, BY_WAITING, sort, is_up=is_up)
        ),
        "heads": heads,
        "lines": [_drawn(line, request.now) for line in page.rows],
        "together": [(one.label, *_words(one, *all_together(one, lines))) for one in columns()],
        "page": page,
        "hidden": MIN_COUNT,
        "definitions": [(one.figure.label, one.figure.definition) for one in columns()],
        **_periods(request, period),
    }
    return render(request, "street/overview.html", context)


@opened_to(Role.STREET_OVERSEER)
@require_safe
def community(request: Request, pk: int) -> HttpResponse:
    """One community: its sums, and what it lets the street look at."""
    found = get_object_or_404(overseen(request.actor), pk=pk)
    period = _period(request)
    granted = {one.what: one for one in Grant.objects.running(request.now).filter(community=found)}
    context = {
        "found": found,
        "facts": _facts(own_sums(found, period)),
        "doors": [(one, granted.get(one.name)) for one in openings()],
        **_periods(request, period),
    }
    return render(request, "street/community.html", context)


@opened_to(Role.STREET_OVERSEER)
@require_safe
def opened(request: Request, pk: int, what: str) -> HttpResponse:
    """What a running grant opens of one community; that somebody looked stands there."""
    found = get_object_or_404(overseen(request.actor), pk=pk)
    grant = running_grant(found, what, request.now)
    if grant is None:
        raise Http404("nothing of it is granted now")
    opening = opening_of(what)
    with in_community(found):
        look_under(grant, by=request.actor, now=request.now)
        context = {
            "found": found, "grant": grant, "opening": opening,
            **opening.load(request.GET, request.now),
        }  # fmt: skip
        return render(request, "street/opened.html", context)


@opened_to(Role.STREET_OVERSEER)
@require_safe
def handed_list(request: Request) -> HttpResponse:
    """What the communities handed up: what is open, by its limit; then what is settled."""
    is_settled = request.GET.get("show") == "settled"
    rows = handed_up_to(request.actor)
    rows = (
        rows.filter(closed_at__isnull=False).order_by("-closed_at", "-id")
        if is_settled
        else rows.open().order_by("back_by", "id")
    )
    context = {"page": page_of(rows, request.GET), "is_settled": is_settled}
    return render(request, "street/handed_list.html", context)


@opened_to(Role.STREET_OVERSEER)
@require_safe
def handed(request: Request, pk: int) -> HttpResponse:
    """One of them: take it, answer it, give it back."""
    return _handed_page(request, _handed(request, pk))


@opened_to(Role.STREET_OVERSEER)
@require_POST
def settle(request: Request, pk: int, deed: str) -> HttpResponse:
    """Do it; the community sees it at once."""
    found = _handed(request, pk)
    if deed not in list(Deed):
        raise Http404
    what = Deed(deed)
    form: ActForm = PlainForm(request.POST)
    if what is not Deed.TAKE:
        form = WordsForm(request.POST, auto_id=f"{what.value}_%s")
    if form.is_valid():
        done = attempt(
            form,
            lambda: settle_handed(
                found, what, words=form.cleaned_data.get("words", ""), by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Done. The community sees it now."))
            return redirect("street:handed", pk=pk)
    return _handed_page(request, _handed(request, pk), tried=what, form=form)


@opened_to(Role.HEAD)
def grants(request: Request) -> HttpResponse:
    """What the street sees of us, what we let it look at, and for how long."""
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        given = attempt(
            form,
            lambda: give_grant(
                values["what"], reason=values["reason"], until=values["until"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if given is not None:
            messages.success(request, _("The street may look now. You can end it at any time."))
            return redirect("street:grants")
    page = page_of(grants_of(request.community.pk), request.GET)
    period = _period(request)
    context = {
        "form": form,
        "page": page,
        "lines": [_granted(one, request.now) for one in page.rows],
        "end_form": PlainForm(),
        "facts": _facts(own_sums(request.community, period)),
        "street": request.community.street,
        **_periods(request, period),
    }
    return render(request, "street/grants.html", context, status=422 if form.errors else 200)


@opened_to(Role.HEAD)
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """The street looks no more."""
    found = get_object_or_404(grants_of(request.community.pk), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        end_grant(found, by=request.actor, now=request.now, token=form.idempotency_token)
        messages.success(request, _("Ended. The street sees nothing of it any more."))
    return redirect("street:grants")


def _handed(request: Request, pk: int) -> HandedUp:
    found: HandedUp = get_object_or_404(handed_up_to(request.actor), pk=pk)
    return found


def _handed_page(
    request: Request, found: HandedUp, *, tried: Deed | None = None, form: ActForm | None = None
) -> HttpResponse:
    context: dict[str, object] = {
        "found": found,
        "tried": tried or "",
        "take_form": PlainForm(),
        "answer_form": WordsForm(auto_id="answer_%s"),
        "give_back_form": WordsForm(auto_id="give-back_%s"),
    }
    if tried is not None:
        context[f"{tried.name.lower()}_form"] = form
    return render(request, "street/handed.html", context, status=422 if tried else 200)


def _granted(grant: Grant, now: datetime) -> tuple[Grant, str | Promise, bool]:
    """A grant, what it opens, whether it still does."""
    try:
        label = opening_of(grant.what).label
    except LookupError:
        label = grant.what
    return grant, label, grant.ended_at is None and grant.until > now


# ── periods and sorting ──────────────────────────────────────────────────────────────────────


def _period(request: Request) -> Period:
    """One of the periods that are summed; this year without a word."""
    offered = periods_summed(local_day(request.now))
    try:
        wanted = period_of(request.GET.get("period", ""))
    except (ValueError, OverflowError):
        return offered[2]
    return wanted if wanted in offered else offered[2]


def _periods(request: Request, period: Period) -> dict[str, object]:
    offered = periods_summed(local_day(request.now))
    kept = {name: request.GET[name] for name in ("sort", "up") if name in request.GET}
    return {
        "period_words": _period_words(period),
        "period_key": key_of(period),
        "shortcuts": [
            (f"?{urlencode({'period': key_of(one), **kept})}", _period_words(one), one == period)
            for one in offered
        ],
    }


def _period_words(period: Period) -> str:
    if period.span is Span.MONTH:
        return date_format(period.first, "YEAR_MONTH_FORMAT")
    return pgettext("a whole year", "%(year)s") % {"year": period.first.year}


def _sorting(request: Request) -> tuple[str, bool]:
    known = {BY_NAME, BY_WAITING} | {one.figure.name for one in columns()}
    sort = request.GET.get("sort", BY_NAME)
    if sort not in known:
        sort = BY_NAME
    return sort, (request.GET.get("up") == "1" or "sort" not in request.GET)


def _sort_address(request: Request, name: str, sort: str, *, is_up: bool) -> tuple[str, str]:
    """Where the head of a column leads, and how it is sorted now."""
    is_this = name == sort
    goes_up = not is_up if is_this else name == BY_NAME
    query = {"period": key_of(_period(request)), "sort": name, "up": "1" if goes_up else "0"}
    order = ("ascending" if is_up else "descending") if is_this else "none"
    return f"?{urlencode(query)}", order


def _sorted(lines: list[Line], sort: str, *, is_up: bool) -> list[Line]:
    """By name, or by a number; whatever has none stands at the end, whichever way it goes."""
    if sort == BY_NAME:
        return lines if is_up else lines[::-1]
    numbered = [(_number(line, sort), line) for line in lines]
    told = sorted(
        ((number, line) for number, line in numbered if number is not None),
        key=lambda pair: pair[0], reverse=not is_up,
    )  # fmt: skip
    return [line for _number_of, line in told] + [
        line for number, line in numbered if number is None
    ]


def _number(line: Line, sort: str) -> Decimal | None:
    if sort == BY_WAITING:
        return Decimal(line.waiting)
    found = line.sums.get(sort)
    return found.value if found else None


# ── words ────────────────────────────────────────────────────────────────────────────────────


def _drawn(line: Line, now: datetime) -> dict[str, object]:
    return {
        "line": line,
        "cells": [(one.label, *_of_sum(one, line.sums.get(one.figure.name))) for one in columns()],
        "is_old": line.summed_at is not None and now - line.summed_at > IS_OLD,
    }


def _facts(sums: dict[str, Sum]) -> list[tuple[str | Promise, str | Promise, str, str]]:
    """Each sum by its name, with what it counts; a share of two figures goes by its column's."""
    return [
        (
            one.label if one.of else one.figure.label, one.figure.definition,
            *_of_sum(one, sums.get(one.figure.name)),
        )
        for one in columns()
    ]  # fmt: skip


def _of_sum(column: Column, found: Sum | None) -> tuple[str, str]:
    """The number in words, and what it is a share of."""
    if found is None:
        return pgettext("a rate of nothing", "–"), ""
    if found.is_held_back:
        return _("fewer than %(least)s") % {"least": MIN_COUNT}, ""
    return _words(column, found.value, found.whole)


def _words(column: Column, value: Decimal | None, whole: int | None) -> tuple[str, str]:
    if value is None:
        return pgettext("a rate of nothing", "–"), ""
    if column.is_share:
        number = number_format(value.quantize(Decimal("0.1")), force_grouping=True)
        of = _("of %(count)s") % {"count": number_format(whole or 0, force_grouping=True)}
        return pgettext("a share", "%(number)s %%") % {"number": number}, of
    plain = value.quantize(Decimal("0.1")) if value % 1 else int(value)
    return number_format(plain, force_grouping=True), ""
