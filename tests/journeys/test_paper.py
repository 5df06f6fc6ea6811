"""A sheet in a real browser: printed, filled in by hand, photographed, looked at with Enter alone."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from mulin.commons.paper.actions.scans import Incoming, keep_pages, read_waiting, take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import ReadField, Reading, Scan
from mulin.commons.paper.registry import use_of
from mulin.commons.paper.rules import Matter
from mulin.kit import clock
from mulin.kit.paper import reading
from mulin.kit.paper.definition import FLAT_PX, PAGE, SheetCode
from mulin.parlour.reception.models import Demand
from mulin.parlour.suggestions.models import Idea
from tests.paper.conftest import ANSWERS
from tests.support import elders
from tests.support.filledin import blank_of, photo, scanned, written
from tests.support.hardphotos import ORDINARY, drawn

pytestmark = pytest.mark.browser

DESK, PHONE = 1280, 390
TODAY = {"day": "20260105"}


def printed(page, count):
    """The sheets that the desk's button prints, as a scanner sees them empty."""
    form = page.locator("form[action$='/forms/DEMAND/print/']")
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    here = page.url
    form.locator("[name=count]").fill(str(count))
    sent = page.request.post(
        here + "forms/DEMAND/print/",
        form={"count": str(count), "csrfmiddlewaretoken": token},
        headers={"Referer": here},
    )
    assert sent.headers["content-type"] == "application/pdf"
    return [drawn(sent.body(), number) for number in range(count)]


def taken_in(page, *files):
    page.locator("[name=sheets]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )
    with page.expect_navigation():
        page.locator("form[enctype] button[type=submit]").click()


def test_a_stack_is_worked_off_by_keyboard(cast, xinjie, visitor, axe):
    form = use_of("DEMAND").form
    page = visitor(width=DESK).sign_in(cast.chen).open("/paper/")
    axe(page)
    first, second = printed(page, 2)
    answers = ANSWERS | TODAY
    other = answers | {"words": "垃圾没人收", "kind": "clean", "visibility": "anonymous"}
    photographed = photo(written(first, form, answers), ORDINARY)
    scan = scanned(written(second, form, other))
    taken_in(page, ("a.jpg", "image/jpeg", photographed), ("b.pdf", "application/pdf", scan))
    assert Scan.objects.filter(state="waiting").count() == 2
    read_waiting(xinjie, now=clock.now())  # as the worker does
    page.goto(page.url)
    axe(page)
    page.keyboard.press("l")
    page.wait_for_url("**/paper/sheets/*/")
    axe(page)
    for left in (1, 0):
        expect(page.locator("[name^=looked-]")).to_have_count(5)
        with page.expect_navigation():
            for _time in range(5):
                page.keyboard.press("Enter")
        assert Reading.objects.waiting().count() == left
    assert page.url.endswith("/paper/")
    one, two = Demand.objects.order_by("id").select_related("need__category")
    assert [(one.need.words, one.need.place_words, one.need.category.code, one.need.contact_wish,
             one.need.contact_name, one.need.contact_phone, one.need.visibility, one.need.channel),
            (two.need.words, two.need.category.code, two.need.visibility)] == [
        ("三楼楼道灯不亮晚上走路怕摔", "12幢1单元3楼", "repair", "door", "王秀英", "13857301234",
         "named", "paper"),
        ("垃圾没人收", "clean", "anonymous"),
    ]  # fmt: skip


STACK, MISREAD = 50, 7


@pytest.fixture
def stack(cast, xinjie):
    """Fifty sheets with an idea each, as a scanner's reader would have left them; one is misread."""
    out = BytesIO()
    Image.new("L", tuple(round(side * FLAT_PX) for side in PAGE), 255).save(out, "JPEG")
    by, now = cast.chen.actor, clock.now()
    sheets = print_sheets(use_of("IDEA"), count=STACK, by=by, now=now)
    (scan,) = take_in([Incoming(out.getvalue(), is_pdf=False)], community=xinjie, by=by, now=now)
    pages = []
    for number, sheet in enumerate(sheets, 1):
        words = "多放几张长木奇" if number == MISREAD else f"多放几张长椅，第{number}条"
        fields = (
            reading.ReadField("words", (words,), words, 0.95, is_sure=True, is_empty=False),
            reading.ReadField("name", ("",), "", 0.0, is_sure=False, is_empty=True),
            reading.ReadField("phone", ("",), "", 0.0, is_sure=False, is_empty=True),
        )
        code = SheetCode("IDEA", 1, 1, sheet.serial)
        pages.append(
            reading.ReadPage(code, "", out.getvalue(), is_flat=True, fields=fields, of=STACK)
        )
    keep_pages(scan, pages, now=now)


def test_fifty_sheets_are_worked_off_without_a_mouse(cast, stack, visitor):
    page = visitor(width=DESK, large=True).sign_in(cast.chen).open("/paper/")
    assert Reading.objects.waiting().count() == STACK
    page.keyboard.press("l")
    for number in range(1, STACK + 1):
        page.wait_for_selector("form[data-look] [name=words]:focus")
        if number == 1:
            assert elders.faults(page) == []
        if number == MISREAD:
            page.keyboard.type("多放几张长椅")  # what stood there is chosen, so it goes
        with page.expect_navigation():
            for _field in ("words", "name", "phone"):
                page.keyboard.press("Enter")
    assert page.url.endswith("/paper/")
    assert (Reading.objects.waiting().count(), Idea.objects.count()) == (0, STACK)
    said = [one.need.words for one in Idea.objects.order_by("id").select_related("need")]
    assert said[MISREAD - 1] == "多放几张长椅"
    assert said[-1] == f"多放几张长椅，第{STACK}条"
    looked = ReadField.objects.filter(looked_by=cast.chen.account).count()
    assert looked == STACK * 3


def test_without_script_and_without_the_reader_it_is_typed_beside_the_picture(
    cast, xinjie, visitor, settings
):
    settings.MULIN_READER = False
    form = use_of("DEMAND").form
    page = visitor(width=PHONE, js=False).sign_in(cast.chen).open("/paper/")
    (blank,) = printed(page, 1)
    content = photo(written(blank, form, ANSWERS), ORDINARY)
    taken_in(page, ("a.jpg", "image/jpeg", content))
    read_waiting(xinjie, now=clock.now())
    page.goto(page.url)
    page.locator("a.row[href*='/sheets/']").click()
    page.wait_for_url("**/paper/sheets/*/")
    assert Reading.objects.get().matter == Matter.UNREAD
    page.locator("[name=form][value=DEMAND]").check()
    page.locator("form[action$='/form/'] button[type=submit]").click()
    page.fill("[name=words]", "三楼楼道灯不亮")
    with page.expect_navigation():
        page.locator("form[data-look] button[type=submit]").click()
    assert page.locator(".errors").count() == 1
    assert page.input_value("[name=words]") == "三楼楼道灯不亮"
    for tick in page.locator("[name^=looked-]").all():
        tick.check()
    page.locator("form[data-look] button[type=submit]").click()
    page.wait_for_url("**/paper/")
    need = Demand.objects.get().need
    assert (need.words, need.channel) == ("三楼楼道灯不亮", "paper")


def test_a_resident_sends_the_photo_of_a_sheet_from_a_phone_without_script(
    cast, xinjie, visitor, axe
):
    form = use_of("DEMAND").form
    (sheet,) = print_sheets(use_of("DEMAND"), count=1, by=cast.chen.actor, now=clock.now())
    page = visitor(width=PHONE, js=False).open("/reception/tell/")
    page.locator("a[href='/paper/send/']").click()
    content = photo(written(blank_of(form, sheet.serial), form, ANSWERS), ORDINARY)
    taken_in(page, ("IMG_1.jpg", "image/jpeg", content))
    page.wait_for_url("**/paper/sent/*/")
    read_waiting(xinjie, now=clock.now())
    (reading,) = Reading.objects.waiting()
    assert (reading.sheet, reading.scan.came_by) == (sheet, "street")
    assert Demand.objects.count() == 0
    page.goto(page.url)
    assert "等待核对" in page.locator("main").inner_text()
    for path in (page.url[page.url.index("/paper/") :], "/paper/send/"):
        axe(visitor(width=PHONE).open(path))
