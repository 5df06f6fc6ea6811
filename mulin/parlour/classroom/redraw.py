"""A prize draw that anybody can do again. Needs Python 3.9 or later and nothing else.

    python3 redraw.py entrants.txt 528 3

prints who wins: `entrants.txt` is the list as it was shown before the draw (one a line), 528 the
public number that was named before it was known, 3 how many prizes. The rule: SHA-256 of the list is
its fingerprint; for prize number i, SHA-256 of "fingerprint|number|i", read as a whole number,
leaves a remainder when divided by how many are still on the list: that place wins, and leaves it.
"""

import sys
from hashlib import sha256
from pathlib import Path


def fingerprint(entrants: list[str]) -> str:
    """The fingerprint of a list, published before the draw: one entrant a line, no line at the end."""
    return sha256("\n".join(entrants).encode("utf-8")).hexdigest()


def winners(entrants: list[str], number: str, prizes: int) -> list[str]:
    """Who wins, the first prize first; nobody twice."""
    seal, left = fingerprint(entrants), list(entrants)
    won: list[str] = []
    for prize in range(1, min(prizes, len(left)) + 1):
        digest = sha256(f"{seal}|{number}|{prize}".encode()).hexdigest()
        won.append(left.pop(int(digest, 16) % len(left)))
    return won


def main(arguments: list[str]) -> None:
    """Read the list and print the fingerprint and the winners."""
    path, number, prizes = arguments
    entrants = Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")
    sys.stdout.write(f"{fingerprint(entrants)}\n")
    for place, winner in enumerate(winners(entrants, number, int(prizes)), 1):
        sys.stdout.write(f"{place}. {winner}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
