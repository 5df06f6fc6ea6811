"""Claim: 60,000 visits become an Excel file in under 20 s and 300 MB, in a process of their own.

As the worker makes it: the file of a colleague who asked for every visit, from the job's start to
the file on the disk; the peak is that of the whole process, Django included.
"""

import json
from typing import Final

from bench.databases import Installation
from bench.lines import Line

TARGET_SECONDS: Final = 20
TARGET_MB: Final = 300


def measure(installation: Installation) -> list[Line]:
    """Have it made in another process; how long that took and how much it held at most."""
    found = json.loads(installation.run("bench.taken"))
    claim = f"{installation.name}, {found['rows']:,} visits as Excel"
    size = f"the file has {found['bytes'] / 1_000_000:.1f} MB"
    return [
        Line(claim, TARGET_SECONDS, found["seconds"], "s", note=size),
        Line(f"{claim}, peak memory of the process", TARGET_MB, found["peak_mb"], "MB"),
    ]
