"""Asking for a list as a file, making it, fetching it, forgetting it."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.community.models import Account, Community
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.permissions import may_ask, may_fetch
from mulin.ground.downloads.queries import typed_in
from mulin.ground.downloads.registry import EVERYTHING, Listing, listing_of, parts_of, place_of
from mulin.ground.downloads.rules import (
    KEPT,
    MOST_TRIES,
    Format,
    State,
    forgotten_from,
    is_overdue,
)
from mulin.ground.notify.queue import enqueue
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import Cell, TableRefused, write_csv, write_xlsx

#: The name of the job that makes a file.
JOB: Final = "downloads.make"
_FOLDER: Final = "downloads"
_PIECE: Final = 2_000
_LONGEST_FAULT: Final = 200


def ask_for(
    listing: Listing, *, typed: str, format_: str, purpose: str, community: Community, by: Actor,
    now: datetime, token: str | None = None,
) -> Download:  # fmt: skip
    """Have a list written into a file by the worker.

    Raises NotPermitted, and Refused when a list of persons is wanted for nothing said.
    """
    if by.account_id is None or not may_ask(by, listing):
        raise NotPermitted(_("This list is not yours to take away."))
    if listing.about_persons and not purpose.strip():
        raise Refused(_("Say what the file is for; it is written down."), field="purpose")
    with recording(by, "downloads.ask_for", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Download)
        download: Download = Download.objects.create(
            community_id=by.community_id, account_id=by.account_id, listing=listing.name,
            typed=typed, format=format_, purpose=purpose.strip(), asked_at=now, tried_at=now,
            forgotten_from=forgotten_from(now),
        )  # fmt: skip
        enqueue(JOB, community=community, download=download.pk)
        act.on(
            download,
            after={"listing": listing.name, "purpose": download.purpose, "format": format_},
        )
    return download


def make(download: Download, *, community: Community, now: datetime) -> None:
    """Write the file. Done twice it is there once; what stops it is said on the page.

    The rights are those of whoever asked, as they are now.
    """
    if download.state != State.WAITING:
        return
    account = Account.objects.get(pk=download.account_id)
    actor = actor_of(account, community, now=now)
    listing = listing_of(download.listing)
    if not account.is_active or not may_ask(actor, listing):
        _give_up(download, gettext("This list is not yours to take away."))
        return
    parts = parts_of(listing, actor)
    try:
        with TemporaryFile() as file:
            if listing is EVERYTHING:
                count = _archive(file, parts, actor, download.format, now)
            else:
                values = _cleaned(listing, typed_in(download))
                content, count = _written(listing, values, actor, download.format, now)
                file.write(content)
            name = default_storage.save(
                f"{_FOLDER}/{secrets.token_urlsafe(24)}.{download.suffix}", File(file)
            )
    except TableRefused as refusal:
        _give_up(download, str(refusal.message))
        return
    failpoint("downloads.after_file")
    won = Download.objects.waiting().filter(pk=download.pk).update(
        state=State.READY, kept_as=name, row_count=count, made_at=now,
        parts=[one.name for one in parts],
    )  # fmt: skip
    if won != 1:  # a second job was quicker: its file counts
        default_storage.delete(name)


def fetch(download: Download, *, by: Actor, now: datetime) -> tuple[str, bytes]:
    """(name for the browser, content). Raises NotPermitted when it is not this actor's or gone."""
    if not may_fetch(by, download):
        raise NotPermitted(_("This file is not there for you."))
    with recording(by, "downloads.fetch", now=now) as act:
        with default_storage.open(download.kept_as) as file:
            content: bytes = file.read()
        for part in map(listing_of, download.parts or [download.listing]):
            for record in part.looks(by, now) if part.looks else ():
                record_look(record, by=by, what=part.name, reason=download.purpose, now=now)
        act.on(download, after={"listing": download.listing, "purpose": download.purpose})
    label = str(listing_of(download.listing).label)
    return f"{label} {download.asked_at:%Y-%m-%d}.{download.suffix}", content


def forget(download: Download) -> None:
    """Delete the file; that it was asked for stays written down."""
    if download.kept_as:
        default_storage.delete(download.kept_as)
    Download.objects.filter(pk=download.pk).update(state=State.FORGOTTEN, kept_as="", typed="")


def try_again(download: Download, *, community: Community, now: datetime) -> None:
    """Ask the worker once more for a file whose job was lost; after three times, say so."""
    if not is_overdue(download.state, download.tried_at, now):
        return
    if download.tries >= MOST_TRIES:
        _give_up(download, gettext("The file could not be made. Narrow the list and ask again."))
        return
    claimed = Download.objects.waiting().filter(pk=download.pk, tried_at=download.tried_at)
    if claimed.update(tried_at=now, tries=F("tries") + 1) == 1:
        enqueue(JOB, community=community, download=download.pk)


def forget_stray_files(now: datetime) -> int:
    """Delete files older than any that is still to be fetched: a job died after it wrote them."""
    if not default_storage.exists(_FOLDER):
        return 0
    strays = [
        name
        for name in (f"{_FOLDER}/{file}" for file in default_storage.listdir(_FOLDER)[1])
        if default_storage.get_modified_time(name) <= now - KEPT
    ]
    for name in strays:
        default_storage.delete(name)
    return len(strays)


def _give_up(download: Download, why: str) -> None:
    Download.objects.waiting().filter(pk=download.pk).update(
        state=State.FAILED, fault=why[:_LONGEST_FAULT]
    )


def _cleaned(listing: Listing, typed: QueryDict) -> Mapping[str, Any]:  # Any: values of a form
    form = listing.form(typed)
    form.is_valid()
    return form.cleaned_data


def _written(
    listing: Listing, values: Mapping[str, Any], actor: Actor, format_: str, now: datetime
) -> tuple[bytes, int]:  # Any: as above
    """A list as a file, and how many lines it has."""
    columns = tuple(listing.columns(actor, now))
    counted = _Counted(listing.rows(actor, values, now))
    header = [column.label for column in columns]
    lines = ([column.of(row) for column in columns] for row in counted)
    if format_ == Format.XLSX:
        return write_xlsx(header, lines), counted.count
    return b"".join(write_csv(header, lines)), counted.count


def _archive(
    file: IO[bytes], parts: Iterable[Listing], actor: Actor, format_: str, now: datetime
) -> int:
    """Every list as a file of its own under its room, and one that says how many lines each has. What
    is too long for a workbook is written as CSV.
    """
    told: list[tuple[Cell, ...]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for one in parts:
            name, values, suffix = place_of(one), _cleaned(one, QueryDict()), format_
            try:
                content, count = _written(one, values, actor, suffix, now)
            except TableRefused:
                suffix = Format.CSV
                content, count = _written(one, values, actor, suffix, now)
            archive.writestr(f"{name}.{suffix}", content)
            told.append((f"{name}.{suffix}", count))
        header = (gettext("List"), gettext("Lines"))
        archive.writestr(f"{gettext('List')}.csv", b"".join(write_csv(header, told)))
    return sum(int(str(count)) for _name, count in told)


class _Counted:
    """Rows that are counted while they go by, piece by piece where they come from a table."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        rows = self._rows
        if isinstance(rows, QuerySet):
            rows = rows.iterator(chunk_size=_PIECE)
        for row in rows:
            self.count += 1
            yield row
