"""The folder that a scanner fills: what lies in it whole is taken in once and moved away.

    <MULIN_SCANNER_DIR>/<address of the community>/          where the scanner puts its files
                                                  …/done/    taken in
                                                  …/failed/  no photo and no PDF that opens

A file is kept and written down in one transaction, then moved. Whoever dies in between leaves a file
whose digest is known: the next look only moves it.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_ISREG
from typing import Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.actions.scans import PDF, Incoming, incoming, keep_file
from mulin.commons.paper.models import Scan
from mulin.commons.paper.rules import (
    KEPT,
    MOST_FILES,
    MOST_PDF_BYTES,
    CameBy,
    ScanState,
    is_finished_name,
    is_given_up,
    is_to_be_opened,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.failpoints import failpoint
from mulin.kit.forms import fresh_token
from mulin.kit.paper.reading import is_reader_there
from mulin.kit.photos import PhotoRefused
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community

DONE: Final = "done"
FAILED: Final = "failed"
#: A PDF says where it ends, within its last kilobyte.
_END: Final = b"%%EOF"
_TAIL: Final = 1024
_LONGEST: Final = 120


def folder_of(community: Community) -> Path:
    """The folder of a community, with the two that files are moved to."""
    folder = Path(settings.MULIN_SCANNER_DIR) / community.slug
    for name in (DONE, FAILED):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def pick_up(community: Community, *, now: datetime) -> None:
    """Take in what lies whole in the folder of a community, at most some sixty files at a time."""
    folder = folder_of(community)
    for path in list(_quiet_files(folder, now))[:MOST_FILES]:
        _pick_up(path, folder, community=community, now=now)


def forget_moved(community: Community, *, now: datetime) -> None:
    """Delete what was moved away as long ago as readings are kept; a file's name may name somebody."""
    folder = folder_of(community)
    for name in (DONE, FAILED):
        for path in (folder / name).iterdir():
            if now - _touched_at(path) >= KEPT:
                path.unlink(missing_ok=True)
    with in_community(community):
        old = Scan.objects.filter(state=ScanState.FAILED, taken_in_at__lte=now - KEPT)
        old.exclude(why="").update(why="")


def _quiet_files(folder: Path, now: datetime) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        is_file = S_ISREG(path.lstat().st_mode)  # a link may lead anywhere
        if is_file and is_finished_name(path.name) and is_to_be_opened(_touched_at(path), now):
            yield path


def _touched_at(path: Path) -> datetime:
    """When the file was last written or renamed; no program can say it was earlier."""
    return datetime.fromtimestamp(path.lstat().st_ctime, UTC)


def _pick_up(path: Path, folder: Path, *, community: Community, now: datetime) -> None:
    is_late = is_given_up(_touched_at(path), now)
    size = path.stat().st_size
    if size > max(MOST_PDF_BYTES, settings.MULIN_PHOTO_MAX_BYTES):
        digest = sha256(f"{path.name} {size}".encode()).hexdigest()
        _give_up(path, folder, gettext("It is too large."), digest, community=community, now=now)
        return
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    with in_community(community):
        known = Scan.objects.filter(digest=digest).first()
    if known is not None:
        _move(path, folder / (FAILED if known.state == ScanState.FAILED else DONE))
        return
    try:
        file = _opened(content)
    except Refused as refusal:
        # What arrives slowly is not whole yet; what is no picture at all need not be waited for.
        is_cut_off = isinstance(refusal, PhotoRefused) and refusal.code in {"broken", "empty"}
        if is_late or not is_cut_off:
            _give_up(path, folder, str(refusal.message), digest, community=community, now=now)
        return
    by = system(community.pk)
    with in_community(community), recording(by, "paper.pick_up", now=now) as act:
        scan = keep_file(
            file, community=community, by=by, now=now, batch=fresh_token(), digest=digest,
            came_by=CameBy.FOLDER,
        )  # fmt: skip
        act.on(scan, after={"files": 1})
    failpoint("paper.before_move")
    _move(path, folder / DONE)


def _opened(content: bytes) -> Incoming:
    """Raises PhotoRefused with the code "broken" for what is not whole, Refused for the rest."""
    if content.startswith(PDF):
        if _END not in content[-_TAIL:]:
            raise PhotoRefused("broken")
        if not is_reader_there():
            raise Refused(
                _("A PDF cannot be opened on this machine. Photograph the sheets instead.")
            )
    return incoming(BytesIO(content), len(content))


def _give_up(
    path: Path, folder: Path, why: str, digest: str, *, community: Community, now: datetime
) -> None:
    """The desk is told by a line in its list; the file lies in `failed`."""
    by = system(community.pk)
    with in_community(community), recording(by, "paper.pick_up", now=now) as act:
        scan, _made = Scan.objects.get_or_create(
            community_id=community.pk, digest=digest,
            defaults={
                "is_pdf": path.suffix.lower() == ".pdf", "state": ScanState.FAILED,
                "why": f"{path.name}: {why}"[:_LONGEST], "batch": fresh_token(),
                "taken_in_at": now, "tried_at": now, "came_by": CameBy.FOLDER,
            },
        )  # fmt: skip
        act.on(scan, after={"why": why})
    _move(path, folder / FAILED)


def _move(path: Path, to: Path) -> None:
    """Under its own name, or with a number where that is taken."""
    target, number = to / path.name, 1
    while target.exists():
        number += 1
        target = to / f"{path.stem}-{number}{path.suffix}"
    os.replace(path, target)  # noqa: PTH105  at once, or not at all
