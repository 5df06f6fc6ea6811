"""Reading a PDF back: its words, its fonts, how it looks, what its codes say."""

import re
from ctypes import create_string_buffer
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
import zxingcpp
from pypdfium2 import raw

#: What no printer reaches.
DEAD_MM = 5


@dataclass
class Pdf:
    """A PDF as a reader, a printer and a scanner meet it."""

    content: bytes

    def __post_init__(self) -> None:
        self.document = pypdfium2.PdfDocument(BytesIO(self.content))

    def __len__(self) -> int:
        return len(self.document)

    @property
    def pages(self) -> list[str]:
        """The text of each page, as it is selected, white space as one blank."""
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in self.document]

    @property
    def text(self) -> str:
        return " ".join(self.pages)

    @property
    def packed(self) -> str:
        """The text without any white space: lines break where they will."""
        return re.sub(r"\s+", "", self.text)

    @property
    def about(self) -> dict[str, str]:
        return {key: value for key, value in self.document.get_metadata_dict().items() if value}

    @property
    def fonts(self) -> dict[str, bool]:
        """The name of each font that letters are set in → whether it lies in the file."""
        found = {}
        for page in self.document:
            for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                font = raw.FPDFTextObj_GetFont(thing.raw)
                size = raw.FPDFFont_GetBaseFontName(font, None, 0)
                name = create_string_buffer(size)
                raw.FPDFFont_GetBaseFontName(font, name, size)
                found[name.value.decode()] = raw.FPDFFont_GetIsEmbedded(font) == 1
        return found

    def picture(self, number: int, *, dpi: int = 150) -> Any:
        return self.document[number].render(scale=dpi / 72, grayscale=True).to_pil()

    def codes(self, number: int, *, dpi: int = 150) -> list[str]:
        """What the codes of a page say when it is scanned."""
        return sorted(code.text for code in zxingcpp.read_barcodes(self.picture(number, dpi=dpi)))

    def letters_from_right_mm(self, number: int) -> float:
        """How far the letters of a page stay from its right edge, those that something clips too."""
        page = self.document[number]
        words = page.get_textpage()
        right = max(words.get_charbox(place)[2] for place in range(words.count_chars()))
        return (page.get_width() - right) / 72 * 25.4

    def nearest_to_edge_mm(self, number: int) -> float:
        """How far the ink of a page stays from the edge of the sheet."""
        dpi = 150
        picture = self.picture(number, dpi=dpi).point(lambda level: 255 if level < 200 else 0)
        left, top, right, bottom = picture.getbbox()
        return min(left, top, picture.width - right, picture.height - bottom) / dpi * 25.4
