"""An official document: what stands on it, in which order, and what keeps its end together.

Set after GB/T 9704—2012 as far as that binds a residents' committee, which is no organ of party or
state: head, number, title, addressee, body, list of attachments, signature over date with room for
the seal, 22 lines of 28 characters a page. Pure: no Django; `kit/official.html` sets it.

    LETTER = Document(
        issuer="新街社区居民委员会", title="关于您反映事项的答复", to="王秀英",
        blocks=(*paragraphs("您反映的路灯……"), Heading("一、处理结果")), day=date(2026, 11, 28),
    )
    paper("kit/official.html", {"document": LETTER}, request=request, name=LETTER.title)
"""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

LONGEST_TITLE: Final = 100
#: The last lines of the body, the list of attachments and everybody's signature stand on one page:
#: its height, a line, the characters of a line in that list; ordinary and large (paper.css).
_PAGE_MM: Final = {False: 225.0, True: 247.0}
_LINE_MM: Final = {False: 10.3, True: 13.5}
_LINE_CHARACTERS: Final = {False: 22, True: 16}
#: What stands there in any case: three lines and the sender under the seal; then each signer, the code.
_LEAST_LINES: Final = 3
_SENDER_MM: Final = 52.0
_SIGNER_MM: Final = 22.0
_CODE_MM: Final = 28.0


class DocumentFault(ValueError):  # noqa: N818  states what is so
    """A document whose end would not fit on one page, or that says nothing; tells what is wrong."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the body."""

    words: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body."""

    words: str
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, set apart from ours."""

    words: str
    kind: str = "quote"


@dataclass(frozen=True, slots=True)
class Table:
    """A table over the whole width; its head comes again on each page, no row is cut in two."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


Block = Heading | Paragraph | Quote | Table


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signs by hand: as what, and whether a fingerprint 手印 is set beside it."""

    label: str
    has_fingerprint: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `signed` is who stands over the date, the issuer if nobody else; `path` is
    what the code at its foot opens; `is_large` sets it for old eyes.
    """

    issuer: str
    title: str
    day: date
    blocks: tuple[Block, ...]
    number: str = ""
    to: str = ""
    attachments: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    signed: str = ""
    has_seal: bool = True
    path: str = ""
    scan: str = ""
    is_large: bool = False

    def __post_init__(self) -> None:
        if not any(block.kind != "heading" for block in self.blocks):
            raise DocumentFault("a document says something")
        if len(self.title) > LONGEST_TITLE:
            raise DocumentFault(f"a title has at most {LONGEST_TITLE} characters")
        if self._end_mm > _PAGE_MM[self.is_large]:
            raise DocumentFault(
                "its end does not fit on one page: let some sign on a list of their own, or name"
                " the attachments in the body"
            )
        for block in self.blocks:
            if isinstance(block, Table) and any(len(row) != len(block.head) for row in block.rows):
                raise DocumentFault("every row of a table has a cell under each head")

    @property
    def _end_mm(self) -> float:
        per_line = _LINE_CHARACTERS[self.is_large]
        lines = _LEAST_LINES + sum(ceil(len(name) / per_line) for name in self.attachments)
        lines += 2 if self.attachments else 0
        return (
            lines * _LINE_MM[self.is_large]
            + _SENDER_MM
            + _SIGNER_MM * len(self.signers)
            + (_CODE_MM if self.path else 0)
        )

    @property
    def dated(self) -> str:
        """The day that stands under the sender."""
        return written_day(self.day)

    @property
    def sender(self) -> str:
        """Who stands over the date."""
        return self.signed or self.issuer


def written_day(day: date) -> str:
    """A day as the standard writes it: Arabic figures, no leading zero."""
    return f"{day.year}年{day.month}月{day.day}日"


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """What somebody typed, as paragraphs: each line is one, empty lines are none."""
    return tuple(Paragraph(line.strip()) for line in text.splitlines() if line.strip())
