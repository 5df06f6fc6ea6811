"""`make test`: the system's packages, every test on SQLite and, beside it, on PostgreSQL, and lint.

The three share the processors: each waits much of the time, for a browser, a disk or one file. What
asks no database runs once, on SQLite's side (tests/conftest.py).

Where the machine lacks PostgreSQL, Chromium or gettext and they may not be installed, the tests
that need them are left out and the last line names them; in CI (`CI` is set) that is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from ctypes.util import find_library
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.chromium import PATH as CHROMIUM  # noqa: E402  found by the line above
from tests.support.postgres import PostgresMissing, cluster, programs  # noqa: E402

PYTHON = sys.executable
#: One more on SQLite's side, where the browser lets its test wait.
PROCESSES = min(os.cpu_count() or 1, 4)


def has_postgres() -> bool:
    try:
        programs()
    except PostgresMissing:
        return False
    return True


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def has_font(file: str) -> Callable[[], bool]:
    return lambda: Path("/usr/share/fonts", file).exists()


def has_library(name: str) -> Callable[[], bool]:
    return lambda: find_library(name) is not None


#: What the tests need beside Python: Debian's package, and how to tell that it is there.
SYSTEM: dict[str, Callable[[], bool]] = {
    "gettext": lambda: shutil.which("msgmerge") is not None,
    "chromium-headless-shell": lambda: Path(CHROMIUM).exists(),
    "postgresql": has_postgres,
    "fonts-noto-cjk": has_chinese_font,
    # What is read on paper is written in these, which look as if a hand had.
    "fonts-seto": has_font("truetype/seto/setofont.ttf"),
    "fonts-arphic-ukai": has_font("truetype/arphic/ukai.ttc"),
    "mosquitto": lambda: any(shutil.which(name) for name in ("mosquitto", "/usr/sbin/mosquitto")),
    "libpango-1.0-0": has_library("pango-1.0"),
    "libpangoft2-1.0-0": has_library("pangoft2-1.0"),
    "libharfbuzz-subset0": has_library("harfbuzz-subset"),
}


def missing() -> list[str]:
    return [package for package, is_there in SYSTEM.items() if not is_there()]


def install(packages: list[str]) -> None:
    """Let Debian's package manager bring them, where there is one and we may."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    before: list[str] = []
    if os.geteuid() != 0:
        may = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False)
        if not may or may.returncode:
            return
        before = ["sudo", "-n"]
    print(f"Installing {', '.join(packages)} …", flush=True)
    quiet = [*before, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-y"]
    subprocess.run([*quiet, "update"], check=False)
    subprocess.run(
        [*quiet, "-o", "Dpkg::Use-Pty=0", "install", "--no-install-recommends", *packages],
        stdout=subprocess.DEVNULL,
        check=False,
    )


def lint(said: IO[str]) -> subprocess.Popen[bytes]:
    """Begin all of lint, which prints into a file."""
    command = ["make", "--no-print-directory", "--keep-going", "lint"]
    return subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)


def pytest(said: IO[str] | None, processes: int, **more: str) -> subprocess.Popen[bytes]:
    """Begin a run of every test, which prints into a file or for all to see."""
    # Whole files in the order of tests/conftest.py: the longest lists are not the longest waits.
    spread = [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"]
    command = [PYTHON, "-m", "pytest", "-q", *spread]
    errors = subprocess.STDOUT if said else None
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | more, stdout=said, stderr=errors)


def warm_up() -> None:
    """Have every test module read once, so that the runs beside each other find it read."""
    command = [PYTHON, "-m", "pytest", "-q", "--collect-only"]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)


def _passed(process: subprocess.Popen[bytes], title: str, said: IO[str] | None) -> bool:
    """Wait for it, and tell what it said."""
    is_passed = process.wait() == 0
    if said is not None:
        print(f"\n── {title}", flush=True)
        said.seek(0)
        print(said.read(), flush=True)
    return is_passed


def main() -> int:
    # Hundreds of processes begin in a run: what one of them compiled, the next need not.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if lacking := missing():
        install(lacking)
    lacking = missing()
    if lacking and os.environ.get("CI"):
        print(f"Missing, and could not be installed: {', '.join(lacking)}")
        return 1

    on_postgres = "postgresql" not in lacking
    with (
        cluster() if on_postgres else nullcontext("") as address,
        TemporaryFile("w+") as postgres_said,
        TemporaryFile("w+") as lint_said,
    ):
        linting = lint(lint_said)
        warm_up()
        print("\n── Tests on SQLite", flush=True)
        running = [(pytest(None, PROCESSES + 1), "", None), (linting, "Lint", lint_said)]
        if on_postgres:
            beside = pytest(postgres_said, PROCESSES, MULIN_TEST_DATABASE_URL=address)
            running.append((beside, "Tests on PostgreSQL", postgres_said))
        passed = [_passed(*one) for one in running]
    if lacking:
        print(f"Left out, for the system lacks it: {', '.join(lacking)}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
