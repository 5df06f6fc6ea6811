"""Asks which pinned packages have a known weakness: `python tools/audit.py`, or `make audit`.

Every package of every `requirements*.txt` is asked about at https://osv.dev, the database that PyPI
and the Python Packaging Authority feed; MULIN_ADVISORIES names another address of the same form.
Ends with 0 when each one was answered for and has none, with 1 when one has, and with 2 when even
one could not be asked about: what was not looked at is not called safe.
"""

import json
import os
import re
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
ADVISORIES: Final = "https://api.osv.dev/v1/querybatch"
AT_ONCE: Final = 500
SECONDS: Final = 30
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
_NAMED: Final = re.compile(r"^[A-Za-z0-9]", re.MULTILINE)
Package = tuple[str, str]


class NotAsked(Exception):  # noqa: N818  says what is so
    """Some packages could not be checked."""


def pinned(texts: Sequence[str]) -> list[Package]:
    """Name and version of each package; NotAsked when a line names one without its version."""
    found = set[Package]()
    for text in texts:
        here = _PINNED.findall(text)
        if len(here) != len(_NAMED.findall(text)):
            raise NotAsked("a line of the requirements names no version")
        found.update((name.lower(), version) for name, version in here)
    return sorted(found)


def weaknesses(packages: Sequence[Package], address: str) -> dict[Package, list[str]]:
    """The known weaknesses of each package that has one. Raises NotAsked."""
    found = {}
    for start in range(0, len(packages), AT_ONCE):
        asked = packages[start : start + AT_ONCE]
        for package, answer in zip(asked, _answers(asked, address), strict=True):
            if not isinstance(answer, dict) or answer.get("next_page_token"):
                raise NotAsked(f"no whole answer about {package[0]} {package[1]}")
            if known := [str(one["id"]) for one in answer.get("vulns", ())]:
                found[package] = known
    return found


def _answers(asked: Sequence[Package], address: str) -> list[object]:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in asked
    ]
    request = urllib.request.Request(  # noqa: S310  an address that the operator named
        address, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  as above
            told = json.load(answer)["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAsked(f"{address}: {error}") from error
    if not isinstance(told, list) or len(told) != len(asked):
        raise NotAsked(f"{address}: {len(asked)} were asked about, not all were answered for")
    return told


def main() -> int:
    """Tell; the exit code."""
    files = sorted(ROOT.glob("requirements*.txt"))
    address = os.environ.get("MULIN_ADVISORIES", ADVISORIES)
    try:
        packages = pinned([path.read_text("utf-8") for path in files])
        found = weaknesses(packages, address)
    except NotAsked as why:
        print(f"Not checked: {why}", file=sys.stderr)
        return 2
    for (name, version), known in found.items():
        print(f"{name} {version}: {', '.join(known)}")
    print(f"{len(packages)} packages of {len(files)} files, {len(found)} with a known weakness")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
