"""Pages of a long list, without counting the whole of it each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import pgettext

#: Rows on one page of a long list.
PAGE_SIZE: Final = 50
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, where they stand in it, and the addresses of the pages beside it.

    Whether more follow is known by asking for one row too many; no count is made.
    """

    rows: list[Any]  # Any: model rows or dictionaries, as the query gives
    number: int
    previous_url: str
    next_url: str
    words: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Rows whose numbers are found first, in order, by `wanted` alone; what `columns` joins to them is
    read for the rows of a page, not for all that might come before them.
    """

    wanted: "QuerySet[Any, Any]"  # Any: rows of every list
    columns: Callable[["QuerySet[Any, Any]"], "QuerySet[Any, Any]"]  # Any: as above

    def __getitem__(self, part: slice) -> list[Any]:  # Any: as above
        numbers = self.wanted.values("pk")[part]
        rows = self.wanted.model.objects.filter(pk__in=numbers)
        return list(self.columns(rows.order_by(*self.wanted.query.order_by)))


# Any: rows of every list.
def page_of(
    rows: "QuerySet[Any, Any] | LookedUp | list[Any]",
    typed: Mapping[str, Any],
    *,
    size: int = PAGE_SIZE,
) -> Page:
    """The page that the address asks for (`?page=3`); nonsense and too far give the first."""
    wanted = str(typed.get("page") or "1")
    # No list is longer than the furthest page; a number beyond would not fit into the database.
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS
    number = max(int(wanted), 1) if is_number else 1
    start = (number - 1) * size
    if isinstance(rows, QuerySet) and not rows.ordered:
        # A query that counts what belongs to its rows forgets the order of its model; without one a
        # row may stand on two pages, and another on none.
        rows = rows.order_by(*rows.model._meta.ordering, "pk")
    found = list(rows[start : start + size + 1])
    if number > 1 and not found:
        number, start = 1, 0
        found = list(rows[: size + 1])
    shown = found[:size]
    words = ""
    if shown:
        words = pgettext("lines of a list", "%(first)s to %(last)s") % {
            "first": start + 1, "last": start + len(shown),
        }  # fmt: skip
    return Page(
        rows=shown,
        number=number,
        previous_url=_address(typed, number - 1) if number > 1 else "",
        next_url=_address(typed, number + 1) if len(found) > size else "",
        words=words,
    )


def _address(typed: Mapping[str, Any], number: int) -> str:
    query = typed.copy() if isinstance(typed, QueryDict) else QueryDict(mutable=True)
    query["page"] = str(number)
    return "?" + query.urlencode()
