"""Ids: 63-bit whole numbers that grow with time, and random codes for public links.

An id must be unique over all communities, so that one community can later move to a
database of its own. It is never put into a public link: it tells when a row was made.
"""

import secrets
import threading
import time

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01T00:00:00Z
_RANDOM_BITS = 21
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: they are misread and misheard

_lock = threading.Lock()
_last = 0
_remainder, _shares = 0, 1


def next_id() -> int:
    """A new id: 42 bits of milliseconds since 2020, then 21 random bits, growing within a process.

    Two processes that draw in the same millisecond meet with a chance of about one in two
    million; the primary key then refuses the second row. Processes that draw by the hundred
    thousand at once call `share` first.
    """
    global _last  # noqa: PLW0603  the last id is the one thing a process must remember
    fresh = ((time.time_ns() // 1_000_000 - _EPOCH_MS) << _RANDOM_BITS) | secrets.randbits(
        _RANDOM_BITS
    )
    with _lock:
        least = max(fresh, _last + 1)
        _last = least + (_remainder - least) % _shares
        return _last


def share(remainder: int, shares: int) -> None:
    """From now on this process draws only ids that leave this remainder, divided by `shares`.

    Processes with different remainders and one number of shares never draw the same id.
    """
    global _remainder, _shares
    with _lock:
        _remainder, _shares = remainder % shares, shares


def public_code(length: int = 10) -> str:
    """A random code for a link or a slip: letters and digits that survive being read aloud."""
    number = secrets.randbelow(len(READABLE) ** length)  # asks the system once, not for each letter
    letters = []
    for _ in range(length):
        number, at = divmod(number, len(READABLE))
        letters.append(READABLE[at])
    return "".join(letters)


def normalise_code(typed: str) -> str:
    """What a person meant by a code they typed: case and the usual slips of eye and ear undone."""
    return typed.strip().upper().replace(" ", "").replace("-", "")
