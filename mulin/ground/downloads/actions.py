"""Asking for a list as a file, making it, fetching it, forgetting it."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account, Community
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.permissions import may_ask, may_fetch
from mulin.ground.downloads.queries import typed_in
from mulin.ground.downloads.registry import Column, Listing, listing_of
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
from mulin.kit.sheets import TableRefused, write_csv, write_xlsx

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
    columns = tuple(listing.columns(actor, now))
    form = listing.form(typed_in(download))
    form.is_valid()
    counted = _Counted(listing.rows(actor, form.cleaned_data, now))
    try:
        content = _written(columns, counted, download.format)
    except TableRefused as refusal:
        _give_up(download, str(refusal.message))
        return
    name = default_storage.save(
        f"{_FOLDER}/{secrets.token_urlsafe(24)}.{download.format}", ContentFile(content)
    )
    failpoint("downloads.after_file")
    won = Download.objects.waiting().filter(pk=download.pk).update(
        state=State.READY, kept_as=name, row_count=counted.count, made_at=now
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
        act.on(download, after={"listing": download.listing, "purpose": download.purpose})
    label = str(listing_of(download.listing).label)
    return f"{label} {download.asked_at:%Y-%m-%d}.{download.format}", content


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


def _written(columns: tuple[Column, ...], rows: Iterable[Any], format_: str) -> bytes:
    header = [column.label for column in columns]
    lines = ([column.of(row) for column in columns] for row in rows)
    if format_ == Format.XLSX:
        return write_xlsx(header, lines)
    return b"".join(write_csv(header, lines))


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
