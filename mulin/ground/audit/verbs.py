"""What acts and looks are called. Each room names its own in `apps.py`."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise

#: For what is read of records of whatever kind, as a list that is taken away as a file.
ANY_KIND: Final = ""

_labels: dict[str, str | Promise] = {}
_looks: dict[tuple[str, str], str | Promise] = {}


def name_verbs(labels: Mapping[str, str | Promise]) -> None:
    """Say what verbs are called: {"give_role": _("gave a role")}."""
    _labels.update(labels)


def label_of(verb: str) -> str:
    """The verb as the log shows it; one that nobody named is shown as it is written."""
    return str(_labels.get(verb, verb.replace("_", " ")))


def name_looks(kind: str, labels: Mapping[str, str | Promise]) -> None:
    """Say what was read when a record of this kind was looked at, by the `what` of its looks:
    "elders.elder", {"health card": _("Health card of an old person")}.
    """
    _looks.update({(kind, what): label for what, label in labels.items()})


def is_look_named(kind: str, what: str) -> bool:
    """Whether somebody said what such a look is called."""
    return (kind, what) in _looks or (ANY_KIND, what) in _looks


def look_label_of(kind: str, what: str) -> str:
    """What was read, in words; what nobody named is shown as it is written."""
    label = _looks.get((kind, what)) or _looks.get((ANY_KIND, what))
    return str(label) if label else f"{kind} · {what}"
