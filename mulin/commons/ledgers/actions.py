"""A file is looked at, taken in, taken out again; what nobody took in is thrown away."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ledgers.models import LedgerFile, packed
from mulin.commons.ledgers.reading import places_of, read_line
from mulin.commons.ledgers.registry import Ledger, ledger_of
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import PREVIEW_LASTS, read_table, write_xlsx

MOST_LINES: Final = 2_000


def template_file(ledger: Ledger) -> bytes:
    """An Excel file with the columns of a ledger, and a line that says what may stand in each."""
    header = [f"{one.label}{'*' if one.is_required else ''}" for one in ledger.columns]
    hints = ["、".join(one.choices) if one.choices else "" for one in ledger.columns]
    return write_xlsx(header, [hints] if any(hints) else [])


def look_at(
    ledger: Ledger, content: bytes, filename: str, *, by: Actor, now: datetime,
    token: str | None = None,
) -> LedgerFile:  # fmt: skip
    """Read a file and say of every line what is wrong with it. Nothing of it is written yet.

    Raises NotPermitted, and Refused when it cannot be read or lacks a column that must be there.
    """
    _check(ledger, by)
    with recording(by, "ledgers.look_at", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LedgerFile)
        rows, lines = _read(ledger, content, filename, now=now)
        _try(ledger, rows, lines, by=by, now=now)
        file: LedgerFile = LedgerFile.objects.create(
            community_id=by.community_id, ledger=ledger.name, file_name=filename[-200:], at=now,
            looked_at_by_id=by.account_id, rows=rows, waiting=packed(lines),
        )  # fmt: skip
        act.on(file, after={"ledger": ledger.name, "lines": len(rows)})
    return file


def _read(
    ledger: Ledger, content: bytes, filename: str, *, now: datetime
) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:  # Any: what cells give
    table = read_table(content, filename)
    places = places_of(table.header, ledger.columns)
    for one in ledger.columns:
        if one.is_required and one.name not in places:
            raise Refused(
                _("The table has no column called “%(column)s”. Use our template file."),
                {"column": one.label},
                field="file",
            )
    rows: list[dict[str, Any]] = []  # Any: as above
    lines: dict[int, dict[str, Any]] = {}  # Any: as above
    told_lines = table.told(places, most=MOST_LINES, besides=partial(_is_hint, ledger))
    for number, told in told_lines:
        values, faults = read_line(told, ledger.columns, today=local_day(now))
        rows.append({"line": number, "fault": " ".join(faults)})
        lines[number] = values
    rows += [{"line": one.line, "fault": str(one.message)} for one in table.problems]
    return sorted(rows, key=lambda row: row["line"]), lines


def _is_hint(ledger: Ledger, told: dict[str, str]) -> bool:
    """The line of our own template that says what may stand there."""
    hints = {one.name: "、".join(one.choices) for one in ledger.columns if one.choices}
    return bool(hints) and all(told.get(name, "") == hints.get(name, "") for name in told)


def take_in(file: LedgerFile, *, by: Actor, now: datetime, token: str | None = None) -> LedgerFile:
    """Every line with which nothing is wrong becomes a record; what refuses it stands beside it.

    Raises NotPermitted, and Refused when it was taken in already or its lines are gone.
    """
    ledger = ledger_of(file.ledger)
    _check(ledger, by)
    with recording(by, "ledgers.take_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LedgerFile)
        file = LedgerFile.objects.select_for_update().get(pk=file.pk)
        if file.taken_in_at is not None or file.waiting is None:
            raise Refused(_("This file was taken in already, or is too old. Choose it again."))
        _take_all(ledger, file.rows, file.lines, by=by, now=now)
        file.taken_in_at, file.waiting = now, None
        file.save()
        act.on(file, after={"ledger": file.ledger, "taken": len(file.records)})
    return file


def _try(
    ledger: Ledger, rows: list[dict[str, Any]], lines: dict[int, dict[str, Any]], *, by: Actor,
    now: datetime,
) -> None:  # fmt: skip  # Any: what cells give
    """Take all lines in and undo it at once, so that what the rooms refuse is seen beforehand."""
    with transaction.atomic():
        _take_all(ledger, rows, lines, by=by, now=now)
        transaction.set_rollback(True)
    for row in rows:
        row.pop("record", None)
        row.pop("besides", None)


def _take_all(
    ledger: Ledger, rows: list[dict[str, Any]], lines: dict[int, dict[str, Any]], *, by: Actor,
    now: datetime,
) -> None:  # fmt: skip  # Any: as above
    for row in rows:
        if row["fault"]:
            continue
        try:
            with transaction.atomic():
                taken = ledger.take(lines[row["line"]], by=by.by(Channel.IMPORT), now=now)
            row["record"] = taken.record.pk
            if taken.besides:
                row["besides"] = [[one._meta.label_lower, one.pk] for one in taken.besides]
        except Refused as refused:
            row["fault"] = str(refused.message)


def undo(file: LedgerFile, *, by: Actor, now: datetime, token: str | None = None) -> LedgerFile:
    """Take out again what a file brought, and what was made for it on the way, but what somebody has
    worked on since.

    Raises NotPermitted, Refused.
    """
    ledger = ledger_of(file.ledger)
    _check(ledger, by)
    with recording(by, "ledgers.undo", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(LedgerFile)
        file = LedgerFile.objects.select_for_update().get(pk=file.pk)
        if file.taken_in_at is None or file.undone_at is not None:
            raise Refused(_("There is nothing to take out again."))
        before = len(file.records)
        for row in file.rows:
            if row.get("record") and ledger.undo(row["record"]):
                row["record"] = None
        for beside in ledger.besides:
            gone = {pk for pk in file.besides(beside.name) if beside.undo(pk)}
            for row in file.rows:
                row["besides"] = [
                    [table, pk]
                    for table, pk in row.get("besides", ())
                    if table != beside.name or pk not in gone
                ]
        file.undone_at = now
        file.save(update_fields=["rows", "undone_at"])
        act.on(file, after={"stayed": len(file.records), "removed": before - len(file.records)})
    return file


def drop_stale(now: datetime) -> int:
    """Throw away what files say that nobody took in for a week; how many."""
    stale = LedgerFile.objects.filter(waiting__isnull=False, at__lt=now - PREVIEW_LASTS)
    dropped: int = stale.update(waiting=None)
    return dropped


def _check(ledger: Ledger, by: Actor) -> None:
    if not ledger.may(by):
        raise NotPermitted(_("This ledger is taken in by whoever keeps its room."))
