"""A sentence that is kept and told later, in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English msgid, marked by `gettext_noop` where it stands, and what it speaks of.

    `str()` tells it in the language that is active. A value that is itself a `Sentence` is told
    with it.
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        said = gettext(self.msgid)
        return said % self.values if self.values else said

    def as_json(self) -> dict[str, Any]:  # Any: a JSON object
        return {"msgid": self.msgid, "values": {key: str(v) for key, v in self.values.items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:  # Any: a JSON object
        return cls(str(kept["msgid"]), dict(kept["values"]))


def labelled(name: object, what: object) -> str:
    """`name` and what is said of it, with the colon of the language that is active."""
    return gettext("%(name)s: %(what)s") % {"name": name, "what": what}
