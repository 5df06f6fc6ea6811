"""A lot's life, drawn line by line in Python: a long one has hundreds of lines, and a template
takes ten times as long for each.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mulin.kit.templatetags.kit import icon, moment_element
from mulin.workshop.production.models import CAUSE_LABELS, SPOT_LABELS, Movement
from mulin.workshop.production.rules import Cause, Spot

_UNDONE = mark_safe(' class="undone"')


def drawn(rows: Sequence[Movement], now: datetime) -> list[SafeString]:
    """What stands in each line of the page: when, how much, from where to where, who, why."""
    words = _Words(now)
    turned = {row.reverses_id for row in rows}
    return [
        format_html(
            '<li class="{}"><p{}>{} · <strong>{} {}</strong> {}</p><p class="soft small">{}</p></li>',
            row.target, _UNDONE if row.pk in turned else "", moment_element(row.at, now), f"{row.quantity.normalize():f}", row.item.unit,
            words.what(row), words.more(row, is_turned=row.pk in turned),
        )
        for row in rows
    ]  # fmt: skip


class _Words:
    """Every word and address of the lines, looked up once for the page."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.spots = {one.value: str(SPOT_LABELS[one]) for one in Spot}
        self.causes = {one.value: str(CAUSE_LABELS[one]) for one in Cause}
        self.way = _("from %(source)s to %(target)s")
        self.paid, self.slip = _("paid"), _("A slip?")
        self.turns, self.was_turned = _("turns an earlier line round"), _("was turned round")
        self.photo = format_html("{} {}", icon("camera"), _("photo"))
        # A hundred addresses that differ by a number are looked up as one.
        self.undo, self.fault = (
            reverse(f"production:{name}", args=[0]).replace("/0/", "/{}/")
            for name in ("undo", "fault")
        )

    def what(self, row: Movement) -> SafeString:
        """From where to where, who, why, who bears it."""
        ends = {"source": self.spots[row.source], "target": self.spots[row.target]}
        photo = (
            format_html('<a href="{}">{}</a>', self.fault.format(row.pk), self.photo)
            if row.picture
            else ""
        )
        return _joined(
            self.way % ends,
            row.target_worker or row.source_worker or "",
            self.causes[row.cause] if row.cause else "",
            row.bearer,
            self.paid if row.is_paid else "",
            photo,
        )

    def more(self, row: Movement, *, is_turned: bool) -> SafeString:
        """The note, who wrote it down, and whether it stands."""
        if row.reverses_id:
            stands: str = self.turns
        elif is_turned:
            stands = self.was_turned
        else:
            stands = format_html('<a href="{}">{}</a>', self.undo.format(row.pk), self.slip)
        return _joined(row.note, row.entered_by.display_name if row.entered_by else "", stands)


def _joined(*parts: object) -> SafeString:
    return mark_safe(" · ".join(_escaped(parts)))  # noqa: S308  each part is escaped


def _escaped(parts: Iterable[object]) -> Iterable[str]:
    return (
        conditional_escape(str(part) if not isinstance(part, str) else part)
        for part in parts
        if part
    )
