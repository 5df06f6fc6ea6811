"""The visit sheet of a helper without a phone."""

from datetime import timedelta

import pytest

from mulin.circle.elders.models import Contact
from mulin.circle.elders.rules import Outcome
from mulin.circle.elders.sheets import (
    VISIT_SHEET,
    elder_words,
    elders_of,
    helpers_to_print,
    take_visits,
)
from mulin.commons.flow.models import Need
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.registry import Taken
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import pages_of
from mulin.kit.refusals import Refused
from tests.clock import NOW


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
        take_visits(Taken({}, sheet=sheet, about=about), by=home.by, now=later)
    take_visits(Taken(values, sheet=sheet, about=about), by=home.by, now=later)
    contact = Contact.objects.get()
    assert (local_day(contact.at), contact.channel) == (local_day(NOW), "paper")
    assert (contact.helper, contact.elder) == (home.helper, home.wang)
    assert Need.objects.get().words == "灯不亮"
