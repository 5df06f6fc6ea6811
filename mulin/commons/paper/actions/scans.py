"""Files are taken in, and what the reader sees on them is kept, page by page.

Each page is written in a transaction of its own: a worker that dies goes on where it stopped.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.models import FormVersion, ReadField, Reading, Scan, Sheet
from mulin.commons.paper.permissions import may_take_in
from mulin.commons.paper.queries import known_forms, proposed
from mulin.commons.paper.registry import use_of
from mulin.commons.paper.rules import (
    MOST_FILES,
    MOST_PDF_BYTES,
    MOST_TRIES,
    PAGES_AT_ONCE,
    PAUSE,
    Matter,
    ReadingState,
    ScanState,
    is_same,
    is_to_be_tried,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.queue import enqueue
from mulin.kit.failpoints import failpoint
from mulin.kit.forms import fresh_token
from mulin.kit.paper.definition import Form
from mulin.kit.paper.reading import (
    NothingToRead,
    Reader,
    ReaderFailed,
    ReaderMissing,
    ReadPage,
    is_reader_there,
    open_reader,
)
from mulin.kit.photos import PhotoRefused, clean_photo
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community

#: The name of the job that reads a file.
JOB: Final = "paper.read"
_FOLDER: Final = "scans"


#: The reader wants more of a picture than a page does: 12 pixels a millimetre of a sheet.
LONGEST_PX: Final = 3_400
PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it is kept: a photo without place and device, or a scanner's PDF."""

    content: bytes
    is_pdf: bool


def incoming(file: IO[bytes], size: int) -> Incoming:
    """What is kept of a file. Raises PhotoRefused for what is neither photo nor PDF."""
    beginning = file.read(len(PDF))
    file.seek(0)
    if beginning != PDF:
        photo = clean_photo(file, longest_px=LONGEST_PX, max_bytes=settings.MULIN_PHOTO_MAX_BYTES)
        return Incoming(photo.content, is_pdf=False)
    if size > MOST_PDF_BYTES:
        raise PhotoRefused("too_large", megabytes=MOST_PDF_BYTES // (1024 * 1024))
    return Incoming(file.read(), is_pdf=True)


def take_in(
    files: Sequence[Incoming], *, community: Community, by: Actor, now: datetime,
    token: str | None = None,
) -> list[Scan]:  # fmt: skip
    """Keep files and have them read. Raises NotPermitted, Refused."""
    if not may_take_in(by) or by.account_id is None:
        raise NotPermitted(_("Please hand the sheet in at the desk."))
    if not files:
        raise Refused(_("Choose the photos or the PDF first."), field="sheets")
    if len(files) > MOST_FILES:
        raise Refused(_("Send %(most)d files at most."), {"most": MOST_FILES}, field="sheets")
    if any(file.is_pdf for file in files) and not is_reader_there():
        raise Refused(
            _("A PDF cannot be opened on this machine. Photograph the sheets instead."),
            field="sheets",
        )
    batch = token or fresh_token()
    with recording(by, "paper.take_in", now=now, token=token) as act:
        if act.is_repeat:
            return list(Scan.objects.filter(batch=batch))
        scans = [
            keep_file(file, community=community, by=by, now=now, batch=batch) for file in files
        ]
        act.on(scans[0], after={"files": len(scans)})
    return scans


def keep_file(
    file: Incoming, *, community: Community, by: Actor, now: datetime, **more: Any
) -> Scan:  # Any: values of several columns
    """Keep one file and have it read. Part of an action. Raises Refused when the disk is full."""
    ending = "pdf" if file.is_pdf else "jpg"
    try:
        name = default_storage.save(
            f"{_FOLDER}/{secrets.token_urlsafe(24)}.{ending}", ContentFile(file.content)
        )
    except OSError as error:
        raise Refused(
            _("The file could not be kept: there is no room left on the disk."), field="sheets"
        ) from error
    scan: Scan = Scan.objects.create(
        community_id=by.community_id, taken_in_by_id=by.account_id, taken_in_at=now, tried_at=now,
        kept_as=name, is_pdf=file.is_pdf, **more,
    )  # fmt: skip
    enqueue(JOB, community=community)
    return scan


def read_waiting(community: Community, *, now: datetime) -> None:
    """Read the files that wait, one after the other, by one reader; what is left is for the next.

    Done twice, each page is there once.
    """
    try:
        with in_community(community):
            forms = known_forms()
        with open_reader(forms) as reader:
            left = PAGES_AT_ONCE
            while left > 0 and (scan := _claimed(community, now)) is not None:
                left -= _read(scan, reader, left, community=community, now=now)
    except ReaderMissing:
        _leave_to_people(community, now=now)
    with in_community(community):
        if Scan.objects.filter(state=ScanState.WAITING, tries=0).exists():
            enqueue(JOB, community=community)


def _claimed(community: Community, now: datetime) -> Scan | None:
    """The next file that waits, which is ours from now on."""
    with in_community(community):
        waiting = Scan.objects.filter(state=ScanState.WAITING)
        scan: Scan
        for scan in waiting.order_by("id"):
            if scan.tries and scan.tried_at > now - PAUSE:
                continue  # it has stumbled just now
            if waiting.filter(pk=scan.pk).update(state=ScanState.READING, tried_at=now):
                return scan
    return None


def _read(scan: Scan, reader: Reader, most: int, *, community: Community, now: datetime) -> int:
    """Read pages of a file; how many. Raises ReaderMissing, ReaderFailed."""
    before, count = scan.pages_read, scan.pages
    path = Path(default_storage.path(scan.kept_as))
    try:
        for page in reader.pages(path, start=before, most=most):
            count = page.of
            with in_community(community), transaction.atomic():
                keep_page(scan, page, now=now)
            failpoint("paper.after_page")
    except NothingToRead:
        with in_community(community), transaction.atomic():
            _end(scan, ScanState.FAILED, why=str(_("This file does not open.")))
        return 1
    except ReaderMissing:
        with in_community(community):
            Scan.objects.filter(pk=scan.pk).update(state=ScanState.WAITING)
        raise
    except ReaderFailed:
        with in_community(community), transaction.atomic():
            _stumbled(scan, now=now)
        return PAGES_AT_ONCE  # this reader is gone
    with in_community(community), transaction.atomic():
        if count is not None and scan.pages_read < count:
            Scan.objects.filter(pk=scan.pk).update(state=ScanState.WAITING)
        else:
            _end(scan, ScanState.READ)
    return scan.pages_read - before


def _leave_to_people(community: Community, *, now: datetime) -> None:
    while (scan := _claimed(community, now)) is not None:
        with in_community(community), transaction.atomic():
            _keep_unread(scan, now=now)


def keep_pages(scan: Scan, pages: Iterable[ReadPage], *, now: datetime) -> None:
    """Keep all that a reader saw on a file, which is then done with."""
    with transaction.atomic():
        for page in pages:
            keep_page(scan, page, now=now)
        _end(scan, ScanState.READ)


def keep_page(scan: Scan, page: ReadPage, *, now: datetime) -> None:
    """Keep one picture and what was read on it. Part of reading a file."""
    number = scan.pages_read + 1
    # A second job may have been quicker with this page.
    if not Reading.objects.filter(scan=scan, number=number).exists():
        _keep_reading(scan, number, page, now=now)
    scan.pages_read, scan.tries = number, 0
    Scan.objects.filter(pk=scan.pk).update(
        pages_read=number, pages=page.of, tries=0, tried_at=now, state=ScanState.READING
    )


def _keep_reading(scan: Scan, number: int, page: ReadPage, *, now: datetime) -> None:
    sheet = version = None
    matter, fields = page.trouble, page.fields
    if page.code is not None:
        sheet = Sheet.objects.filter(serial=page.code.serial).select_related("version").first()
        version = FormVersion.objects.filter(code=page.code.form, version=page.code.version).first()
        if version is not None and (sheet is None or sheet.version_id != version.pk):
            matter, fields, sheet, version = Matter.ELSEWHERE, (), None, None
    reading = Reading(
        community_id=scan.community_id, scan=scan, number=number, matter=matter,
        sheet=sheet, version=version if fields else None, read_at=now, is_flat=page.is_flat,
        page=page.code.page if page.code else 1,
    )  # fmt: skip
    if sheet is not None and version is not None:
        _mark_twin(reading, version.form, {one.name: list(one.values) for one in fields})
    if _was_secret(reading):
        reading.state, fields = ReadingState.AGAIN, ()
    else:
        reading.picture.save(
            f"{secrets.token_urlsafe(24)}.jpg", ContentFile(page.sheet), save=False
        )
    reading.save()
    ReadField.objects.bulk_create(
        ReadField(
            community_id=scan.community_id, reading=reading, name=one.name, raw=one.raw or None,
            read=json.dumps(one.values, ensure_ascii=False), score=one.score, is_sure=one.is_sure,
            is_empty=one.is_empty,
        )
        for one in fields
    )  # fmt: skip


def _mark_twin(reading: Reading, form: Form, said: Mapping[str, list[str]]) -> None:
    """Whether this side of the sheet was here before, and whether it says the same."""
    if reading.sheet is None:
        return
    first = Reading.objects.of_sheet(reading.sheet, reading.page).first()
    if first is None:
        return
    reading.twin = first
    before = {one.name: list(proposed(one)) for one in first.fields.all()}
    if not said or not before:
        return
    if is_same(form, said, before):
        reading.state = ReadingState.AGAIN
    else:
        reading.matter = Matter.COPY


def _was_secret(reading: Reading) -> bool:
    """Whether this sheet was handed in before and nothing of it was kept: then there is nothing to
    compare this picture with, and it is not kept either.
    """
    first = reading.twin
    if first is None or first.state != ReadingState.DONE or reading.version is None:
        return False
    return use_of(reading.version.code).keeps_nothing


def _keep_unread(scan: Scan, *, now: datetime) -> None:
    """Nobody reads here, or not this one: the picture itself waits for a person."""
    number = scan.pages_read + 1
    reading, made = Reading.objects.get_or_create(
        community_id=scan.community_id, scan=scan, number=number,
        defaults={"matter": Matter.UNREAD, "read_at": now},
    )  # fmt: skip
    if made and not scan.is_pdf:
        with default_storage.open(scan.kept_as) as file:
            reading.picture.save(f"{secrets.token_urlsafe(24)}.jpg", file)
    scan.pages_read = number
    Scan.objects.filter(pk=scan.pk).update(pages_read=number, tries=0)
    if scan.is_pdf and scan.pages is not None and number < scan.pages:
        Scan.objects.filter(pk=scan.pk).update(state=ScanState.WAITING, tried_at=now)
    else:
        _end(scan, ScanState.READ)


def _stumbled(scan: Scan, *, now: datetime) -> None:
    """The reader broke off: again after a pause, and after three times a person types that page."""
    if scan.tries + 1 >= MOST_TRIES:
        _keep_unread(scan, now=now)
        return
    Scan.objects.filter(pk=scan.pk).update(
        state=ScanState.WAITING, tries=F("tries") + 1, tried_at=now
    )


def _end(scan: Scan, state: ScanState, *, why: str = "") -> None:
    """The file has given what it can: its pictures are kept, it goes."""
    Scan.objects.filter(pk=scan.pk).update(state=state, why=why, kept_as="")
    transaction.on_commit(lambda: default_storage.delete(scan.kept_as))


def take_up(*, community: Community, now: datetime) -> None:
    """Have read what stumbled, and what a job that died has left. Called by a sweep."""
    for scan in Scan.objects.filter(state=ScanState.READING).order_by("id")[:200]:
        if is_to_be_tried(0, scan.tried_at, now):
            _stumbled(scan, now=now)  # its worker died over this page
    waiting = Scan.objects.filter(state=ScanState.WAITING)
    if any(is_to_be_tried(one.tries, one.tried_at, now) for one in waiting[:200]):
        enqueue(JOB, community=community)
