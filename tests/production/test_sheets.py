"""The workshop's sheets: a slip of offers comes back as answers and a wish, a round as hand-overs."""

from decimal import Decimal

import pytest
from django.db import transaction

from mulin.commons.paper.actions.sheets import print_sheets
from mulin.ground.community.rules import Role
from mulin.kit.channels import Channel
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.lots import issue
from mulin.workshop.production.actions.offers import offer, take_back_offer
from mulin.workshop.production.models import Movement, Offer, Stop, StopKind, WorkWish
from mulin.workshop.production.sheets import (
    OFFER_SLIP,
    ROUND_SHEET,
    offer_words,
    rounds_to_print,
    take_round,
    take_slip,
    workers_to_print,
)
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.production.test_views import enter
from tests.support.filledin import read_back, said_on


@pytest.fixture
def slip(shop):
    """Two lots, on one slip."""
    for _time in range(2):
        offer(shop.make_lot(20), shop.lan, by=shop.by, now=NOW)
    about = str(shop.lan.pk)
    assert workers_to_print(shop.by, NOW) == [(about, "兰英")]
    (sheet,) = print_sheets(OFFER_SLIP, count=1, about=about, by=shop.by, now=NOW)
    return sheet


def taken(slip, **said):
    return said_on(slip, said)


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
    said = taken(slip, **read)
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
        take_slip(taken(slip, offer1="yes", offer2="yes"), by=shop.by, now=NOW)
    first.refresh_from_db()
    assert first.state == "open"
    with pytest.raises(Refused):
        take_slip(taken(slip), by=shop.by, now=NOW)


def test_whoever_runs_the_workshop_prints_a_slip_from_her_page(slip, shop, client):
    keeper = enter(client, shop.manager)
    path = f"/production/workers/{shop.lan.pk}/"
    assert f"{path}slip/" in keeper.get(path).content.decode()
    assert keeper.post(f"{path}slip/", {"token": "x"}).content[:5] == b"%PDF-"
    nothing = keeper.post(f"/production/workers/{shop.gui.pk}/slip/", {"token": "y"})
    assert nothing.status_code == 302


@pytest.fixture
def carried(shop, cast):
    """A round of two doors: one lot out, one fetched, and its sheet."""
    driver = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    bring = shop.make_lot(10)
    issue(bring, shop.lan, quantity=10, by_tricycle=True, by=shop.by, now=NOW)
    errands = [
        Errand(StopKind.BRING, bring, shop.lan, 10),
        Errand(StopKind.FETCH, shop.out(30), shop.gui, 30),
    ]
    made = plan_round(errands, carrier=driver, day=NOW.date(), by=shop.by, now=NOW)
    assert [ref for ref, _name in rounds_to_print(shop.by, NOW)] == [str(made.pk)]
    (sheet,) = print_sheets(ROUND_SHEET, count=1, about=str(made.pk), by=shop.by, now=NOW)
    return made, sheet


def of_round(carried, **said):
    return said_on(carried[1], said)


def test_a_round_on_paper_is_written_as_if_it_had_been_tapped_at_the_doors(carried, shop):
    said = of_round(carried, stop1="all", stop2="fewer", stop2_pieces=Decimal(28))
    paper = shop.by.by(Channel.PAPER)
    assert take_round(said, by=paper, now=NOW) == carried[0]
    done = {one.kind: one.done_quantity for one in Stop.objects.all()}
    assert done == {"bring": 10, "fetch": 28}
    rows = Movement.objects.filter(channel="paper").values_list("target", "quantity")
    assert set(rows) == {("worker", 10), ("inbound", 28)}
    # What is done stands on no sheet any more, and the same sheet again changes nothing.
    assert rounds_to_print(shop.by, NOW) == []
    with pytest.raises(Refused), transaction.atomic():
        take_round(said, by=shop.by, now=NOW)
    assert Movement.objects.filter(channel="paper").count() == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, None),
        ({"stop1": "fewer"}, "stop1_pieces"),
        ({"stop1_pieces": Decimal("2.5")}, "stop1_pieces"),
        ({"stop1": "all", "stop2_pieces": Decimal(31)}, "stop2_pieces"),
    ],
)
def test_a_sheet_of_a_round_that_says_nothing_or_too_much_is_refused_as_a_whole(
    carried, shop, said, field
):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take_round(of_round(carried, **said), by=shop.by, now=NOW)
    assert refusal.value.field == field
    assert not Stop.objects.exclude(done_at=None)


def test_the_sheet_of_a_round_is_printed_from_its_page(carried, shop, client):
    keeper = enter(client, shop.manager)
    path = f"/production/rounds/{carried[0].pk}/"
    assert f"{path}sheet/" in keeper.get(path).content.decode()
    assert keeper.post(f"{path}sheet/", {"token": "x"}).content[:5] == b"%PDF-"
