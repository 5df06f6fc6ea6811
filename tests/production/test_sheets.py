"""The workshop's sheets: a slip of offers comes back as answers and a wish, a round as hand-overs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from mulin.commons.paper.actions.sheets import print_sheets
from mulin.ground.audit.models import Look
from mulin.ground.community.rules import Role
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.lots import give_back, issue
from mulin.workshop.production.actions.offers import answer_offer, offer, take_back_offer
from mulin.workshop.production.models import Movement, Offer, Receipt, Stop, StopKind, WorkWish
from mulin.workshop.production.sheets import (
    HANDS_SHEET,
    OFFER_SLIP,
    ROUND_SHEET,
    hands_to_print,
    hands_words,
    offer_words,
    rounds_to_print,
    take_hands,
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
    # Whoever reads the looks reads which list it was in words, not the code of its form.
    look = Look.objects.get(kind="paper.sheet")
    assert (look.label, look.reason) == (
        "纸面表单 · 有姓名的名单，打印",
        f"打印：{OFFER_SLIP.title}",
    )
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


@pytest.fixture
def at_the_door(shop):
    """She said yes to ten, has thirty at home, and twenty of another lot were counted without her."""
    taken = shop.make_lot(10)
    answer_offer(offer(taken, shop.lan, by=shop.by, now=NOW), accepts=True, by=shop.by, now=NOW)
    home = shop.out(30, shop.lan)
    counted = give_back(shop.out(20, shop.lan), shop.lan, counted=20, by=shop.by, now=NOW)
    about = str(shop.lan.pk)
    assert hands_to_print(shop.by, NOW) == [(about, "兰英")]
    (sheet,) = print_sheets(HANDS_SHEET, count=1, about=about, by=shop.by, now=NOW)
    return taken, home, counted, sheet


def test_what_she_takes_and_gives_back_is_ticked_signed_and_typed_once(at_the_door, shop):
    taken_lot, home, _counted, sheet = at_the_door
    refs = [ref for name, ref in sheet.rows.items() if name.startswith("line")]
    words = list(hands_words(shop.by, refs).values())
    assert [("10" in words[0]), ("30" in words[1]), ("20" in words[2])] == [True] * 3
    assert not any("0.35" in one for one in words)
    answers = {"line1": "all", "line2": "fewer", "line2_pieces": "28", "line3": "all"}
    read = read_back(sheet.version.form, answers)
    told = answers | {"line2_pieces": Decimal(28)}
    assert {name: value for name, value in read.items() if value} == told
    said = taken(sheet, line1="all", line2="fewer", line2_pieces=Decimal(28), line3="all")
    assert take_hands(said, by=shop.by.by(Channel.PAPER), now=NOW) == shop.lan
    rows = Movement.objects.filter(channel="paper").values_list("target", "lot", "quantity")
    assert set(rows) == {("worker", taken_lot.pk, 10), ("counter", home.pk, 28)}
    agreed = Receipt.objects.values_list("counted", "agreed_by")
    assert set(agreed) == {(28, "paper"), (20, "paper")}
    # The same sheet again, or a photo of it beside the typed one, changes nothing.
    with pytest.raises(Refused), transaction.atomic():
        take_hands(said, by=shop.by, now=NOW)
    assert Movement.objects.filter(channel="paper").count() == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, None),
        ({"line1": "fewer"}, "line1_pieces"),
        ({"line2_pieces": Decimal(31)}, "line2_pieces"),
        ({"line1": "all", "line3_pieces": Decimal(19)}, "line3_pieces"),
        ({"line1": "all", "day": NOW.date() + timedelta(days=1)}, "day"),
    ],
)
def test_a_sheet_that_says_nothing_or_another_count_is_refused_as_a_whole(
    at_the_door, shop, said, field
):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take_hands(taken(at_the_door[3], **said), by=shop.by, now=NOW)
    assert refusal.value.field == field
    assert not Movement.objects.filter(channel="paper")


def test_a_sheet_of_an_earlier_day_counts_on_its_day(at_the_door, shop):
    day = NOW.date() - timedelta(days=2)
    paper = shop.by.by(Channel.PAPER)
    take_hands(taken(at_the_door[3], line1="all", day=day), by=paper, now=NOW)
    assert local_day(Movement.objects.get(channel="paper").at) == day


def test_the_sheet_of_a_worker_is_printed_from_her_page(at_the_door, shop, client):
    keeper = enter(client, shop.manager)
    path = f"/production/workers/{shop.lan.pk}/"
    assert f"{path}hands/" in keeper.get(path).content.decode()
    assert keeper.post(f"{path}hands/", {"token": "x"}).content[:5] == b"%PDF-"
    idle = f"/production/workers/{shop.gui.pk}/hands/"
    assert keeper.post(idle, {"token": "y"}).status_code == 302
