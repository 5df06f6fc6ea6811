"""What was taken in, compared with what the files say of themselves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence
from mulin.parlour.reception.importing.mapping import ColumnMap, shipped_maps
from mulin.parlour.reception.models import ImportedFile, ImportedRow
from mulin.parlour.reception.rules import OnTime, on_time_of_row


def known_maps() -> list[ColumnMap]:
    """The maps chosen here, newest first, then those that come with Mulin."""
    chosen = ImportedFile.objects.exclude(mapping={}).order_by("-id").values_list("mapping")
    maps = []
    for (kept,) in chosen:
        try:
            maps.append(ColumnMap.from_json(kept))
        except Refused:
            continue  # an older version kept it in a form that is no longer read
    return maps + list(shipped_maps())


def files() -> "QuerySet[ImportedFile]":
    """Files taken in or waiting, newest first, each with the count of its rows."""
    listed: QuerySet[ImportedFile] = ImportedFile.objects.annotate(
        rows=Count("lines", distinct=True) + Count("orders", distinct=True)
    ).order_by("-first_read_at", "-id")
    return listed


def waiting_file(pk: int) -> ImportedFile | None:
    """An upload that waits to be taken in."""
    found: ImportedFile | None = ImportedFile.objects.filter(pk=pk).exclude(kept_as="").first()
    return found


def uploaded(file: ImportedFile) -> bytes:
    """The content of an upload that waits. Raises Refused when it is gone."""
    if not file.kept_as or not default_storage.exists(file.kept_as):
        raise Refused(_("This file is no longer here. Please choose it again."))
    with default_storage.open(file.kept_as) as kept:
        content: bytes = kept.read()
    return content


def file_rows(file: ImportedFile) -> "QuerySet[ImportedRow]":
    """What a file said, row by row, each with its demand."""
    listed: QuerySet[ImportedRow] = (
        ImportedRow.objects.filter(file=file)
        .annotate(
            number=F("demand__need__number"),
            words=F("demand__need__words"),
            category=F("demand__need__category__name"),
        )
        .order_by("line", "id")
    )
    return listed


def still_there(file: ImportedFile) -> int:
    """How many of the demands that a file speaks of are here."""
    lines: int = file.lines.count()
    orders: int = file.orders.count()
    return lines + orders


def reasons(file: ImportedFile) -> list[tuple[int, int, str]]:
    """The rows that were set aside: row, line, why, in the reader's language."""
    return [
        (each["row"], each["line"], str(Sentence.from_json(each["reason"])))
        for each in file.rejected
    ]


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row of a file: its number there, what it says, and how its limit was kept."""

    external_id: str
    line: int
    status: str
    on_time: OnTime
    source: str
    number: str
    category: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    facts: dict[str, str]


@dataclass(slots=True)
class FileReport:
    """Rows by state, by on time or overdue, and by how they came."""

    name: str
    rows: int = 0
    status: Counter[str] = field(default_factory=Counter)
    on_time: Counter[str] = field(default_factory=Counter)
    source: Counter[str] = field(default_factory=Counter)
    without_target: int = 0
    lines: list[RowReport] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "rows": self.rows,
            "status": dict(self.status),
            "on_time": dict(self.on_time),
            "source": dict(self.source),
            "without_target": self.without_target,
        }


def judged(row: ImportedRow, as_of: datetime) -> OnTime:
    """On time or overdue, by the product's own rule and from the dates alone.

    A row that is closed without a date is not judged where it had a limit.
    """
    if row.due_at is not None and not row.is_open and row.closed_at is None:
        return OnTime.NOT_STATED
    return on_time_of_row(
        due=row.due_at,
        closed=row.closed_at,
        as_of=as_of,
        states_on_time=row.states_on_time,
        stated=row.stated_on_time,
    )


def report(file: ImportedFile) -> FileReport:
    """The report of one file, from the rows that were taken in. One query."""
    told = FileReport(file.name)
    for row in file_rows(file).iterator(chunk_size=2_000):
        on_time = judged(row, file.as_of or row.opened_at)
        told.rows += 1
        told.status[row.status] += 1
        told.on_time[on_time.value] += 1
        told.source[row.source] += 1
        told.without_target += row.due_at is None
        told.lines.append(
            RowReport(
                external_id=row.external_id,
                line=row.line,
                status=row.status,
                on_time=on_time,
                source=row.source,
                number=str(getattr(row, "number", "")),
                category=str(getattr(row, "category", None) or ""),
                opened_at=row.opened_at,
                due_at=row.due_at,
                closed_at=row.closed_at,
                facts=row.facts,
            )
        )
    return told


def reports() -> Iterator[FileReport]:
    """Every file that was taken in, by name."""
    for file in ImportedFile.objects.filter(taken_in_at__isnull=False).order_by("name"):
        yield report(file)
