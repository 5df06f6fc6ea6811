"""Claims: a backup of 1 GB is made in under 120 s and restored in under 180 s.

The measured community with photos beside it, as many as make the size full: backed up while nobody
stops it, then restored on an empty folder as after a lost machine, which unpacks it, proves bytes,
rows, keys and chain, and puts it in place. Beside it stands what copying the same bytes (`cp`) and
their sums (`sha256sum`) take in the same run. On SQLite: PostgreSQL makes its tables anew on top.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

from bench.databases import FULL, ROOT, Installation, Size
from bench.lines import Line
from tests.support.serving import environment

BACKUP_SECONDS: Final = 120
RESTORE_SECONDS: Final = 180
BYTES: Final = 1_000_000_000
QUICK_BYTES: Final = 50_000_000
PHOTO_BYTES: Final = 400_000
SEED: Final = 1_948


def measure(installation: Installation, size: Size) -> list[Line]:
    """Copy the community, add photos, back up, restore elsewhere."""
    beside = Path(installation.environment["MULIN_DATA_DIR"]).parent
    with tempfile.TemporaryDirectory(prefix="mulin-restore-", dir=beside) as folder:
        here, there, backups = (Path(folder, name) for name in ("here", "there", "backups"))
        for made in (here, there, backups):
            made.mkdir()
        total = _fill(here, installation, BYTES if size == FULL else QUICK_BYTES)
        backing = _timed(here, "backup", str(backups / "all.mulin"))
        _timed(here, "keys", str(here / "safe.json"))
        restoring = _timed(
            there, "restore", str(backups / "all.mulin"), "--keys", str(here / "safe.json")
        )
        plain = _copied(here, Path(folder, "copy"))
        sealed = (backups / "all.mulin").stat().st_size
    what = f"{installation.name}, {total / 1_000_000_000:.2f} GB"
    peer = f"cp and sha256sum of the same bytes take {plain:.1f} s"
    return [
        Line(
            f"{what} backed up", BACKUP_SECONDS, backing, "s",
            note=f"{peer}; the sealed file has {sealed / 1_000_000:,.0f} MB",
        ),
        Line(f"{what} restored and proved", RESTORE_SECONDS, restoring, "s", note=peer),
    ]  # fmt: skip


def _fill(folder: Path, installation: Installation, size: int) -> int:
    """The community's database and keys, and photos until it is `size`; how many bytes it is."""
    source = Path(installation.environment["MULIN_DATA_DIR"])
    shutil.copy(source / "keys.json", folder)
    with (
        closing(sqlite3.connect(source / "mulin.sqlite3")) as measured,
        closing(sqlite3.connect(folder / "mulin.sqlite3")) as copy,
    ):
        measured.backup(copy)
    dice, total = Random(SEED), (folder / "mulin.sqlite3").stat().st_size
    (folder / "files" / "needs").mkdir(parents=True)
    number = 0
    while total < size:
        photo = dice.randbytes(PHOTO_BYTES)  # as little to be packed as a JPEG
        (folder / "files" / "needs" / f"{number}.jpg").write_bytes(photo)
        total += len(photo)
        number += 1
    return total


def _timed(folder: Path, *arguments: str) -> float:
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "mulin", *arguments], env=environment(folder), cwd=ROOT,
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.monotonic() - began


def _copied(folder: Path, into: Path) -> float:
    began = time.monotonic()
    subprocess.run(["cp", "--recursive", folder, into], check=True)
    names = [path for path in into.rglob("*") if path.is_file()]
    subprocess.run(["sha256sum", *names], check=True, stdout=subprocess.DEVNULL)
    os.sync()
    return time.monotonic() - began
