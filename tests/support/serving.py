"""A real Mulin in a process of its own, for whoever needs more than Django's test client."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: A server that does not open fails the test; one on a machine with much to do may take its time.
SECONDS_TO_OPEN = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a Mulin on this data folder: an English terminal, nothing of the tests'."""
    of_the_tests = ("MULIN_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(of_the_tests)}
    return kept | {"LC_ALL": "C.UTF-8", "MULIN_DATA_DIR": str(data_dir)} | more


@contextmanager
def running(
    *arguments: str, data_dir: Path, port: int = 0, **more: str
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`mulin …` as a person would start it; gives its address once it answers, and the process.

    A `port` is named where it must come back at the same address.
    """
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mulin", *arguments],
        env=environment(data_dir, MULIN_PORT=str(port), **more),
        text=True,
    )
    try:
        wait_until_open(process, port)
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(SECONDS_TO_OPEN)
        finally:
            process.kill()


def kill(process: "subprocess.Popen[str]", address: str) -> None:
    """Kill the whole tree, as a power cut would; returns once nobody answers at its address.

    The parent dies at once; its children notice, and may answer one more page before they go.
    """
    process.kill()
    process.wait()
    host, port = address.removeprefix("http://").split(":")
    deadline = time.monotonic() + SECONDS_TO_OPEN
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), 5).close()
        except ConnectionRefusedError:
            return
        except OSError:
            pass  # a connection that is cut is not yet one that is refused
        time.sleep(0.05)
    raise RuntimeError(f"somebody still answers at {address}")


def wait_until_open(
    process: "subprocess.Popen[str]", port: int, *, seconds: float = SECONDS_TO_OPEN
) -> None:
    """Wait for the first answer. Raises RuntimeError if the process ended instead."""
    deadline = time.monotonic() + seconds
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"mulin ended with code {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
