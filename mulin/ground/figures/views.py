"""The page of all figures of a period, and the page of one with the rows behind it."""

from datetime import date

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES, Role
from mulin.ground.figures.queries import (
    Bar,
    Number,
    Reading,
    figures_for,
    read,
    rows_behind,
    trend,
)
from mulin.ground.figures.registry import Figure, figure_of
from mulin.ground.figures.rules import Period, Span, address_of, period_from, trend_of
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of

READERS = (*HANDLER_ROLES, Role.STREET_OVERSEER)


@opened_to(*READERS)
@require_safe
def overview(request: Request) -> HttpResponse:
    """Every figure of a period, each with what it means."""
    period, is_understood = _period(request)
    groups: dict[str, list[dict[str, object]]] = {}
    for each in figures_for(request.actor):
        drawn = _drawn(read(each, period, actor=request.actor))
        groups.setdefault(str(each.group), []).append(drawn)
    context = {"groups": list(groups.items()), "is_understood": is_understood}
    return render(request, "figures/overview.html", context | _around(period, request))


@opened_to(*READERS)
@require_safe
def figure(request: Request, name: str) -> HttpResponse:
    """One figure: number, definition, trend, and the rows behind it for whoever may see them."""
    found = _found(request, name)
    period, is_understood = _period(request)
    reading = read(found, period, actor=request.actor)
    drawn = _drawn(reading) | _trend(found, trend(found, period, actor=request.actor), period)
    context: dict[str, object] = {
        "figure": drawn,
        "row_template": found.row_template,
        "is_understood": is_understood,
        "sees_rows": found.sees_rows(request.actor),
    }
    if found.sees_rows(request.actor):
        part = request.GET.get("part") or "rows"
        if part not in found.parts:
            raise Http404("the figure has no such part")
        context["part"] = part
        context["page"] = page_of(rows_behind(found, period, part), request.GET, size=50)
    return render(request, "figures/figure.html", context | _around(period, request))


def _found(request: Request, name: str) -> Figure:
    try:
        found = figure_of(name)
    except LookupError as missing:
        raise Http404("no such figure") from missing
    if not found.sees(request.actor):
        raise Http404("not this actor's figure")
    return found


def _period(request: Request) -> tuple[Period, bool]:
    """What the address asks for, and whether it made sense; else this month."""
    today = local_day(request.now)
    try:
        return period_from(request.GET.dict(), today=today), True
    except (ValueError, OverflowError):
        return period_from({}, today=today), False


def _around(period: Period, request: Request) -> dict[str, object]:
    """The period in words, and the ways to the ones beside it."""
    today = local_day(request.now)
    month, year = Period.of_month(today.year, today.month), Period.of_year(today.year)
    return {
        "address": address_of(period),
        "period_words": _period_words(period),
        "first": f"{period.first:%Y-%m-%d}",
        "last": f"{period.last:%Y-%m-%d}",
        "previous_url": "?" + address_of(period.before()),
        "next_url": "?" + address_of(period.after()) if period.last < today else "",
        "shortcuts": [
            ("?" + address_of(wanted), words, wanted == period)
            for wanted, words in (
                (Period.of_day(today), _("Today")),
                (month, _("This month")),
                (year, _("This year")),
            )
        ],
    }


def _period_words(period: Period) -> str:
    if period.span is Span.MONTH:
        return date_format(period.first, "YEAR_MONTH_FORMAT")
    if period.span is Span.YEAR:
        return pgettext("a whole year", "%(year)s") % {"year": period.first.year}
    if period.first == period.last:
        return date_format(period.first, "DATE_FORMAT")
    return _("%(first)s to %(last)s") % {
        "first": date_format(period.first, "DATE_FORMAT"),
        "last": date_format(period.last, "DATE_FORMAT"),
    }


def _drawn(reading: Reading) -> dict[str, object]:
    """A reading as `kit/figure.html` draws it."""
    found = reading.figure
    query = QueryDict(address_of(reading.period), mutable=True)
    address = reverse("figures:figure", args=[found.name])
    return {
        "id": "figure-" + found.name.replace(".", "-").replace("_", "-"),
        "name": found.label,
        "number": _number_words(reading),
        "unit": "" if reading.number is None or found.is_rate else found.unit,
        "definition": found.definition,
        "url": f"{address}?{query.urlencode()}",
        "parts": [_part(reading, part, address, query) for part in found.parts if found.is_rate],
    }


def _part(reading: Reading, part: str, address: str, query: QueryDict) -> dict[str, object]:
    count = reading.parts[part]
    labels = {
        "rows": _("counted"),
        "of": reading.figure.of_label or _("of all"),
        "unreachable": _("not reached"),
        "not-yet-asked": _("not yet asked"),
    }
    return {
        "name": part,
        "label": labels[part],
        "number": _held_back(reading.figure) if count is None else _plain(count),
        "url": f"{address}?{query.urlencode()}&part={part}",
    }


def _number_words(reading: Reading) -> str:
    if reading.is_held_back:
        return _held_back(reading.figure)
    if reading.number is None:
        return pgettext("a rate of nothing", "–")
    return _told(reading.figure, reading.number)


def _told(found: Figure, number: Number) -> str:
    if found.is_rate:
        return pgettext("a share", "%(number)s %%") % {"number": _plain(number)}
    return _plain(number)


def _held_back(found: Figure) -> str:
    return _("fewer than %(least)s") % {"least": found.min_count}


def _plain(number: Number) -> str:
    return number_format(number, force_grouping=True)


def _trend(found: Figure, bars: list[Bar], period: Period) -> dict[str, object]:
    """The bars and the sentence they prove. A rate of nothing has no bar: it is not nought."""
    width = trend_of(period).width
    pairs = [(_bar_label(bar.first, width), bar.number) for bar in bars if bar.number is not None]
    if len(pairs) < 2 or not any(number for _label, number in pairs):  # noqa: PLR2004  one is no trend
        return {}
    (before_label, before), (last_label, last) = pairs[-2], pairs[-1]
    sentence = _("%(last)s in %(this)s, %(before)s in %(earlier)s.") % {
        "last": _told(found, last),
        "this": last_label,
        "before": _told(found, before),
        "earlier": before_label,
    }
    return {"trend": pairs, "sentence": sentence}


def _bar_label(first: date, span: Span) -> str:
    if span is Span.YEAR:
        return f"{first:%Y}"
    if span is Span.MONTH:
        return f"{first:%Y-%m}"
    return f"{first:%m-%d}"
