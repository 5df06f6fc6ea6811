"""Logs that an operator can keep and hand on: one line of JSON per event, nothing about people.

Words that stand in the program are written, values are not: of a message only the part that is a
literal in the source of whoever wrote it, of an error its kind and where it arose. Names, numbers,
codes and what somebody typed are values, so they stay out without being looked for.
"""

import json
import linecache
import logging
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any, Final

from mulin.kit.clock import SHANGHAI

#: In place of a value that is not written.
LEFT_OUT: Final = "…"
_OURS: Final = "mulin"
_PLACEHOLDER: Final = re.compile(
    r"%(?:(?P<percent>%)|(?:\((?P<key>\w+)\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?[a-zA-Z])"
)
#: What our own code may name: a sweep, a community's short name, a branch of the process tree.
_WORD: Final = re.compile(r"[a-z][a-z_. -]{0,60}")
_FRAMES: Final = 40

# Any: whatever JSON can hold.
Facts = Mapping[str, Any]
Fault = tuple[type[BaseException], BaseException, TracebackType | None]

_told_by: ContextVar[Callable[[], Facts] | None] = ContextVar("mulin_log", default=None)


@contextmanager
def about(facts: Callable[[], Facts]) -> Iterator[None]:
    """Every line written inside also says these facts, asked for at that moment."""
    token = _told_by.set(facts)
    try:
        yield
    finally:
        _told_by.reset(token)


class JsonLine(logging.Formatter):
    """Writes a record as one line of JSON.

    `extra={"facts": {…}}` adds fields; whoever adds them answers for it that they tell of nobody.
    """

    def format(self, record: logging.LogRecord) -> str:
        told_by = _told_by.get()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event_of(record),
        }
        line |= told_by() if told_by is not None else {}
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = fault_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def event_of(record: logging.LogRecord) -> str:
    """What happened, in words of the program; else the place in it where it was said."""
    said = record.msg
    if not isinstance(said, str) or not _stands_in(record.pathname, said):
        return f"{record.name} at {record.filename}:{record.lineno}"
    if not record.args:
        return said
    values = record.args if isinstance(record.args, tuple) else ()
    is_ours = record.name.partition(".")[0] == _OURS
    following = iter(values)

    def written(match: re.Match[str]) -> str:
        if match["percent"]:
            return "%"
        value = next(following, None) if match["key"] is None else None
        return _written(value) if is_ours else LEFT_OUT

    return _PLACEHOLDER.sub(written, said)


def fault_of(error: BaseException | None) -> dict[str, Any] | None:
    """The kind of an error, the places it came through, and what caused it; never its words.

    A database says in its errors which row it refused, a parser what it was given.
    """
    if error is None:
        return None
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = fault_of(cause)
    return told


def _stands_in(path: str, said: str) -> bool:
    """Whether these words are written in that file: then nobody typed them."""
    quoted = (f'"{said}"', f"'{said}'")
    return any(quote in line for line in linecache.getlines(path) for quote in quoted)


def _written(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    return LEFT_OUT
