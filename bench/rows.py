"""Rows by the hundred thousand: written past the models, in the way each database likes best.

Fit for made-up data alone: nothing is checked but by the database's own constraints.
"""

from collections.abc import Callable, Iterable
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
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({columns})"
    columns_of = [
        (field.attname, field.default, None)
        if field.has_default() and callable(field.default)
        else (field.attname, None, field.get_default())
        for field in fields
    ]
    put = _insert if connection.vendor == "sqlite" else _copy
    moments = [at for at, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    source = iter(rows)
    while batch := list(islice(source, ROWS_AT_ONCE)):
        put(into, [_values(row, columns_of) for row in batch], moments)


def _values(row: Row, columns: list[tuple[str, Callable[[], Any] | None, Any]]) -> list[Any]:
    return [
        row[name] if name in row else drawn() if drawn else constant
        for name, drawn, constant in columns
    ]


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
    """By way of a passing table where there is a wall: PostgreSQL copies nothing straight into a
    protected one.
    """
    table, _blank, columns = into.partition(" ")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s)", [table])
        (is_walled,) = cursor.fetchone()
        if is_walled:
            cursor.execute(f"CREATE TEMPORARY TABLE arriving (LIKE {table}) ON COMMIT DROP")
        with cursor.cursor.copy(
            f"COPY {'arriving' if is_walled else table} {columns} FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row(row)
        if is_walled:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM arriving")  # noqa: S608  our own
            cursor.execute("DROP TABLE arriving")  # the transaction may be a larger one


def new_row(**values: Any) -> Row:  # Any: whatever a column holds
    """A row whose id is known before it is written, so that others can point at it."""
    return {"id": next_id(), **values}
