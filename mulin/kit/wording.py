"""A question that every page asks, put into SQL once.

Django takes longer to word a short question than the database to answer it, and words it anew
each time. Here the query set stays where it is written and its SQL is kept.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.sql.compiler import SQLCompiler

from mulin.kit.scoping import current_community

#: Stand for the numbers while a question is worded; no record has a number like these.
_BLANKS: Final = tuple(-(2**62) - place for place in range(4))


class _Worded(NamedTuple):
    """A question in the SQL of one database, and how its answers become values again."""

    sql: str
    places: list[tuple[int | None, Any]]
    compiler: SQLCompiler
    converters: dict[int, Any]


class Question:
    """A query set of one community that differs from time to time in record numbers only; or one
    of all communities, which stands outside of any (`everywhere`).

    `wording` makes the query set from these numbers (at most four) and chooses its columns by
    `values_list`. Each number must stand in the SQL as it was given; ValueError otherwise, at the
    first time of asking.
    """

    # Any: the rows of every table.
    def __init__(
        self, wording: Callable[..., "models.QuerySet[Any, Any]"], *, everywhere: bool = False
    ) -> None:
        self._wording = wording
        self._everywhere = everywhere
        self._worded: dict[str, _Worded] = {}

    def first(self, *numbers: int) -> int | None:
        """The first column of the first row, a number, if there is a row."""
        sql, values = self._asked(numbers)
        return self._answer(f"{sql} LIMIT 1", values)

    def count(self, *numbers: int) -> int:
        """How many rows there are."""
        sql, values = self._asked(numbers)
        # The SQL is Django's own, every value a parameter.
        return self._answer(f"SELECT count(*) FROM ({sql}) AS found", values) or 0  # noqa: S608

    # Any: the columns of every table.
    def rows(self, *numbers: int) -> list[tuple[Any, ...]]:
        """All rows, each value as its field gives it."""
        sql, values = self._asked(numbers)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        worded = self._worded[connection.vendor]
        return [tuple(row) for row in worded.compiler.apply_converters(found, worded.converters)]

    @staticmethod
    def _answer(sql: str, values: list[Any]) -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
        return row[0] if row else None

    def _asked(self, numbers: tuple[int, ...]) -> tuple[str, list[Any]]:
        given = numbers if self._everywhere else (*numbers, current_community().pk)
        kept = self._worded.get(connection.vendor)
        if kept is None:
            kept = self._worded[connection.vendor] = self._put(len(numbers), *given[len(numbers) :])
        # The backend's own type of number, by which the database knows its width.
        return kept.sql, [
            value if place is None else type(value)(given[place]) for place, value in kept.places
        ]

    def _put(self, numbers: int, *community: int) -> "_Worded":
        blanks = (*_BLANKS[:numbers], *community)
        compiler = self._wording(*blanks[:numbers]).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        places = [
            (blanks.index(value) if isinstance(value, int) and value in blanks else None, value)
            for value in values
        ]
        if {place for place, _ in places} - {None} != set(range(len(blanks))):
            msg = "a number or the community is not in the SQL as it was given"
            raise ValueError(msg)
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return _Worded(sql, places, compiler, converters)
