"""Photos of a faulty form wait a day under their token, and no longer."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from mulin.kit import clock
from mulin.kit.keeping import forget_kept_photos, keep_photos, kept_photos
from mulin.kit.photos import clean_photo

TOKEN = "k" * 22


def photo():
    content = BytesIO()
    Image.new("RGB", (20, 10), "teal").save(content, "JPEG")
    return clean_photo(content.getvalue())


def test_they_wait_a_day_and_no_longer(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    keep_photos(TOKEN, "photos", [photo(), photo()])
    assert len(kept_photos(TOKEN, "photos")) == 2
    assert forget_kept_photos(clock.now() + timedelta(hours=23)) == 0
    assert forget_kept_photos(clock.now() + timedelta(hours=25)) == 2
    assert kept_photos(TOKEN, "photos") == ()


def test_a_short_token_or_a_strange_name_keeps_nothing(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    keep_photos("short", "photos", [photo()])
    keep_photos(TOKEN, "../photos", [photo()])
    assert list(tmp_path.rglob("*.jpg")) == []
    assert kept_photos("short", "photos") == ()
