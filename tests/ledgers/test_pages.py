"""What is in the way of a line is read on a phone, however long it is."""

import pytest
from playwright.sync_api import expect

from mulin.kit.sheets import write_xlsx
from tests.support.browser import overhang

pytestmark = pytest.mark.browser


def test_a_long_fault_stays_within_the_page(cast, visitor, axe):
    page = visitor(width=390).sign_in(cast.chen).open("/ledgers/")
    page.select_option("[name=ledger]", "elders.care")
    content = write_xlsx(("姓名", "同意"), [("查无此人", "是")])
    file = {"name": "老人.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("input[type=file]", file)
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.get_by_text("名册上没有这个人")).to_be_visible()
    axe(page)
    assert overhang(page) <= 0
