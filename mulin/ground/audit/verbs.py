"""What the verbs of acts are called in the log. Each room names its own in `apps.py`."""

from collections.abc import Mapping

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def name_verbs(labels: Mapping[str, str | Promise]) -> None:
    """Say what verbs are called: {"give_role": _("gave a role")}."""
    _labels.update(labels)


def label_of(verb: str) -> str:
    """The verb as the log shows it; one that nobody named is shown as it is written."""
    return str(_labels.get(verb, verb.replace("_", " ")))
