"""A file of demands in a real browser: chosen, looked at, taken in; with script and without."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.support.browser import overhang

pytestmark = pytest.mark.browser

FILE = Path(__file__).parent.parent / "data" / "demands" / "boston_layout.csv"


LOOKS = {
    "phone": {"width": 390},
    "no script": {"width": 1280, "js": False},
    "dark": {"width": 1280, "dark": True},
    "large": {"width": 1280, "large": True},
}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_file_is_chosen_looked_at_and_taken_in(cast, visitor, axe, look):
    def check():
        if "js" not in LOOKS[look]:  # axe is a script itself
            axe(page)
            assert overhang(page) <= 0, page.url

    page = visitor(**LOOKS[look]).sign_in(cast.chen).open("/reception/imports/")
    check()
    page.set_input_files("input[type=file]", FILE)
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_url("**/columns/")
    check()
    assert page.locator("[name=external_id]").input_value() == "CASE_ENQUIRY_ID"
    with page.expect_navigation():
        page.locator("form.form button.main").click()
    found = page.locator("section[aria-labelledby=found]")
    expect(found.get_by_text("Lamp flickers")).to_be_visible()
    check()
    with page.expect_navigation(url="**/imports/*/"):
        page.locator("button[formaction]").click()
    check()
    assert page.get_by_text("900000000001").is_visible()
    with in_community(cast.xinjie):
        assert Demand.objects.count() == 6
