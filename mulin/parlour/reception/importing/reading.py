"""What a file of demands says: rows ready to be taken in, or the reason why a row is not."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.kit import georeport
from mulin.kit.clock import parse_local
from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence
from mulin.kit.sheets import TableRefused, read_table
from mulin.parlour.reception.importing.mapping import (
    CLOSED,
    OF_PERSONS,
    OPEN,
    ORDERS,
    ColumnMap,
    recognise,
)

GEOREPORT: Final = "georeport"
_LONGEST_ID: Final = 80
_LONGEST_SOURCE: Final = 60
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_TABLE_REASONS: Final = {
    "too_many_cells": gettext_noop(
        "The row has more cells than the header. Perhaps a comma within a cell lacks its"
        " quotation marks."
    ),
    "open_quote": gettext_noop("The row opens a quotation mark that is never closed."),
    "stray_quote": gettext_noop("The row has a quotation mark in the wrong place."),
    "too_long": gettext_noop("The row has a cell that is too long."),
    "digits_lost": gettext_noop(
        "The row has a number of more than 15 digits, whose last digits Excel changed to zeros."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """What a file says of one demand. Moments are in UTC; `facts` keeps them as written."""

    line: int
    external_id: str
    status: str
    is_open: bool
    opened: datetime
    due: datetime | None = None
    closed: datetime | None = None
    words: str = ""
    category: str = ""
    category_code: str = ""
    place_words: str = ""
    latitude: str = ""
    longitude: str = ""
    source: str = ""
    came_by: str = ""
    answer: str = ""
    stated_on_time: str = ""
    states_on_time: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    contact_name: str = ""
    contact_phone: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)  # the whole row, for work of ours

    @property
    def digest(self) -> str:
        """Equal for equal content, wherever in whichever file it stands."""
        parts = [
            self.external_id, self.status, self.is_open, _told(self.opened), _told(self.due),
            _told(self.closed), self.words, self.category, self.category_code, self.place_words,
            self.latitude, self.longitude, self.source, self.came_by, self.answer,
            self.stated_on_time, self.states_on_time, sorted(self.facts.items()),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FoundCategory:
    """A kind of demand that the other system takes."""

    code: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row that is not taken in. `row` is how people find it; `line` is its line in the file."""

    row: int
    line: int
    reason: Sentence

    def as_json(self) -> dict[str, object]:
        return {"row": self.row, "line": self.line, "reason": self.reason.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that a file says. `as_of` is the latest thing that happened, by the file itself."""

    system: str
    read: int
    rows: Sequence[FoundRow] = ()
    categories: Sequence[FoundCategory] = ()
    set_aside: Sequence[SetAside] = ()
    notes: Sequence[Sentence] = ()
    as_of: datetime | None = None
    used: ColumnMap | None = None


class MapNeeded(Refused):
    """It is a table, and nobody has said yet what its columns mean."""


def _told(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def is_georeport(content: bytes) -> bool:
    """Whether it is JSON or XML and needs no map."""
    return not content.startswith(b"PK") and georeport.looks_like_georeport(content)


def read_file(
    content: bytes, filename: str, *, chosen: ColumnMap | None, known: Iterable[ColumnMap] = ()
) -> Found:
    """Read a table by the chosen map, or by the known one made for its header, or GeoReport v2.

    Raises Refused when nothing of it can be read, MapNeeded when it is a table of unknown layout.
    """
    if is_georeport(content):
        return _from_georeport(georeport.read(content), chosen)
    table = read_table(content, filename)
    used = chosen or recognise(table.header, known)
    if used is None or not used.columns:
        raise MapNeeded(
            _("Nobody has said yet what the columns of this table mean. Choose them on the page"
              " “Demands from a file”, save the map, and give it with --map.")
        )  # fmt: skip
    lacking = [column for column in used.columns.values() if column and column not in table.header]
    if lacking:
        raise Refused(
            _("The table has no column “%(name)s”, which the map asks for."), {"name": lacking[0]}
        )
    return _from_table(table.rows, table.problems, used)


def first_rows(content: bytes, filename: str, most: int = 20) -> tuple[list[str], list[list[str]]]:
    """The header of a table and its first rows, for choosing columns. Raises Refused."""
    table = read_table(content, filename)
    return table.header, [list(cells.values()) for _line, cells in islice(table.rows, most)]


# --- tables -----------------------------------------------------------------------------------


class _Bad(Exception):  # noqa: N818  caught where a row is read
    def __init__(self, msgid: str, **values: str) -> None:
        super().__init__(msgid)
        self.reason = Sentence(msgid, {key: _shown(value) for key, value in values.items()})


def _shown(value: str) -> str:
    return value if len(value) <= _LONGEST_ID else value[:_LONGEST_ID] + "…"


def _from_table(
    lines: Iterable[tuple[int, dict[str, str]]], problems: list[TableRefused], used: ColumnMap
) -> Found:
    rows: list[FoundRow] = []
    aside: list[SetAside] = []
    first_at: dict[str, int] = {}
    for line, cells in lines:
        try:
            row = _row(line, cells, used)
            _refuse_twice(row.external_id, first_at)
        except _Bad as bad:
            aside.append(SetAside(row=line, line=line, reason=bad.reason))
            continue
        first_at[row.external_id] = line
        rows.append(row)
    for problem in problems:
        reason = Sentence(_TABLE_REASONS[problem.code])
        aside.append(SetAside(row=problem.line or 0, line=problem.line or 0, reason=reason))
    aside.sort(key=lambda each: each.line)
    return Found(
        system=used.system, read=len(rows) + len(aside), rows=rows, set_aside=aside,
        as_of=_latest(rows), used=used,
    )  # fmt: skip


def _refuse_twice(number: str, first_at: Mapping[str, int]) -> None:
    if number in first_at:
        raise _Bad(
            gettext_noop("Number %(number)s stands in this file already, in line %(line)s."),
            number=number,
            line=str(first_at[number]),
        )


def _latest(rows: Iterable[FoundRow], *others: datetime) -> datetime | None:
    moments = [moment for row in rows for moment in (row.opened, row.closed) if moment]
    return max([*moments, *others], default=None)


def _row(line: int, cells: Mapping[str, str], used: ColumnMap) -> FoundRow:
    said = {
        name: _UNSTORABLE.sub("\ufffd", used.column(cells, name))
        for name, column in used.columns.items()
        if column and (used.purpose == ORDERS or name not in OF_PERSONS)
    }
    number = said["external_id"]
    if not number:
        raise _Bad(gettext_noop("The row has no number."))
    if len(number) > _LONGEST_ID:
        raise _Bad(gettext_noop("The number is too long: %(number)s"), number=number)
    opened = _moment(said, "opened", used)
    if opened is None:
        raise _Bad(gettext_noop("The row does not say when it was received."))
    closed = _moment(said, "closed", used)
    words = "\n".join(
        dict.fromkeys(text for text in (said.get("title", ""), said.get("words", "")) if text)
    ) or said.get("category", "")
    if not words:
        raise _Bad(gettext_noop("The row says nothing: it has no words and no category."))
    latitude, longitude = _place(said)
    source = said.get("source", "")
    return FoundRow(
        line=line, external_id=number, opened=opened, closed=closed, words=words,
        status=said.get("status", ""), is_open=_is_open(said, closed, used),
        due=_moment(said, "due", used), category=said.get("category", ""),
        place_words=said.get("place_words", ""), latitude=latitude, longitude=longitude,
        source=source[:_LONGEST_SOURCE], came_by=used.channels.get(source, ""),
        answer=said.get("answer", ""), stated_on_time=said.get("stated_on_time", "")[:20],
        states_on_time=bool(used.columns.get("stated_on_time")),
        contact_name=said.get("contact_name", "")[:60],
        contact_phone=said.get("contact_phone", ""),
        cells=dict(cells) if used.purpose == ORDERS else {},
        facts={name: text for name, text in said.items() if text},
    )  # fmt: skip


def _is_open(said: Mapping[str, str], closed: datetime | None, used: ColumnMap) -> bool:
    if "status" not in said:
        return closed is None
    state = used.state_of(said["status"])
    if state is None or len(said["status"]) > 40:  # noqa: PLR2004  what the column holds
        raise _Bad(
            gettext_noop("The state “%(status)s” is neither open nor closed by the map."),
            status=said["status"],
        )
    return state == OPEN


def _moment(said: Mapping[str, str], name: str, used: ColumnMap) -> datetime | None:
    written = said.get(name, "")
    if not written:
        return None
    try:
        moment = parse_local(written, used.zone, layout=used.date_format or None)
        # To UTC at once: two times of one zone would be compared by the face of the clock.
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Bad(
            gettext_noop("“%(column)s” is not a time in the format of the map: %(written)s"),
            column=used.columns[name], written=written,
        ) from None  # fmt: skip


def _place(said: Mapping[str, str]) -> tuple[str, str]:
    latitude, longitude = said.get("latitude", ""), said.get("longitude", "")
    if bool(latitude) != bool(longitude):
        raise _Bad(gettext_noop("Of the place only latitude or longitude is given."))
    for written, most in ((latitude, 90), (longitude, 180)):
        if written and not _is_degree(written, most):
            raise _Bad(gettext_noop("This is not a place on earth: %(written)s"), written=written)
    return latitude, longitude


def _is_degree(written: str, most: int) -> bool:
    try:
        degrees = float(written)
    except ValueError:
        return False
    return math.isfinite(degrees) and abs(degrees) <= most


# --- GeoReport v2 -----------------------------------------------------------------------------


def _from_georeport(answer: georeport.Answer, chosen: ColumnMap | None) -> Found:
    rows = [_row_of(request) for request in answer.requests]
    updated = [r.updated.utc for r in answer.requests if r.updated is not None]
    return Found(
        system=chosen.system if chosen else GEOREPORT,
        read=answer.read,
        rows=rows,
        categories=[FoundCategory(s.code, s.name, s.group) for s in answer.services],
        set_aside=[
            SetAside(row=each.row, line=each.line, reason=each.reason) for each in answer.set_aside
        ],
        notes=answer.notes,
        as_of=_latest(rows, *updated),
    )


def _row_of(request: georeport.Request) -> FoundRow:
    is_open = request.status == OPEN
    closed = request.updated if request.status == CLOSED else None
    written = {
        "requested_datetime": request.requested,
        "updated_datetime": request.updated,
        "expected_datetime": request.expected,
    }
    facts = {name: moment.written for name, moment in written.items() if moment} | {
        name: text
        for name, text in (
            ("service_name", request.service_name), ("service_code", request.service_code),
            ("status_notes", request.status_notes), ("service_notice", request.service_notice),
            ("agency_responsible", request.agency), ("address", request.address),
            ("address_id", request.address_id), ("zipcode", request.zipcode),
            ("lat", request.latitude), ("long", request.longitude),
            ("media_url", request.media_url),
        )
        if text
    }  # fmt: skip
    return FoundRow(
        line=request.line, external_id=request.id, status=request.status, is_open=is_open,
        opened=request.requested.utc, due=request.expected.utc if request.expected else None,
        closed=closed.utc if closed else None,
        words=request.description or request.service_name or request.service_code or request.id,
        category=request.service_name or request.service_code,
        category_code=request.service_code, place_words=request.address,
        latitude=request.latitude, longitude=request.longitude,
        answer="" if is_open else request.status_notes, facts=facts,
    )  # fmt: skip
