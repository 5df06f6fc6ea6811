"""Photos of a form that could not be taken yet: kept under its token until it is sent again.

A browser never sends a file twice by itself, so without this a forgotten word would cost the
person their photos. Only whoever has the token, which is random, gets them back.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings

from mulin.kit.photos import CleanPhoto, PhotoRefused, clean_photo

KEPT_SECONDS: Final = 24 * 3600
_LEAST_TOKEN: Final = 16
_NAME: Final = re.compile(r"[a-z_]{1,30}")


def keep_photos(token: str, field: str, photos: Sequence[CleanPhoto]) -> None:
    """Keep these photos under the token; a full disk keeps none and says nothing, since the
    form itself is shown again anyway.
    """
    folder = _folder(token, field)
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, photo in enumerate(photos):
            Path(folder, f"{number}.jpg").write_bytes(photo.content)
    except OSError:
        return


def kept_photos(token: str, field: str) -> tuple[CleanPhoto, ...]:
    """The photos kept under the token, in their order; none if there are none."""
    folder = _folder(token, field)
    if folder is None or not folder.is_dir():
        return ()
    photos = []
    for path in sorted(folder.glob("*.jpg"), key=lambda path: int(path.stem)):
        try:
            photos.append(clean_photo(path.read_bytes(), max_bytes=settings.MULIN_PHOTO_MAX_BYTES))
        except (OSError, PhotoRefused):
            continue  # cut off while it was written
    return tuple(photos)


def forget_kept_photos(now: datetime) -> int:
    """Delete what was kept longer than a day; how many files. Called by a sweep."""
    oldest = now.timestamp() - KEPT_SECONDS
    gone = 0
    for path in Path(settings.FILES_DIR, "kept").glob("*/*/*.jpg"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder(token: str, field: str) -> Path | None:
    if len(token) < _LEAST_TOKEN or not _NAME.fullmatch(field):
        return None
    name = sha256(token.encode()).hexdigest()
    return Path(settings.FILES_DIR, "kept", name, field)
