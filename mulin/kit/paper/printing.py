"""From a template to a PDF, made by the press in a process of its own."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header

from mulin.kit.paper import press

_FOLDER: Final = Path(__file__).resolve().parent
#: What the child needs of our environment; none of it is a key.
_ENVIRONMENT: Final = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH"}
)
_PICTURE: Final = "picture:"


class PressMissing(Exception):  # noqa: N818  states what is so
    """No PDF can be made here: Pango or WeasyPrint is not there."""


class PressFailed(Exception):  # noqa: N818  states what is so
    """The press broke off or took too long; what a sheet says is not in the message."""


# Any: the values of a page.
def pdf_of(
    template: str,
    context: Mapping[str, Any],
    *,
    request: HttpRequest | None = None,
    pictures: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF of a template. What goes on paper speaks the community's language.

    `pictures` are the files it may show, name → path; the template says `src="picture:name"`.
    Raises PressMissing, PressFailed.
    """
    return pressed(html_of(template, context, request=request), pictures=pictures)


# Any: the values of a page.
def html_of(
    template: str, context: Mapping[str, Any], *, request: HttpRequest | None = None
) -> str:
    """What the press is given; of two equal ones one sheet is as good as the other."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(template, dict(context), request=request)


def pressed(html: str, *, pictures: Mapping[str, str] | None = None) -> bytes:
    """The PDF of a whole page of HTML. Raises PressMissing, PressFailed."""
    job = {
        "html": html,
        "css": str(_FOLDER / "paper.css"),
        "pictures": {_PICTURE + name: path for name, path in (pictures or {}).items()},
    }
    return _pressed_inside(job) if settings.MULIN_PRESS == "inside" else _pressed_apart(job)


def paper(
    template: str,
    context: Mapping[str, Any],
    *,
    request: HttpRequest,
    name: str,
    pictures: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A sheet as the answer to a request; where there is no press, a page that says so plainly."""
    try:
        pdf = pdf_of(template, context, request=request, pictures=pictures)
    except PressMissing:
        return no_press(request)
    except PressFailed:
        return press_failed(request)
    return pdf_response(pdf, name=name)


def no_press(request: HttpRequest) -> HttpResponse:
    """The page that says what is missing and what can be done meanwhile."""
    return render(request, "kit/no_press.html", {"is_missing": True}, status=503)


def press_failed(request: HttpRequest) -> HttpResponse:
    """The page that says that it can be tried again."""
    return render(request, "kit/no_press.html", {"is_missing": False}, status=503)


def pdf_response(pdf: bytes, *, name: str) -> HttpResponse:
    """A PDF that opens in the browser, is saved under its name, and is kept by no cache."""
    response = HttpResponse(pdf, content_type="application/pdf")
    where = content_disposition_header(as_attachment=False, filename=f"{name}.pdf")
    response.headers["Content-Disposition"] = where or "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pressed_inside(job: dict[str, Any]) -> bytes:  # Any: what JSON holds
    try:
        press.library()
    except (ImportError, OSError) as error:
        raise PressMissing(str(error)) from error
    return press.pressed(job)


def _pressed_apart(job: dict[str, Any]) -> bytes:  # Any: what JSON holds
    environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    with _one_at_a_time():
        try:
            child = subprocess.run(  # noqa: S603  our own file, by our own Python
                [sys.executable, "-I", str(_FOLDER / "press.py")],
                input=json.dumps(job).encode(), env=environment, cwd="/", capture_output=True,
                timeout=press.MOST_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise PressFailed("took too long") from None
    if child.returncode == press.MISSING:
        raise PressMissing(child.stderr.decode("utf-8", "replace"))
    if child.returncode != 0:
        raise PressFailed(f"code {child.returncode}: {child.stderr[-200:]!r}")
    return child.stdout


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two sheets at once would take twice the memory; the second waits its second."""
    with (Path(settings.DATA_DIR) / "press.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
