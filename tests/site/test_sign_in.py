"""The doors in the browser's hands: who gets in, who waits outside, and what a preview does."""

import re
from base64 import b32decode
from datetime import timedelta
from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin.ground.community.actions import roles, ways_in
from mulin.ground.community.models import Account, LoginCode, Membership
from mulin.ground.community.rules import MISSES_PER_ACCOUNT, Role
from mulin.ground.notify.models import Message
from mulin.kit.clock import now, standing_still
from mulin.kit.scoping import in_community
from tests.cast import BACKEND
from tests.factories.community import PASSWORD, AccountFactory, MembershipFactory

PHONE = "13800000001"
STRONG = "three benches by the river"


@pytest.fixture
def texts(settings):
    """A gateway for text messages stands ready."""
    settings.MULIN_SMS_URL = "http://127.0.0.1:9/"


def who_is(client):
    return client.get("/account/").context["own"].display_name


def sent_code(cast):
    """The code of the last message, as the phone would show it."""
    with in_community(cast.xinjie):
        message = Message.objects.filter(topic="login_code").order_by("-id").first()
        return re.search(r"\d{6}", message.body).group()


def shown(secret):
    clock = TOTP(bytes.fromhex(secret))
    clock.time = now().timestamp()
    return f"{clock.token():06}"


# ── residents ────────────────────────────────────────────────────────────────────────────────


def test_a_resident_gets_in_by_phone_and_code_and_comes_back_to_the_page(cast, client, texts):
    asked = client.get("/mine/")
    assert asked.headers["Location"] == "/sign-in/?next=%2Fmine%2F"
    sent = client.post(asked.headers["Location"], {"phone": "138 0000 0001"})
    assert sent.headers["Location"] == "/sign-in/code/?next=%2Fmine%2F"
    entered = client.post(sent.headers["Location"], {"code": sent_code(cast)})
    assert entered.headers["Location"] == "/mine/"
    assert who_is(client) == "阿勇"


def test_the_page_after_the_phone_does_not_tell_whether_it_is_known(cast, texts):
    pages = []
    for phone in (PHONE, "13700000077"):
        client = Client()
        client.post("/sign-in/", {"phone": phone})
        page = client.get("/sign-in/code/").content.decode()
        wrong = client.post("/sign-in/code/", {"code": "x"}).content.decode()
        pages.append([_plain(text, phone) for text in (page, wrong)])
    assert pages[0] == pages[1]


def _plain(page, phone):
    """Without what differs from one showing of a form to the next."""
    lines = [line for line in page.splitlines() if "csrf" not in line.lower()]
    kept = [line for line in lines if 'name="token"' not in line]
    return "\n".join(kept).replace(phone, "PHONE")


def test_a_wrong_code_is_said_beside_the_field_and_lets_nobody_in(cast, client, texts):
    client.post("/sign-in/", {"phone": PHONE})
    page = client.post("/sign-in/code/", {"code": "12"})
    assert page.context["form"].errors["code"]
    assert client.get("/account/").status_code == 302


def test_the_code_page_without_a_phone_asks_for_the_phone(cast, client):
    assert client.get("/sign-in/code/").headers["Location"].startswith("/sign-in/")


def test_without_a_gateway_no_code_is_asked_for(cast, client):
    page = client.post("/sign-in/", {"phone": PHONE})
    assert page.context["can_text"] is False
    assert LoginCode.objects.count() == 0


def test_the_demo_shows_the_code_on_the_page_and_nowhere_else_does(cast, client, settings, texts):
    settings.MULIN_DEMO, settings.MULIN_SMS_URL = True, ""
    client.post("/sign-in/", {"phone": PHONE})
    code = client.get("/sign-in/code/").context["shown_code"]
    assert client.post("/sign-in/code/", {"code": code}).status_code == 302
    assert who_is(client) == "阿勇"
    settings.MULIN_DEMO, settings.MULIN_SMS_URL = False, "http://127.0.0.1:9/"
    other = Client()
    other.post("/sign-in/", {"phone": "13700000077"})
    assert other.get("/sign-in/code/").context["shown_code"] is None


def test_the_code_goes_out_at_night_and_is_forgotten_with_its_message(cast, client, texts):
    night = now().astimezone().replace(hour=16)  # 00:00 in Shanghai
    with standing_still(night):
        client.post("/sign-in/", {"phone": PHONE})
    with in_community(cast.xinjie):
        message = Message.objects.get(topic="login_code")
    assert (message.way, message.address, message.is_awaited) == ("sms", PHONE, True)
    assert message.due_at == night


def test_an_account_brings_its_looks_to_a_new_device(cast, client, texts):
    Account.objects.filter(pk=cast.yong.account.pk).update(
        theme="dark", type_size="large", language="en"
    )
    client.post("/sign-in/", {"phone": PHONE})
    client.post("/sign-in/code/", {"code": sent_code(cast)})
    page = client.get("/account/").content.decode()
    assert '<html lang="en" data-theme="dark" data-type="large">' in page


# ── staff ────────────────────────────────────────────────────────────────────────────────────


def staff_door(client, login_name, password, **headers):
    return client.post(
        "/sign-in/staff/", {"login_name": login_name, "password": password}, **headers
    )


def test_a_password_alone_opens_nothing_but_the_question_for_the_second_key(cast, client):
    assert staff_door(client, "xiaochen", PASSWORD).status_code == 302
    for path in ("/", "/account/", "/mine/", "/team/", "/sign-in/", "/help/"):
        answer = client.get(path)
        assert answer.headers["Location"] == f"/sign-in/second-factor/?next={quote(path, safe='')}"
    assert client.get("/sign-in/second-factor/").status_code == 200


def test_the_second_key_is_set_up_at_the_first_sign_in_and_asked_for_at_the_next(cast, client):
    staff_door(client, "xiaochen", PASSWORD)
    page = client.get("/sign-in/second-factor/?next=/account/")
    secret = secret_on(page)
    wrong = client.post("/sign-in/second-factor/", {"code": "1", "secret": page.context["carried"]})
    assert secret_on(wrong) == secret  # the code scanned a moment ago stays good
    done = client.post(
        "/sign-in/second-factor/?next=/account/",
        {"code": shown(secret), "secret": page.context["carried"]},
    )
    assert done.headers["Location"] == "/account/"
    assert who_is(client) == "小陈"
    client.post("/sign-out/")
    other = Client()
    staff_door(other, "xiaochen", PASSWORD)
    assert "carried" not in other.get("/sign-in/second-factor/").context
    with standing_still(now() + timedelta(minutes=2)):
        other.post("/sign-in/second-factor/", {"code": shown(secret)})
        assert who_is(other) == "小陈"


def secret_on(page):
    """The secret that the QR code of the set-up page holds, in hex."""
    return b32decode(page.context["key"].replace(" ", "")).hex()


def test_a_set_up_secret_of_somebody_else_or_of_ones_own_making_is_not_taken(cast, client):
    staff_door(client, "xiaochen", PASSWORD)
    theirs = Client()
    staff_door(theirs, "xiaosun", PASSWORD)
    page = theirs.get("/sign-in/second-factor/")
    for carried in (page.context["carried"], "f" * 40, ""):
        client.post("/sign-in/second-factor/", {"code": shown(secret_on(page)), "secret": carried})
    assert not TOTPDevice.objects.filter(user=cast.chen.account).exists()


def test_a_code_by_phone_does_not_replace_the_second_key_of_staff(cast, client, texts):
    ways = {"phone": "13600000001", "phone_index": roles.phone_index_of("13600000001")}
    Account.objects.filter(pk=cast.chen.account.pk).update(**ways)
    client.post("/sign-in/", {"phone": "13600000001"})
    client.post("/sign-in/code/", {"code": sent_code(cast)})
    assert client.get("/account/").headers["Location"].startswith("/sign-in/second-factor/")


def test_only_demo_accounts_of_a_demo_go_without_the_second_key(cast, client, settings):
    Account.objects.filter(pk=cast.chen.account.pk).update(is_demo=True)
    staff_door(client, "xiaochen", PASSWORD)
    assert client.get("/account/").status_code == 302
    settings.MULIN_DEMO = True
    assert client.get("/account/").status_code == 200
    other = Client()
    staff_door(other, "xiaosun", PASSWORD)
    assert other.get("/account/").status_code == 302


def test_a_public_page_shows_nothing_of_the_desk_before_the_second_key(cast, client):
    client.force_login(cast.chen.account, backend=BACKEND)
    answer = client.post("/preferences/", {"type": "large", "next": "/"})
    assert answer.status_code == 302
    assert answer.wsgi_request.actor.grants == ()
    assert answer.wsgi_request.actor.account_id is None


# ── locked out ───────────────────────────────────────────────────────────────────────────────


def test_five_wrong_passwords_shut_the_account_for_that_address_only(cast, client):
    for _try in range(5):
        last = staff_door(client, "xiaochen", "wrong")
    assert last.status_code == 429
    assert staff_door(client, "xiaochen", PASSWORD).status_code == 429
    elsewhere = staff_door(Client(), "xiaochen", PASSWORD, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_a_hall_behind_one_address_is_not_shut_by_one_stranger(cast, client):
    for _try in range(8):
        staff_door(client, "xiaochen", "wrong")
    for name in ("laozhou", "xiaosun", "xiaowu", "shenayi"):
        assert staff_door(Client(), name, PASSWORD).status_code == 302


def test_an_account_tried_from_everywhere_rests(cast):
    AccessAttempt.objects.bulk_create(
        AccessAttempt(
            username="xiaochen", ip_address=f"192.0.2.{number}", user_agent="", path_info="/",
            attempt_time=now(), get_data="", post_data="", http_accept="",
            failures_since_start=MISSES_PER_ACCOUNT // 10,
        )
        for number in range(10)
    )  # fmt: skip
    assert staff_door(Client(), "xiaochen", PASSWORD).status_code == 200
    assert staff_door(Client(), "xiaosun", PASSWORD).status_code == 302
    AccessAttempt.objects.update(attempt_time=now() - timedelta(minutes=16))
    assert staff_door(Client(), "xiaochen", PASSWORD).status_code == 302


def test_known_and_unknown_names_are_answered_alike(cast):
    answers = []
    for name in ("xiaochen", "nobody"):
        pages = [staff_door(Client(), name, "wrong") for _try in range(6)]
        said = [_plain(page.content.decode(), name) for page in pages]
        answers.append(([page.status_code for page in pages], said))
    assert answers[0] == answers[1]
    assert answers[0][0] == [200] * 4 + [429] * 2


def test_what_a_visitor_writes_about_their_address_counts_for_nothing(cast, client):
    for number in range(5):
        last = staff_door(client, "xiaochen", "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert last.status_code == 429


# ── cards, links, previews ───────────────────────────────────────────────────────────────────


@pytest.fixture
def card(cast):
    """The address on 王奶奶's card."""
    account = AccountFactory(login_name=None, display_name="王奶奶")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.RESIDENT)
    with in_community(cast.xinjie):
        code = ways_in.print_personal_card(account, by=cast.chen.actor, now=now())
    return f"/card/{code}/"


def test_a_preview_of_a_card_confirms_nothing_and_the_button_does(cast, client, card):
    for _look in range(3):
        assert client.get(card).status_code == 200
        assert client.head(card).status_code == 200
    assert client.get("/account/").status_code == 302
    assert Session.objects.count() == 0
    assert client.post(card, {}).status_code == 302
    assert client.get("/mine/").wsgi_request.actor.name == "王奶奶"


def test_a_card_in_capitals_as_its_code_prints_it_is_the_same_card(cast, client, card):
    assert client.post(card.upper(), {}).status_code == 302


def test_right_and_wrong_cards_look_alike_until_the_button_is_pressed(cast, client, card):
    wrong = "/card/" + "A" * 24 + "/"
    assert _plain(client.get(card).content.decode(), card) == _plain(
        client.get(wrong).content.decode(), wrong
    )
    page = client.post(wrong, {})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_an_invitation_opens_no_session_and_is_not_used_up_by_looking(cast, client):
    with in_community(cast.xinjie):
        code = ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=now())
    path = f"/welcome/{code}/"
    for _look in range(3):
        assert client.get(path).status_code == 200
    assert Session.objects.count() == 0
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": STRONG}).headers["Location"] == "/sign-in/staff/"
    assert client.get(path).status_code == 404
    assert staff_door(client, "xiaochen", STRONG).status_code == 302


# ── leaving ──────────────────────────────────────────────────────────────────────────────────


def test_signing_out_needs_a_press_and_leaves_nothing(cast, client):
    cast.enter(client, cast.chen)
    assert client.get("/sign-out/").status_code == 405
    assert who_is(client) == "小陈"
    client.post("/sign-out/")
    assert client.get("/account/").status_code == 302
    # The next one at this computer shows their own second key.
    client.force_login(cast.zhou.account, backend=BACKEND)
    assert client.get("/account/").headers["Location"].startswith("/sign-in/second-factor/")


@pytest.mark.parametrize("change", ["give", "end", "reset", "sign_out", "password"])
def test_a_change_of_rights_ends_open_sessions(cast, client, change):
    cast.enter(client, cast.chen)
    assert who_is(client) == "小陈"
    membership = Membership.objects.get(account=cast.chen.account)
    with in_community(cast.xinjie):
        by, moment = cast.zhou.actor, now()
        if change == "give":
            roles.give_role(cast.chen.account, role=Role.VOLUNTEER, by=by, now=moment)
        elif change == "end":
            roles.end_role(membership, by=by, now=moment)
        elif change == "reset":
            ways_in.reset_totp(cast.chen.account, by=by, now=moment)
        elif change == "sign_out":
            ways_in.end_sessions(cast.chen.account, by=by, now=moment)
        else:
            ways_in.change_password(
                cast.chen.account, old=PASSWORD, new=STRONG, by=cast.chen.actor, now=moment
            )
    assert client.get("/account/").headers["Location"] == "/sign-in/?next=%2Faccount%2F"


def test_whoever_changes_the_password_stays_signed_in_here(cast, client):
    cast.enter(client, cast.chen)
    elsewhere = cast.enter(Client(), cast.chen)
    changed = client.post("/account/password/", {"old_password": PASSWORD, "password": STRONG})
    assert changed.headers["Location"] == "/account/"
    assert who_is(client) == "小陈"
    assert elsewhere.get("/account/").status_code == 302


def test_a_closed_account_is_out_at_once(cast, client):
    cast.enter(client, cast.chen)
    Account.objects.filter(pk=cast.chen.account.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(cast, client, path):
    answer = client.post(
        f"/sign-in/staff/?next={quote(path, safe='')}",
        {"login_name": "xiaochen", "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/"


def slipped_in(client):
    """A session of which somebody else knows the key, in this browser."""
    session = SessionStore()
    session["x"] = "y"
    session.create()
    client.cookies["sessionid"] = session.session_key
    return session.session_key


def is_signed_in(key):
    """Whether this key is that of somebody's session."""
    session = Session.objects.filter(session_key=key).first()
    return session is not None and "_auth_user_id" in session.get_decoded()


@pytest.mark.parametrize("door", ["staff", "code", "card", "second factor"])
def test_a_session_that_was_slipped_in_is_not_the_one_that_opens(cast, client, texts, door):
    known = slipped_in(client)
    if door == "staff":
        client.post("/sign-in/staff/", {"login_name": "xiaochen", "password": PASSWORD})
    elif door == "code":
        client.post("/sign-in/", {"phone": PHONE})
        client.post("/sign-in/code/", {"code": sent_code(cast)})
    elif door == "card":
        with in_community(cast.xinjie):
            code = ways_in.print_personal_card(cast.yong.account, by=cast.chen.actor, now=now())
        client.post(f"/card/{code}/", {})
    else:
        client.force_login(cast.zhou.account, backend=BACKEND)
        known = client.cookies["sessionid"].value
        page = client.get("/sign-in/second-factor/")
        client.post(
            "/sign-in/second-factor/",
            {"code": shown(secret_on(page)), "secret": page.context["carried"]},
        )
    key = client.cookies["sessionid"].value
    assert key != known
    assert is_signed_in(key)
    assert not Session.objects.filter(session_key=known).exists()
