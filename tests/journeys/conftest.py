"""A community whose reception is open, before a real browser."""

from io import BytesIO

import pytest
from PIL import Image

from mulin.ground.community.rules import system
from mulin.ground.people.actions.persons import index_words
from mulin.kit import clock
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception


@pytest.fixture
def xinjie(live, cast):
    """新街社区 with categories and limits, in scope for what the test itself reads."""
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=clock.now())
        index_words([cast.wang.person, cast.yong.person])
        yield cast.xinjie


@pytest.fixture
def photo(tmp_path):
    """A photo file as a phone sends it: lying on its side, with a position in it."""
    path = tmp_path / "lamp.jpg"
    picture = Image.new("RGB", (80, 60), "navy")
    exif = picture.getexif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[1] = "N"
    content = BytesIO()
    picture.save(content, "JPEG", exif=exif)
    path.write_bytes(content.getvalue())
    return path
