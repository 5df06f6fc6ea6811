"""What a customer owes opens to its lines; samples, questions, hours, lots put together, doors."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Role
from mulin.ground.downloads.registry import listing_of, listings
from mulin.ground.people.actions.bodies import merge_organisations
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.places.actions import add_place, move_in
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import read_table, write_xlsx
from mulin.workshop.production.actions.asking import (
    answer_question,
    ask_about,
    write_own_hours,
)
from mulin.workshop.production.actions.carrying import Errand, Trip, plan_round
from mulin.workshop.production.actions.imports import take_back_book, take_in_orders
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import (
    check_sample,
    divide,
    issue,
    merge,
    return_unused,
    split_order,
)
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.actions.orders import agree, deliver
from mulin.workshop.production.actions.setting import set_sampling
from mulin.workshop.production.actions.workers import certify, set_home
from mulin.workshop.production.holdings import erase_work, work_told
from mulin.workshop.production.models import (
    Carrying,
    Lot,
    LotQuestion,
    Movement,
    Order,
    OrderImport,
    OwnHours,
    Skill,
    StopKind,
    Worker,
)
from mulin.workshop.production.queries import (
    customers,
    owed_by,
    own_minutes,
    stands_with,
    workshop_position,
)
from mulin.workshop.production.rules import Cause
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.production.test_views import enter

TODAY = local_day(NOW)
FIRST = TODAY.replace(day=1)


@pytest.fixture
def delivered(shop):
    """237 pieces at 0.035 in two lots, gone in one delivery; three spoilt."""
    order = shop.make_order(quantity=240, price=Decimal("0.035"))
    split_order(order, quantity=240, size=120, by=shop.by, now=NOW)
    for lot in Lot.objects.filter(order=order).order_by("number"):
        issue(lot, shop.gui, quantity=120, by=shop.by, now=NOW)
        spoilt = 3 if lot.number == 1 else 0
        shop.back(
            lot, 120, accepted=120 - spoilt, scrap=spoilt,
            cause=Cause.MATERIAL if spoilt else Cause.NONE,
        )  # fmt: skip
    deliver(order, quantity=237, note="送货单 7", by=shop.by, now=NOW)
    return order


def test_a_total_is_the_sum_of_lines_each_rounded_once_and_opens_to_its_lots(
    delivered, shop, client
):
    owed = owed_by(shop.customer, FIRST, TODAY)
    (line,) = owed.deliveries
    assert (line.pieces, line.amount, owed.total) == (237, Decimal("8.30"), Decimal("8.30"))
    assert [(lot.number, amount) for lot, amount in line.lots] == [(1, 117), (2, 120)]
    assert [(one.pieces, one.amount, one.is_theirs) for one in owed.spoilt] == [(3, 9, True)]
    keeper = enter(client, shop.manager)
    path = f"/production/customers/{shop.customer.pk}/"
    page = keeper.get(path).content.decode()
    assert "8.30" in page
    assert f"/production/lots/{line.lots[0][0].pk}/" in page
    assert keeper.post(path + f"paper/?month={FIRST:%Y-%m}").content[:5] == b"%PDF-"
    assert keeper.get(path + "?month=2026-13").status_code == 200
    assert "8.30" not in keeper.get(path + "?month=2020-01").content.decode()
    assert str(shop.customer) in keeper.get("/production/customers/").content.decode()


def test_erpnext_3792_a_statement_is_rounded_to_nothing_but_the_fen_of_its_lines(delivered, shop):
    other = shop.out(7, price=Decimal("1.2"))
    shop.back(other, 7, accepted=7)
    deliver(other.order, quantity=7, by=shop.by, now=NOW)
    assert owed_by(shop.customer, FIRST, TODAY).total == Decimal("16.70")  # 8.30 + 8.40


def test_a_delivery_turned_round_is_a_line_below_nothing(delivered, shop):
    row = Movement.objects.filter(target="customer", lot__isnull=False).first()
    turn_round(row, reason="送错了", by=shop.by, now=NOW + timedelta(minutes=5))
    owed = owed_by(shop.customer, FIRST, TODAY)
    assert [one.pieces for one in owed.deliveries] == [237, -117]
    assert owed.total == Decimal("8.30") - Decimal("4.10")  # 4.095 half a fen away from nothing
    assert owed_by(shop.customer, date(2020, 1, 1), date(2020, 1, 31)).deliveries == ()


def test_lots_that_lie_in_the_store_go_together_and_both_labels_lead_to_one(shop, client):
    order = shop.make_order(quantity=100)
    split_order(order, quantity=90, size=30, by=shop.by, now=NOW)
    one, two, three = Lot.objects.filter(order=order).order_by("number")
    for _time in range(2):
        merge(one, other=2, by=shop.by, now=NOW, token="once")
    one.refresh_from_db()
    assert one.quantity == 60
    split_order(order, quantity=10, size=10, by=shop.by, now=NOW)  # ten were left, and still are
    with pytest.raises(Refused):
        split_order(order, quantity=1, size=1, by=shop.by, now=NOW)
    assert two not in Lot.objects.free()
    # Its pieces are in the other: from itself nothing goes out, and nothing is put to it.
    with pytest.raises(Refused, match=str(one)):
        divide(two, quantity=5, by=shop.by, now=NOW)
    with pytest.raises(Refused, match=str(one)):
        issue(two, shop.gui, quantity=30, by=shop.by, now=NOW)
    with pytest.raises(Refused, match=str(one)):
        merge(two, other=3, by=shop.by, now=NOW)
    keeper = enter(client, shop.manager)
    assert keeper.post("/production/lots/", {"code": two.code}).url.endswith(f"/{one.pk}/")
    assert keeper.get(f"/production/orders/{order.pk}/").context["in_lots"] == 100
    last = Lot.objects.get(order=order, number=4)
    merge(last, other=1, by=shop.by, now=NOW)
    for code in (one.code, two.code):
        assert keeper.post("/production/lots/", {"code": code}).url.endswith(f"/{last.pk}/")
    one = last
    offer(three, shop.gui, by=shop.by, now=NOW)
    for wrong in (1, 2, 3, 99):
        with pytest.raises(Refused):
            merge(one, other=wrong, by=shop.by, now=NOW)


def test_a_sample_proposes_and_does_not_judge(shop, client):
    set_sampling(
        pieces=50, sample=8, accept=1, since=TODAY, source="与客户约定", by=shop.by, now=NOW
    )
    receipt = shop.back(shop.out(60), 60)
    keeper = enter(client, shop.manager)
    path = f"/production/receipts/{receipt.pk}/"
    assert "与客户约定" in keeper.get(path).content.decode()
    assert keeper.post(path + "sample/", {"looked": "7", "wrong": "0"}).status_code == 422
    assert keeper.post(path + "sample/", {"looked": "8", "wrong": "9"}).status_code == 422
    keeper.post(path + "sample/", {"looked": "8", "wrong": "2"})
    assert not receipt.samples.get().is_good
    assert receipt.left == 60
    few = shop.back(shop.out(20), 20)
    with pytest.raises(Refused):
        check_sample(few, looked=20, wrong=0, by=shop.by, now=NOW)


def test_she_asks_about_her_lot_and_reads_the_answer(shop, cast, client):
    lot = shop.out(20)
    other = shop.out(20, worker=shop.lan)
    hers = enter(client, cast.yong.account)
    assert hers.post(f"/production/mine/lots/{other.pk}/ask/", {"words": "?"}).status_code == 404
    empty = hers.post(f"/production/mine/lots/{lot.pk}/ask/", {"words": " "})
    assert empty.status_code == 422
    hers.post(f"/production/mine/lots/{lot.pk}/ask/", {"words": "线头留多长"})
    keeper = enter(client, shop.manager)
    assert "线头留多长" in keeper.get("/production/questions/").content.decode()
    assert "线头留多长" in keeper.get("/today/").content.decode()
    asked = LotQuestion.objects.get()
    keeper.post(f"/production/questions/{asked.pk}/", {"answer": "两毫米"})
    with pytest.raises(Refused):
        answer_question(asked, answer="三毫米", by=shop.by, now=NOW)
    assert "两毫米" in enter(client, cast.yong.account).get("/production/mine/").content.decode()
    with pytest.raises(Refused):
        ask_about(other, shop.gui, words="?", by=shop.by, now=NOW)


def test_her_own_hours_are_hers_alone(shop, cast, client):
    said = re.compile(r"\b137\b|2 小时 17 分钟").search  # a digest or an id may hold the digits
    lot = shop.out(20)
    hers = enter(client, cast.yong.account)
    path = f"/production/mine/lots/{lot.pk}/hours/"
    assert hers.post(path, {"day": str(TODAY), "minutes": "0"}).status_code == 422
    hers.post(path, {"day": str(TODAY), "minutes": "137"})
    assert own_minutes(shop.gui) == {lot.pk: 137}
    assert said(hers.get("/production/mine/").content.decode())
    with pytest.raises(NotPermitted):
        write_own_hours(lot, shop.gui, day=TODAY, minutes=5, by=shop.by, now=NOW)
    keeper = enter(client, shop.manager)
    for page in (f"lots/{lot.pk}/", f"workers/{shop.gui.pk}/", "workers/", "allocation/"):
        assert not said(keeper.get(f"/production/{page}").content.decode())
    assert not said(str(Act.objects.filter(verb="production.write_own_hours").values_list()))
    assert not said(str(work_told(cast.yong.person.pk)))
    erase_work(cast.yong.person.pk)
    assert not OwnHours.objects.exists()


# ── the tricycle ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def driver(cast):
    account = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.CARRIER)
    return account


def trips_of(carrying):
    return [(one.trip, one.quantity) for one in carrying.stops.all()]


def test_no_more_goes_onto_the_tricycle_than_fits_at_once(shop, driver):
    errands = [
        Errand(StopKind.FETCH, shop.out(30), shop.gui, 30),
        Errand(StopKind.FETCH, shop.out(30, worker=shop.lan), shop.lan, 30),
    ]
    terms = {"carrier": driver, "day": TODAY, "by": shop.by, "now": NOW}
    assert trips_of(plan_round(errands, trip=Trip(60), **terms)) == [(1, 30), (1, 30)]
    assert trips_of(plan_round(errands, trip=Trip(59), **terms)) == [(1, 30), (2, 30)]
    # What one door alone has too much of is carried in parts; the rest of a load is used.
    assert trips_of(plan_round(errands, trip=Trip(20), **terms)) == [
        (1, 20), (2, 10), (3, 20), (4, 10),
    ]  # fmt: skip
    # Sixty loads are a day, one more is not.
    assert len(trips_of(plan_round(errands, trip=Trip(1), **terms))) == 60
    with pytest.raises(Refused) as refusal:
        plan_round([*errands, errands[0]], trip=Trip(1), **terms)
    assert refusal.value.field == "errands"
    with pytest.raises(Refused):
        plan_round(errands, trip=Trip(None, time(9), time(8)), **terms)


@pytest.fixture
def doors(shop, cast):
    """The workshop and two doors on one road, some 300 and 600 m away."""
    step = Decimal("0.0031")
    place = add_place(
        by=cast.chen.actor, now=NOW, name="工坊", kind=PlaceKind.WORKSHOP, grid=cast.grid_1
    )
    Place.objects.filter(pk=place.pk).update(longitude=Decimal("120.9"), latitude=Decimal("30.5"))
    for building, steps in ((cast.building_12, 2), (cast.building_20, 1)):
        building.longitude, building.latitude = Decimal("120.9") + steps * step, Decimal("30.5")
        building.save()
    for worker, home in ((shop.gui, cast.dwelling_12_301), (shop.lan, cast.dwelling_20_101)):
        move_in(worker.person, home, by=cast.chen.actor, now=NOW, since=TODAY)


def test_the_workshop_stands_where_it_or_its_house_does(doors, cast):
    place = Place.objects.filter(kind=PlaceKind.WORKSHOP)
    assert workshop_position() == Position(lon=120.9, lat=30.5)
    place.update(latitude=None, longitude=None)
    assert workshop_position() is None
    place.update(building=cast.building_20)
    assert workshop_position() == Position(lon=120.9031, lat=30.5)


def test_the_way_is_short_and_each_door_is_met_while_somebody_opens(shop, driver, doors):
    errands = [
        Errand(StopKind.FETCH, shop.out(30), shop.gui, 30),
        Errand(StopKind.FETCH, shop.out(30, worker=shop.lan), shop.lan, 30),
    ]
    terms = {"carrier": driver, "day": TODAY, "by": shop.by, "now": NOW}
    near_first = plan_round(errands, trip=Trip(None, time(8), time(12)), **terms)
    assert near_first.bound <= near_first.metres <= near_first.bound + 2
    assert all(one.is_estimated for one in near_first.stops.all())
    # Whoever lives nearer opens late: the far door comes first, on the same trip.
    set_home(shop.lan, home_from=time(8, 10), home_until=time(9), by=shop.by, now=NOW)
    set_home(shop.gui, home_from=time(8), home_until=time(8, 6), by=shop.by, now=NOW)
    errands = [
        Errand(one.kind, one.lot, shop.gui if one.worker == shop.gui else shop.lan, one.quantity)
        for one in errands
    ]
    far_first = plan_round(errands, trip=Trip(None, time(8), time(12)), **terms)
    assert [(one.worker, one.arrives_at) for one in far_first.stops.all()] == [
        (shop.gui, time(8, 5)), (shop.lan, time(8, 12)),
    ]  # fmt: skip
    with pytest.raises(Refused):
        plan_round(errands, trip=Trip(None, time(8, 30), time(12)), **terms)
    assert Carrying.objects.count() == 2


def test_more_than_a_load_is_carried_in_trips_one_after_the_other(shop, driver, doors):
    errands = [
        Errand(StopKind.FETCH, shop.out(30), shop.gui, 30),
        Errand(StopKind.FETCH, shop.out(30, worker=shop.lan), shop.lan, 30),
    ]
    terms = {"carrier": driver, "day": TODAY, "by": shop.by, "now": NOW}
    # Whoever opens first is on the first trip, and the second leaves when the first is unloaded.
    set_home(shop.gui, home_from=time(8), home_until=time(8, 30), by=shop.by, now=NOW)
    planned = plan_round(errands, trip=Trip(30, time(8), time(12)), **terms)
    assert trips_of(planned) == [(1, 30), (2, 30)]
    first, second = planned.stops.all()
    assert (first.worker, second.worker) == (shop.gui, shop.lan)
    assert second.arrives_at >= time(8, 20)
    whole = plan_round(errands, trip=Trip(60, time(8), time(12)), **terms)
    assert whole.metres < planned.metres
    assert planned.bound <= planned.metres
    set_home(shop.lan, home_from=time(8), home_until=time(8, 10), by=shop.by, now=NOW)
    again = [replace(one, worker=Worker.objects.get(pk=one.worker.pk)) for one in errands]
    first, second = plan_round(again, trip=Trip(30, time(8), time(12)), **terms).stops.all()
    assert (first.worker, second.worker) == (shop.lan, shop.gui)
    with pytest.raises(Refused):
        plan_round(again, trip=Trip(30, time(8), time(8, 20)), **terms)


# ── books from Excel, lists as files ─────────────────────────────────────────────────────────


def book(name, header, rows):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    return SimpleUploadedFile(name, write_xlsx(header, rows))


def test_workers_come_from_a_book_and_go_back_with_it(shop, cast, client):
    certify(
        shop.gui,
        Skill.objects.create(community=cast.xinjie, name="草编"),
        assessor="金",
        by=shop.by,
        now=NOW,
    )
    PersonFactory(community=cast.xinjie, name="吴翠", phone="13766660001")
    rows = [
        ["吴翠", "13766660001", "12.5", "草编", ""],
        ["吴翠", "137 6666 0001", "12.5", "", ""],
        ["别人", "13766660009", "九十", "绣龙", ""],
    ]
    keeper = enter(client, shop.manager)
    header = ["姓名", "电话", "每周小时", "会做的", "备注"]
    sent = keeper.post(
        "/production/books/", {"kind": "workers", "file": book("工友.xlsx", header, rows)}
    )
    found = OrderImport.objects.get()
    assert [len(row["faults"]) for row in found.rows] == [0, 1, 3]
    assert Worker.objects.count() == 2
    path = f"/production/books/{found.pk}/"
    assert sent.url == path
    keeper.post(path, {"token": "in"})
    made = Worker.objects.get(person__name="吴翠")
    assert (made.minutes_wished, made.skills.get().skill.name) == (750, "草编")
    asked = offer(shop.make_lot(5), made, by=shop.by, now=NOW)
    lot = Lot.objects.get(pk=asked.lot_id)
    issue(lot, made, quantity=5, by=shop.by, now=NOW)
    assert keeper.post(path, {"back": "yes", "token": "b1"}).status_code == 422
    return_unused(lot, made, quantity=5, by=shop.by, now=NOW)
    keeper.post(path, {"back": "yes", "token": "b2"})
    made.refresh_from_db()
    assert made.left_on is not None
    assert keeper.post(path, {"back": "yes", "token": "b3"}).status_code == 422
    template = keeper.get("/production/books/template/?of=workers").content
    assert list(read_table(template, "x.xlsx").header) == header


def test_a_wrong_order_book_goes_back_as_long_as_nothing_was_agreed(shop, client):
    rows = [["海盐服装厂", name, "锁边", 300, "2026-12-30", Decimal("0.45")] for name in "甲乙"]
    keeper = enter(client, shop.manager)
    header = ["客户", "产品", "工序", "数量", "交期", "单价"]
    for _time in range(2):
        keeper.post("/production/books/", {"file": book("订单.xlsx", header, rows)})
    first, second = OrderImport.objects.order_by("at", "id")
    take_in_orders(first, by=shop.by, now=NOW)
    agree(Order.objects.get(product="甲"), by=shop.by, now=NOW)
    with pytest.raises(Refused):
        take_back_book(first, by=shop.by, now=NOW)
    assert not Order.objects.filter(state="cancelled").exists()
    take_in_orders(second, by=shop.by, now=NOW)
    take_back_book(second, by=shop.by, now=NOW)
    assert Order.objects.filter(state="cancelled").count() == 2


def test_a_customer_that_stood_twice_has_one_statement_and_one_book(delivered, shop, cast, client):
    twin = found_organisation(by=cast.chen.actor, now=NOW, name="海盐制衣", kind="firm")
    merge_organisations(twin, shop.customer, by=cast.chen.actor, now=NOW)
    assert owed_by(twin, FIRST, TODAY).total == Decimal("8.30")
    (listed,) = stands_with(customers())
    assert (listed.organisation, listed.open_orders, listed.last_gone) == (twin, 2, NOW)
    keeper = enter(client, shop.manager)
    for whose in (twin, shop.customer):
        assert "8.30" in keeper.get(f"/production/customers/{whose.pk}/").content.decode()
    # A book that still uses the old name finds the body; the same order by the other name is known.
    header = ["客户", "产品", "工序", "数量", "交期", "单价"]
    rows = [[name, "围巾", "锁边", 300, "2026-12-30", 1] for name in ("海盐服装厂", "海盐制衣")]
    keeper.post("/production/books/", {"file": book("订单.xlsx", header, rows)})
    preview = OrderImport.objects.get()
    assert [len(row["faults"]) for row in preview.rows] == [0, 1]
    take_in_orders(preview, by=shop.by, now=NOW)
    assert Order.objects.get(product="围巾").customer == twin


def test_every_list_of_the_workshop_can_be_taken_away_by_whoever_runs_it(delivered, shop, cast):
    names = [
        one.name
        for one in listings()
        if one.name.split(".")[0] in {"production", "wages", "skills"}
    ]
    assert len(names) == 25
    for name in names:
        one = listing_of(name)
        assert not one.may(cast.yong.actor)
        # What a worker is by law stands with the accountant and the head.
        assert one.may(shop.by) == (name != "wages.terms")
        columns = list(one.columns(shop.by, NOW))
        for row in one.rows(shop.by, {"first": FIRST, "last": TODAY}, NOW):
            assert [column.of(row) for column in columns]
    movements = listing_of("production.movements").rows(shop.by, {}, NOW)
    assert movements.count() == Movement.objects.count()
