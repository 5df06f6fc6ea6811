"""The page of all figures of a period, and the page of one with the rows behind it."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from django.core.cache import cache
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.rules import HANDLER_ROLES, Role
from mulin.ground.figures.opendata import names_of_files, zip_of
from mulin.ground.figures.queries import (
    Bar,
    Compared,
    Reading,
    compared,
    figures_for,
    public_figures,
    rows_behind,
    trend,
    years_of,
)
from mulin.ground.figures.registry import Figure, figure_of
from mulin.ground.figures.rules import Period, Span, address_of, period_from, trend_of
from mulin.ground.figures.telling import (
    Piece,
    beside_a_year_before,
    held_back,
    number_words,
    paragraph,
    plain,
    told,
)
from mulin.ground.figures.yearbook import book_of, years_offered
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import (
    PressFailed,
    PressMissing,
    html_of,
    no_press,
    pdf_response,
    press_failed,
    pressed,
)

T = TypeVar("T")
#: How long a year's book and tables serve everybody who asks.
KEPT_SECONDS: Final = 3600
READERS = (*HANDLER_ROLES, Role.STREET_OVERSEER)


@opened_to(*READERS)
@require_safe
def overview(request: Request) -> HttpResponse:
    """Every figure of a period, each with what it means."""
    period, is_understood = _period(request)
    chosen = figures_for(request.actor)
    found = compared(chosen, period, actor=request.actor, today=local_day(request.now))
    groups: dict[str, list[dict[str, object]]] = {}
    for each in found:
        groups.setdefault(str(each.now.figure.group), []).append(_compared(each))
    context = {
        "groups": list(groups.items()),
        "paragraph": paragraph({one.now.figure.name: one.now for one in found}),
        "is_understood": is_understood,
        "this_year": local_day(request.now).year,
    }
    return render(request, "figures/overview.html", context | _around(period, request))


@opened_to(*READERS)
@require_safe
def figure(request: Request, name: str) -> HttpResponse:
    """One figure: number, definition, trend, and the rows behind it for whoever may see them."""
    found = _found(request, name)
    period, is_understood = _period(request)
    beside = compared([found], period, actor=request.actor, today=local_day(request.now))[0]
    drawn = _compared(beside) | _trend(found, trend(found, period, actor=request.actor), period)
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


@public
@require_safe
def years(request: Request) -> HttpResponse:
    """Every year that is over: its paragraph, its book, its tables; for everybody."""
    context = {
        "years": [(year, _kept(request, year, "told", _told_of)) for year in _offered(request)],
        "files": names_of_files(),
    }
    return render(request, "figures/open.html", context)


@public
@require_safe
def book(request: Request, year: int) -> HttpResponse:
    """The year book; that of the running year for whoever reads figures."""
    today = local_day(request.now)
    is_over = year in _offered(request)
    if not is_over and not (year == today.year and request.actor.has(*READERS)):
        raise Http404("no book of that year")
    name = _("%(community)s, the year %(year)d in numbers") % {
        "community": request.community.name, "year": year,
    }  # fmt: skip

    def made(at: int) -> str:
        context = {"book": book_of(at, since=_since(request), today=today), "is_over": is_over}
        return html_of("figures/paper/yearbook.html", context, request=request)

    try:
        if not is_over:
            return pdf_response(pressed(made(year)), name=name)
        pdf = _kept(request, year, "book", lambda at: pressed(made(at)))
    except PressMissing:
        return no_press(request)
    except PressFailed:
        return press_failed(request)
    return pdf_response(pdf, name=name)


@public
@require_safe
def open_files(request: Request, year: int) -> HttpResponse:
    """The tables of a year that is over, in one file."""
    if year not in _offered(request):
        raise Http404("no tables of that year")
    content = _kept(
        request, year, "tables", lambda at: zip_of(at, community=request.community.name)
    )
    response = HttpResponse(content, content_type="application/zip")
    name = f"mulin-{request.community.slug}-{year}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told_of(year: int) -> list[list[Piece]]:
    return paragraph(years_of(public_figures(), [year])[year])


def _offered(request: Request) -> list[int]:
    today = local_day(request.now)
    return _kept(
        request, today.year, "years", lambda _at: years_offered(today, since=_since(request))
    )


def _since(request: Request) -> int:
    """The year in which the community began; the last one, where nobody wrote it down."""
    founded = request.community.founded_on
    return founded.year if founded else local_day(request.now).year - 1


def _kept(request: Request, year: int, what: str, make: Callable[[int], T]) -> T:
    """What everybody may ask for is made once an hour, however often it is asked for."""
    key = f"figures:{request.community.pk}:{year}:{what}:{get_language()}:{request.now:%Y-%m-%d-%H}"
    found: T | None = cache.get(key)
    if found is None:
        found = make(year)
        cache.set(key, found, timeout=KEPT_SECONDS)
    return found


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


def _compared(both: Compared) -> dict[str, object]:
    return _drawn(both.now) | {"beside": beside_a_year_before(both)}


def _drawn(reading: Reading) -> dict[str, object]:
    """A reading as `kit/figure.html` draws it."""
    found = reading.figure
    query = QueryDict(address_of(reading.period), mutable=True)
    address = reverse("figures:figure", args=[found.name])
    return {
        "id": "figure-" + found.name.replace(".", "-").replace("_", "-"),
        "name": found.label,
        "number": number_words(reading),
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
        "number": held_back(reading.figure) if count is None else plain(count),
        "url": f"{address}?{query.urlencode()}&part={part}",
    }


def _trend(found: Figure, bars: list[Bar], period: Period) -> dict[str, object]:
    """The bars and the sentence they prove. A rate of nothing has no bar: it is not nought."""
    width = trend_of(period).width
    pairs = [(_bar_label(bar.first, width), bar.number) for bar in bars if bar.number is not None]
    if len(pairs) < 2 or not any(number for _label, number in pairs):  # noqa: PLR2004  one is no trend
        return {}
    (before_label, before), (last_label, last) = pairs[-2], pairs[-1]
    sentence = _("%(last)s in %(this)s, %(before)s in %(earlier)s.") % {
        "last": told(found, last),
        "this": last_label,
        "before": told(found, before),
        "earlier": before_label,
    }
    return {"trend": pairs, "sentence": sentence}


def _bar_label(first: date, span: Span) -> str:
    if span is Span.YEAR:
        return f"{first:%Y}"
    if span is Span.MONTH:
        return f"{first:%Y-%m}"
    return f"{first:%m-%d}"
