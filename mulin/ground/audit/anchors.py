"""Heads of the chains, kept outside the database: who cuts a tail cannot cut it here too.

One line of JSON per head in `anchors.log` beside the data; copy the file to another machine, or
print it, for as much safety as you like.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from django.conf import settings

from mulin.ground.audit.queries import head
from mulin.ground.community.models import Community
from mulin.kit.scoping import in_community


class Anchor(TypedDict):
    """One line of the file."""

    community: int
    seq: int
    seal: str
    at: str


def anchor_file() -> Path:
    """Where the heads are kept."""
    return Path(settings.DATA_DIR) / "anchors.log"


def anchored(path: Path | None = None) -> dict[int, dict[int, str]]:
    """The seals that were kept, by community and number. Raises ValueError for a damaged file."""
    file = path or anchor_file()
    found: dict[int, dict[int, str]] = {}
    if not file.exists():
        return found
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            kept: Anchor = json.loads(line)
            found.setdefault(kept["community"], {})[kept["seq"]] = kept["seal"]
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{file}, line {number}") from None
    return found


def anchor(community: Community, now: datetime) -> bool:
    """Keep the present head of a community; whether it had moved since it was last kept."""
    with in_community(community):
        seq, seal = head()
    if seq == 0 or anchored().get(community.pk, {}).get(seq) == seal:
        return False
    kept = Anchor(community=community.pk, seq=seq, seal=seal, at=now.isoformat())
    handle = os.open(anchor_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(json.dumps(kept) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True
