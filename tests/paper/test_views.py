"""The desk's pages: what is shown beside what, what is asked for, how many queries."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from mulin.commons.paper.models import Reading, Scan
from mulin.ground.audit.models import Look
from mulin.ground.people.actions.persons import index_words
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.paper.conftest import ANSWERS, SERIAL
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast, client):
    return cast.enter(client, cast.chen)


def posted(**changes):
    return {**ANSWERS, "words": "三楼楼道灯不亮", "token": "tttttttttttttttt", **changes}


def looked(*names):
    return {f"looked-{name}": "on" for name in names}


ALL = looked("words", "visibility", "name", "phone", "day")


def test_sheets_are_printed_with_chinese_that_can_be_selected(slip, desk):
    answer = desk.post("/paper/forms/DEMAND/print/", {"count": 2})
    assert answer["Content-Type"] == "application/pdf"
    pdf = Pdf(answer.content)
    assert min(pdf.nearest_to_edge_mm(number) for number in range(2)) > 9.5
    words = pdf.text
    assert words.count("说说您的事") == 2
    assert words.count("MULIN-DEMAND-1-1-") == 2
    assert desk.post("/paper/forms/DEMAND/print/", {"count": 0}).status_code == 302
    assert desk.post("/paper/forms/OTHER/print/", {"count": 1}).status_code == 404


def test_files_are_taken_in_and_what_is_none_is_named(slip, desk, seen):
    content = BytesIO()
    picture = Image.open(BytesIO(seen(SERIAL).sheet))
    exif = picture.getexif()
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    picture.save(content, "JPEG", exif=exif)
    good = SimpleUploadedFile("单子.jpg", content.getvalue(), "image/jpeg")
    bad = SimpleUploadedFile("说明.txt", b"no picture", "text/plain")
    page = desk.post("/paper/", {"sheets": [good, bad], "token": "t" * 16}, follow=True)
    assert "说明.txt" in page.content.decode()
    kept = Scan.objects.get().kept_as
    with default_storage.open(kept) as file:
        assert b"Exif" not in file.read()
    assert b"Exif" in content.getvalue()
    page = desk.post("/paper/", {"token": "u" * 16})
    assert (page.status_code, Scan.objects.count()) == (422, 1)
    assert "请先选照片或 PDF。" in page.content.decode()


def test_a_sheet_is_looked_at_beside_its_pieces_and_handed_in(
    cast, slip, fresh, seen, photographed, desk
):
    one, other = photographed(*(seen(serial) for serial in fresh(2)))
    page = desk.get(f"/paper/sheets/{one.pk}/").content.decode()
    assert page.count("data:image/jpeg;base64,") == 8
    assert page.count('name="looked-') == 5
    assert "13857301234" in page
    assert Look.objects.filter(record_id=one.pk, what="sheet").count() == 1
    # A tick that is missing is said beside its field, and nothing typed is lost.
    answer = desk.post(
        f"/paper/sheets/{one.pk}/", posted(place="换了地方") | looked("words", "name", "day")
    )
    told = answer.content.decode()
    assert (answer.status_code, Demand.objects.count()) == (422, 0)
    assert "请先对着图片看一看这一项。" in told
    assert "换了地方" in told
    answer = desk.post(f"/paper/sheets/{one.pk}/", posted() | ALL)
    assert answer["Location"] == f"/paper/sheets/{other.pk}/"
    assert Demand.objects.get().need.words == "三楼楼道灯不亮"
    answer = desk.post(f"/paper/sheets/{other.pk}/", posted(token="s" * 16) | ALL)
    assert answer["Location"] == "/paper/"
    # Sent twice, it is done once.
    desk.post(f"/paper/sheets/{other.pk}/", posted(token="s" * 16) | ALL)
    assert Demand.objects.count() == 2


def test_somebody_of_the_roll_is_chosen_among_those_one_may_see(
    cast, slip, fresh, seen, photographed, desk
):
    index_words([cast.wang.person])
    (one,) = photographed(seen(fresh()[0]))
    page = desk.get(f"/paper/sheets/{one.pk}/").content.decode()
    assert f'value="{cast.wang.person.pk}"' in page
    with in_community(cast.linli):
        stranger = cast.gu.person.pk
    answer = desk.post(f"/paper/sheets/{one.pk}/", posted(person=stranger) | ALL)
    assert answer.status_code == 422
    desk.post(f"/paper/sheets/{one.pk}/", posted(person=cast.wang.person.pk) | ALL)
    assert Demand.objects.get().need.person == cast.wang.person


def test_what_could_not_be_read_is_named_typed_or_thrown_away(
    cast, slip, fresh, read_really, seen, desk, settings
):
    settings.MULIN_READER = False
    one, other = read_really(seen(SERIAL).sheet, seen(SERIAL).sheet)
    page = desk.get("/paper/").content.decode()
    assert "make reading" in page
    page = desk.get(f"/paper/sheets/{one.pk}/").content.decode()
    assert f"/paper/sheets/{one.pk}/picture.jpg" in page
    desk.post(f"/paper/sheets/{one.pk}/form/", {"form": "DEMAND", "code": ""})
    page = desk.get(f"/paper/sheets/{one.pk}/").content.decode()
    assert page.count('name="looked-') == 8
    every = looked(*ANSWERS)
    assert desk.post(f"/paper/sheets/{one.pk}/", posted() | every).status_code == 302
    assert Demand.objects.count() == 1
    address = f"/paper/sheets/{other.pk}/throw-away/"
    assert desk.post(address, {"why": ""}).status_code == 422
    assert desk.post(address, {"why": "拍重了"}).status_code == 302
    assert "拍重了" in desk.get("/paper/?show=ended").content.decode()
    assert desk.get(f"/paper/sheets/{other.pk}/picture.jpg").status_code == 404


def test_a_torn_sheet_whose_code_was_read_is_not_asked_which_it_is(
    cast, slip, fresh, seen, photographed, desk
):
    (serial,) = fresh()
    torn = replace(seen(serial), trouble="torn", fields=(), is_flat=False)
    (reading,) = photographed(torn)
    page = desk.get(f"/paper/sheets/{reading.pk}/")
    asked = page.context["name_form"]
    assert "缺了一个角" in page.content.decode()
    assert asked["form"].value() == "DEMAND"
    assert asked["code"].value() == str(torn.code)
    told = {"form": asked["form"].value(), "code": asked["code"].value(), "token": "n" * 16}
    assert desk.post(f"/paper/sheets/{reading.pk}/form/", told).status_code == 302
    reading.refresh_from_db()
    assert (reading.sheet.serial, reading.version.code) == (serial, "DEMAND")


def test_the_same_form_is_read_out_over_the_phone(slip, desk):
    page = desk.get("/paper/forms/DEMAND/type/")
    assert page.status_code == 200
    assert desk.post("/paper/forms/DEMAND/type/", {"channel": "phone"}).status_code == 422
    desk.post("/paper/forms/DEMAND/type/", posted(channel="phone"))
    assert Demand.objects.get().need.channel == "phone"


def test_the_neighbour_finds_no_sheet_of_ours(cast, slip, fresh, seen, photographed, client):
    (one,) = photographed(seen(fresh()[0]))
    theirs = cast.enter(client, cast.li)
    for address in ("", "picture.jpg"):
        assert theirs.get(f"/paper/sheets/{one.pk}/{address}").status_code == 404
    assert str(one.pk) not in theirs.get("/paper/").content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_asks_as_much_for_many_as_for_few(
    cast, slip, fresh, seen, photographed, desk, django_assert_num_queries, count, on_postgres
):
    photographed(*(seen(serial) for serial in fresh(count)))
    desk.get("/paper/")
    with django_assert_num_queries(QUERIES + on_postgres * ON_POSTGRES):
        page = desk.get("/paper/")
    assert page.content.decode().count('class="row" href="/paper/sheets/') == count
    assert Reading.objects.count() == count


#: Who asks and where; what waits, how many, what is being read; of the forms, whether a survey is
#: open, which gatherings are to come (for the list and the sign-up), which questions are open, in
#: which lesson the quiz is on paper; whose visits, which rooms, months of duty, posts and services
#: have a sheet of their own, and which five are appraised.
QUERIES, ON_POSTGRES = 20, 5
