"""From a photo or a scan to what stands on its sheets, read by the reader in a process of its own.

What the reader needs is an extra (requirements-reading.txt). Nothing of it is ever loaded here.
"""

import fcntl
import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any, Final

from django.conf import settings

from mulin.kit.paper import reader
from mulin.kit.paper.definition import Form, SheetCode, sheet_code

#: What the extra brings; all of it is needed.
LIBRARIES: Final = ("cv2", "zxingcpp", "rapidocr", "onnxruntime", "pypdfium2")
#: What the child needs of our environment; none of it is a key.
_ENVIRONMENT: Final = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "MULIN_FAILPOINT"}
)
_HOUSE: Final = Path(__file__).resolve().parents[3]


class ReaderMissing(Exception):  # noqa: N818  states what is so
    """Nothing can be read here: the extra is not installed, or it is switched off."""


class ReaderFailed(Exception):  # noqa: N818  states what is so
    """The reader broke off or took too long; what a sheet says is not in the message."""


class NothingToRead(Exception):  # noqa: N818  states what is so
    """The file holds no picture that opens."""


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field as it was read. `values` are proposals; an unsure one must be looked at."""

    name: str
    values: tuple[str, ...]
    raw: str
    score: float
    is_sure: bool
    is_empty: bool


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One picture of a file. `trouble` is a value of `eye.Trouble`, or nothing.

    `sheet` is a JPEG: the sheet laid flat if `is_flat`, else the picture as it came.
    """

    code: SheetCode | None
    trouble: str
    sheet: bytes
    is_flat: bool
    fields: tuple[ReadField, ...]
    of: int


def is_reader_there() -> bool:
    """Whether sheets can be read on this machine; looks for the libraries without loading them."""
    return settings.MULIN_READER and all(find_spec(name) is not None for name in LIBRARIES)


class Reader:
    """Reads one file after the other; see `reader`."""

    def __init__(self, child: "subprocess.Popen[str]", forms: Iterable[Form]) -> None:
        self._child = child
        self._forms = [form.as_json() for form in forms]

    def pages(self, path: Path, *, start: int = 0, most: int = 20) -> Iterator[ReadPage]:
        """The pictures of a file from number `start` on, one after the other as they are read.

        Raises ReaderMissing, NothingToRead, ReaderFailed.
        """
        job = {"file": str(path), "start": start, "most": most, "forms": self._forms}
        self._forms = []  # it knows them from then on
        self._ask(job)
        while True:
            told = self._answer()
            if told.get("end"):
                raise NothingToRead
            if "end" in told:
                return
            yield _page(told)

    def _ask(self, job: dict[str, Any]) -> None:  # Any: JSON
        try:
            if self._child.stdin is not None:
                self._child.stdin.write(json.dumps(job) + "\n")
                self._child.stdin.flush()
        except BrokenPipeError:
            pass  # it is gone; why is told by its exit code

    def _answer(self) -> dict[str, Any]:  # Any: JSON
        line = self._child.stdout.readline() if self._child.stdout is not None else ""
        if line.endswith("\n"):
            told: dict[str, Any] = json.loads(line)
            return told
        code = self._child.wait()
        if code == reader.MISSING:
            raise ReaderMissing
        raise ReaderFailed(f"code {code}")


@contextmanager
def open_reader(forms: Iterable[Form]) -> Iterator[Reader]:
    """A reader that knows these forms, in a process of its own that ends with the block.

    It is stopped after `reader.MOST_SECONDS`. Raises ReaderMissing.
    """
    if not is_reader_there():
        raise ReaderMissing
    environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    environment["PYTHONPATH"] = str(_HOUSE)
    with _one_at_a_time():
        child = subprocess.Popen(  # noqa: S603  our own module, by our own Python
            [sys.executable, "-P", "-m", reader.__name__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, cwd="/", text=True,
        )  # fmt: skip
        watch = Timer(reader.MOST_SECONDS, child.kill)
        watch.start()
        try:
            yield Reader(child, forms)
        finally:
            watch.cancel()
            child.kill()
            child.communicate()


def _page(told: dict[str, Any]) -> ReadPage:  # Any: JSON
    return ReadPage(
        code=sheet_code(told["code"]),
        trouble=told["trouble"],
        sheet=b64decode(told["sheet"]),
        is_flat=told["is_flat"],
        fields=tuple(
            ReadField(**(one | {"values": tuple(one["values"])})) for one in told["fields"]
        ),
        of=told["of"],
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two readers at once would take two gigabytes; the second file waits its turn."""
    with (Path(settings.DATA_DIR) / "reader.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
