"""Who does the work: a name for this process, and whether another one is still alive."""

import os
import socket


def worker_name() -> str:
    """Who holds a lease or a sweep: this process on this machine."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(worker: str) -> bool:
    """Only of a process on this machine can it be known; of all others a lease runs out."""
    host, _colon, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
