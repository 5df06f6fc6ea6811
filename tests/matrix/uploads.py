"""Forms that take files, and files that nobody should trust."""

import random
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def _cut(kind):
    picture = BytesIO()
    Image.effect_noise((64, 64), 60).convert("RGB").save(picture, kind)
    return picture.getvalue()[: len(picture.getvalue()) // 2]


def _zipped(**members):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


_noise = random.Random(20_261_129).randbytes
#: Name → its bytes. The name says what it claims to be.
STRANGE = {
    "photo.jpg": _cut("JPEG"),
    "photo.png": _cut("PNG"),
    # A picture of 60,000 × 60,000 in a few bytes: it must be refused by its head.
    "large.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\2\0\0\0" + _noise(64),
    "letter.pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\n" + _noise(200),
    "sheet.xlsx": _zipped(**{"xl__workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
    "sheet.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _noise(600),
    "sheet.csv": b'\xff\xfe"' + _noise(301),
    "voice.wav": b"RIFF\xff\xff\xff\xffWAVEfmt " + _noise(40),
    "paper.json": b'{"election": ' + b"[" * 3_000,
    "name\u202egpj.exe": _noise(500),
    "nothing.jpg": b"",
}


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it, its fields for files."""

    action: str
    values: dict
    files: list

    def filled(self, name):
        """What is sent, with this strange file in each of its fields."""
        content = STRANGE[name]
        return {key: value for key, value in self.values.items() if key not in self.files} | {
            field: SimpleUploadedFile(name, content) for field in self.files
        }


class _Forms(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.path, self.found = path, []

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self.found.append(Form(urljoin(self.path, told.get("action") or self.path), {}, []))
        elif tag in {"input", "textarea", "select"} and self.found and told.get("name"):
            form = self.found[-1]
            if told.get("type") == "file":
                form.files.append(told["name"])
            elif told.get("type") not in {"checkbox", "radio", "submit"}:
                form.values[told["name"]] = told.get("value") or "1"


def forms_with_files(path, page):
    """The forms of a page that take files."""
    reader = _Forms(path)
    reader.feed(page)
    return [form for form in reader.found if form.files]
