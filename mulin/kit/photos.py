"""Photos as people send them, made fit to keep: upright, without place or device, sized.

A photo from a phone tells where and when it was taken and with which device. It is decoded,
turned upright, and drawn anew, so that nothing but the picture survives. Its kind is told from
its bytes; a file's name or a browser's word counts for nothing. SVG is a program, not a photo.
"""

import struct
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import IO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageFile
from pillow_heif import register_heif_opener

from mulin.kit.refusals import Refused

register_heif_opener()

MAX_BYTES: Final = 30 * 1024 * 1024
#: How large a picture is kept, unless somebody wants more of it.
LONGEST_PX: Final = 2_000

# What one photo may take when decoded. Phones reach 200 megapixels in JPEG, which is decoded at
# an eighth of its size if need be, and 50 in HEIC; a progressive JPEG is held whole.
_MOST_PIXELS: Final = MappingProxyType(
    {
        "JPEG": 210_000_000,
        "HEIF": 52_000_000,
        "PNG": 40_000_000,
        "WEBP": 40_000_000,
        "GIF": 40_000_000,
    }
)
_MOST_PIXELS_PROGRESSIVE: Final = 60_000_000
# Pillow's own guard, for the whole process: where it steps in, so would ours.
Image.MAX_IMAGE_PIXELS = max(_MOST_PIXELS.values())

_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
# A picture that is a document or a page as well is meant for mischief.
_OTHER_FACES: Final = (b"%pdf-", b"<!doctype", b"<html", b"<script", b"<svg ", b"<svg>", b"<?php")
_SEARCHED: Final = 2048
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SIZE: Final = 22

_ORIENTATION: Final = 0x0112
_TURNS: Final = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
# What Pillow's decoders raise on damaged files.
_DAMAGE: Final = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError,
    RuntimeError, struct.error,
)  # fmt: skip

_REFUSALS: Final[dict[str, Promise]] = {
    "empty": _("The photo is empty. Please choose it again."),
    "too_large": _("The photo is larger than %(megabytes)d MB. Please send a smaller one."),
    "not_a_photo": _(
        "This file is not a photo. Please send a JPEG, PNG, WEBP, HEIC or GIF picture."
    ),
    "too_many_pixels": _("The photo has too many pixels. Please send a smaller one."),
    "broken": _("The photo is damaged or did not arrive whole. Please send it again."),
}


class PhotoRefused(Refused):
    """Not a photo that can be kept. `code` is empty, too_large, not_a_photo, too_many_pixels or
    broken; `message` tells the person what to do.
    """

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(_REFUSALS[code], values)
        self.code = code


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A picture to keep and its small copy, both JPEG; width and height are the large one's."""

    content: bytes
    thumb: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


def clean_photo(
    file: IO[bytes] | bytes,
    *,
    longest_px: int = LONGEST_PX,
    thumb_px: int = 480,
    max_bytes: int = MAX_BYTES,
) -> CleanPhoto:
    """Make an uploaded photo fit to keep. JPEG, PNG, WEBP, HEIC and the first frame of a GIF.

    Never larger than it came. What is transparent becomes white. Raises PhotoRefused.
    """
    content = _read(file, max_bytes)
    kind = _kind_of(content)
    try:
        picture = _upright(content, kind, longest_px)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoRefused("too_many_pixels") from None
    except _DAMAGE:
        raise PhotoRefused("broken") from None
    thumb = picture.copy()
    thumb.thumbnail((thumb_px, thumb_px), Image.Resampling.LANCZOS)
    return CleanPhoto(_jpeg(picture), _jpeg(thumb), picture.width, picture.height)


def _read(file: IO[bytes] | bytes, max_bytes: int) -> bytes:
    if isinstance(file, bytes):
        content = file
    else:
        file.seek(0)
        content = file.read(max_bytes + 1)
    if not content:
        raise PhotoRefused("empty")
    if len(content) > max_bytes:
        raise PhotoRefused("too_large", megabytes=max_bytes // (1024 * 1024))
    return content


def _kind_of(content: bytes) -> str:
    beginning = content[:_SEARCHED].lower()
    if any(face in beginning for face in _OTHER_FACES) or _is_archive(content):
        raise PhotoRefused("not_a_photo")
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "HEIF"
    raise PhotoRefused("not_a_photo")


def _is_archive(content: bytes) -> bool:
    """Programs find a ZIP by its last record, whatever stands in front of it."""
    place = content.rfind(_ZIP_END, -_ZIP_END_SIZE - 65_535)
    if place < 0 or place + _ZIP_END_SIZE > len(content):
        return False
    # Four bytes also occur by chance; the comment that ends with the file does not.
    (comment,) = struct.unpack_from("<H", content, place + _ZIP_END_SIZE - 2)
    return bool(place + _ZIP_END_SIZE + comment == len(content))


def _upright(content: bytes, kind: str, longest_px: int) -> Image.Image:
    image = Image.open(BytesIO(content), formats=[kind])
    most = _MOST_PIXELS_PROGRESSIVE if image.info.get("progressive") else _MOST_PIXELS[kind]
    if image.width * image.height > most:
        raise PhotoRefused("too_many_pixels")
    # JPEG can be decoded at a fraction of its size, and in a fraction of the memory.
    image.draft(None, (longest_px, longest_px))
    # A library that makes PDFs lets half a picture pass, for the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    image.load()
    turn = _TURNS.get(_orientation(image))
    profile = image.info.get("icc_profile")
    picture = _opaque(image)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        picture = picture.transpose(turn)
    picture = _in_srgb(picture, profile)
    # A new picture takes over the pixels and nothing that was written beside them.
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture)
    return fresh


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        # The picture may be fine where its description is not.
        return 1


def _opaque(image: Image.Image) -> Image.Image:
    """Eight bits a channel in grey, RGB or CMYK, on white."""
    if image.mode.startswith("I") or image.mode == "F":
        # Sixteen bits of grey: Pillow would cut them off at 255.
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    # Not converted when it needn't be: every copy of a large photo costs its megabytes.
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            seen = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, *_DAMAGE):
            # A profile that can't be read or is for other channels: take the colours as they are.
            pass
        else:
            return seen or picture
    return picture.convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=82, optimize=True, progressive=True)
    return file.getvalue()
