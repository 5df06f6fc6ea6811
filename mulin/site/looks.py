"""How pages look on a device: type, theme, language, each kept in a cookie of this device."""

from typing import Final

from django.http import HttpResponse

THEME_COOKIE: Final = "mulin_theme"
TYPE_COOKIE: Final = "mulin_type"
LANGUAGE_COOKIE: Final = "mulin_lang"

#: What a form may send, and the cookie it is kept in.
CHOICES: Final = {
    "theme": (THEME_COOKIE, {"light", "dark"}),
    "type": (TYPE_COOKIE, {"large", "largest", "normal"}),
    "lang": (LANGUAGE_COOKIE, {"zh-hans", "en"}),
}
_YEAR: Final = 365 * 24 * 3600


def keep_look(response: HttpResponse, name: str, value: str) -> None:
    """Remember one choice on this device for a year; an empty value leaves it as it is."""
    cookie, allowed = CHOICES[name]
    if value in allowed:
        response.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", httponly=True)


def keep_looks(response: HttpResponse, *, theme: str, size: str, language: str) -> None:
    """Somebody signs in: their pages look as they like them, on this device too."""
    keep_look(response, "theme", theme)
    keep_look(response, "type", size)
    keep_look(response, "lang", language)
