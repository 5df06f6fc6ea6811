"""Styles, scripts and pictures of the pages: compressed copies whose names tell their content."""

from functools import cache

from django.conf import settings
from whitenoise.storage import (  # type: ignore[import-untyped]  # no types in the library
    CompressedManifestStaticFilesStorage,
)


class Assets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # as above
    """Whitenoise's storage, which works each address out once: a page of the desk has ten.

    Copies are made before a process starts to serve; later ones are for the next.
    """

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002  Django's
        found: str = super().url(name, force) if settings.DEBUG or force else self._address(name)
        return found

    @cache  # noqa: B019  there is one storage in a process
    def _address(self, name: str | None) -> str:
        address: str = super().url(name)
        return address
