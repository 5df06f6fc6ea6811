"""Rows by the hundred thousand: written past the models, in the way each database likes best.

Fit for made-up data alone: nothing is checked but by the database's own constraints.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, models, transaction

from mulin.kit.ids import next_id

#: A row by the names of its columns in Python (`person_id`); what is left out has its default.
Row = dict[str, Any]

ROWS_AT_ONCE: Final = 10_000


def write(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Write rows of one table, each with an id of its own if it has none."""
    fields = list(model._meta.concrete_fields)
    names = [field.attname for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({columns})"
    defaults = {
        field.attname: field.default
        for field in fields
        if field.has_default() and callable(field.default)
    }
    constants = {
        field.attname: field.get_default() for field in fields if field.attname not in defaults
    }
    put = _insert if connection.vendor == "sqlite" else _copy
    moments = [at for at, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    source = iter(rows)
    while batch := list(islice(source, ROWS_AT_ONCE)):
        put(into, [_values(row, names, defaults, constants) for row in batch], moments)


def _values(row: Row, names: list[str], defaults: Row, constants: Row) -> list[Any]:
    values = []
    for name in names:
        if name in row:
            values.append(row[name])
        elif name in defaults:
            values.append(defaults[name]())
        else:
            values.append(constants[name])
    return values


def _insert(into: str, rows: list[list[Any]], moments: list[int]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    for row in rows:
        for at in moments:
            row[at] = _as_text(row[at])
    with transaction.atomic(), connection.cursor() as cursor:
        # Past Django's cursor, which would look at each value once more.
        cursor.cursor.connection.executemany(
            f"INSERT INTO {into} VALUES ({marks})",  # noqa: S608  names of our own tables
            rows,
        )


def _as_text(moment: datetime | None) -> str | None:
    """SQLite keeps moments as text, in universal time and without its name."""
    return moment and str(moment.astimezone(UTC).replace(tzinfo=None))


def _copy(into: str, rows: list[list[Any]], _moments: list[int]) -> None:
    """By way of a passing table: PostgreSQL copies nothing straight into a protected one."""
    table = into.partition(" ")[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE arriving (LIKE {table}) ON COMMIT DROP")
        with cursor.cursor.copy(f"COPY arriving{into.removeprefix(table)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} SELECT * FROM arriving")  # noqa: S608  our own tables
        cursor.execute("DROP TABLE arriving")  # the transaction may be a larger one


def new_row(**values: Any) -> Row:  # Any: whatever a column holds
    """A row whose id is known before it is written, so that others can point at it."""
    return {"id": next_id(), **values}
