"""Telephone and identity numbers: one spelling each, so that equal numbers are found equal.

Refusals carry a code, not a sentence: the form beside the field knows how to say it.
"""

import re
import unicodedata
from datetime import date
from typing import Final

_FULL_WIDTH: Final = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−－ー_/.·()（）[]"), "-")

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
# Area codes: 010, 02x, and four digits from 03xx to 09xx. No local number begins with 0 or 1.
_LANDLINE: Final = re.compile(r"(0(?:10|2[0-9]))([2-9][0-9]{7})|(0[3-9][0-9]{2})([2-9][0-9]{6,7})")
_SERVICE: Final = re.compile(r"[48]00[0-9]{7}")
# Hong Kong and Macao have eight digits, mobiles in Taiwan nine.
_NEIGHBOURS: Final = re.compile(r"\+(?:852[2-9][0-9]{7}|853[2-9][0-9]{7}|8869[0-9]{8})")
_EXTENSION: Final = re.compile(r"(.+?)[\s-]*(?:转|分机|ext\.?|#)[\s:-]*([0-9]{1,6})", re.IGNORECASE)
_DASHED_EXTENSION: Final = re.compile(r"(0[0-9]{2,3}-[2-9][0-9]{6,7})-([0-9]{1,6})")

_PROVINCES: Final = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)))
) | frozenset(
    # Beyond Xinjiang: Taiwan, Hong Kong, Macao, and residents from Taiwan.
    map(str, (*range(61, 66), 71, 81, 82, 83))
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"
_ID_LENGTH: Final = 18
_OLD_ID_LENGTH: Final = 15


class NumberRefused(ValueError):  # noqa: N818  a refusal is an answer, not an error
    """Not a number of its kind. `code` says why.

    Phones: empty, not_digits, wrong_length, no_such_number, no_area_code,
    foreign. Identity numbers: empty,
    not_digits, wrong_length, no_such_region, no_such_day, wrong_check_digit.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise_phone(text: str, *, area_code: str = "") -> str:
    """One spelling for every way a number of the mainland is written, or one of Hong Kong,
    Macao or a mobile of Taiwan. Raises NumberRefused.

    `area_code` completes a local number, since neighbours don't say their own.

    >>> normalise_phone("＋８６ 138-0000-0000")
    '13800000000'
    >>> normalise_phone("(0573) 8611 2233 转 801")
    '0573-86112233-801'
    """
    typed = _plain(text).translate(_DASHES).strip(" -")
    if not typed:
        raise NumberRefused("empty")
    typed, extension = _split_extension(typed)
    abroad = typed.startswith("+")
    digits = re.sub(r"[\s-]", "", typed.removeprefix("+"))
    if not re.fullmatch("[0-9]+", digits):
        raise NumberRefused("not_digits")
    if digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if abroad and not digits.startswith("86"):
        if _NEIGHBOURS.fullmatch("+" + digits):
            return "+" + digits
        raise NumberRefused("foreign")
    digits = _as_dialled_at_home(digits, abroad=abroad)
    if re.fullmatch("[2-9][0-9]{6,7}", digits):
        if not area_code:
            raise NumberRefused("no_area_code")
        digits = area_code + digits
    return _known(digits, extension)


def mask_phone(phone: str) -> str:
    """For lists: `138****0000`, `0573-****2233`. Too short to hide anything: only stars."""
    number, mark, extension = phone.partition("-")
    if mark:
        return f"{number}-****{extension.partition('-')[0][-4:]}"
    if len(phone) < 9:  # noqa: PLR2004  three shown in front, four behind, two at least hidden
        return "*" * len(phone)
    shown = 4 if phone.startswith("+") else 3
    return phone[:shown] + "*" * (len(phone) - shown - 4) + phone[-4:]


def phone_tail(phone: str) -> str:
    """The last four digits, by which people at a desk recognise a number."""
    number = phone.split("-")[1] if "-" in phone else phone
    return number[-4:]


def normalise_id_number(text: str, *, today: date | None = None) -> str:
    """Eighteen characters of a citizen's identity number (GB 11643), check digit verified.

    Numbers of fifteen digits, issued until 1999, are completed. With `today`, a birth date that
    lies ahead is refused. Raises NumberRefused.

    >>> normalise_id_number("３３０４２４ 19491231 019ｘ")
    '33042419491231019X'
    """
    # Spreadsheets mark text with an apostrophe.
    typed = re.sub(r"[\s'’‐-―−-]", "", _plain(text)).upper()
    if not typed:
        raise NumberRefused("empty")
    if not re.fullmatch("[0-9]+X?", typed):
        raise NumberRefused("not_digits")
    if len(typed) == _OLD_ID_LENGTH and typed.isdigit():
        typed = typed[:6] + "19" + typed[6:]
        typed += _check_digit(typed)
    if len(typed) != _ID_LENGTH:
        raise NumberRefused("wrong_length")
    # Permanent residents from abroad have a 9 before the province.
    if typed[typed[0] == "9" :][:2] not in _PROVINCES:
        raise NumberRefused("no_such_region")
    try:
        born = birth_date_of(typed)
    except ValueError:
        raise NumberRefused("no_such_day") from None
    if born.year < 1850 or (today is not None and born > today):  # noqa: PLR2004  nobody alive is older
        raise NumberRefused("no_such_day")
    if typed[-1] != _check_digit(typed[:-1]):
        raise NumberRefused("wrong_check_digit")
    return typed


def birth_date_of(id_number: str) -> date:
    """The birth date within a normalised identity number."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def mask_id(id_number: str) -> str:
    """For lists: region and the last four, the birth date hidden."""
    if len(id_number) != _ID_LENGTH:
        return "*" * len(id_number)
    return id_number[:4] + "*" * 10 + id_number[-4:]


def _plain(text: str) -> str:
    """Half-width, without the invisible marks that come along when a number is copied."""
    half = text.translate(_FULL_WIDTH)
    seen = (" " if c.isspace() else c for c in half if unicodedata.category(c) != "Cf")
    return "".join(seen).strip()


def _split_extension(typed: str) -> tuple[str, str]:
    match = _EXTENSION.fullmatch(typed) or _DASHED_EXTENSION.fullmatch(
        re.sub("-+", "-", re.sub(r"[\s-]+", "-", typed)).strip("-")
    )
    return (match[1], match[2]) if match else (typed, "")


def _as_dialled_at_home(digits: str, *, abroad: bool) -> str:
    # 86 also begins local numbers, so without a plus only a whole number behind it counts.
    if abroad or _MOBILE.fullmatch(digits[2:]) or _LANDLINE.fullmatch(digits[2:]):
        digits = digits.removeprefix("86")
        # +86 573 … leaves out the zero that is dialled at home.
        if _LANDLINE.fullmatch("0" + digits) and not _MOBILE.fullmatch(digits):
            digits = "0" + digits
    # The zero of old long-distance dialling.
    return digits[1:] if digits.startswith("01") and _MOBILE.fullmatch(digits[1:]) else digits


def _known(digits: str, extension: str) -> str:
    if landline := _LANDLINE.fullmatch(digits):
        area, number = (part for part in landline.groups() if part)
        return "-".join(filter(None, (area, number, extension)))
    if extension:
        raise NumberRefused("no_such_number")
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    begins_well = re.match("1[3-9]|0[1-9]|[48]00", digits)
    raise NumberRefused("wrong_length" if begins_well else "no_such_number")


def _check_digit(seventeen: str) -> str:
    """ISO 7064, MOD 11-2."""
    return _CHECK_DIGITS[sum(int(d) * w for d, w in zip(seventeen, _WEIGHTS, strict=True)) % 11]
