"""Requests by keep-alive connections, with `wrk` where it is installed and by ourselves elsewhere.

Our own client takes more of the processor that the server runs on; both pages are measured by the
same one.
"""

import re
import selectors
import shutil
import socket
import subprocess
import time
from urllib.parse import urlsplit

CONNECTIONS = 8


def client_name() -> str:
    """What sends the requests."""
    return "wrk" if shutil.which("wrk") else "our own client"


def requests_per_second(url: str, cookie: str, *, seconds: float) -> float:
    """How many answers came each second. Raises RuntimeError if one was no 200."""
    if shutil.which("wrk"):
        return _by_wrk(url, cookie, seconds)
    return _by_hand(url, cookie, seconds)


def _by_wrk(url: str, cookie: str, seconds: float) -> float:
    told = subprocess.run(
        [
            "wrk", "--threads", "1", "--connections", str(CONNECTIONS),
            "--duration", f"{round(seconds)}s", "--timeout", "20s",
            "--header", f"Cookie: {cookie}", url,
        ],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found is None:
        raise RuntimeError(told)
    return float(found[1])


def _by_hand(url: str, cookie: str, seconds: float) -> float:
    """The same with sockets of our own: on each the next request follows the last answer."""
    parts = urlsplit(url)
    request = (
        f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n\r\n"
    ).encode()
    answered, began = 0, time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for _number in range(CONNECTIONS):
            opened = socket.create_connection((parts.hostname or "", parts.port or 80))
            opened.sendall(request)
            ready.register(opened, selectors.EVENT_READ, bytearray())
        while time.perf_counter() - began < seconds:
            for key, _events in ready.select(timeout=1):
                connection, arrived = key.fileobj, key.data
                assert isinstance(connection, socket.socket)
                arrived += connection.recv(262_144)
                if _is_whole(arrived):
                    answered += 1
                    arrived.clear()
                    connection.sendall(request)
        took = time.perf_counter() - began
        for key in list(ready.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return answered / took


def _is_whole(arrived: bytearray) -> bool:
    head, parted, body = bytes(arrived).partition(b"\r\n\r\n")
    if not parted:
        return False
    if b" 200 " not in head[:20]:
        raise RuntimeError(head.decode("latin-1"))
    length = re.search(rb"(?i)content-length: (\d+)", head)
    if length is not None:
        return len(body) >= int(length[1])
    return body.endswith(b"0\r\n\r\n")
