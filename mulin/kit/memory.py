"""Memory that is not needed any more goes back to the system, not only to the process that had it."""

import ctypes
from contextlib import suppress
from pathlib import Path
from typing import Final

_MAPS: Final = Path("/proc/self/smaps")
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

    Only what is as it lies in its file is let go of: what was changed since would be lost.
    """
    if not _MAPS.exists():
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    begin = end = 0
    for line in _MAPS.read_text("utf-8", errors="replace").splitlines():
        name, *rest = line.split(maxsplit=5)
        if not name.endswith(":"):
            is_of_a_file = len(rest) == 5 and rest[4].startswith("/")  # noqa: PLR2004  the fifth is its name
            is_as_it_was = is_of_a_file and "w" not in rest[0] and rest[0].endswith("p")
            begin, end = (int(part, 16) for part in name.split("-")) if is_as_it_was else (0, 0)
        elif name == "Anonymous:" and end and rest[0] == "0":
            madvise(begin, end - begin, _DONTNEED)
