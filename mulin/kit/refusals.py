"""How an action says no: a sentence for the person who asked, and where to show it."""

from collections.abc import Mapping

from django.utils.functional import Promise, lazy


def _filled(message: str | Promise, values: Mapping[str, object]) -> str:
    return str(message) % values


_later = lazy(_filled, str)


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error
    """The act cannot be done now; `message` tells the person what to do next.

    `values` are what the sentence speaks of. They are put in when it is read: an act is recorded in
    the language of the community, and refused in that of whoever asked.
    `field` names the form field the message belongs beside, when there is one.
    """

    def __init__(
        self,
        message: str | Promise,
        values: Mapping[str, object] | None = None,
        *,
        field: str | None = None,
    ) -> None:
        super().__init__()
        self.message = _later(message, values) if values else message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotPermitted(Refused):
    """The actor may not do this. Pages show 404 where the thing itself is hidden."""


class TakenMeanwhile(Refused):
    """Somebody else changed the thing between reading and writing."""
