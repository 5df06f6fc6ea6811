"""A PostgreSQL cluster of the tests' own, from the system's package.

It lies in a temporary folder, listens on a free port of this machine alone, and is gone with the
tests, unless a folder is named in which it is kept. The role it offers may create databases but is
no superuser: row-level security binds it.

    python -m tests.support.postgres        # holds one until Ctrl-C and prints its address
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROLE = "mulin"
SECONDS_TO_START = 30
PR_SET_PDEATHSIG = 1
SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "128MB",
    "listen_addresses": "127.0.0.1",
}
# Nothing of the tests outlives a power cut, so nothing needs to reach the disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):  # noqa: N818  says what is so, not that something broke
    """The system has no PostgreSQL server, or no user that may run one."""


def programs() -> Path:
    """The folder of the newest installed server's programs. Raises PostgresMissing."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        raise PostgresMissing("no PostgreSQL server is installed")
    return Path(found).parent


def _server_user() -> str | None:
    """Whom the server runs as: it refuses root, so root lends it the package's own user."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise PostgresMissing(
            "root may not run PostgreSQL, and there is no user postgres"
        ) from None
    return "postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end_with_parent() -> None:
    """The server goes when the tests go, however they go. Linux only; elsewhere it is stopped."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


@contextmanager
def cluster(kept: Path | None = None) -> Iterator[str]:
    """A running server; gives the address of a database. Raises PostgresMissing.

    Without `kept` it is empty, fast, and gone in the end. In the folder `kept` it is found again
    the next time, and what it was told to keep reaches the disk before it says so.
    """
    binaries, user = programs(), _server_user()
    folder = Path(tempfile.mkdtemp(prefix="mulin-postgres-"))
    data = kept or folder / "data"
    settings = SETTINGS if kept else SETTINGS | FORGETFUL
    try:
        for owned in filter(None, (folder, kept)):
            owned.mkdir(parents=True, exist_ok=True)
            if user:
                shutil.chown(owned, user, user)
        is_new = not (data / "PG_VERSION").exists()
        if is_new:
            subprocess.run(
                [
                    binaries / "initdb", "--pgdata", data, "--auth=trust",
                    "--encoding=UTF8", "--no-locale", "--username=postgres", "--no-sync",
                ],
                check=True, stdout=subprocess.DEVNULL, user=user, group=user,
                extra_groups=[] if user else None, cwd=folder,
            )  # fmt: skip
        port = _free_port()
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = folder / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [
                    binaries / "postgres", "-D", data, "-p", str(port),
                    "-k", folder, *options,
                ],
                stdout=output, stderr=output, user=user, group=user,
                extra_groups=[] if user else None, cwd=folder,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  no thread runs yet
            )  # fmt: skip
        try:
            _wait_for(server, port, log)
            if is_new:
                _make_role(port)
            yield f"postgres://{ROLE}@127.0.0.1:{port}/{ROLE}"
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: clients are cut off
            server.wait(SECONDS_TO_START)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


def _make_role(port: int) -> None:
    with psycopg.connect(
        host="127.0.0.1", port=port, user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
        connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")


def main() -> None:
    """Hold a cluster for whoever wants to run single tests on it."""
    with cluster() as address:
        print(f"export MULIN_TEST_DATABASE_URL={address}", flush=True)  # noqa: T201  a command
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        stop.wait()


if __name__ == "__main__":
    main()
