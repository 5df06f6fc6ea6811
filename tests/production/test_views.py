"""The pages of the workshop: what is typed arrives, what is refused stands beside its field."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Role
from mulin.ground.notify.models import Message
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused
from mulin.kit.sheets import write_xlsx
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import hand_on, issue, lose, split_order
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.actions.orders import add_item, bring_in, cancel_order
from mulin.workshop.production.actions.setting import add_operation
from mulin.workshop.production.actions.workers import ask_for_work, certify, leave, take_on
from mulin.workshop.production.models import (
    Carrying,
    Lot,
    Movement,
    Offer,
    Order,
    OrderImport,
    Receipt,
    SaleNotice,
    Skill,
    Stop,
    StopKind,
    Worker,
    WorkWish,
)
from mulin.workshop.production.queries import books, hands, in_store, lights, standing
from mulin.workshop.production.rules import Cause, Colour, Spot
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

DEEDS = ("issue", "back", "return", "again", "on", "lose", "find", "divide", "merge")


def enter(client, account):
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.fixture
def keeper(shop, client):
    return enter(client, shop.manager)


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.usefixtures("clock_stands")
def test_an_order_is_written_down_agreed_split_and_its_labels_printed(shop, keeper):
    typed = {
        "customer": shop.customer.pk, "product": "袖套", "operation": shop.operation.pk,
        "quantity": "120", "due": "2026-12-24", "price": "0.8", "token": "t1",
    }  # fmt: skip
    wrong = keeper.post("/production/new/", typed | {"quantity": "0", "due": "2020-01-01"})
    assert wrong.status_code == 422
    assert 'value="袖套"' in wrong.content.decode()
    keeper.post("/production/new/", typed)
    keeper.post("/production/new/", typed)
    order = Order.objects.get(product="袖套")
    base = f"/production/orders/{order.pk}/"
    page = keeper.get(base).content.decode()
    assert 'action="' + base + 'agree/"' in page
    assert base + "split/" not in page
    keeper.post(base + "agree/", {})
    refused = keeper.post(base + "split/", {"quantity": "121", "size": "40"})
    assert refused.status_code == 422
    keeper.post(base + "split/", {"quantity": "120", "size": "40"})
    assert [lot.quantity for lot in order.lots.all()] == [40, 40, 40]
    labels = keeper.get(base + "labels/")
    assert (labels.status_code, labels.content[:5]) == (200, b"%PDF-")
    assert keeper.post(base + "nonsense/", {}).status_code == 404


def test_a_lot_goes_its_whole_way_on_its_page(shop, keeper):
    lot = shop.make_lot(20)
    base = f"/production/lots/{lot.pk}/"
    found = keeper.post("/production/lots/", {"code": f" {lot.code.lower()} "})
    assert found.url == base
    assert keeper.post("/production/lots/", {"code": "NOSUCH"}).status_code == 422
    assert keeper.get(f"/L/{lot.code}/").url == base
    assert keeper.get(f"/l/{lot.code.lower()}/").url == base
    scanned = {"code": f"HTTP://TESTSERVER/L/{lot.code}/"}
    assert keeper.post("/production/lots/", scanned).url == base
    keeper.post(base + "issue/", {"worker": shop.gui.pk, "quantity": "20"})
    assert keeper.post(base + "issue/", {"worker": "无此人", "quantity": "20"}).status_code == 422
    second = keeper.post(base + "issue/", {"worker": "兰英", "quantity": "20"})
    assert (second.status_code, "张勇" in second.content.decode()) == (422, True)
    too_many = keeper.post(base + "back/", {"worker": shop.gui.pk, "counted": "21"})
    assert too_many.status_code == 422
    keeper.post(base + "back/", {"worker": shop.gui.pk, "counted": "20"})
    receipt = Receipt.objects.get(lot=lot)
    judge = f"/production/receipts/{receipt.pk}/"
    keeper.post(judge + "agree/", {})
    receipt.refresh_from_db()
    assert receipt.agreed_by == "paper"
    verdict = {"accepted": "18", "rework": "1", "scrap": "1", "cause": ""}
    assert keeper.post(judge, verdict).status_code == 422
    keeper.post(judge, verdict | {"cause": "work"})
    keeper.post(base + "again/", {"worker": shop.gui.pk, "quantity": "1"})
    keeper.post(base + "on/", {"worker": shop.gui.pk, "taker": shop.lan.pk, "quantity": "1"})
    keeper.post(
        base + "lose/",
        {"worker": shop.lan.pk, "spot": "worker", "quantity": "1", "cause": "force", "note": "水"},
    )
    stands = standing(lot)
    assert (stands.accepted, stands.scrap, stands.loss, stands.out) == (18, 1, 1, 0)
    row = Movement.objects.get(lot=lot, target="loss")
    keeper.post(f"/production/movements/{row.pk}/undo/", {"reason": "找到了"})
    assert standing(lot).loss == 0
    page = keeper.get(base).content.decode()
    assert page.count("<li>") >= Movement.objects.filter(lot=lot).count()


def test_a_line_of_a_life_says_who_and_why_and_leaves_markup_as_it_was_typed(shop, keeper):
    lot = shop.out(20)
    lose(
        lot, worker=shop.gui, spot=Spot.WORKER, quantity=2, cause=Cause.CARELESS, note="<b>水</b>",
        by=shop.by, now=NOW,
    )  # fmt: skip
    row = Movement.objects.get(lot=lot, target="loss")
    path = f"/production/lots/{lot.pk}/"
    page = keeper.get(path).content.decode()
    (line,) = [one for one in page.split("<li>") if "&lt;b&gt;水&lt;/b&gt;" in one]
    assert str(shop.gui) in line
    assert row.get_cause_display() in line
    assert row.bearer in line
    assert f"/production/movements/{row.pk}/undo/" in line
    turn_round(row, reason="找到了", by=shop.by, now=NOW)
    assert f"/production/movements/{row.pk}/undo/" not in keeper.get(path).content.decode()


def test_the_page_of_a_lot_offers_what_can_be_done_to_it_now(shop, keeper):
    def offered(lot):
        page = keeper.get(f"/production/lots/{lot.pk}/").content.decode()
        return {name for name in DEEDS if f"/production/lots/{lot.pk}/{name}/" in page}

    lot = shop.make_lot(20)
    assert offered(lot) == {"issue", "divide", "merge", "lose"}
    issue(lot, shop.gui, quantity=20, by=shop.by, now=NOW)
    assert offered(lot) == {"back", "return", "on", "find", "lose"}
    shop.back(lot, 20, accepted=19, rework=1, cause=Cause.WORK)
    assert offered(lot) == {"again", "find", "lose"}
    waiting = shop.make_lot(20)
    cancel_order(waiting.order, reason="x", by=shop.by, now=NOW)
    assert offered(waiting) == {"divide", "merge", "lose"}


def test_the_lists_ask_as_often_for_two_as_for_twenty(shop, keeper):
    few = shop.make_order(quantity=40)
    split_order(few, quantity=2, size=1, by=shop.by, now=NOW)
    paths = (
        "/production/", f"/production/orders/{few.pk}/", "/production/allocation/",
        "/production/workers/", "/production/lots/",
    )  # fmt: skip
    before = [queries_of(keeper, path) for path in paths]
    split_order(few, quantity=20, size=1, by=shop.by, now=NOW)
    for number in range(9):
        shop.make_order(quantity=number + 1)
        person = PersonFactory(name=f"工友{number}", community_id=shop.by.community_id)
        take_on(person, minutes_wished=300, by=shop.by, now=NOW)
    assert [queries_of(keeper, path) for path in paths] == before


def test_the_life_of_a_lot_asks_as_often_for_two_lines_as_for_twenty(shop, keeper):
    lot = shop.out(40)
    shop.back(lot, 1, accepted=1)
    path = f"/production/lots/{lot.pk}/"
    before = queries_of(keeper, path)
    for _time in range(10):
        shop.back(lot, 1, accepted=1)
    assert queries_of(keeper, path) == before


def test_free_lots_are_offered_with_their_reason_and_she_answers_on_her_page(
    shop, keeper, cast, client
):
    lot = shop.make_lot(20)
    page = keeper.get("/production/allocation/")
    assert f'name="lot-{lot.pk}"' in page.content.decode()
    for _time in range(2):
        keeper.post("/production/allocation/", {f"lot-{lot.pk}": shop.gui.pk, "token": "once"})
    made = Offer.objects.get(lot=lot)
    assert (made.worker, made.state, made.reason["able"]) == (shop.gui, "open", 2)
    assert Message.objects.filter(topic="workshop").count() == 1
    hers = enter(client, cast.yong.account)
    assert "围裙" in hers.get("/production/mine/").content.decode()
    hers.post(f"/production/mine/offers/{made.pk}/", {"said": "no"})
    made.refresh_from_db()
    assert made.state == "declined"
    again = offer(lot, shop.gui, by=shop.by, now=NOW)
    hers.post(f"/production/mine/offers/{again.pk}/", {"said": "yes"})
    lot.refresh_from_db()
    assert lot.worker == shop.gui
    theirs = offer(shop.make_lot(3), shop.lan, by=shop.by, now=NOW)
    assert hers.post(f"/production/mine/offers/{theirs.pk}/", {"said": "yes"}).status_code == 404


def test_what_she_declined_is_not_proposed_to_her_again(shop):
    lot = shop.make_lot(20)
    found = offer(lot, shop.gui, by=shop.by, now=NOW)
    Offer.objects.filter(pk=found.pk).update(state="declined")
    assert {one.id: one.declined for one in hands(NOW, [lot])[0]}[shop.gui.pk] == {lot.pk}


def test_she_agrees_to_the_count_and_asks_for_more_work(shop, cast, client):
    lot = shop.out(10)
    from mulin.workshop.production.actions.lots import give_back  # noqa: PLC0415

    receipt = give_back(lot, shop.gui, counted=10, by=shop.by, now=NOW)
    hers = enter(client, cast.yong.account)
    hers.post(f"/production/receipts/{receipt.pk}/agree/", {})
    receipt.refresh_from_db()
    assert receipt.agreed_at is not None
    assert hers.post("/production/mine/wish/", {}).status_code == 422
    hers.post("/production/mine/wish/", {"kind": "more", "hours": "12.5", "words": "下午有空"})
    wish = WorkWish.objects.get()
    shop.gui.refresh_from_db()
    assert (wish.worker, shop.gui.minutes_wished) == (shop.gui, 750)
    keeper = enter(client, shop.manager)
    assert "下午有空" in keeper.get("/production/workers/").content.decode()
    keeper.post(f"/production/wishes/{wish.pk}/", {"answer": "下周起"})
    assert "下周起" in enter(client, cast.yong.account).get("/production/mine/").content.decode()


def test_she_reads_the_rate_before_she_says_yes_and_what_lies_at_home_after_she_gave_some_back(
    shop, cast, client
):
    offer(shop.make_lot(20), shop.gui, by=shop.by, now=NOW)
    lot = shop.out(10)
    shop.back(lot, 4)
    hers = enter(client, cast.yong.account)
    page = hers.get("/production/mine/").content.decode()
    assert "每件 0.35 元（按今天的工价）" in page
    assert "其中 6 件在您手里" in page


def test_a_worker_is_taken_on_by_phone_and_the_manager_searches_no_roll(shop, keeper, cast):
    somebody = PersonFactory(community=cast.xinjie, name="吴翠", phone="13766660001")
    by_name = keeper.post("/production/workers/", {"who": "吴翠", "hours": "10"})
    assert by_name.status_code == 422
    keeper.post("/production/workers/", {"who": "137 6666 0001", "hours": "10"})
    worker = Worker.objects.get(person=somebody)
    assert worker.minutes_wished == 600
    twice = keeper.post("/production/workers/", {"who": "13766660001", "hours": "10"})
    assert twice.status_code == 422
    keeper.post(f"/production/workers/{worker.pk}/leave/", {})
    worker.refresh_from_db()
    assert worker.left_on == NOW.date() or worker.left_on is not None


def test_the_light_counts_who_can_do_it_now(shop):
    sewing = add_operation(name="绣花", seconds=600, skill="绣花", by=shop.by, now=NOW)
    order = shop.make_order(quantity=50, operation=sewing)
    assert lights([order], NOW.date())[order.pk].lacks_skill
    certify(shop.lan, Skill.objects.get(name="绣花"), assessor="金师傅", by=shop.by, now=NOW)
    assert lights([order], NOW.date())[order.pk].colour is Colour.GREEN
    leave(shop.lan, by=shop.by, now=NOW)
    assert lights([order], NOW.date())[order.pk].colour is Colour.RED


def test_a_wish_waits_three_days_before_it_is_late(shop, keeper):
    ask_for_work(shop.gui, kind="more", by=shop.by, now=NOW)
    for days, is_late in ((0, False), (2, False), (4, True)):
        with clock.standing_still(NOW + timedelta(days=days)):
            page = enter(keeper, shop.manager).get("/today/").content.decode()
        assert "有工友想多做、少做或换活" in page
        assert ("超时" in page) is is_late


def test_a_quote_nobody_can_make_turns_no_order_red_that_runs(shop, keeper):
    quote = shop.make_order(quantity=90_000, is_running=False, due=date(2026, 12, 19))
    lit = lights([shop.order, quote], NOW.date())
    assert lit[shop.order.pk].colour is Colour.GREEN
    assert (lit[quote.pk].colour, lit[quote.pk].spoils) == (Colour.RED, (shop.order.pk,))
    page = keeper.get(f"/production/orders/{quote.pk}/").content.decode()
    assert f"照这样接下来，{shop.order} 就来不及了。" in page
    assert "全单 108,000.00 元" in page


@pytest.mark.usefixtures("clock_stands")
def test_an_order_book_is_shown_row_by_row_and_taken_in_once(shop, keeper):
    rows = [
        ["海盐服装厂", "帽子", "锁边", 300, "2026-12-30", Decimal("0.45")],
        ["没有的厂", "帽子", "绣龙", "三百", "某天", "贵"],
        ["海盐服装厂", "帽子", "锁边", 300, "2026-12-30", Decimal("0.45")],
    ]
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    book = write_xlsx(["客户", "产品", "工序", "数量", "交期", "单价"], rows)
    wrong = SimpleUploadedFile("x.xlsx", write_xlsx(["客户"], [["甲"]]))
    assert keeper.post("/production/books/", {"file": wrong}).status_code == 422
    keeper.post("/production/books/", {"file": SimpleUploadedFile("订单.xlsx", book)})
    preview = OrderImport.objects.get()
    assert [len(row["faults"]) for row in preview.rows] == [0, 5, 1]
    path = f"/production/books/{preview.pk}/"
    assert "帽子" in keeper.get(path).content.decode()
    assert not Order.objects.filter(product="帽子").exists()
    keeper.post(path, {"token": "one"})
    assert keeper.post(path, {"token": "two"}).status_code == 422
    order = Order.objects.get(product="帽子")
    assert (order.price, order.quantity, order.state) == (Decimal("0.45"), 300, "quoted")
    again = keeper.post("/production/books/", {"file": SimpleUploadedFile("订单.xlsx", book)})
    assert [len(row["faults"]) for row in OrderImport.objects.get(pk=again.url.split("/")[-2]).rows] == [
        1, 5, 1,
    ]  # fmt: skip


def test_a_round_is_planned_printed_and_walked_and_what_was_noted_without_network_keeps_its_time(
    shop, keeper, cast, client
):
    driver = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    bring = shop.make_lot(10)
    fetch = shop.out(30)
    keeper.post(
        f"/production/lots/{bring.pk}/issue/",
        {"worker": shop.lan.pk, "quantity": "10", "by_tricycle": "on"},
    )
    chosen = [f"bring-{bring.pk}-{shop.lan.pk}", f"fetch-{fetch.pk}-{shop.gui.pk}"]
    assert (
        keeper.post("/production/rounds/", {"carrier": driver.pk, "day": "2026-11-25"}).status_code
        == 422
    )
    keeper.post(
        "/production/rounds/", {"carrier": driver.pk, "day": "2026-11-25", "errands": chosen}
    )
    round_ = Carrying.objects.get()
    sheet = keeper.get(f"/production/rounds/{round_.pk}/paper/")
    assert sheet.content[:5] == b"%PDF-"
    theirs = enter(client, driver)
    path = f"/production/rounds/{round_.pk}/"
    assert "data-offline" in theirs.get(path).content.decode()
    stops = {stop.kind: stop for stop in Stop.objects.all()}
    for _time in range(2):
        theirs.post(f"/production/stops/{stops['bring'].pk}/", {"quantity": "8", "token": "b"})
    more = theirs.post(f"/production/stops/{stops['fetch'].pk}/", {"quantity": "31"})
    assert more.status_code == 422
    theirs.post(f"/production/stops/{stops['fetch'].pk}/", {"quantity": "28", "token": "f"})
    assert (
        theirs.post(f"/production/stops/{stops['fetch'].pk}/", {"quantity": "2"}).status_code == 422
    )
    at = {(row.lot_id, row.target): row.quantity for row in Movement.objects.filter(channel="door")}
    assert at == {(bring.pk, "worker"): 8, (fetch.pk, "inbound"): 28}
    other = AccountFactory(login_name="other", display_name="别人")
    MembershipFactory(community=cast.xinjie, account=other, role=Role.CARRIER)
    assert enter(client, other).get(path).status_code == 404
    assert standing(Lot.objects.get(pk=fetch.pk)).out == 30


def test_everybody_reads_what_is_made_and_the_next_sale(shop, keeper, client):
    path = "/production/operations/"
    sale = {
        "title": "围裙专场", "begins_on": "2099-01-01", "begins_at": "19:30",
        "watch": "https://example.org/live",
    }  # fmt: skip
    for lacking in ("title", "begins_at", "watch"):
        assert keeper.post(f"{path}sale/", sale | {lacking: ""}).status_code == 422
    assert keeper.post(f"{path}sale/", sale | {"begins_on": "2026-11-01"}).status_code == 422
    keeper.post(f"{path}sale/", sale)
    notice = SaleNotice.objects.get()
    client.logout()
    page = client.get("/production/about/").content.decode()
    assert '<a href="https://example.org/live"' in page
    assert all(words in page for words in ("围裙专场", "19:30"))
    assert "海盐服装厂" not in page
    assert client.get("/production/").status_code in {302, 404}
    keeper = enter(client, shop.manager)
    keeper.post(f"{path}call-off/", {"sale": notice.pk})
    assert keeper.post(f"{path}call-off/", {"sale": notice.pk}).status_code == 422
    client.logout()
    assert "取消" in client.get("/production/about/").content.decode()


def test_material_goes_with_a_lot_and_what_is_left_comes_back(shop, keeper):
    lot = shop.make_lot(20)
    thread = add_item(lot.order, name="线", unit="个", by=shop.by, now=NOW)
    bring_in(lot.order, item=thread, quantity=Decimal(5), by=shop.by, now=NOW)
    path = f"/production/lots/{lot.pk}/"
    assert f"{path}material/" not in keeper.get(path).content.decode()
    issue(lot, shop.gui, quantity=20, by=shop.by, now=NOW)
    out = {"worker": "张勇", "item": thread.pk, "quantity": "2.5"}
    assert keeper.post(f"{path}material/", out | {"quantity": "6"}).status_code == 422
    assert keeper.post(f"{path}material/", out | {"worker": "兰英"}).status_code == 422
    keeper.post(f"{path}material/", out)
    assert keeper.post(f"{path}material-back/", out | {"quantity": "3"}).status_code == 422
    keeper.post(f"{path}material-back/", out | {"quantity": "1"})
    assert in_store(thread.pk) == Decimal("3.5")
    page = keeper.get(path).content.decode()
    assert all(f"{amount} 个" in page for amount in ("2.5", "1", "1.5"))
    # The pieces are a count of their own, and what went out cannot be undone under what came back.
    assert standing(lot).issued == 20
    row = Movement.objects.get(item=thread, target=Spot.WORKER)
    with pytest.raises(Refused), transaction.atomic():
        turn_round(row, reason="写错", by=shop.by, now=NOW)
    assert books(NOW.date()).is_balanced


@pytest.mark.usefixtures("clock_stands")
def test_a_carrier_who_scans_a_label_stands_before_its_door(shop, cast, client):
    driver = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    lot = shop.out(30)
    made = plan_round(
        [Errand(StopKind.FETCH, lot, shop.gui, 30)], carrier=driver, day=NOW.date(), by=shop.by,
        now=NOW,
    )  # fmt: skip
    stop = Stop.objects.get()
    label = f"/l/{lot.code}/"
    enter(client, driver)
    answer = client.get(label)
    assert answer.headers["Location"] == f"/production/rounds/{made.pk}/#stop-{stop.pk}"
    assert f'id="stop-{stop.pk}"' in client.get(f"/production/rounds/{made.pk}/").content.decode()
    client.post(f"/production/stops/{stop.pk}/", {"quantity": "28"})
    assert client.get(label).headers["Location"] == "/production/rounds/"


def test_operations_and_rates_are_kept_with_by_whose_word(shop, keeper):
    keeper.post("/production/operations/operation/", {"name": "钉扣", "seconds": "30"})
    wrong = keeper.post(
        "/production/operations/rate/",
        {"operation": shop.operation.pk, "yuan": "0.00001", "since": "2099-01-01", "source": "会"},
    )
    assert wrong.status_code == 422
    keeper.post(
        "/production/operations/rate/",
        {"operation": shop.operation.pk, "yuan": "0.0275", "since": "2099-01-01", "source": "会"},
    )
    assert "0.0275" in keeper.get("/production/operations/").content.decode()
    assert Act.objects.filter(verb="production.set_rate").count() == 2


def test_what_another_handed_on_stands_on_her_page_and_an_order_ends_with_fewer(shop, client, cast):
    lot = shop.out(10, worker=shop.lan)
    hand_on(lot, shop.lan, shop.gui, quantity=3, by=shop.by, now=NOW)
    page = enter(client, cast.yong.account).get("/production/mine/").content.decode()
    assert str(lot) in page
    assert "其中 3 件在您手里" in page
    keeper = enter(client, shop.manager)
    path = f"/production/orders/{lot.order_id}/finish/"
    assert keeper.post(path, {"reason": "客户不等了"}).status_code == 422
    shop.back(lot, 3, scrap=3, cause=Cause.MATERIAL)
    shop.back(lot, 7, worker=shop.lan, accepted=7)
    keeper.post(path, {"reason": "客户不等了"})
    assert Order.objects.get(pk=lot.order_id).state == "done"


def test_an_accepted_lot_is_taken_back_on_the_allocation_page(shop, client):
    asked = offer(shop.make_lot(10), shop.gui, by=shop.by, now=NOW)
    keeper = enter(client, shop.manager)
    path = f"/production/offers/{asked.pk}/"
    keeper.post(path, {"said": "yes"})
    page = keeper.get("/production/allocation/").content.decode()
    assert path in page
    assert "已答应，还没来领" in page
    keeper.post(path, {"said": "back"})
    assert Lot.objects.get(pk=asked.lot_id).worker is None


def test_a_skill_certified_twice_stands_once_and_one_that_expired_does_not(shop, keeper):
    before, today = NOW - timedelta(days=9), local_day(NOW)
    for name, now, until in (
        ("绣花", before, None), ("绣花", NOW, None), ("草编", before, today - timedelta(days=1)),
    ):  # fmt: skip
        skill, _made = Skill.objects.get_or_create(community=shop.order.community, name=name)
        certify(shop.gui, skill, assessor="金师傅", valid_until=until, by=shop.by, now=now)
    lines = {
        one.pk: skills
        for one, skills, *_rest in keeper.get("/production/workers/").context["lines"]
    }
    assert lines == {shop.gui.pk: ["绣花"], shop.lan.pk: []}


def test_what_is_in_the_store_opens_to_what_came_and_who_wrote_it(shop, keeper):
    order = shop.make_order(quantity=40)
    bring_in(order, quantity=Decimal(5), note="坏了退回", back=True, by=shop.by, now=NOW)
    page = keeper.get(f"/production/orders/{order.pk}/")
    ((_item, brought, left, moved),) = page.context["items"]
    assert (brought, left, [one.quantity for one in moved]) == (35, 35, [40, 5])
    assert "坏了退回" in page.content.decode()
