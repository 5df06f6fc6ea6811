from io import BytesIO
from struct import pack
from zlib import compress, crc32

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw

from mulin.kit.photos import PhotoRefused, clean_photo

# What a phone writes beside the picture and nobody else must read.
PLACE = {1: "N", 2: (30.0, 31.0, 26.0), 3: "E", 4: (120.0, 56.0, 45.0)}
SECRETS = (b"SECRETPHONE", b"SECRETNOTE", b"SECRETXMP", b"2026:02:20", b"GPS", b"Exif", b"ICC_")


def street(size=(120, 80)) -> Image.Image:
    """Each corner has its colour: red top left, green top right, blue bottom left."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill="lime")
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill="blue")
    return picture


def corners(picture: Image.Image) -> list[str]:
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    width, height = picture.size
    places = ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))
    return [
        names[tuple(round(level / 255) for level in
                    picture.convert("RGB").getpixel((int(x * width), int(y * height))))]
        for x, y in places
    ]  # fmt: skip


def exif(orientation: int = 1) -> Image.Exif:
    written = Image.Exif()
    written[0x0112] = orientation
    written[0x010F] = "SECRETPHONE"
    written[0x0132] = "2026:02:20 09:30:00"
    written.get_ifd(0x8769)[0x927C] = b"SECRETNOTE"
    written.get_ifd(0x8825).update(PLACE)
    return written


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    if kind == "HEIF" and "exif" in options:
        # As bytes: then the turn is written where HEIC has it, as phones do.
        options["exif"] = options["exif"].tobytes()
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def code_of(content, **options) -> str:
    with pytest.raises(PhotoRefused) as refusal:
        clean_photo(content, **options)
    assert str(refusal.value)
    return refusal.value.code


UPRIGHT_TO = {  # how a camera held that way stores the upright picture
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(orientation, kind):
    turn = UPRIGHT_TO[orientation]
    stored = street() if turn is None else street().transpose(turn)
    photo = clean_photo(encoded(stored, kind, exif=exif(orientation)), thumb_px=60)
    for content in (photo.content, photo.thumb):
        picture = opened(content)
        assert corners(picture) == ["red", "lime", "blue", "white"]
        assert picture.getexif().get(0x0112) is None
    assert (photo.width, photo.height) == (120, 80) == opened(photo.content).size
    assert opened(photo.thumb).size == (60, 40)
    assert photo.content_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_place_device_and_notes_are_gone(kind):
    options = {"exif": exif(6)}
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRETXMP</x:xmpmeta>"
    if kind != "HEIF":
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = encoded(street(), kind, **options)
    assert b"SECRETPHONE" in sent
    photo = clean_photo(sent)
    for content in (photo.content, photo.thumb):
        assert not [secret for secret in SECRETS if secret in content]
        picture = opened(content)
        assert not dict(picture.getexif())
        assert set(picture.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_a_comment_is_gone_too():
    photo = clean_photo(encoded(street(), "JPEG", comment=b"SECRETNOTE"))
    assert b"SECRETNOTE" not in photo.content


def test_a_photo_is_made_smaller_never_larger():
    photo = clean_photo(encoded(street((3000, 1500)), "JPEG"))
    assert (photo.width, photo.height) == (2000, 1000)
    assert opened(photo.thumb).size == (480, 240)
    small = clean_photo(encoded(street((30, 20)), "PNG"))
    assert (small.width, small.height) == (30, 20)
    assert opened(small.thumb).size == (30, 20)
    narrow = clean_photo(encoded(Image.new("RGB", (9000, 1)), "PNG"))
    assert (narrow.width, narrow.height) == (2000, 1)


def test_the_first_frame_of_a_moving_picture_is_kept():
    other = Image.new("RGB", (120, 80), "black")
    for kind in ("GIF", "WEBP"):
        moving = encoded(street(), kind, save_all=True, append_images=[other], lossless=True)
        assert corners(opened(clean_photo(moving).content)) == ["red", "lime", "blue", "white"]


def test_the_photo_with_a_second_one_inside_is_read_like_any_other():
    double = encoded(street(), "MPO", save_all=True, append_images=[street()], exif=exif(1))
    assert corners(opened(clean_photo(double).content)) == ["red", "lime", "blue", "white"]


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    for picture in (clear, clear.convert("LA")):
        photo = clean_photo(encoded(picture, "PNG"))
        assert opened(photo.content).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_understood(mode):
    if mode == "I;16":
        grey = Image.new("I;16", (40, 40), 128 * 256)
    else:
        grey = Image.new("L", (40, 40), 255 if mode == "1" else 128).convert(mode)
    photo = clean_photo(encoded(grey, "JPEG" if mode == "CMYK" else "PNG"))
    level = 255 if mode == "1" else 128
    assert opened(photo.content).getpixel((20, 20)) == pytest.approx((level,) * 3, abs=3)


def test_colours_of_another_profile_become_ordinary_ones():
    # A profile whose red and blue are exchanged: what is stored as blue is meant as red.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = (
        profile.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    )
    blue = Image.new("RGB", (40, 40), "blue")
    photo = clean_photo(encoded(blue, "PNG", icc_profile=exchanged))
    assert opened(photo.content).getpixel((20, 20)) == pytest.approx((254, 0, 0), abs=4)


def test_a_profile_that_cannot_be_used_is_left_aside():
    grey = Image.new("RGB", (40, 40), (128, 128, 128))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"not a profile", lab):
        photo = clean_photo(encoded(grey, "PNG", icc_profile=profile))
        assert opened(photo.content).getpixel((20, 20)) == pytest.approx((128,) * 3, abs=2)


def test_a_file_object_is_read_from_its_beginning():
    file = BytesIO(encoded(street(), "JPEG"))
    file.read(10)
    assert clean_photo(file).width == 120


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not():
    content = encoded(street(), "JPEG")
    padded = content + b"\0" * (30 * 1024 * 1024 - len(content))
    assert clean_photo(padded).width == 120
    with pytest.raises(PhotoRefused) as refusal:
        clean_photo(BytesIO(padded + b"\0"))
    assert refusal.value.code == "too_large"
    assert "30" in str(refusal.value)
    assert code_of(content, max_bytes=len(content) - 1) == "too_large"


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        SVG,
        b"%PDF-1.7\n",
        b"hello",
        b"GIF",
        b"BM" + bytes(100),
        b"II*\0" + bytes(100),
        b"\x00\x00\x00\x20ftypisom" + bytes(100),
        b"PK\x03\x04" + bytes(100),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(content):
    file = BytesIO(content)
    file.name = "photo.jpg"
    assert code_of(file) == "not_a_photo"


def test_nothing_is_refused():
    assert code_of(b"") == "empty"


def test_a_wrong_extension_does_not_matter():
    file = BytesIO(encoded(street(), "PNG"))
    file.name = "evil.html"
    assert corners(opened(clean_photo(file).content)) == ["red", "lime", "blue", "white"]


def test_a_picture_with_a_second_face_is_refused():
    jpeg, gif = encoded(street(), "JPEG", comment=HTML), encoded(street(), "GIF")
    assert code_of(jpeg) == "not_a_photo"
    assert code_of(b"GIF89a/*" + HTML + gif) == "not_a_photo"
    assert code_of(gif + b"PK\x05\x06" + bytes(18)) == "not_a_photo"
    assert clean_photo(gif + b"PK\x05\x06" + bytes(30)).width == 120
    assert clean_photo(gif + b"PK\x05\x06").width == 120
    # Further back it may stand by chance; it does not survive being drawn anew.
    behind = encoded(street(), "JPEG") + b" " * 4096 + HTML
    assert HTML not in clean_photo(behind).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_half_a_photo_is_refused(kind, share):
    picture = Image.effect_noise((200, 150), 60).convert("RGB")
    content = encoded(picture, kind)
    assert code_of(content[: int(len(content) * share)]) == "broken"


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims more than it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(bytes(1000)))


@pytest.mark.parametrize("side", [7_000, 16_000, 60_000, 2**31 - 1])
def test_a_picture_made_to_fill_the_memory_is_refused(side):
    assert code_of(bomb(side, side)) == "too_many_pixels"


def test_a_photo_of_108_megapixels_fits():
    large = Image.new("L", (12_000, 9_000), 128)
    content = encoded(large, "JPEG", quality=30)
    photo = clean_photo(content)
    assert (photo.width, photo.height) == (2000, 1500)
    assert code_of(encoded(large, "JPEG", quality=30, progressive=True)) == "too_many_pixels"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_metadata_does_not_damage_the_photo():
    content = encoded(street(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(40))
    assert corners(opened(clean_photo(content).content)) == ["red", "lime", "blue", "white"]


def test_heic_comes_from_the_library_that_phones_use():
    heif = pillow_heif.from_pillow(street())
    file = BytesIO()
    heif.save(file)
    assert file.getvalue()[4:12] == b"ftypheic"
    assert clean_photo(file.getvalue()).width == 120
