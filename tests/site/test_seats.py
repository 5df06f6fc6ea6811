"""Several people at one desk: who may sit down how, and what is shut when nobody sits there."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import signing
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.audit.models import Act
from mulin.ground.community.actions import roles, ways_in
from mulin.ground.community.rules import (
    FACTOR_COUNTS,
    LEFT_ALONE,
    factor_counts_still,
    is_left_alone,
)
from mulin.kit.clock import SHANGHAI, local_day, standing_still
from mulin.kit.scoping import in_community
from mulin.site.middleware import SECOND_FACTOR
from mulin.site.seats import COOKIE
from tests.cast import BACKEND
from tests.clock import NOW
from tests.factories.community import PASSWORD
from tests.site.test_sign_in import shown

MINUTE = timedelta(minutes=1)
SEATS = "/seats/"
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=7000)).map(
    lambda since: datetime(2020, 1, 1, tzinfo=SHANGHAI) + since
)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_factor_counts_for_one_working_day_at_most(since, later):
    counts = factor_counts_still(since, since + later)
    assert counts == (later < FACTOR_COUNTS and local_day(since) == local_day(since + later))
    assert not factor_counts_still(since + later + MINUTE, since)


def test_a_desk_is_left_alone_after_half_an_hour_and_not_before():
    assert not is_left_alone(NOW, NOW + LEFT_ALONE - MINUTE)
    assert is_left_alone(NOW, NOW + LEFT_ALONE)


@pytest.fixture
def desk(cast, client):
    """A browser at which 小陈 and 老周 have signed in today, each with both keys; 老周 last."""
    with standing_still(NOW):
        for member in (cast.chen, cast.zhou):
            sign_in(client, member, secret_of(member))
        yield client


def secret_of(member):
    """They have set their app up."""
    secret = ways_in.new_totp_secret()
    with in_community(member.community):
        ways_in.enrol_totp(
            member.account, secret=secret, code=code_of(secret), by=member.actor, now=NOW - MINUTE
        )
    return secret


def code_of(secret):
    with standing_still(NOW - MINUTE):
        return shown(secret)


def sign_in(client, member, secret):
    client.post("/sign-in/staff/", {"login_name": member.account.login_name, "password": PASSWORD})
    client.post("/sign-in/second-factor/", {"code": shown(secret)})


def sitting(client):
    return client.get("/account/").context["own"].display_name


def number_of(page, name):
    """The way to a name on the page, as one presses it."""
    lines = page.content.decode().split("<li>")
    line = next(one for one in lines if f"<span>{name}</span>" in one)
    return f"{SEATS}?{re.search(r'who=[0-9]+', line)[0]}"


def test_the_page_names_own_staff_who_signed_in_here_and_nobody_else(cast, desk, client):
    page = desk.get(f"{SEATS}?others=1")
    assert [one.display_name for one in page.context["here"]] == ["老周", "小陈"]
    # Who signed in at another browser stands there only; a stranger's browser names nobody.
    with standing_still(NOW):
        other = type(desk)()
        assert other.get(SEATS).context["here"] == []
        other.cookies[COOKIE] = signing.dumps([[cast.chen.account.pk, cast.xinjie.pk, 0, ""]])
        assert other.get(SEATS).context["here"] == []  # not signed for this
        li = secret_of(cast.li)
        sign_in(desk, cast.li, li)
        names = [one.display_name for one in desk.get(f"{SEATS}?others=1").context["here"]]
    assert names == ["小李"]


def test_a_colleague_sits_down_by_password_and_the_session_before_ends(cast, desk):
    before = desk.cookies["sessionid"].value
    assert desk.post("/seats/leave/", {"next": "/people/"}).url.startswith("/seats/?others=1")
    # It is shut at once: nothing opens, whoever presses what.
    for path in ("/today/", "/", "/people/", "/account/"):
        assert desk.get(path).url.startswith("/seats/?next=")
    chen = number_of(desk.get(f"{SEATS}?others=1&next=/people/"), "小陈")
    assert desk.post(chen, {"password": "falsch"}).status_code == 200
    assert desk.get("/today/").url.startswith("/seats/")
    assert desk.post(chen, {"password": PASSWORD}).url == "/"
    assert sitting(desk) == "小陈"
    other = type(desk)()
    other.cookies["sessionid"] = before
    assert other.get("/today/").status_code == 302
    # What is done now is done in the new one's name.
    desk.post("/account/name/", {"display_name": "小陈呀", "token": "n"})
    with in_community(cast.xinjie):
        assert Act.objects.order_by("-seq").first().account == cast.chen.account


def test_the_same_person_comes_back_to_where_they_were_with_the_factor_they_showed(desk):
    desk.post("/seats/leave/", {"next": "/people/"})
    locked = desk.cookies["sessionid"].value
    zhou = number_of(desk.get(f"{SEATS}?others=1&next=/people/"), "老周")
    assert desk.post(f"{zhou}&next=/people/", {"password": PASSWORD}).url == "/people/"
    assert desk.get("/people/").status_code == 200
    assert desk.cookies["sessionid"].value != locked
    assert desk.session[SECOND_FACTOR] is True


def test_after_half_an_hour_the_desk_is_shut_and_the_phone_of_a_resident_is_not(cast, desk):
    with standing_still(NOW + LEFT_ALONE - MINUTE):
        assert desk.get("/today/").status_code == 200
    with standing_still(NOW + 2 * LEFT_ALONE):
        # What a page asks for by itself is nobody's hand, and opens nothing.
        assert desk.get("/device/").url.startswith("/seats/")
        asked = desk.get("/people/?q=wang")
        assert asked.url == "/seats/?next=%2Fpeople%2F%3Fq%3Dwang"
        page = desk.get(asked.url)
        assert page.context["chosen"] == cast.zhou.account
        assert desk.post(asked.url, {"password": PASSWORD}).url == "/people/?q=wang"
        assert desk.get("/people/?q=wang").status_code == 200
    yong = type(desk)()
    with standing_still(NOW):
        cast.enter(yong, cast.yong).get("/mine/")
    with standing_still(NOW + 2 * LEFT_ALONE):
        assert yong.get("/mine/").status_code == 200


def test_a_form_sent_to_a_shut_desk_leads_back_to_its_page(desk):
    with standing_still(NOW + 2 * LEFT_ALONE):
        sent = desk.post(
            reverse("reception:work", args=[1, "answer"]),
            headers={"referer": "http://testserver/reception/"},
        )
        assert sent.url == "/seats/?next=%2Freception%2F"
        part = desk.get(
            "/today/", headers={"hx-request": "true", "hx-current-url": "http://testserver/today/"}
        )
    assert part.headers["HX-Redirect"] == "/seats/?next=%2Ftoday%2F"


def test_wrong_passwords_at_the_desk_are_counted_as_at_the_door(cast, desk, client):
    desk.post("/seats/leave/")
    chen = number_of(desk.get(f"{SEATS}?others=1"), "小陈")
    answers = [desk.post(chen, {"password": "falsch"}).status_code for _try in range(6)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert desk.post(chen, {"password": PASSWORD}).status_code == 429
    stranger = type(desk)()
    door = {"login_name": cast.chen.account.login_name, "password": PASSWORD}
    assert stranger.post("/sign-in/staff/", door).status_code == 429


def sit(desk, name):
    desk.post("/seats/leave/")
    desk.post(number_of(desk.get(f"{SEATS}?others=1"), name), {"password": PASSWORD})
    return desk.get("/today/")


def test_the_second_factor_shown_here_today_counts_until_tonight(cast, desk):
    assert sit(desk, "小陈").status_code == 200
    with standing_still(NOW + timedelta(days=1)):
        assert sit(desk, "老周").url.startswith("/sign-in/second-factor/")


def test_it_does_not_count_at_the_door_of_another_browser(cast, desk):
    stranger = type(desk)()
    door = {"login_name": cast.chen.account.login_name, "password": PASSWORD}
    stranger.post("/sign-in/staff/", door)
    assert stranger.get("/today/").url.startswith("/sign-in/second-factor/")


@pytest.mark.parametrize("what", ["sign out", "new role", "new password"])
def test_what_ends_sessions_ends_the_trust(cast, desk, what):
    if what == "sign out":
        assert sit(desk, "小陈").status_code == 200
        desk.post("/sign-out/")
        desk.post(number_of(desk.get(f"{SEATS}?others=1"), "小陈"), {"password": PASSWORD})
        page = desk.get("/today/")
    else:
        if what == "new role":
            with in_community(cast.xinjie):
                roles.end_sessions_of(cast.chen.account)
        else:
            cast.chen.account.set_password(PASSWORD)
            cast.chen.account.save()
        page = sit(desk, "小陈")
    assert page.url.startswith("/sign-in/second-factor/")


def test_a_number_that_never_sat_here_is_nobody(cast, desk):
    assert desk.get(f"{SEATS}?who={cast.sun.account.pk}").status_code == 404
    assert desk.get(f"{SEATS}?who=x").status_code == 404


def test_whoever_comes_in_by_phone_alone_signs_in_again(cast, client):
    cast.chen.account.set_unusable_password()
    cast.chen.account.save()
    client.force_login(cast.chen.account, backend=BACKEND)
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    client.post(reverse("site:leave-seat"))
    page = client.get(SEATS)
    assert page.context["has_password"] is False
    assert "重新登录" in page.content.decode()


def test_pages_of_the_desk_are_kept_by_no_browser(cast, client):
    assert cast.enter(client, cast.chen).get("/today/").headers["Cache-Control"] == "no-store"
