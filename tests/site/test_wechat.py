"""Signing in by WeChat in the browser's hands: there, back, linked by the owner, undone."""

from datetime import UTC, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from mulin.ground.community.actions.ways_in import print_personal_card
from mulin.ground.community.models import Account
from mulin.ground.notify.models import ServiceAccount, WeChatLink
from mulin.ground.people.actions.erasure import erase_person, own_data
from mulin.ground.people.actions.persons import index_words
from mulin.ground.people.models import Person
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.support.wechat import APP_ID, SECRET, WHO, wechat

BACK = "/sign-in/wechat/back/"
IN_WECHAT = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 10) MicroMessenger/8.0.49"}


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def there(settings):
    with wechat() as it:
        settings.MULIN_WECHAT_API = settings.MULIN_WECHAT_DOOR = it.url
        yield it


@pytest.fixture
def account(cast, there):
    with in_community(cast.xinjie):
        return ServiceAccount.objects.create(
            community=cast.xinjie, app_id=APP_ID, app_secret=SECRET, domain_code="abc123"
        )


def leave(client, to="/mine/"):
    """Off to WeChat; the word it is given."""
    away = client.get("/sign-in/wechat/", {"next": to})
    query = parse_qs(urlsplit(away.headers["Location"]).query)
    assert query["appid"] == [APP_ID]
    assert query["scope"] == ["snsapi_base"]
    assert query["redirect_uri"] == [f"http://testserver{BACK}"]
    return query["state"][0]


def come_back(client, there, open_id, to="/mine/"):
    word = leave(client, to)
    return client.get(BACK, {"code": there.code_for(open_id), "state": word})


def link(client, there, open_id):
    come_back(client, there, open_id)
    return client.post("/account/wechat/", {"token": open_id})


def links(cast):
    with in_community(cast.xinjie):
        standing = WeChatLink.objects.standing().order_by("id")
        return [(row.account_id, row.open_id, row.is_following) for row in standing]


def is_in(client):
    return client.get("/account/").status_code == 200


def test_the_owner_links_it_once_and_then_one_tap_lets_them_in(cast, client, account, there):
    there.followers.add("o-yong")
    cast.enter(client, cast.yong)
    assert come_back(client, there, "o-yong").headers["Location"] == "/account/wechat/"
    assert links(cast) == []  # to come back is not to link
    assert client.post("/account/wechat/", {"token": "t"}).status_code == 302
    assert links(cast) == [(cast.yong.account.pk, "o-yong", True)]
    other = Client()
    entered = come_back(other, there, "o-yong")
    assert entered.headers["Location"] == "/mine/"
    assert other.get("/account/").context["own"] == cast.yong.account


def test_a_stranger_is_asked_for_the_phone_and_links_afterwards(cast, client, account, there):
    led = come_back(client, there, "o-new")
    assert led.headers["Location"] == "/account/wechat/"
    asked = client.get("/account/wechat/")
    assert asked.headers["Location"] == "/sign-in/?next=%2Faccount%2Fwechat%2F"
    assert not is_in(client)
    client.force_login(cast.yong.account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/account/wechat/").context["came"] == "o-new"
    client.post("/account/wechat/", {"token": "t"})
    assert links(cast) == [(cast.yong.account.pk, "o-new", False)]


def test_an_equal_phone_links_nothing(cast, client, account, there):
    come_back(client, there, "o-yong")
    assert links(cast) == []
    assert Account.objects.filter(phone_index=cast.yong.account.phone_index).count() == 1


def test_a_word_of_another_browser_lets_nobody_in(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    thief = Client()
    word = leave(client)  # the owner's word, seen on the way
    code = there.code_for("o-yong")
    refused = thief.get(BACK, {"code": code, "state": word})
    assert refused.headers["Location"] == "/sign-in/"
    assert not is_in(thief)
    # Nor does a code of the thief's put the thief's WeChat into the owner's browser.
    leave(thief)
    own_word = leave(client)
    client.get(BACK, {"code": there.code_for("o-thief"), "state": own_word[::-1]})
    assert client.get("/account/wechat/").context["came"] == ""
    assert len(there.questions(WHO)) == 1  # when it was linked: WeChat was asked for no other


def test_a_word_and_a_code_are_good_once(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    browser = Client()
    word, code = leave(browser), there.code_for("o-yong")
    browser.get(BACK, {"code": code, "state": word})
    assert is_in(browser)
    browser.logout()
    assert browser.get(BACK, {"code": code, "state": word}).status_code == 302
    assert not is_in(browser)
    again = leave(browser)
    browser.get(BACK, {"code": code, "state": again})  # WeChat knows the code is used up: 40163
    assert not is_in(browser)


def test_whoever_stays_away_too_long_starts_again(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    browser = Client()
    word = leave(browser)
    with standing_still(NOW + timedelta(minutes=11)):
        browser.get(BACK, {"code": there.code_for("o-yong"), "state": word})
        assert not is_in(browser)


@pytest.mark.parametrize("fault", ["drop", "garbage", 502, -1, 40029, 40125])
def test_a_wechat_that_does_not_tell_leaves_the_other_doors(cast, client, account, there, fault):
    there.answers[WHO].append(fault)
    led = come_back(client, there, "o-yong")
    assert led.headers["Location"] == "/sign-in/"
    assert client.get(led.headers["Location"]).status_code == 200
    assert not is_in(client)


def test_the_made_up_user_of_a_snapshot_page_is_nobody(cast, client, account, there):
    there.strangers.add("o-shown")
    come_back(client, there, "o-shown")
    cast.enter(client, cast.yong)
    assert client.get("/account/wechat/").context["came"] == ""


def test_staff_link_it_for_news_but_do_not_sign_in_by_it(cast, client, account, there):
    link(cast.enter(client, cast.chen), there, "o-chen")
    assert links(cast) == [(cast.chen.account.pk, "o-chen", False)]
    browser = Client()
    assert come_back(browser, there, "o-chen").headers["Location"] == "/sign-in/"
    assert not is_in(browser)


def test_a_wechat_linked_elsewhere_is_refused_in_words(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    other = cast.enter(Client(), cast.chen)
    page = link(other, there, "o-yong")
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert links(cast) == [(cast.yong.account.pk, "o-yong", False)]


def test_whoever_found_a_card_does_not_link_their_own_wechat(cast, account, there):
    with in_community(cast.xinjie):
        code = print_personal_card(cast.yong.account, by=cast.chen.actor, now=NOW)
    finder = Client()
    finder.post(f"/card/{code}/", {})
    come_back(finder, there, "o-finder")
    led = finder.post("/account/wechat/", {"token": "t"})
    assert led.headers["Location"].startswith("/sign-in/own-key/")
    assert links(cast) == []


def test_the_neighbours_wechat_is_another(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    with in_community(cast.linli):
        ServiceAccount.objects.create(community=cast.linli, app_id=APP_ID, app_secret=SECRET)
    browser = Client()
    browser.get("/c/linli/")
    led = come_back(browser, there, "o-yong")
    assert led.headers["Location"] == "/account/wechat/"
    assert not is_in(browser)


def test_the_owner_undoes_it_and_the_desk_does_when_a_phone_is_gone(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    client.post("/account/wechat/end/", {"token": "e"})
    assert links(cast) == []
    assert is_in(client)
    link(client, there, "o-yong2")
    with in_community(cast.xinjie):
        index_words(Person.objects.all())
    desk = cast.enter(Client(), cast.chen)
    page = desk.get("/ways-in/", {"q": cast.yong.person.name}).content.decode()
    address = reverse("site:person-wechat-end", args=[cast.yong.person.pk])
    assert address in page
    desk.post(address)
    assert links(cast) == []
    assert not is_in(client)


def test_without_a_service_account_nothing_of_it_is_there(cast, client):
    for address in ("/sign-in/wechat/", BACK, "/MP_verify_abc123.txt"):
        assert client.get(address).status_code == 404
    assert "/sign-in/wechat/" not in client.get("/sign-in/", **IN_WECHAT).content.decode()
    cast.enter(client, cast.yong)
    assert client.get("/account/wechat/").status_code == 404
    assert "/account/wechat/" not in client.get("/account/").content.decode()


def test_the_demonstration_does_not_ask_wechat(client, account, there, settings):
    settings.MULIN_DEMO = True
    assert client.get("/sign-in/wechat/").headers["Location"] == "/sign-in/"
    assert there.asked == []


def test_the_button_stands_where_wechat_shows_the_page(cast, client, account):
    assert "/sign-in/wechat/" in client.get("/sign-in/", **IN_WECHAT).content.decode()
    assert "/sign-in/wechat/" not in client.get("/sign-in/").content.decode()


def test_the_domain_file_answers_with_its_own_code_alone(client, account):
    answer = client.get("/MP_verify_abc123.txt")
    assert (answer.content, answer.headers["Content-Type"]) == (b"abc123", "text/plain")
    assert client.get("/MP_verify_other.txt").status_code == 404


def test_what_is_held_tells_of_the_link_and_erasing_ends_it(cast, client, account, there):
    link(cast.enter(client, cast.yong), there, "o-yong")
    with in_community(cast.xinjie):
        told = own_data(cast.yong.person, by=cast.yong.actor, now=NOW)["wechat"]
        assert told == [{"linked_at": NOW.astimezone(UTC).isoformat(), "ended_at": None}]
        erase_person(cast.yong.person, by=cast.chen.actor, now=NOW)
    assert links(cast) == []
