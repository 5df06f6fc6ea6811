"""What the columns of a table of demands mean: chosen once, kept as a file, used again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.kit.channels import Channel
from mulin.kit.clock import parse_local
from mulin.kit.refusals import Refused

#: What a column can be, in the order in which people are asked.
FIELDS: Final[dict[str, Promise]] = {
    "external_id": _("Number"),
    "opened": _("Received on"),
    "status": _("State"),
    "due": _("Time limit"),
    "closed": _("Closed on"),
    "title": _("Short words"),
    "words": _("Words"),
    "category": _("What it is about"),
    "place_words": _("Place in words"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "source": _("How it came"),
    "answer": _("How it was closed"),
    "contact_name": _("Name of who asks"),
    "contact_phone": _("Phone of who asks"),
    "stated_on_time": _("On time, as the file says"),
}
REQUIRED: Final = ("external_id", "opened")
OPEN, CLOSED = "open", "closed"
#: What a table is: a record of demands that others dealt with, or work that is ours to do.
RECORD, ORDERS = "record", "orders"
#: Columns that name a person are read for work of ours only.
OF_PERSONS: Final = ("contact_name", "contact_phone")
#: Words for open and closed that need no map.
USUAL_STATUSES: Final = {
    **dict.fromkeys(("open", "opened", "in progress", "new", "受理中", "处理中", "办理中"), OPEN),
    **dict.fromkeys(("待办", "未办结", "在办"), OPEN),
    **dict.fromkeys(("closed", "done", "resolved", "已办结", "办结", "已关闭", "已结案"), CLOSED),
}
_FOLDER: Final = Path(__file__).parent / "mappings"
_LONGEST_SYSTEM: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Columns to fields, and how to read what stands in them.

    `system` names whose numbers the file uses: two files of one system speak of the same demands.
    `date_format` is written as for `strptime`; empty, the usual ways of writing are understood.
    """

    system: str
    columns: Mapping[str, str]
    purpose: str = RECORD
    header: Sequence[str] = ()
    date_format: str = ""
    time_zone: str = "Asia/Shanghai"
    statuses: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises Refused for a map that cannot be used, with what to change in it."""
        if not 0 < len(self.system) <= _LONGEST_SYSTEM:
            raise Refused(
                _("The map needs a name for the other system, of at most 40 characters."),
                field="system",
            )
        for name in self.columns:
            if name not in FIELDS:
                raise Refused(_("The map has an unknown field: %(name)s."), {"name": name})
        if self.columns and (missing := [f for f in REQUIRED if not self.columns.get(f)]):
            raise Refused(
                _("Choose the column for: %(name)s."),
                {"name": FIELDS[missing[0]]},
                field=missing[0],
            )
        if bool(self.columns.get("latitude")) != bool(self.columns.get("longitude")):
            raise Refused(_("Latitude and longitude go together."), field="longitude")
        self._try_time_zone()
        if self.date_format:
            self._try_date_format()
        self._check_words()

    def _try_time_zone(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise Refused(
                _("There is no time zone “%(name)s”. Write it like Asia/Shanghai."),
                {"name": self.time_zone},
                field="time_zone",
            ) from None

    def _check_words(self) -> None:
        if self.purpose not in {RECORD, ORDERS}:
            raise Refused(
                _("A map is for “record” or “orders”, not “%(value)s”."), {"value": self.purpose}
            )
        for value in self.statuses.values():
            if value not in {OPEN, CLOSED}:
                raise Refused(
                    _("In the map, states are “open” or “closed”, not “%(value)s”."),
                    {"value": value},
                )
        for value in self.channels.values():
            if value not in set(Channel):
                raise Refused(_("The map has an unknown channel: %(name)s."), {"name": value})

    def _try_date_format(self) -> None:
        example = datetime(2026, 11, 25, 15, 4, 5, tzinfo=self.zone)
        try:
            parse_local(example.strftime(self.date_format), self.zone, layout=self.date_format)
        except (ValueError, OverflowError):
            raise Refused(
                _(
                    "The date format “%(written)s” can't be used. Write it like %(example)s"
                    " for 11/25/2026 03:04:05 PM."
                ),
                {"written": self.date_format, "example": "%m/%d/%Y %I:%M:%S %p"},
                field="date_format",
            ) from None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def state_of(self, written: str) -> str | None:
        """`open` or `closed`, or None for a word the map does not know."""
        known = self.statuses.get(written)
        return known or USUAL_STATUSES.get(written.casefold())

    def column(self, row: Mapping[str, str], name: str) -> str:
        """What a row says for a field; empty where the file has no such column."""
        return row.get(self.columns.get(name, ""), "")

    def fits(self, header: Sequence[str]) -> bool:
        """Whether it was made for tables with this header."""
        names = set(header)
        return bool(self.columns) and set(self.header or self.columns.values()) <= names

    def as_json(self) -> dict[str, Any]:  # Any: a JSON object
        """For the database and, by `as_file`, for a file."""
        return {
            "system": self.system,
            "purpose": self.purpose,
            "header": list(self.header),
            "columns": dict(self.columns),
            "date_format": self.date_format,
            "time_zone": self.time_zone,
            "statuses": dict(self.statuses),
            "channels": dict(self.channels),
            "categories": dict(self.categories),
        }

    def as_file(self) -> bytes:
        """A file that a person can read and change, and that `from_file` reads again."""
        return (
            json.dumps(self.as_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        ).encode()

    @classmethod
    def from_json(cls, kept: object) -> Self:
        """Raises Refused for anything that is not such a map."""
        if not isinstance(kept, dict):
            raise Refused(_("This is not a map of columns."))
        tables = {"columns", "statuses", "channels", "categories"}
        texts = {"system", "purpose", "date_format", "time_zone"}
        values: dict[str, Any] = {}  # Any: checked below, one by one
        for name, value in kept.items():
            if name in texts and isinstance(value, str):
                values[name] = value
            elif name == "header" and isinstance(value, list) and _is_texts(value):
                values[name] = tuple(value)
            elif name in tables and isinstance(value, dict) and _is_texts(value.values()):
                values[name] = value
            else:
                raise Refused(_("The map has an unknown part: %(name)s."), {"name": name})
        if "system" not in values or "columns" not in values:
            raise Refused(_("The map needs “system” and “columns”."))
        return cls(**values)

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read what `as_file` wrote. Raises Refused."""
        try:
            kept = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise Refused(_("The map is not a JSON file in UTF-8.")) from None
        return cls.from_json(kept)


def _is_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


@cache
def shipped_maps() -> tuple[ColumnMap, ...]:
    """The maps that come with Mulin, for layouts that are public."""
    return tuple(ColumnMap.from_file(path.read_bytes()) for path in sorted(_FOLDER.glob("*.json")))


def recognise(header: Sequence[str], known: Iterable[ColumnMap]) -> ColumnMap | None:
    """The first map made for this header."""
    return next((each for each in known if each.fits(header)), None)


_HINTS: Final = {
    "external_id": ("id", "case_id", "编号", "工单编号", "诉求编号", "序号"),
    "opened": (
        "opened",
        "open_dt",
        "created",
        "date",
        "受理时间",
        "登记时间",
        "来电时间",
        "派单时间",
        "时间",
    ),
    "due": ("due", "target_dt", "办理时限", "截止时间", "到期时间", "反馈时限"),
    "closed": ("closed", "closed_dt", "办结时间", "关闭时间"),
    "status": ("status", "state", "状态", "办理状态"),
    "words": ("description", "words", "内容", "诉求内容", "问题描述"),
    "title": ("title", "标题", "诉求标题"),
    "category": ("category", "type", "类别", "诉求类别", "分类"),
    "place_words": ("address", "location", "地址", "地点", "位置"),
    "latitude": ("lat", "latitude", "纬度"),
    "longitude": ("long", "lng", "lon", "longitude", "经度"),
    "source": ("source", "channel", "来源", "渠道"),
    "answer": ("answer", "closure_reason", "办理结果", "答复"),
    "contact_name": ("诉求人", "来电人", "联系人", "姓名"),
    "contact_phone": ("联系电话", "来电号码", "电话", "手机"),
}


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """A first proposal for the page: columns whose name says what they are."""
    by_name = {name.casefold().strip(): name for name in header}
    guessed = {
        field_name: next((by_name[hint] for hint in hints if hint in by_name), "")
        for field_name, hints in _HINTS.items()
    }
    return {field_name: column for field_name, column in guessed.items() if column}
