"""Files that people send: under random names, outside the web, opened only by a view that asks."""

from typing import NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """A folder without an address. Whoever wants a file goes through the permission of what it
    belongs to, so no template can link past it by mistake.
    """

    def url(self, name: str | None) -> NoReturn:
        raise ValueError(f"a private file has no URL: {name}")
