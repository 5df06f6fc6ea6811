"""Claim: filled-in sheets are read rightly or left to a person, in seconds and under a gigabyte.

What is measured stands in `reading`, which loads the reader's libraries: a process of its own.
"""

import json
from importlib.util import find_spec
from typing import Final

from bench.databases import Installation
from bench.lines import Line

#: What the extra brings (requirements-reading.txt).
LIBRARIES: Final = ("cv2", "zxingcpp", "rapidocr", "onnxruntime", "pypdfium2")
#: Where the whole bench is only tried out.
QUICK: Final = ("--quick",)


def measure(installation: Installation, *, is_quick: bool) -> list[Line]:
    """Characters, boxes and codes on photos of each kind; nothing where the extra is missing."""
    if missing := [name for name in LIBRARIES if find_spec(name) is None]:
        print(f"Sheets were left out, nothing reads them here: {', '.join(missing)}", flush=True)
        return []
    told = installation.run("bench.reading", "--json", *(QUICK if is_quick else ()))
    lines = [line for line in told.splitlines() if line.startswith("{")]
    return [Line(**json.loads(line)) for line in lines]
