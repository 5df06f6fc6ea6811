"""The visit sheet of a helper without a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.circle.elders.actions.orders import end_service
from mulin.circle.elders.models import Contact, ServiceOrder
from mulin.circle.elders.rules import Outcome
from mulin.circle.elders.sheets import (
    SERVICE_SHEET,
    VISIT_SHEET,
    elder_words,
    elders_of,
    helpers_to_print,
    take_visits,
)
from mulin.commons.flow.models import Need
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import pages_of
from mulin.kit.refusals import Refused
from tests.clock import NOW
from tests.support.filledin import read_back, said_on


def test_the_sheet_is_one_page_and_names_whom_a_helper_looks_after(home):
    assert len(pages_of(VISIT_SHEET.form)) == 1
    about = str(home.helper.pk)
    assert helpers_to_print(home.by, NOW) == [(about, home.helper.person.name)]
    assert elders_of(about) == [str(home.wang.pk)]
    assert "王秀英" in elder_words(home.by, elders_of(about))[str(home.wang.pk)]


def test_a_ticked_line_is_a_visit_of_the_day_and_words_become_a_need(home):
    about = str(home.helper.pk)
    (sheet,) = print_sheets(VISIT_SHEET, count=1, about=about, by=home.by, now=NOW)
    later = NOW + timedelta(days=2)
    values = {"elder1": Outcome.WELL.value, "elder1_words": "灯不亮", "day": local_day(NOW)}
    with pytest.raises(Refused):
        take_visits(said_on(sheet, {}), by=home.by, now=later)
    take_visits(said_on(sheet, values), by=home.by.by(Channel.PAPER), now=later)
    contact = Contact.objects.get()
    assert (local_day(contact.at), contact.channel) == (local_day(NOW), "paper")
    assert (contact.helper, contact.elder) == (home.helper, home.wang)
    assert Need.objects.get().words == "灯不亮"


def test_the_service_sheet_asks_what_the_catalogue_offers_and_orders_as_the_phone_does(
    home, client
):
    choices = [one.label for one in SERVICE_SHEET.form.field("services").choices]
    assert choices == ["送午饭 6 元", "上门量血压 免费"]
    written = {
        "name": "王秀英",
        "services": [str(home.meal.pk), str(home.doctor.pk)],
        "words": "软一点",
    }
    read = read_back(SERVICE_SHEET.form, written)
    assert {name: value for name, value in read.items() if value} == written
    address = reverse("paper:type", args=["SERVICE"])
    desk = home.cast.enter(client, home.cast.chen)
    told = {
        "name": "王秀英", "services": [home.meal.pk, home.doctor.pk], "words": "软一点",
        "channel": "phone", "token": "s" * 16,
    }  # fmt: skip
    assert desk.post(address, told).context["form"].errors.keys() == {"person"}
    nobody = told | {"person": home.cast.yong.person.pk}
    assert desk.post(address, nobody).context["form"].errors.keys() == {"person"}
    assert ServiceOrder.objects.count() == 0
    for _again in range(2):
        desk.post(address, told | {"person": home.cast.wang.person.pk})
    rows = ServiceOrder.objects.order_by("service__kind").values_list(
        "service__name", "words", "channel", "elder"
    )
    assert list(rows) == [
        (name, "软一点", "phone", home.wang.pk) for name in ("送午饭", "上门量血压")
    ]
    for one in (home.meal, home.doctor):
        end_service(one, by=home.by, now=NOW)
    assert not SERVICE_SHEET.is_there
