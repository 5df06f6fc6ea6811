"""What the pages of files have in common: a file is chosen, looked at line by line, taken in, and
taken out again. Their parts are kit/file_row.html, kit/file_head.html, kit/file_undo.html.
"""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.ground.community.access import Request
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm
from mulin.kit.sheets import XLSX

Result = TypeVar("Result")


def looked_at(
    request: Request, form: ActForm, look: Callable[[bytes, str, str], Result]
) -> Result | None:
    """What `look(content, name, token)` made of the file that was chosen; None where none was sent,
    or where it was refused, which the form then shows.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    return attempt(form, lambda: look(file.read(), file.name, form.idempotency_token))


def to_fill_in(content: bytes, name: str) -> HttpResponse:
    """An Excel file with our columns as an answer."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def taken_out(stayed: int = 0) -> str:
    """What is said when a file was taken out again, and so many of its records stay."""
    if not stayed:
        return _("Taken out again.")
    return ngettext(
        "Taken out again. %(count)d stays, for something was done with them.",
        "Taken out again. %(count)d stay, for something was done with them.",
        stayed,
    ) % {"count": stayed}
