"""A slip of offers: printed for one worker, read back as her answers and her wish."""

import pytest
from django.db import transaction

from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.registry import Taken
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.actions.offers import offer, take_back_offer
from mulin.workshop.production.models import Offer, WorkWish
from mulin.workshop.production.sheets import OFFER_SLIP, offer_words, take_slip, workers_to_print
from tests.clock import NOW
from tests.production.test_views import enter
from tests.support.filledin import read_back


@pytest.fixture
def slip(shop):
    """Two lots, on one slip."""
    for _time in range(2):
        offer(shop.make_lot(20), shop.lan, by=shop.by, now=NOW)
    about = str(shop.lan.pk)
    assert workers_to_print(shop.by, NOW) == [(about, "兰英")]
    (sheet,) = print_sheets(OFFER_SLIP, count=1, about=about, by=shop.by, now=NOW)
    return sheet


def taken(slip, shop, **said):
    return Taken(said, sheet=slip, about=str(shop.lan.pk))


def test_a_slip_says_what_and_until_when_and_no_wage(slip, shop):
    refs = [ref for name, ref in slip.rows.items() if name.startswith("offer")]
    assert len(refs) == 2
    assert all(
        "围裙 20" in one and "0.35" not in one for one in offer_words(shop.by, refs).values()
    )


def test_each_tick_is_her_answer_and_the_wish_is_a_wish(slip, shop):
    answers = {"offer1": "yes", "offer2": "no", "wish": "more", "words": "上午有空"}
    read = read_back(slip.version.form, answers)
    assert {name: value for name, value in read.items() if value} == answers
    said = taken(slip, shop, **read)
    assert take_slip(said, by=shop.by, now=NOW) == shop.lan
    assert list(Offer.objects.order_by("id").values_list("state", flat=True)) == [
        "accepted", "declined",
    ]  # fmt: skip
    assert WorkWish.objects.get().words == "上午有空"
    with pytest.raises(TakenMeanwhile), transaction.atomic():
        take_slip(said, by=shop.by, now=NOW)
    assert WorkWish.objects.count() == 1


def test_an_offer_that_is_over_refuses_the_slip_as_a_whole_and_an_empty_one_says_nothing(
    slip, shop
):
    first, second = Offer.objects.order_by("id")
    take_back_offer(second, by=shop.by, now=NOW)
    with pytest.raises(TakenMeanwhile), transaction.atomic():
        take_slip(taken(slip, shop, offer1="yes", offer2="yes"), by=shop.by, now=NOW)
    first.refresh_from_db()
    assert first.state == "open"
    with pytest.raises(Refused):
        take_slip(taken(slip, shop), by=shop.by, now=NOW)


def test_whoever_runs_the_workshop_prints_a_slip_from_her_page(slip, shop, client):
    keeper = enter(client, shop.manager)
    path = f"/production/workers/{shop.lan.pk}/"
    assert f"{path}slip/" in keeper.get(path).content.decode()
    assert keeper.post(f"{path}slip/", {"token": "x"}).content[:5] == b"%PDF-"
    nothing = keeper.post(f"/production/workers/{shop.gui.pk}/slip/", {"token": "y"})
    assert nothing.status_code == 302
