"""Words and pictures that templates need and that are not markup: dates as people say them,
icons, keys, QR codes, money, bars. Use: `{% load kit %}`.
"""

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import segno
from django import template
from django.template import RequestContext
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import (
    NoReverseMatch,
    Resolver404,
    URLResolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    resolve,
    reverse,
)
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.kit.forms import fresh_token

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField, BoundWidget

register = template.Library()

ICONS = "vendor/lucide-1.62.0/icons.svg"


# ── addresses ────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def address(name: str) -> str:
    """`{% address 'site:home' as home_url %}`: the address of a page that takes no argument, looked
    up once; empty where there is no such page. Every page of the desk has ten of them.
    """
    return _address(name, get_resolver(get_urlconf()), get_script_prefix())


@cache
def _address(name: str, _resolver: URLResolver, _prefix: str) -> str:
    """Kept per set of pages and per place they are mounted at: both can change under a process."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


# ── icons, keys, codes ───────────────────────────────────────────────────────────────────────


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A line icon from the sprite. It is a picture beside a word, never instead of one.

    `xlink:href` and not `href`: Safari before 12.1 knows only the old spelling. A page has some
    twenty, and the sprite's hashed address stays the same while the server runs.
    """
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use xlink:href="{}#{}"></use></svg>',
        static(ICONS),
        name,
    )


@register.simple_tag
@cache
def key(letter: str) -> SafeString:
    """The letter that presses the thing, shown on it; pair with `data-key` on the element."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', letter.upper())


@register.simple_tag(takes_context=True)
def qr(context: Context, text: str, *, base: str = "", label: str = "") -> SafeString:
    """A QR code as inline SVG, black on white in every theme.

    A text that starts with "/" is a path of this site: it becomes a full address in capitals,
    which a QR code stores in two thirds of the space, so that the squares print larger. Only paths
    that are matched without regard to case are written so; every other stays as it is. `base` is the site's public address where
    no request is at hand (letters, posters).
    """
    if text.startswith("/"):
        address = base.rstrip("/") + text if base else _absolute(context, text)
        text = address.upper() if _is_caseless(text) else address
    code = segno.make_qr(text, error="m")
    return format_html(
        '<span class="qr" role="img" aria-label="{}">{}</span>',
        label or gettext("QR code"),
        # segno writes the SVG from the code's squares; nothing of the text is in it.
        mark_safe(code.svg_inline(border=2, omitsize=True)),  # noqa: S308
    )


def _is_caseless(path: str) -> bool:
    """Whether a path leads to the same page in capitals."""
    plain = path.partition("#")[0].rstrip("/") + "/"
    try:
        return "?" not in path and resolve(plain).func == resolve(plain.upper()).func
    except Resolver404:
        return False


def _absolute(context: Context, path: str) -> str:
    request = context.request if isinstance(context, RequestContext) else context.get("request")
    if request is None:
        raise ValueError(f"A QR code of the path {path} needs a request or base=.")
    return str(request.build_absolute_uri(path))


# ── money ────────────────────────────────────────────────────────────────────────────────────


@register.filter
def yuan(amount: Decimal | None) -> str:
    """Money in yuan with its two places: "1,234.50 元". Nothing for None."""
    if amount is None:
        return ""
    return gettext("¥%(amount)s") % {"amount": f"{amount:,.2f}"}


@register.filter
def each(amount: Decimal | None) -> str:
    """What one piece costs or earns, in yuan, with two places and more only where they are needed:
    "0.26 元", "0.0275 元". Nothing for None.
    """
    if amount is None:
        return ""
    plain = f"{amount:,.4f}".rstrip("0")
    whole, places = plain.split(".")
    return gettext("¥%(amount)s") % {"amount": f"{whole}.{places:0<2}"}


# ── time as people say it ────────────────────────────────────────────────────────────────────


@register.filter
def lasting(amount: int, unit: str = "seconds") -> str:
    """How long something takes, in the units people say: "40 秒", "2 小时 47 分钟".

    `amount` is in seconds, or with `unit` "minutes" in minutes. Raises KeyError for another unit.
    """
    minutes, seconds = divmod(amount * {"seconds": 1, "minutes": 60}[unit], 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if minutes:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes})
    if seconds or not parts:
        parts.append(ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds})
    return " ".join(parts)


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | date | None, now: datetime | None = None) -> str:
    """A point in time: "今天 9:05", "昨天 16:20", "11月20日（周五） 9:05".

    `now` is taken from the context where it is not given: a page has one now.
    """
    return moment_element(moment, _now(context, now))


def moment_element(moment: datetime | date | None, now: datetime) -> str:
    """What `{% when %}` draws, for lists that are drawn in Python."""
    return _time_element(moment, now, spoken_moment)


@register.simple_tag(takes_context=True)
def by(context: Context, moment: datetime | date | None, now: datetime | None = None) -> str:
    """A limit: "明天（周四）下午 3 点前"; a whole day: "明天（周四）之内"."""
    return _time_element(moment, _now(context, now), spoken_limit)


def _now(context: Context, now: datetime | None) -> datetime:
    moment = now or context.get("now")
    if not isinstance(moment, datetime):
        raise template.TemplateSyntaxError("`now` must stand in the context or be given.")
    return moment


def _time_element(
    moment: datetime | date | None,
    now: datetime,
    say: Callable[[datetime | date, datetime], str],
) -> str:
    if moment is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), say(moment, now))


def spoken_moment(moment: datetime | date, now: datetime) -> str:
    """When something happened or will happen, in the reader's words. A bare date has no clock."""
    today = _day(now)
    if not isinstance(moment, datetime):
        return _spoken_day(moment, today)
    local = _local(moment)
    values = {"day": _spoken_day(local.date(), today), "clock": f"{local.hour}:{local:%M}"}
    return pgettext("a point in time", "%(day)s %(clock)s") % values


def spoken_limit(moment: datetime | date, now: datetime) -> str:
    """By when something is to be done. Midnight is the end of the day before it."""
    today = _day(now)
    return _limit(moment, lambda day: _spoken_day(day, today))


@register.filter
def dated(moment: datetime | date | None) -> str:
    """A point in time for paper, which is read on another day: "11月25日（周三） 10:00"; a day so far
    off that its month could be taken for another year's has its year: "2023年1月1日".
    """
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return _written_day(moment)
    local = _local(moment)
    values = {"day": _written_day(local.date()), "clock": f"{local.hour}:{local:%M}"}
    return pgettext("a point in time", "%(day)s %(clock)s") % values


@register.filter
def dated_since(moment: datetime | date | None) -> str:
    """From when on, for paper: a day that begins is said without its hour: "11月25日（周三）"."""
    if isinstance(moment, datetime) and (_local(moment).hour, _local(moment).minute) == (0, 0):
        return _written_day(_local(moment).date())
    return dated(moment)


@register.filter
def dated_limit(moment: datetime | date | None) -> str:
    """A limit for paper: "11月27日（周五）下午 3 点前"."""
    return "" if moment is None else _limit(moment, _written_day)


@register.filter
def month_named(day: date) -> str:
    """A month by a day in it: "2026年10月"."""
    return pgettext("a month of a year", "%(month)s %(year)s") % _values_of(day)


def _limit(moment: datetime | date, say: Callable[[date], str]) -> str:
    if isinstance(moment, datetime):
        local = _local(moment)
        if (local.hour, local.minute) not in {(0, 0), (23, 59)}:
            values = {"day": say(local.date()), "time": _spoken_clock(local)}
            return pgettext("a limit", "by %(day)s %(time)s") % values
        day = local.date() - timedelta(days=local.hour == 0)
    else:
        day = moment
    return pgettext("a limit", "by the end of %(day)s") % {"day": say(day)}


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _day(moment: datetime) -> date:
    return _local(moment).date()


#: Translated one by one, as they are said: a page of a long life says a hundred days.
_WEEKDAYS = (
    pgettext_lazy("day of the week", "Mon"),
    pgettext_lazy("day of the week", "Tue"),
    pgettext_lazy("day of the week", "Wed"),
    pgettext_lazy("day of the week", "Thu"),
    pgettext_lazy("day of the week", "Fri"),
    pgettext_lazy("day of the week", "Sat"),
    pgettext_lazy("day of the week", "Sun"),
)
_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)


#: A day no farther off than half a year is said without its year: no other of its name is as near.
_NEAR_DAYS = 182


def _weekday(day: date) -> str:
    return str(_WEEKDAYS[day.weekday()])


def _month(day: date) -> str:
    return str(_MONTHS[day.month - 1])


def _values_of(day: date) -> dict[str, object]:
    return {"weekday": _weekday(day), "day": day.day, "month": _month(day), "year": day.year}


def _spoken_day(day: date, today: date) -> str:
    return _spoken_day_in(get_language(), day, today)


@lru_cache(maxsize=4_096)
def _spoken_day_in(_language: str | None, day: date, today: date) -> str:
    """A list says the same few days over and over."""
    values = _values_of(day)
    distance = (day - today).days
    if distance == 0:
        return pgettext("day", "today")
    if distance == -1:
        return pgettext("day", "yesterday")
    if distance == 1:
        return pgettext("day", "tomorrow (%(weekday)s)") % values
    if distance == 2:  # noqa: PLR2004  the day after tomorrow has its own word in Chinese
        return pgettext("the day after tomorrow", "%(weekday)s, %(day)s %(month)s") % values
    return _dated_day(day) if day.year == today.year else _day_in_full(day)


def _written_day(day: date) -> str:
    is_near = abs((day - local_day(clock.now())).days) <= _NEAR_DAYS
    return _dated_day(day) if is_near else _day_in_full(day)


def _dated_day(day: date) -> str:
    return pgettext("day of this year", "%(weekday)s, %(day)s %(month)s") % _values_of(day)


def _day_in_full(day: date) -> str:
    return pgettext("day of another year", "%(day)s %(month)s %(year)s") % _values_of(day)


def _spoken_clock(moment: datetime) -> str:
    """The hour as it is said. English tells am from pm; Chinese has six parts of the day."""
    hour = moment.hour % 12 or 12
    values = {"hour": hour, "minute": f"{moment:%M}"}
    if moment.minute == 0:
        clock = pgettext("clock, full hour", "%(hour)s") % values
    elif moment.minute == 30:  # noqa: PLR2004  "half past" is a word of its own in Chinese
        clock = pgettext("clock, half past", "%(hour)s:30") % values
    else:
        clock = pgettext("clock", "%(hour)s:%(minute)s") % values
    return _part_of_day(moment.hour) % {"clock": clock}


def _part_of_day(hour: int) -> str:
    parts = (
        (5, pgettext("before dawn", "%(clock)s am")),
        (8, pgettext("early morning", "%(clock)s am")),
        (12, pgettext("morning", "%(clock)s am")),
        (13, pgettext("noon", "%(clock)s pm")),
        (18, pgettext("afternoon", "%(clock)s pm")),
        (24, pgettext("evening", "%(clock)s pm")),
    )
    return next(words for end, words in parts if hour < end)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────

LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a long list: where it leads, what it says, how the thing stands."""

    url: str
    title: str
    more: str = ""
    tone: str = ""
    word: str = ""
    is_open: bool = False


@register.simple_tag
def rows(lines: Iterable[Row]) -> SafeString:
    """A whole list of rows as `kit/row.html` draws one, for lists of fifty; long titles are cut.

    Written in Python since the template engine takes ten times as long, which made up two thirds
    of the page.
    """
    drawn = []
    for line in lines:
        url = html.escape(line.url)
        current = ' aria-current="true"' if line.is_open else ""
        title = line.title
        if len(title) > LONGEST_TITLE:
            title = title[: LONGEST_TITLE - 1] + "…"
        more = f'<span class="row-more">{html.escape(line.more)}</span>' if line.more else ""
        drawn.append(
            f'<a class="row" href="{url}" hx-get="{url}"{current}>'
            f'<span class="row-what">{html.escape(title)}</span>{more}{_stand(line.tone, line.word)}</a>'
        )
    return mark_safe(  # noqa: S308  every value was escaped above
        '<div class="rows" data-rows hx-target="#detail" hx-select="#detail" hx-swap="outerHTML"'
        f' hx-push-url="true">{"".join(drawn)}</div>'
    )


@lru_cache(maxsize=256)
def _stand(tone: str, word: str) -> str:
    """The status, kept: a page of fifty has four or five different ones, every day the same."""
    if not word:
        return ""
    status = render_to_string("kit/status.html", {"tone": tone, "word": word})
    return f'<span class="row-stand">{status}</span>'


@register.simple_tag
def menu_groups(groups: Iterable[Any]) -> SafeString:  # Any: a group of entries, as in the menu
    """The desk's menu, each group kept once drawn: a head has eighty lines on every page."""
    return format_html_join(
        "", "{}",
        (
            (
                _menu_group(
                    group.title, group.count,
                    tuple(
                        (one.url, one.label, one.icon, one.key, one.count, one.current)
                        for one in group.entries
                    ),
                    is_open=group.is_open,
                ),
            )
            for group in groups
        ),
    )  # fmt: skip


@lru_cache(maxsize=1_024)
def _menu_group(
    title: str,
    count: int,
    lines: tuple[tuple[str, str, str, str, int, bool], ...],
    *,
    is_open: bool,
) -> str:
    names = ("url", "label", "icon", "key", "count", "current")
    entries = [dict(zip(names, line, strict=True)) for line in lines]
    group = {"title": title, "count": count, "is_open": is_open, "entries": entries}
    return render_to_string("kit/menu_group.html", group)


# ── forms that look the same on every page ───────────────────────────────────────────────────

#: What stands for the values of one page in a form that was drawn once. Letters and figures: no
#: escaping touches them.
_STANDS_FOR = "zq7{}q7z"


@register.simple_tag(takes_context=True)
def kept_deed(context: Context, one: Any) -> SafeString:  # Any: a shown deed, of a floor above
    """`kit/deed.html` of a deed whose form is the same everywhere: drawn once in each language, then
    only the tokens, the address and what its fields begin with are put in.
    """
    drawn = _drawn_deed(
        one.kind, one.name, str(one.title), str(one.hint), frozenset(one.begins),
        get_language() or "", is_with_files=one.is_with_files,
    )  # fmt: skip
    values = {
        "csrf": context.get("csrf_token", ""), "token": fresh_token(),
        "url": one.url, **one.begins,
    }  # fmt: skip
    for name, value in values.items():
        drawn = drawn.replace(_STANDS_FOR.format(name), html.escape(str(value)))
    return mark_safe(drawn)  # noqa: S308  a template drew it, and each value is escaped


@lru_cache(maxsize=512)
def _drawn_deed(
    kind: Any,
    name: str,
    title: str,
    hint: str,
    begins: frozenset[str],
    _language: str,
    *,
    is_with_files: bool,
) -> str:  # fmt: skip  Any: a class of forms
    form = kind(
        auto_id=f"{name}_%s",
        initial={each: _STANDS_FOR.format(each) for each in {"token", *begins}},
    )
    one = {
        "form": form, "title": title, "hint": hint, "url": _STANDS_FOR.format("url"),
        "is_with_files": is_with_files,
    }  # fmt: skip
    return render_to_string("kit/deed.html", {"one": one, "csrf_token": _STANDS_FOR.format("csrf")})


# ── forms, tables, bars ──────────────────────────────────────────────────────────────────────

FACES = {
    3: ("smile", "meh", "frown"),
    5: ("laugh", "smile", "meh", "annoyed", "frown"),
}


@register.filter
def faces(field: "BoundField") -> list[tuple["BoundWidget", str]]:
    """The radios of a rating field, best first, each with its face; for `kit/rating.html`."""
    radios = list(field)
    return list(zip(radios, FACES[len(radios)], strict=True))


@register.filter
def labelled(cells: Sequence[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each cell with its column; on a phone a row becomes a card that names its cells."""
    return list(zip(columns, cells, strict=True))


@register.filter
def in_rows(things: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The things, so many to a row: labels on a sheet."""
    return [things[start : start + size] for start in range(0, len(things), size)]


@dataclass(frozen=True)
class Bar:
    """One bar of a trend, measured in the units of the drawing (see `kit/figure.html`)."""

    label: str
    number: str
    left: int
    top: int
    height: int

    @property
    def middle(self) -> int:
        """Under which its label stands."""
        return self.left + BAR_WIDTH // 2

    @property
    def above(self) -> int:
        """Where its number stands: just over it."""
        return self.top - 3


BAR_STEP, BAR_WIDTH, BAR_ROOM = 24, 18, 72


@register.filter
def bars(trend: Iterable[tuple[str, Decimal | int]]) -> list[Bar]:
    """Bars for pairs of label and number: the highest fills the drawing, zero is a line."""
    rows = list(trend)
    highest = max((Decimal(number) for _, number in rows), default=Decimal(0))
    drawn = []
    for place, (label, number) in enumerate(rows):
        height = max(1, round(Decimal(number) / highest * BAR_ROOM)) if highest else 1
        drawn.append(Bar(label, f"{number:,}", place * BAR_STEP, BAR_ROOM - height, height))
    return drawn


@register.filter
def bars_width(drawn: Sequence[Bar]) -> int:
    """How wide the drawing of these bars is."""
    return max(len(drawn) * BAR_STEP - (BAR_STEP - BAR_WIDTH), BAR_WIDTH)
