"""What a worker may do in the very act of taking a lot, beside it: a room registers what.

    register_along(Along("childcare", label, choices, take))

All of it is done, or none: a place that is gone leaves the lot where it was, and says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused

#: Who takes the lot, today, the day it is due: what may be chosen, by a reference.
Choices = Callable[[Actor, date, date], list[tuple[str, str]]]
#: Do one thing that was chosen. Raises Refused.
Take = Callable[[Actor, str, datetime], object]


@dataclass(frozen=True, slots=True)
class Along:
    """One kind of thing, under the heading `label`."""

    name: str
    label: str | Promise
    choices: Choices
    take: Take


_known: dict[str, Along] = {}


def register_along(along: Along) -> None:
    """Called once by the `apps.py` of a room."""
    _known[along.name] = along


def offered_along(
    by: Actor, today: date, due: date
) -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """What may be chosen beside a lot, by heading; references carry the name of their room."""
    found = []
    for name in sorted(_known):
        along = _known[name]
        choices = along.choices(by, today, due)
        if choices:
            found.append((along.label, [(f"{name}:{ref}", words) for ref, words in choices]))
    return found


def take_along(refs: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Within the act of taking the lot. Raises Refused for what nobody offers."""
    for ref in dict.fromkeys(refs):
        name, _colon, rest = ref.partition(":")
        if name not in _known:
            raise Refused(_("This can't be chosen any more. Please open the page afresh."))
        _known[name].take(by, rest, now)
