"""Where the measured community lies: made once for each database, found again the next time.

It is made anew when the tables, the words of the search index or the making itself change. A run
adds the visits that it saves, a few hundred.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from tests.support.postgres import cluster
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
MADE: Final = "made"
_MADE_FROM: Final = (
    "mulin/**/migrations/*.py", "mulin/kit/search.py", "mulin/kit/grams.py",
    "mulin/ground/people/rules.py", "bench/community.py", "bench/rows.py", "bench/words.py",
    "bench/seed.py", "bench/unindexed.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How large the community is."""

    people: int
    demands: int


FULL: Final = Size(100_000, 300_000)
QUICK: Final = Size(5_000, 15_000)


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and a database: what the product is told by its environment."""

    name: str
    environment: dict[str, str]

    def run(self, module: str, *arguments: str) -> str:
        """Run a module of this package in a process of its own; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout


@contextmanager
def sqlite(size: Size) -> Iterator[Installation]:
    """The community in a file, with the product's own settings."""
    folder = _folder("sqlite", size.people)
    with _made(Installation("SQLite", _environment(folder)), folder, size) as installation:
        yield installation


@contextmanager
def postgres(size: Size) -> Iterator[Installation]:
    """The community on a server with default settings. Raises PostgresMissing."""
    folder = _folder("postgres", size.people)
    with cluster(folder / "cluster") as address:
        told = _environment(folder, MULIN_DATABASE_URL=address)
        with _made(Installation("PostgreSQL", told), folder, size) as installation:
            yield installation


@contextmanager
def county(of: int) -> Iterator[tuple[Installation, Installation]]:
    """One part of a county, and the small community that it is held against, on one server with
    default settings. Raises PostgresMissing.
    """
    folder = _folder("county", of)
    with cluster(folder / "cluster") as address, psycopg.connect(address, autocommit=True) as told:
        found = []
        for name, asked in (("large", (f"--of={of}",)), ("small", (f"--of={of}", "--small"))):
            (folder / name).mkdir(exist_ok=True)
            environment_of = _environment(
                folder / name, MULIN_DATABASE_URL=f"{address.rpartition('/')[0]}/{name}"
            )
            found.append(Installation("PostgreSQL", environment_of))
            if (folder / MADE).exists():
                continue
            told.execute(f"CREATE DATABASE {name}")
            print(f"Making the {name} installation: bench.seed {' '.join(asked)} …", flush=True)
            print(found[-1].run("bench.seed", *asked), flush=True)
        (folder / MADE).touch()
        yield found[0], found[1]


@contextmanager
def _made(installation: Installation, folder: Path, size: Size) -> Iterator[Installation]:
    if not (folder / MADE).exists():
        print(
            f"Making {size.people:,} people and {size.demands:,} demands on {installation.name} …",
            flush=True,
        )
        began = time.monotonic()
        installation.run("bench.community", str(size.people), str(size.demands))
        (folder / MADE).touch()
        print(f"… made in {time.monotonic() - began:.0f} s, kept in {folder}", flush=True)
    yield installation


def _environment(folder: Path, **more: str) -> dict[str, str]:
    return environment(folder, DJANGO_SETTINGS_MODULE="mulin.settings", **more)


def _folder(kind: str, size: int) -> Path:
    """Where it is kept; without what was cut off or made for older tables."""
    found = hashlib.sha256()
    for pattern in _MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            # What it does, not how it is laid out.
            found.update(ast.dump(ast.parse(path.read_bytes())).encode())
    folder = _kept() / f"{kind}-{size}-{found.hexdigest()[:12]}"
    for old in folder.parent.glob(f"{kind}-{size}-*"):
        if old != folder or not (old / MADE).exists():
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _kept() -> Path:
    """In the checkout, unless root lends PostgreSQL a user who may not enter it."""
    beside = ROOT / "build" / "bench"
    if os.geteuid() == 0 and not all(path.stat().st_mode & 0o001 for path in ROOT.parents):
        return Path(tempfile.gettempdir(), "mulin-bench")
    return beside
