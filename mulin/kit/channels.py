"""The ways by which an act reaches the community. Every act has one written beside it."""

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Channel(StrEnum):
    """How it came. Pass `Channel.choices` to a model field as it is: Django calls it."""

    WALK_IN = "walk_in"
    PHONE = "phone"
    PAPER = "paper"
    QR = "qr"
    ONLINE = "online"
    DOOR = "door"
    API = "api"
    IMPORT = "import"
    SYSTEM = "system"

    @property
    def label(self) -> Promise:
        return _LABELS[self]

    @property
    def is_by_the_person(self) -> bool:
        """The person did it with their own hands."""
        return self in BY_THE_PERSON

    @property
    def is_in_their_name(self) -> bool:
        """Staff entered what the person said or wrote; pages say so and name the worker."""
        return self in IN_THEIR_NAME

    @classmethod
    def choices(cls) -> list[tuple[str, Promise]]:
        return [(channel.value, channel.label) for channel in cls]


_LABELS: Final[dict[Channel, Promise]] = {
    Channel.WALK_IN: _("In person"),
    Channel.PHONE: _("By phone"),
    Channel.PAPER: _("On paper"),
    Channel.QR: _("By QR code"),
    Channel.ONLINE: _("Online"),
    Channel.DOOR: _("At the door"),
    Channel.API: _("From another system"),
    Channel.IMPORT: _("From a file"),
    Channel.SYSTEM: _("By the system"),
}

BY_THE_PERSON: Final = frozenset({Channel.QR, Channel.ONLINE})
IN_THEIR_NAME: Final = frozenset({Channel.WALK_IN, Channel.PHONE, Channel.PAPER, Channel.DOOR})
"""What came from another system or a file belongs to neither: a machine brought it."""
