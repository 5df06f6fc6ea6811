"""A form as data: what it asks, and where on the sheet each answer stands.

From one definition come the page that is typed, the A4 sheet that is written on, and the reading
of the sheet that comes back. Pure: no Django, no picture library; the press and the reader use it.

    DEMAND = Form(
        code="DEMAND", version=1, title="说说您的事",
        fields=(Field("words", "什么事", Kind.TEXT, lines=4, is_required=True), …),
    )
    for page in pages_of(DEMAND): …

All measures are millimetres from the upper left corner of an A4 page.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import sha256
from math import ceil
from typing import Any, Final

PAGE: Final = (210.0, 297.0)
#: Pixels a millimetre of a sheet once the reader has laid it flat.
FLAT_PX: Final = 6
#: A marker at each corner (ArUco DICT_4X4_50, ids 0 to 3 clockwise from the upper left), and how
#: far it stands from the edge: no printer needs to reach there.
MARKER_MM: Final = 15.0
MARGIN_MM: Final = 10.0
QR_MM: Final = 28.0
#: A box to tick, and the room a field needs. One line is high enough for a shaky hand.
BOX_MM: Final = 6.6
LINE_MM: Final = 11.0
LABEL_MM: Final = 8.0
GAP_MM: Final = 4.0
CELL_MM: Final = (9.0, 11.0)
#: A row of a list: so high that two lines of what a sheet fills in stand beside its boxes, so far
#: from the next, and at least so wide the words.
ROW_MM: Final = 11.0
ROW_GAP_MM: Final = 1.4
ROW_WORDS_MM: Final = 40.0
ROW_LINE_MM: Final = 6.2
MOST_ROW_LINES: Final = 14
#: Lines of a question above what is written or ticked.
MOST_LABEL_LINES: Final = 4
#: One Chinese character of a choice, set in 14 pt.
CHARACTER_MM: Final = 4.95
#: How much one form may be.
MOST_PAGES: Final = 9
MOST_LINES: Final = 15
#: What a community asks itself is another version each time: statements, questions of a year.
MOST_VERSIONS: Final = 999
FEWEST_OF_ONE: Final = 2
LEFT, RIGHT = 20.0, 190.0
TOP, BOTTOM = 54.0, 268.0
#: The longest line of words beside a box, and of a question.
_WIDEST: Final = RIGHT - LEFT - BOX_MM - 2
MARKERS: Final = (
    (MARGIN_MM, MARGIN_MM),
    (PAGE[0] - MARGIN_MM - MARKER_MM, MARGIN_MM),
    (PAGE[0] - MARGIN_MM - MARKER_MM, PAGE[1] - MARGIN_MM - MARKER_MM),
    (MARGIN_MM, PAGE[1] - MARGIN_MM - MARKER_MM),
)
QR_AT: Final = (PAGE[0] - MARGIN_MM - MARKER_MM - 4 - QR_MM, MARGIN_MM)
_CODE: Final = re.compile(r"[A-Z]{2,10}")
_WIDE: Final = re.compile(r"[^\x00-\x7f]")
#: What is decided by a sheet stands above its first question, in 14 pt as the rest of it, or smaller
#: where it would be one side more: how wide a Chinese character is, and how high a line.
_WORDS: Final = ((CHARACTER_MM, 6.6), (3.9, 5.2))


class Kind(StrEnum):
    """What an answer is, which decides how it is written, typed and read."""

    TEXT = "text"  # words, in lines
    NAME = "name"
    PHONE = "phone"  # eleven cells, a digit in each
    NUMBER = "number"
    DAY = "day"  # eight cells: year, month, day
    ONE = "one"  # one box of several
    MANY = "many"  # any boxes


#: How many cells a kind is written in, and which characters may stand in one.
CELLS: Final = {Kind.PHONE: 11, Kind.DAY: 8}
ALPHABETS: Final = {Kind.PHONE: "0123456789", Kind.DAY: "0123456789", Kind.NUMBER: "0123456789.-"}
#: Read by a machine or not, a person looks at these beside their picture: they decide something.
ALWAYS_LOOKED_AT: Final = frozenset({Kind.NAME, Kind.PHONE, Kind.NUMBER, Kind.DAY})


#: What a field could not say at first.
_LATER: Final = ("in_row", "is_filled", "is_whole", "least")


class FormFault(ValueError):  # noqa: N818  states what is so
    """A definition that cannot be printed or read; the message says which field and why."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One box: what it means to the room, and what stands beside it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `decides` is set where a wrong reading would do harm (a vote, a consent).

    `in_row`: its words and where it is answered share one line, as in a list, or under statements
    that are agreed to or not. `is_filled`: the words are those of each sheet (a name, a matter); what
    they stand for is kept with its serial, and neither code nor definition knows it. `is_whole`: a
    number that counts things, `least` of them or more.
    """

    name: str
    label: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    lines: int = 1
    most: int = 200
    hint: str = ""
    is_required: bool = False
    decides: bool = False
    in_row: bool = False
    is_filled: bool = False
    is_whole: bool = False
    least: int = 0

    @property
    def is_boxes(self) -> bool:
        return self.kind in (Kind.ONE, Kind.MANY)

    @property
    def is_always_looked_at(self) -> bool:
        """Words that tell a story, too: a machine that is sure of them is wrong now and then."""
        tells = self.kind is Kind.TEXT and self.lines > 1
        return self.decides or tells or self.kind in ALWAYS_LOOKED_AT


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet's worth of questions. Whoever changes what is asked or where raises the version:
    a sheet printed before is read by the definition it was printed from.
    """

    code: str
    version: int
    title: str
    fields: tuple[Field, ...]
    under: str = ""
    foot: str = ""
    words: str = ""  # what is decided by it, above the first question

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise FormFault(f"{self.code!r}: a code is two to ten capital letters")
        if not 1 <= self.version <= MOST_VERSIONS:
            raise FormFault(f"{self.code}: a version is a number from 1 to 999")
        names = [field.name for field in self.fields]
        if len(set(names)) < len(names) or not names:
            raise FormFault(f"{self.code}: every field needs a name of its own")
        for field in self.fields:
            self._check(field)

    def _check(self, field: Field) -> None:
        values = [choice.value for choice in field.choices]
        if field.is_boxes and (len(values) < 1 or len(set(values)) < len(values)):
            raise FormFault(f"{self.code}.{field.name}: its choices must differ")
        if field.kind is Kind.ONE and len(values) < FEWEST_OF_ONE:
            raise FormFault(f"{self.code}.{field.name}: one of several needs several")
        if not field.is_boxes and values:
            raise FormFault(f"{self.code}.{field.name}: only boxes have choices")
        if field.is_filled and not field.in_row:
            raise FormFault(f"{self.code}.{field.name}: only a row has words of its sheet")
        if field.in_row:
            self._check_row(field)
            return
        widest = max([width_of(choice.label) for choice in field.choices], default=0.0)
        if widest > _WIDEST or label_lines(field) > MOST_LABEL_LINES:
            raise FormFault(f"{self.code}.{field.name}: wider than the page")
        if not 1 <= field.lines <= MOST_LINES:
            raise FormFault(f"{self.code}.{field.name}: one to fifteen lines")

    def _check_row(self, field: Field) -> None:
        if field.kind in CELLS or field.lines > 1:
            raise FormFault(f"{self.code}.{field.name}: a row has no cells, and one line")
        words = _row_words_width(field)
        if words < ROW_WORDS_MM or row_lines(field.label, words) > MOST_ROW_LINES:
            raise FormFault(f"{self.code}.{field.name}: more than a row holds")

    def field(self, name: str) -> Field:
        """The field of a name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def as_json(self) -> str:
        """The definition as text that `form_of` reads back."""
        told = asdict(self)
        if not self.words:  # as sheets said it that were printed before there was such a thing
            del told["words"]
        for one in told["fields"]:
            for name in _LATER:
                # Sheets were printed before there was such a thing: theirs is said as it was then.
                if not one[name]:
                    del one[name]
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    @property
    def fingerprint(self) -> str:
        """What a version stands for: of two definitions with one fingerprint, one is the other."""
        return sha256(self.as_json().encode()).hexdigest()[:16]


def form_of(text: str) -> Form:
    """The definition that `as_json` wrote. Raises FormFault for anything else."""
    try:
        told: dict[str, Any] = json.loads(text)  # Any: JSON
        fields = tuple(
            Field(
                **{
                    **one,
                    "kind": Kind(one["kind"]),
                    "choices": tuple(Choice(**choice) for choice in one["choices"]),
                }
            )
            for one in told.pop("fields")
        )
        return Form(fields=fields, **told)
    except (TypeError, KeyError, ValueError) as error:
        raise FormFault(str(error)) from error


# ── where everything stands ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in mm."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to tick, and the choice it stands for."""

    value: str
    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class Placed:
    """A field on its page: its words above, then where it is written or ticked."""

    field: Field
    label: Box
    area: Box
    cells: tuple[Box, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One side of paper."""

    number: int
    placed: tuple[Placed, ...]
    words: Box | None = None  # of the form, on its first side
    is_small: bool = False  # the words


def pages_of(form: Form) -> tuple[Page, ...]:
    """Every field in its place, from top to bottom; a field is never cut in two.

    Raises FormFault for a field that no page can hold, for more than nine pages, and for words that
    leave no room to the first field.
    """
    if not form.words:
        return _pages(form, TOP)
    laid: list[tuple[Page, ...]] = []
    for number, (character, line) in enumerate(_WORDS):
        height = line * _lines_of_words(form.words, character)
        if TOP + height + GAP_MM + ROW_MM > BOTTOM:
            continue
        first, *others = _pages(form, TOP + height + GAP_MM)
        if first.placed:
            box = Box(LEFT, TOP, RIGHT - LEFT, height)
            laid.append((replace(first, words=box, is_small=number > 0), *others))
    if not laid:
        raise FormFault(f"{form.code}: its words leave no room to what is asked")
    return min(laid, key=len)


def _lines_of_words(words: str, character: float) -> int:
    """How many lines words take across the page; a line is rarely full to its end."""
    width = RIGHT - LEFT - 6
    scale = character / CHARACTER_MM
    return sum(max(1, ceil(width_of(one) * scale / width)) for one in words.splitlines())


def _pages(form: Form, y: float) -> tuple[Page, ...]:
    pages: list[list[Placed]] = [[]]
    for field in form.fields:
        placed = _place(field, y)
        if _end(placed) > BOTTOM:
            placed = _place(field, TOP)
            pages.append([])
        if _end(placed) > BOTTOM:
            raise FormFault(f"{form.code}.{field.name}: too high for a page")
        pages[-1].append(placed)
        y = _end(placed) + (ROW_GAP_MM if field.in_row else GAP_MM)
    if len(pages) > MOST_PAGES:
        raise FormFault(f"{form.code}: more than nine pages")
    return tuple(Page(number, tuple(placed)) for number, placed in enumerate(pages, 1))


def filled(form: Form, words: Mapping[str, str]) -> Form:
    """The form with the words of one sheet's rows; rows that stand for nothing there are left out,
    with what is asked of them besides (`call3_words` is of the row `call3`).
    """
    empty = {one.name for one in form.fields if one.is_filled and one.name not in words}
    fields = tuple(
        replace(one, label=words[one.name]) if one.is_filled else one
        for one in form.fields
        if one.name.partition("_")[0] not in empty
    )
    return replace(form, fields=fields)


def rows_of(form: Form) -> list[str]:
    """The names of the rows that are filled for each sheet, in order."""
    return [one.name for one in form.fields if one.is_filled]


def statements(
    name: str, words: Iterable[str], choices: tuple[Choice, ...], *, decides: bool = False
) -> tuple[Field, ...]:
    """One row for each statement, all with the same boxes: agree, disagree, pass."""
    return tuple(
        Field(f"{name}{number}", one, Kind.ONE, choices, in_row=True, decides=decides)
        for number, one in enumerate(words, 1)
    )


def known_rows(name: str, count: int, choices: tuple[Choice, ...]) -> tuple[Field, ...]:
    """Rows for those whom the sheet names: its words come with each sheet."""
    return tuple(
        Field(f"{name}{number}", "", Kind.MANY, choices, in_row=True, is_filled=True)
        for number in range(1, count + 1)
    )


def blank_rows(name: str, label: str, count: int) -> tuple[Field, ...]:
    """Rows on which whoever is not named writes their name."""
    return tuple(
        Field(f"{name}{number}", label, Kind.NAME, in_row=True) for number in range(1, count + 1)
    )


def _end(placed: Placed) -> float:
    if placed.field.in_row:
        return placed.label.y + placed.label.height
    return placed.area.y + placed.area.height


def _place(field: Field, y: float) -> Placed:
    if field.in_row:
        return _row(field, y)
    height = LABEL_MM + (label_lines(field) - 1) * ROW_LINE_MM
    label = Box(LEFT, y, RIGHT - LEFT, height)
    y += height
    if field.is_boxes:
        marks = tuple(_marks(field, y))
        height = marks[-1].box.y + BOX_MM - y
        return Placed(field, label, Box(LEFT, y, RIGHT - LEFT, height), marks=marks)
    if count := CELLS.get(field.kind):
        width, height = CELL_MM
        cells = tuple(Box(LEFT + n * width, y, width, height) for n in range(count))
        return Placed(field, label, Box(LEFT, y, count * width, height), cells=cells)
    width = 80.0 if field.kind in (Kind.NAME, Kind.NUMBER) else RIGHT - LEFT
    return Placed(field, label, Box(LEFT, y, width, field.lines * LINE_MM))


def _row(field: Field, y: float) -> Placed:
    words = _row_words_width(field)
    lines = 1 if field.is_filled else row_lines(field.label, words)
    height = max(ROW_MM, lines * ROW_LINE_MM)
    label = Box(LEFT, y, words, height)
    x, width = LEFT + words + 2, RIGHT - LEFT - words - 2
    if not field.is_boxes:
        return Placed(field, label, Box(x, y + (height - LINE_MM) / 2, width, LINE_MM))
    at, middle, marks = x, y + (height - BOX_MM) / 2, []
    for choice in field.choices:
        marks.append(Mark(choice.value, choice.label, Box(at, middle, BOX_MM, BOX_MM)))
        at += _row_mark_width(choice)
    return Placed(field, label, Box(x, y, width, height), marks=tuple(marks))


def _row_mark_width(choice: Choice) -> float:
    return BOX_MM + 2 + width_of(choice.label) + 4


def _row_words_width(field: Field) -> float:
    """What boxes, or a line to write on, leave to the words of a row."""
    if not field.is_boxes:
        return ROW_WORDS_MM
    return RIGHT + 4 - LEFT - 2 - sum(map(_row_mark_width, field.choices))


def row_lines(words: str, width: float) -> int:
    """How many lines words take in a row; a line is rarely full to its end."""
    return max(1, ceil(width_of(words) / (width - 6)))


def label_lines(field: Field) -> int:
    """How many lines the question above a field takes."""
    return max(1, ceil(width_of(field.label) / _WIDEST))


def _marks(field: Field, y: float) -> Iterator[Mark]:
    x = LEFT
    for choice in field.choices:
        width = BOX_MM + 2 + width_of(choice.label) + 8
        if x > LEFT and x + width > RIGHT + 8:
            x, y = LEFT, y + BOX_MM + 4.4
        yield Mark(choice.value, choice.label, Box(x, y, BOX_MM, BOX_MM))
        x += width


def width_of(words: str) -> float:
    """How wide words are beside a box, in mm; a letter is about half a Chinese character."""
    wide = len(_WIDE.findall(words))
    return CHARACTER_MM * (wide + 0.55 * (len(words) - wide))


# ── what the code on the sheet says ──────────────────────────────────────────────────────────

READABLE: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX: Final = "MULIN"
_PARTS: Final = 6
_SERIAL: Final = re.compile(f"[{READABLE}]{{10}}")


@dataclass(frozen=True, slots=True)
class SheetCode:
    """What the code of a sheet says: which form, version and page, and a random serial.

    Never a name, an address or a number that leads to one: whoever finds a sheet learns nothing.
    """

    form: str
    version: int
    page: int
    serial: str

    def __str__(self) -> str:
        body = f"{_PREFIX}-{self.form}-{self.version}-{self.page}-{self.serial}"
        return f"{body}-{check_of(body)}"


def check_of(body: str) -> str:
    """Two characters that tell a misread or mistyped code from a right one."""
    number = 0
    for character in body:
        number = (number * 37 + ord(character)) % 877  # both prime; 877 < 30 × 30
    return READABLE[number // len(READABLE)] + READABLE[number % len(READABLE)]


def sheet_code(text: str) -> SheetCode | None:
    """The code of a sheet, or None for any other code and for one with a slip in it."""
    parts = text.strip().upper().split("-")
    if len(parts) != _PARTS or parts[0] != _PREFIX:
        return None
    _prefix, form, version, page, serial, check = parts
    if not (_CODE.fullmatch(form) and _SERIAL.fullmatch(serial)):
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,2}", version) or not re.fullmatch(r"[1-9]", page):
        return None
    found = SheetCode(form, int(version), int(page), serial)
    return found if str(found).endswith(f"-{check}") else None
