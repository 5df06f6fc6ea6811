"""Claim: a sheet is pressed while somebody waits, and nothing of it stays with the web process.

Each sheet is made by a child that starts anew, so the second it takes to load is part of it.
"""

import json
from typing import Final

from bench.databases import Installation
from bench.lines import Line

TARGET_SECONDS: Final = {"slip": 3, "200 rows": 6, "240 labels": 12}
TARGET_GROWN_MB: Final = 5
TARGET_PEAK_MB: Final = 300


def measure(installation: Installation) -> list[Line]:
    """Three sheets, one after the other, as a web process has them made."""
    found = json.loads(installation.run("bench.pressed"))
    lines = [
        Line(f"a PDF of {name}", TARGET_SECONDS[name], seconds, "s")
        for name, seconds in found["seconds"].items()
    ]
    return [
        *lines,
        Line("the web process grown by three PDFs", TARGET_GROWN_MB, found["grown_mb"], "MB"),
        Line("peak memory of the press", TARGET_PEAK_MB, found["peak_mb"], "MB"),
    ]
