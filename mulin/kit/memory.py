"""Memory that is not needed any more goes back to the system, not only to the process that had it."""

import ctypes
from contextlib import suppress
from pathlib import Path
from typing import Final

_MAPS: Final = Path("/proc/self/maps")
_DONTNEED: Final = 4  # MADV_DONTNEED of Linux


def give_back() -> None:
    """After much was built and thrown away at once: some milliseconds, for megabytes that the process
    would keep in pieces as long as it lives. Nothing where the C library is not the GNU one.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def let_go_of_code() -> None:
    """For a process that loaded everything for others and then only waits: what it read of programs
    and libraries is counted as its own. What it runs later it reads again. Linux only.

    Only code is let go of, which nobody writes to: what was changed since it was read would be lost.
    """
    if not _MAPS.exists():
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in _MAPS.read_text("utf-8", errors="replace").splitlines():
        parts = line.split(maxsplit=5)
        is_of_a_file = len(parts) > 5 and parts[5].startswith("/")  # noqa: PLR2004  the sixth is its name
        if is_of_a_file and parts[1] == "r-xp":
            begin, end = (int(part, 16) for part in parts[0].split("-"))
            madvise(begin, end - begin, _DONTNEED)
