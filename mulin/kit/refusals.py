"""How an action says no: a sentence for the person who asked, and where to show it."""

from django.utils.functional import Promise


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error
    """The act cannot be done now; `message` tells the person what to do next.

    `field` names the form field the message belongs beside, when there is one.
    """

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class NotPermitted(Refused):
    """The actor may not do this. Pages show 404 where the thing itself is hidden."""


class TakenMeanwhile(Refused):
    """Somebody else changed the thing between reading and writing."""
