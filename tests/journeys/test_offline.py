"""The network fails, the server dies, the session ends: nothing is lost and nothing comes twice."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from PIL import Image
from playwright.sync_api import expect

from mulin.commons.flow.models import Need, NeedPhoto
from mulin.ground.community.rules import Role
from mulin.ground.places.actions import move_in
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.parlour.reception.models import Demand, Visit
from mulin.parlour.rounds.models import RoundVisit
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.models import Stop, StopKind
from tests.factories.community import AccountFactory, MembershipFactory
from tests.production.conftest import make_shop
from tests.support.browser import until, until_equal
from tests.support.environment import TEST_ROOT
from tests.support.serving import free_port, kill, running

pytestmark = pytest.mark.browser

DESK = 1280
#: Everything this device keeps, as whoever opens its drawers would read it.
DRAWERS = """() => new Promise(done => {
  const asked = indexedDB.open('mulin');
  asked.onsuccess = () => {
    const turn = asked.result.transaction(['kept', 'queue']);
    const kept = turn.objectStore('kept').getAll(), queue = turn.objectStore('queue').getAll();
    turn.oncomplete = () => {
      const text = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder().decode(value) : value && typeof value === 'object'
        ? Object.keys(value).map(key => key + ':' + text(value[key])).join(' ') : String(value);
      done({ kept: kept.result.map(row => row.name), queue: queue.result.length,
             text: text(kept.result) + text(queue.result) });
    };
  };
})"""


@pytest.fixture
def home(cast, xinjie):
    """王奶奶 lives in 12幢1单元301, so that she stands on 小孙's round."""
    move_in(
        cast.wang.person, cast.dwelling_12_301, by=cast.chen.actor, now=clock.now(),
        since=date(2026, 1, 5),
    )  # fmt: skip
    return cast.dwelling_12_301


def round_of(someone):
    """Today's round, once it is in the pocket and the worker watches over the page."""
    page = someone.open("/rounds/")
    page.wait_for_selector("#kept")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def has_its_key(page):
    """A device that was once opened with network knows how to seal for who is signed in."""
    until(page, f"({DRAWERS})().then(drawers => drawers.kept.indexOf('key') >= 0)")


def tick(page, outcome="seen", makes=1):
    """Press it, and wait until the phone keeps as many as it makes."""
    page.locator(f".stop button[value={outcome}]").first.click()
    expect(page.locator(".queue .waiting li")).to_have_count(makes)


def test_a_knock_without_network_waits_on_the_phone_and_arrives_once(cast, home, visitor, axe):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    officer.context.set_offline(True)
    tick(page)
    expect(page.locator(".queue .waiting")).to_contain_text("12幢1单元301")
    assert RoundVisit.objects.count() == 0
    axe(page)
    officer.context.set_offline(False)
    page.wait_for_selector(".queue .done")
    expect(page.locator(".queue .done")).to_contain_text("见到了")
    visit = RoundVisit.objects.get()
    assert (visit.dwelling, visit.officer, visit.outcome) == (home, cast.sun.account, "seen")
    until_equal(page, f"({DRAWERS})().then(drawers => drawers.queue)", 0)


def test_a_carriers_round_whose_page_was_never_opened_is_walked_without_network(
    cast, xinjie, visitor, axe
):
    shop = make_shop(cast)
    driver = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    errand = Errand(StopKind.FETCH, shop.out(30), shop.gui, 30)
    today = local_day(clock.now())
    planned = plan_round([errand], carrier=driver, day=today, by=shop.by, now=clock.now())
    carrier = visitor().sign_in(replace(cast.sun, account=driver))
    page = carrier.open("/production/rounds/")
    page.wait_for_selector("#kept")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    carrier.context.set_offline(True)
    page.goto(f"{carrier.address}/production/rounds/{planned.pk}/")
    door = page.locator("main > .stop")
    expect(door).to_contain_text("张勇")
    assert "张勇" not in page.evaluate(DRAWERS)["text"]
    door.get_by_label("件数").fill("28")
    axe(page)
    door.locator("button[type=submit]").click()
    page.wait_for_selector(".queue .waiting li")
    expect(door.locator("form")).to_be_hidden()
    assert not Stop.objects.exclude(done_at=None)
    carrier.context.set_offline(False)
    page.wait_for_selector(".queue .done")
    assert Stop.objects.get().done_quantity == 28


def photo_with_a_place(tmp_path):
    path = tmp_path / "lamp.jpg"
    picture = Image.new("RGB", (80, 60), "navy")
    exif = picture.getexif()
    exif.get_ifd(0x8825)[1] = "N"
    content = BytesIO()
    picture.save(content, "JPEG", exif=exif)
    path.write_bytes(content.getvalue())
    return path


def test_the_server_dies_and_comes_back_and_what_was_heard_is_there_with_its_photo(
    cast, home, visitor, axe, tmp_path
):
    port, database = free_port(), connection.settings_dict["NAME"]
    how = {"data_dir": TEST_ROOT, "port": port, "MULIN_DATABASE_URL": f"sqlite:///{database}"}
    with running("serve", "--without-worker", **how) as (address, process):
        officer = visitor(address=address).sign_in(cast.sun)
        page = round_of(officer)
        kill(process, address)
    page.goto(f"{address}/rounds/hear/")
    page.wait_for_selector("#doors", state="attached")  # the page from this device
    page.wait_for_selector(".stop h2")
    assert page.inner_text(".stop h2") == "12幢1单元301"
    assert "王秀英" in page.inner_text(".stop .names")
    page.fill("[name=words]", "三楼楼道灯不亮")
    page.set_input_files("[name=photos]", photo_with_a_place(tmp_path))
    page.select_option("[name=home]", str(home.pk))
    page.select_option("[name=person]", label="王秀英")
    axe(page)
    page.locator("#hear button[type=submit]").click()
    page.wait_for_selector(".queue .waiting li")
    tick(page, "nobody_home", makes=2)
    page.reload()  # the phone was put into the pocket, and taken out again
    expect(page.locator(".queue .waiting li")).to_have_count(2)
    assert Need.objects.count() == 0
    with running("serve", "--without-worker", **how):
        page.goto(f"{address}/rounds/")
        page.wait_for_selector(".queue .done + .done")
    need = Need.objects.get()
    assert (need.words, need.person, need.channel, need.entered_by) == (
        "三楼楼道灯不亮", cast.wang.person, "door", cast.sun.account,
    )  # fmt: skip
    kept = NeedPhoto.objects.get(need=need)
    with kept.file.open() as file:
        assert not Image.open(file).getexif()
    in_order = RoundVisit.objects.order_by("at").values_list("outcome", flat=True)
    assert list(in_order) == ["seen", "nobody_home"]


def test_an_answer_that_got_lost_on_the_way_makes_no_second_visit(cast, home, visitor):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    lost = []

    def swallow(route):
        route.fetch()  # the server did it; the phone never hears
        lost.append(route.request.url)
        route.abort()

    officer.context.set_offline(True)
    tick(page)
    page.route(f"**/rounds/homes/{home.pk}/", swallow, times=1)
    officer.context.set_offline(False)
    page.locator(".queue [role=status]", has_text="没有网络").wait_for()
    while not lost:
        page.wait_for_timeout(50)
    assert RoundVisit.objects.count() == 1
    until(page, "dispatchEvent(new Event('online'))")
    page.wait_for_selector(".queue .done")
    assert RoundVisit.objects.count() == 1


def test_the_session_has_ended_and_what_waits_goes_after_the_next_sign_in(cast, home, visitor):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    officer.context.set_offline(True)
    tick(page)
    Session.objects.all().delete()
    officer.context.set_offline(False)
    page.wait_for_selector(".queue a:not([hidden])")
    assert RoundVisit.objects.count() == 0
    until_equal(page, f"({DRAWERS})().then(drawers => drawers.queue)", 1)
    officer.sign_in(cast.sun)
    page.goto(f"{officer.address}/rounds/")
    page.wait_for_selector(".queue .done")
    assert RoundVisit.objects.get().officer == cast.sun.account


def test_whoever_signs_in_next_on_this_device_sees_nothing_and_sends_nothing(cast, home, visitor):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    officer.context.set_offline(True)
    page.goto(f"{officer.address}/rounds/")  # the page without network, with room for a note
    page.wait_for_selector(".stop [name=note]")
    page.locator(".stop [name=note]").fill("孙子在家写作业")
    tick(page)
    page.close()  # before the network is back: an open page would send at once
    officer.context.set_offline(False)

    officer.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    officer.sign_in(cast.wu)
    other = round_of(officer)
    assert other.locator("#queue").is_hidden()
    assert "12幢1单元301" not in other.inner_text("body")
    drawers = other.evaluate(DRAWERS)
    assert drawers["queue"] == 1  # it waits for 小孙
    for word in ("孙子", "王秀英", "12幢"):
        assert word not in drawers["text"]
    officer.context.set_offline(True)
    other.goto(f"{officer.address}/rounds/")
    assert "王秀英" not in other.content()
    officer.context.set_offline(False)
    other.close()
    assert RoundVisit.objects.count() == 0

    officer.sign_in(cast.sun)
    back = officer.open("/rounds/")
    back.wait_for_selector(".queue .done")
    visit = RoundVisit.objects.get()
    assert (visit.officer, visit.note) == (cast.sun.account, "孙子在家写作业")


def test_who_signs_out_leaves_no_door_on_the_phone(cast, home, visitor):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    page.goto(f"{officer.address}/account/")
    page.locator("form[action$='/sign-out/'] button").first.click()
    page.wait_for_url(f"{officer.address}/")
    page.goto(f"{officer.address}/sign-in/staff/")
    until(page, "caches.keys().then(names => !names.length)")
    assert page.evaluate(DRAWERS)["kept"] == []


def test_todays_doors_are_forgotten_at_night(cast, home, visitor):
    officer = visitor().sign_in(cast.sun)
    page = round_of(officer)
    page.evaluate("window.mulinKept.put('pocket', '2026-01-01', { day: '2026-01-01', homes: [] })")
    officer.context.set_offline(True)
    page.goto(f"{officer.address}/rounds/")
    until(page, "window.mulinKept.get('pocket').then(found => !found)")
    assert page.locator("#none").is_visible()
    assert page.evaluate(DRAWERS)["kept"] == ["key"]


def test_the_desk_goes_on_without_network_and_a_refusal_is_mended_in_its_place(
    cast, xinjie, visitor, axe
):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open("/reception/receive/")
    has_its_key(page)
    worker.context.set_offline(True)
    for count, words in enumerate(("楼下路灯不亮", "", "电梯不动了"), start=1):
        page.fill("[name=words]", words)
        page.fill("[name=contact_name]", "过路的张师傅")
        page.locator("form.card button[type=submit]").click()
        expect(page.locator(".queue .waiting li")).to_have_count(count)
        expect(page.locator("form.card [name=words]")).to_have_value("")
    assert Demand.objects.count() == 0
    worker.context.set_offline(False)
    page.wait_for_selector(".queue .waiting li.wrong")
    page.wait_for_selector(".queue .done + .done")
    assert [need.words for need in Need.objects.order_by("id")] == ["楼下路灯不亮", "电梯不动了"]
    wrong = page.locator(".queue .wrong")
    axe(page)
    expect(wrong.get_by_label("姓名")).to_have_value("过路的张师傅")
    wrong.locator("textarea").first.fill("水管漏了")
    wrong.locator("button").first.click()
    page.locator(".queue .done").nth(2).wait_for()
    assert Need.objects.latest("id").words == "水管漏了"
    assert Need.objects.latest("id").contact_name == "过路的张师傅"


def test_a_second_press_counts_while_the_first_still_waits_for_an_answer(cast, xinjie, visitor):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open("/reception/receive/")
    has_its_key(page)
    worker.context.route("**/device/", lambda _route: None)
    waiting = page.locator(".queue .waiting li")
    for count, words in enumerate(("楼下路灯不亮", "电梯不动了"), start=1):
        page.fill("[name=words]", words)
        page.locator("form.card button[type=submit]").click()
        expect(waiting).to_have_count(count)


def test_a_visit_at_the_desk_is_dated_by_when_it_was(cast, xinjie, visitor):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open("/reception/visits/")
    has_its_key(page)
    worker.context.set_offline(True)
    page.locator(".visit-form button[name=kind]").first.click()
    page.wait_for_selector(".queue .waiting li")
    before = clock.now()
    worker.context.set_offline(False)
    page.wait_for_selector(".queue .done")
    assert Visit.objects.get().at < before


def test_with_network_a_form_goes_as_ever(cast, home, visitor):
    page = visitor().sign_in(cast.sun).open("/rounds/")
    page.locator(".stop button[value=seen]").click()
    page.wait_for_selector(".message.success")
    expect(page.locator("#queue")).to_be_hidden()
    assert RoundVisit.objects.count() == 1
