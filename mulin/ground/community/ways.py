"""Every act has a phone, paper and in-person way. Each room registers its own in `apps.py`; the
roof prints them as one sheet.

A test asks of every page a resident may use whether a way covers it, so that nothing can be done
with a phone alone.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that residents do, and how each may do it.

    `pages` are the names of the addresses by which a phone does it; `at_the_desk` names the page
    on which the desk does the same for somebody. `on_paper` and `by_call` are sentences that say
    what to do.
    """

    what: str | Promise
    pages: frozenset[str]
    by_call: str | Promise
    on_paper: str | Promise
    at_the_desk: str
    order: int = 50


_ways: list[Way] = []


def register(way: Way) -> None:
    """Called once by a room's `apps.py`."""
    _ways[:] = [one for one in _ways if one.pages != way.pages]
    _ways.append(way)


def ways() -> list[Way]:
    """All of them, in their order."""
    return sorted(_ways, key=lambda way: (way.order, sorted(way.pages)))
