"""How a line of an old ledger is read: no table is asked."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from mulin.commons.ledgers.registry import Column, Kind

_YES: Final = frozenset({"是", "yes", "y", "1", "√", "✓", "true", "同意", "有"})
_NO: Final = frozenset({"", "否", "no", "n", "0", "false", "不同意", "无"})
_SPLIT: Final = re.compile(r"[,，、;；/\s]+")
_DAY: Final = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:[ T].*)?")


def places_of(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Which heading of the file is which column of ours."""
    plain = {heading.strip().rstrip("*＊").lower(): heading for heading in header}
    found = {}
    for column in columns:
        names = (str(column.label), column.name, *column.also)
        for name in names:
            if name.lower() in plain:
                found[column.name] = plain[name.lower()]
                break
    return found


def read_line(
    cells: Mapping[str, str], columns: Sequence[Column], *, today: date
) -> tuple[dict[str, Any], list[str]]:  # Any: what each kind of cell gives
    """What a line says, and in words what is wrong with it."""
    values: dict[str, Any] = {}  # Any: as above
    faults = []
    for column in columns:
        typed = " ".join(cells.get(column.name, "").split())
        if not typed and column.is_required:
            faults.append(_("“%(column)s” is empty.") % {"column": column.label})
            continue
        try:
            values[column.name] = _read(typed, column, today)
        except ValueError:
            faults.append(
                _("“%(column)s” can't be read: %(typed)s")
                % {"column": column.label, "typed": typed[:40]}
            )
    return values, faults


def _read(typed: str, column: Column, today: date) -> Any:  # Any: by kind
    choices = column.choices or {}
    match column.kind:
        case Kind.TEXT:
            return typed[: column.most]
        case Kind.DAY:
            return _day(typed, today) if typed else None
        case Kind.NUMBER:
            return int(float(typed)) if typed else None
        case Kind.CHOICE:
            return _choice(typed, choices) if typed else ""
        case Kind.CHOICES:
            return [_choice(one, choices) for one in _SPLIT.split(typed) if one]
        case Kind.YES:
            if typed.lower() not in _YES | _NO:
                raise ValueError(typed)
            return typed.lower() in _YES


def _choice(typed: str, choices: Mapping[str, str]) -> str:
    """A word as it is offered, or one that begins so and no other does."""
    if typed in choices:
        return choices[typed]
    begun = {value for word, value in choices.items() if word.startswith(typed)}
    if len(begun) != 1:
        raise ValueError(typed)
    return begun.pop()


def _day(typed: str, today: date) -> date:
    found = _DAY.fullmatch(typed)
    if found is None:
        raise ValueError(typed)
    day = date(*(int(part) for part in found.groups()))
    if day > today:
        raise ValueError(typed)
    return day
