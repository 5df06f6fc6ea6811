"""Files that people send: under random names, outside the web, opened only by a view that asks."""

from typing import NoReturn

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse


class PrivateStorage(FileSystemStorage):
    """A folder without an address. Whoever wants a file goes through the permission of what it
    belongs to, so no template can link past it by mistake.
    """

    def url(self, name: str | None) -> NoReturn:
        raise ValueError(f"a private file has no URL: {name}")


def photo_response(file: FieldFile) -> FileResponse:
    """A photo as `kit.photos` keeps it, to whoever the view let see it; their own browser keeps it for
    an hour, nobody between does.
    """
    response = FileResponse(file, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Disposition"] = "inline"
    return response
