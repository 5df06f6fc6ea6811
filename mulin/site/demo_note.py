"""How far the years of the demonstration are: a note beside the database.

Every page of staff reads it, so this module knows nothing of the demonstration itself.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Progress:
    """The filling as it stands: the year it is at, as the how-manieth of how many, and its share."""

    year: int
    number: int
    count: int
    percent: int


def progress() -> Progress | None:
    """How far the filling is; None when all is there, or nothing was to be filled."""
    note = note_of_years()
    if note is None:
        return None
    return Progress(
        note["year"], note["number"], len(note["spans"]), 100 * note["done"] // note["parts"]
    )


def note_of_years() -> dict[str, Any] | None:  # Any: what JSON holds
    """What is to be filled and how far it is; None when nothing is left to do."""
    try:
        note: dict[str, Any] = json.loads(_path().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return note if note["done"] < note["parts"] else None


def keep_note(values: dict[str, Any]) -> None:  # Any: what JSON holds
    """Whoever reads meanwhile sees the note before or the note after, never half of one."""
    fresh = _path().with_suffix(".new")
    fresh.write_text(json.dumps(values), "utf-8")
    fresh.replace(_path())


def _path() -> Path:
    return Path(settings.DATA_DIR, "demo.years.json")
