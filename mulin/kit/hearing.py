"""From the sound of a meeting to a draft of its words, by a listener in a process of its own.

Engine and model are an extra: the libraries come with requirements-hearing.txt, the model is laid
into a folder by whoever installs (docs/hearing.md); nothing is ever fetched. Nothing heavy is
loaded here: a model takes half a gigabyte, which the worker gives back when the child ends.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.conf import settings

from mulin.kit import listener

#: What the child needs of our environment; none of it is a key.
_ENVIRONMENT: Final = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH"})
_HOUSE: Final = Path(__file__).resolve().parents[2]
#: A piece of sound takes a fraction of its length; within this the child is done or stuck.
MOST_SECONDS: Final = 55


class Engine(StrEnum):
    """What the model folder holds, told by its files."""

    WHISPER = "whisper"
    SENSE_VOICE = "sense_voice"


#: The files of a model, by which its engine is known, and the libraries that load it.
FILES: Final[dict[Engine, tuple[str, ...]]] = {
    Engine.WHISPER: ("model.bin", "config.json", "tokenizer.json"),
    Engine.SENSE_VOICE: ("model.int8.onnx", "tokens.txt"),
}
LIBRARIES: Final[dict[Engine, tuple[str, ...]]] = {
    Engine.WHISPER: ("faster_whisper", "zhconv"),
    Engine.SENSE_VOICE: ("sherpa_onnx", "faster_whisper"),
}


class NothingHears(Exception):  # noqa: N818  states what is so
    """No engine or no model is there."""


class ListenerFailed(Exception):  # noqa: N818  states what is so
    """The listener broke off or took too long, or the file holds no sound."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What this machine hears with. `missing` are libraries; without an engine it is the model."""

    engine: Engine | None
    folder: Path
    missing: tuple[str, ...] = ()

    @property
    def are_there(self) -> bool:
        return self.engine is not None and not self.missing


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece: its lines, to which second of the sound it goes, and whether that is the end."""

    lines: tuple[str, ...]
    until: int
    is_end: bool


def ears() -> Ears:
    """What is installed, without loading it."""
    folder = Path(settings.MULIN_SPEECH_DIR)
    for engine, files in FILES.items():
        if all((folder / name).is_file() for name in files):
            missing = [name for name in LIBRARIES[engine] if find_spec(name) is None]
            return Ears(engine, folder, tuple(missing))
    wanted = dict.fromkeys(name for names in LIBRARIES.values() for name in names)
    return Ears(None, folder, tuple(name for name in wanted if find_spec(name) is None))


def listen(path: Path, *, start: int = 0, names: str = "") -> Heard:
    """Write down one piece of a recording from a second on. `names` are words it may hear.

    Raises NothingHears, ListenerFailed.
    """
    found = ears()
    if not found.are_there or found.engine is None:
        raise NothingHears
    job = {
        "engine": found.engine.value, "folder": str(found.folder), "file": str(path),
        "start": start, "names": names,
    }  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    environment["PYTHONPATH"] = str(_HOUSE)
    try:
        child = subprocess.run(  # noqa: S603  our own module, by our own Python
            [sys.executable, "-P", "-m", listener.__name__, str(os.getpid())],
            input=json.dumps(job),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", text=True,
            timeout=MOST_SECONDS, check=True,
        )  # fmt: skip
        told = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise ListenerFailed from error
    return Heard(tuple(told["lines"]), int(told["until"]), bool(told["is_end"]))
