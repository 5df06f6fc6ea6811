"""The service account: messages by it, the way on when it fails, what it tells, who is linked."""

import base64
import struct
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.audit.models import Act
from mulin.ground.community.queries import actor_of
from mulin.ground.notify.actions import deliver_due, tell
from mulin.ground.notify.actions.wechat import (
    NotYet,
    ServiceAccountValues,
    account_of_wechat,
    forget_wechat,
    hear,
    link_wechat,
    set_service_account,
    try_wechat,
    unlink_wechat,
)
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.channels import wechat as channel
from mulin.ground.notify.channels.lines import Patience, ask
from mulin.ground.notify.channels.wechat_calls import NotOfWeChat, event_in, is_key, unwrap
from mulin.ground.notify.models import ChannelSetting, Message, ServiceAccount, Way, WeChatLink
from mulin.ground.notify.queries import what_is_missing
from mulin.ground.notify.rules import (
    FIELD_ROOM,
    MOST_TRIES_BEFORE_NEXT_WAY,
    State,
    field_value,
    wechat_signature,
)
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.support.wechat import APP_ID, INFO, SECRET, SEND, SUBSCRIBED, TOKEN, wechat

VALUES = {
    "app_id": APP_ID, "app_secret": SECRET, "domain_code": "abc123", "callback_token": "tok",
    "callback_key": "", "template_kind": "template", "template_id": "TEMPLATE",
    "subject_field": "thing1", "body_field": "thing2", "time_field": "time3", "is_on": True,
}  # fmt: skip
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def there(settings):
    """WeChat, on this machine."""
    with wechat() as it:
        settings.MULIN_WECHAT_API = settings.MULIN_WECHAT_DOOR = it.url
        yield it


@pytest.fixture
def head(inside):
    account = AccountFactory(display_name="老周")
    MembershipFactory(community=inside, account=account, role="head")
    return actor_of(account, inside, now=NOW)


@pytest.fixture
def account(head, there):
    """The community's service account, in use."""
    return set_service_account(ServiceAccountValues(**VALUES), by=head, now=NOW)


@pytest.fixture
def yong(inside):
    """A resident with a phone."""
    account = AccountFactory(login_name=None, display_name="阿勇", phone="13800000001")
    MembershipFactory(community=inside, account=account, role="resident")
    return account


@pytest.fixture
def linked(account, yong, inside, there):
    """A resident who follows the service account and has linked it."""
    there.followers.add("o-yong")
    by = actor_of(yong, inside, now=NOW)
    return link_wechat(yong, open_id="o-yong", is_following=True, by=by, now=NOW)


def say(to, by, **changes):
    words = {
        "topic": "need.answered", "subject": "您的诉求 2026-0012", "body": "路灯今天下午已经修好了，请您晚上看看亮不亮。",
        "path": "/n/ABCDEF/", "now": NOW, "key": "step-1",
    }  # fmt: skip
    return tell(("account", to.pk), by=by, **(words | changes))


def outgoing():
    return list(
        Message.objects.exclude(way=Way.IN_APP).order_by("id").values_list("way", "state")
    )  # fmt: skip


def send(community, moment=NOW):
    with standing_still(moment):
        return deliver_due(community, clock=lambda: moment)


# ── messages ─────────────────────────────────────────────────────────────────────────────────


def test_whoever_linked_a_wechat_hears_it_there_and_by_no_text(
    inside, sweeper, gateway, there, linked, yong
):
    inside.host = "xinjie.example"
    inside.save()
    say(yong, sweeper)
    assert outgoing() == [(Way.WECHAT, State.WAITING)]
    assert send(inside) == 1
    (message,) = Message.objects.filter(way=Way.WECHAT)
    assert (message.state, message.gateway_id) == (State.SENT, "9001")
    assert there.shown == [
        {
            "touser": "o-yong", "template_id": "TEMPLATE", "url": "http://xinjie.example/n/ABCDEF/",
            "client_msg_id": message.key[-32:],
            "data": {
                "thing1": {"value": "您的诉求 2026-0012"},
                "thing2": {"value": "路灯今天下午已经修好了，请您晚上看看亮不亮。"[:19] + "…"},
                "time3": {"value": "2026-11-25 10:00"},
            },
        }
    ]  # fmt: skip
    assert gateway.seen == []


def test_one_pass_serves_many_messages_and_all_processes(inside, sweeper, there, linked, yong):
    for number in range(3):
        say(yong, sweeper, key=f"step-{number}")
    send(inside)
    assert len(there.shown) == 3
    assert len(there.questions(TOKEN)) == 1
    assert ServiceAccount.objects.get().access_token == there.lent[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, app_secret FROM notify_serviceaccount")
        assert not {there.lent[-1], SECRET} & set(cursor.fetchone())


def test_a_pass_that_ran_out_by_the_clock_is_lent_anew(inside, sweeper, there, linked, yong):
    say(yong, sweeper)
    send(inside)
    there.end_pass()
    say(yong, sweeper, key="later")
    later = NOW + timedelta(hours=2)
    send(inside, later)
    assert [len(there.questions(TOKEN)), len(there.questions(SEND))] == [2, 2]


@pytest.mark.parametrize("code", [40001, 42001, 40014])
def test_a_pass_wechat_does_not_take_is_changed_once(
    inside, sweeper, there, linked, yong, code
):  # fmt: skip
    say(yong, sweeper)
    there.answers[SEND].append(code)
    send(inside)
    assert outgoing() == [(Way.WECHAT, State.SENT)]
    forced = [question["force_refresh"] for question in there.questions(TOKEN)]
    assert forced == [False, False, True]
    there.answers[SEND].extend([code, code])
    say(yong, sweeper, key="again")
    send(inside)
    assert len(there.questions(SEND)) == 4
    assert Message.objects.get(state=State.WAITING).last_error == f"WeChat is busy ({code})"


def test_a_pass_that_was_renewed_elsewhere_is_not_forced(inside, sweeper, there, linked, yong):
    say(yong, sweeper)
    send(inside)
    there.end_pass()
    say(yong, sweeper, key="again")
    send(inside)
    assert [question["force_refresh"] for question in there.questions(TOKEN)] == [False, False]
    assert len(there.shown) == 2


@pytest.mark.parametrize("code", [43004, 43101, 40003])
def test_whoever_follows_no_more_gets_a_text_now_and_from_then_on(
    inside, sweeper, gateway, there, linked, yong, code
):
    there.answers[SEND].append(code)
    say(yong, sweeper)
    send(inside)
    assert outgoing() == [(Way.WECHAT, State.PASSED_ON), (Way.SMS, State.SENT)]
    assert [sent["to"] for sent in gateway.seen] == ["13800000001"]
    assert Message.objects.get(way=Way.WECHAT).last_error.endswith(f"({code})")
    linked.refresh_from_db()
    assert linked.is_following is False
    say(yong, sweeper, key="next", topic="other")
    assert outgoing()[2:] == [(Way.SMS, State.WAITING)]


def test_a_full_day_rests_until_midnight_and_texts_go_meanwhile(
    inside, sweeper, gateway, there, linked, yong
):
    there.answers[SEND].append(45009)
    for number in range(3):
        say(yong, sweeper, key=f"step-{number}", topic=f"topic{number}")
    send(inside)
    assert len(there.questions(SEND)) == 1
    states = [state for way, state in outgoing() if way == Way.WECHAT]
    assert states == [State.PASSED_ON] * 3
    assert len(gateway.seen) == 3
    rests_until = ServiceAccount.objects.get().rests_until
    assert rests_until - NOW < timedelta(days=1)
    say(yong, sweeper, key="tomorrow", now=rests_until + timedelta(hours=9))
    send(inside, rests_until + timedelta(hours=9))
    assert len(there.shown) == 1


@pytest.mark.parametrize("fault", ["drop", "garbage", 502, -1, 45011])
def test_what_is_only_broken_now_is_tried_again_with_the_same_id(
    inside, sweeper, there, linked, yong, fault
):
    there.answers[SEND].append(fault)
    say(yong, sweeper)
    send(inside)
    assert outgoing() == [(Way.WECHAT, State.WAITING)]
    send(inside, NOW + timedelta(minutes=1))
    assert outgoing() == [(Way.WECHAT, State.SENT)]
    assert len({question["client_msg_id"] for question in there.questions(SEND)}) == 1
    assert len(there.shown) == 1


def test_what_stays_broken_goes_another_way_within_the_quarter_hour(
    inside, sweeper, gateway, there, linked, yong
):
    there.answers[SEND].extend([502] * MOST_TRIES_BEFORE_NEXT_WAY)
    say(yong, sweeper)
    for minutes in range(15):
        send(inside, NOW + timedelta(minutes=minutes))
    assert outgoing() == [(Way.WECHAT, State.PASSED_ON), (Way.SMS, State.SENT)]


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_an_answer_that_does_not_end_in_time_holds_nobody_up(
    inside, sweeper, there, linked, yong, fault, monkeypatch
):
    monkeypatch.setattr(channel, "SECONDS_TO_SEND", 0.5)
    there.answers[SEND].append(fault)
    say(yong, sweeper)
    send(inside)
    message = Message.objects.get(way=Way.WECHAT)
    assert (message.state, message.last_error) == (
        State.WAITING, "WeChat: it did not answer in time",
    )  # fmt: skip


def test_wrong_keys_are_told_and_the_text_goes_at_once(
    inside, sweeper, gateway, head, account, linked, yong
):
    set_service_account(ServiceAccountValues(**VALUES | {"app_secret": "e" * 32}), by=head, now=NOW)
    say(yong, sweeper)
    send(inside)
    assert outgoing() == [(Way.WECHAT, State.PASSED_ON), (Way.SMS, State.SENT)]
    assert "(40125)" in ChannelSetting.objects.get(way=Way.WECHAT).last_error


def test_without_a_phone_the_next_step_is_a_person(inside, sweeper, account, there, book, officer):
    card = AccountFactory(login_name=None, display_name="王奶奶")
    MembershipFactory(community=inside, account=card, role="resident")
    by = actor_of(card, inside, now=NOW)
    link_wechat(card, open_id="o-wang", is_following=None, by=by, now=NOW)
    book[1] = Recipient(
        "neighbour", 1, account_id=card.pk, ways=(("door", "12幢301"),),
        carrier_account_id=officer.pk, looks_into_mulin=False,
    )  # fmt: skip
    tell(
        ("neighbour", 1), by=sweeper, topic="need", subject="路灯", body="修好了", now=NOW, key="1"
    )
    assert outgoing() == [(Way.WECHAT, State.WAITING)]
    send(inside)
    assert outgoing() == [(Way.WECHAT, State.FAILED), (Way.CALL, State.TASK)]
    assert Message.objects.get(state=State.TASK).carrier_id == officer.pk


def test_an_alarm_goes_by_every_way_at_once(inside, sweeper, gateway, there, linked, yong):
    say(yong, sweeper, is_alarm=True)
    assert [way for way, _state in outgoing()] == [Way.WECHAT, Way.SMS]
    send(inside)
    assert (len(there.shown), len(gateway.seen)) == (1, 1)


def test_whoever_wants_no_messages_gets_none_by_wechat_either(
    inside, sweeper, linked, yong, book
):  # fmt: skip
    book[1] = Recipient("neighbour", 1, account_id=yong.pk, may_write=False)
    tell(("neighbour", 1), by=sweeper, topic="need", subject="路灯", body="", now=NOW, key="1")
    assert outgoing() == []


def test_the_demonstration_writes_to_nobodys_wechat(
    inside, sweeper, gateway, there, linked, yong, settings
):
    settings.MULIN_DEMO = True
    say(yong, sweeper)
    send(inside)
    assert outgoing() == [(Way.SMS, State.SENT)]
    assert there.asked == []


def test_a_subscription_message_goes_by_its_own_door(inside, sweeper, head, there, linked, yong):
    values = VALUES | {"template_kind": "subscription", "body_field": ""}
    set_service_account(ServiceAccountValues(**values), by=head, now=NOW)
    say(yong, sweeper)
    send(inside)
    (asked,) = there.questions(SUBSCRIBED)
    assert set(asked) == {"touser", "template_id", "data"}
    assert set(asked["data"]) == {"thing1", "time3"}


@given(st.sampled_from([*FIELD_ROOM, "keyword"]), st.integers(1, 99), st.text(max_size=300))
def test_a_field_never_holds_more_than_its_kind_allows(kind, number, text):
    value = field_value(f"{kind}{number}", text)
    assert len(value) <= FIELD_ROOM.get(kind, 200)
    assert "\n" not in value


# ── what WeChat tells ────────────────────────────────────────────────────────────────────────


def event(kind, **fields):
    return {
        "ToUserName": "gh_1", "FromUserName": "o-yong", "CreateTime": str(int(NOW.timestamp())),
        "MsgType": "event", "Event": kind,
    } | fields  # fmt: skip


def test_following_and_leaving_is_heard_in_its_order(inside, linked):
    def following(kind, seconds):
        told = event(kind, CreateTime=str(int(NOW.timestamp()) + seconds))
        hear(told, community_id=inside.pk, now=NOW + timedelta(minutes=5))
        linked.refresh_from_db()
        return linked.is_following

    assert following("unsubscribe", 10) is False
    assert following("subscribe", 20) is True
    assert following("unsubscribe", 10) is True  # an old call comes again


def test_what_did_not_arrive_goes_on_by_text(inside, sweeper, gateway, there, linked, yong):
    say(yong, sweeper)
    send(inside)
    told = event("TEMPLATESENDJOBFINISH", MsgID="9001", Status="failed:user block")
    for _ in range(2):
        hear(told, community_id=inside.pk, now=NOW)
    assert outgoing() == [(Way.WECHAT, State.PASSED_ON), (Way.SMS, State.WAITING)]
    linked.refresh_from_db()
    assert linked.is_following is False


def test_what_arrived_is_noted_and_does_not_fail_afterwards(inside, sweeper, there, linked, yong):
    say(yong, sweeper)
    send(inside)
    for status in ("success", "failed: system failed"):
        told = event("TEMPLATESENDJOBFINISH", MsgID="9001", Status=status)
        hear(told, community_id=inside.pk, now=NOW)
    message = Message.objects.get(way=Way.WECHAT)
    assert (message.state, message.arrived_at) == (State.SENT, NOW)


def test_news_of_what_is_just_being_sent_is_asked_for_again(inside, sweeper, there, linked, yong):
    (_inbox, row) = say(yong, sweeper)
    told = event("TEMPLATESENDJOBFINISH", MsgID="9001", Status="success")
    hear(told, community_id=inside.pk, now=NOW)
    Message.objects.filter(pk=row.pk).update(state=State.LEASED)
    with pytest.raises(NotYet):
        hear(told, community_id=inside.pk, now=NOW)


def wrap(text, *, key=KEY, owner=APP_ID):
    """As WeChat encrypts a call."""
    secret = base64.b64decode(f"{key}=")
    plain = bytes(16) + struct.pack(">I", len(text.encode())) + text.encode() + owner.encode()
    pad = 32 - len(plain) % 32
    cipher = Cipher(algorithms.AES256(secret), modes.CBC(secret[:16])).encryptor()
    sealed = cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()
    return base64.b64encode(sealed).decode()


def test_an_encrypted_call_is_read_and_only_with_its_own_signature():
    wrapped = wrap("<xml><MsgType>event</MsgType><Event>subscribe</Event></xml>")
    content = f"<xml><ToUserName>gh</ToUserName><Encrypt>{wrapped}</Encrypt></xml>".encode()
    query = {
        "timestamp": "1", "nonce": "2", "encrypt_type": "aes",
        "msg_signature": wechat_signature("tok", "1", "2", wrapped),
    }  # fmt: skip
    given = {"token": "tok", "key": KEY, "app_id": APP_ID}
    assert event_in(content, query, **given) == {"MsgType": "event", "Event": "subscribe"}
    for wrong in (
        query | {"msg_signature": wechat_signature("tok", "1", "2")},
        query | {"nonce": "3"},
        {"timestamp": "1", "nonce": "2", "signature": wechat_signature("tok", "1", "2")},
    ):
        with pytest.raises(NotOfWeChat):
            event_in(content, wrong, **given)


@pytest.mark.parametrize(
    "wrapped",
    [wrap("<xml/>", owner="wxother"), "", "!!!", base64.b64encode(b"short").decode(),
     base64.b64encode(bytes(64)).decode()],
)  # fmt: skip
def test_what_is_not_encrypted_for_this_account_is_refused(wrapped):
    with pytest.raises(NotOfWeChat):
        unwrap(wrapped, key=KEY, app_id=APP_ID)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_breaks_nothing(noise):
    with pytest.raises(NotOfWeChat):
        unwrap(base64.b64encode(noise).decode(), key=KEY, app_id=APP_ID)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Event>&a;</Event></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b"<xml><Event>",
        b"",
        b"\xff\xfe",
    ],
)
def test_xml_that_wants_more_than_to_be_read_is_refused(content):
    query = {"timestamp": "1", "nonce": "2", "signature": wechat_signature("tok", "1", "2")}
    with pytest.raises(NotOfWeChat):
        event_in(content, query, token="tok", key="", app_id=APP_ID)


def test_a_key_has_forty_three_signs():
    assert is_key(KEY)
    assert not any(is_key(key) for key in ("", KEY[:-1], KEY + "A", "!" * 43))


def test_the_callback_answers_wechat_and_nobody_else(client, inside, account, linked):
    address = reverse("notify:wechat-calls", args=[inside.slug])
    signed = {"timestamp": "1", "nonce": "2", "signature": wechat_signature("tok", "1", "2")}
    answer = client.get(address, signed | {"echostr": "<b>77</b>"})
    assert (answer.content, answer.headers["Content-Type"]) == (b"<b>77</b>", "text/plain")
    assert client.get(address, signed | {"signature": "0" * 40}).status_code == 403
    told = (
        "<xml><FromUserName><![CDATA[o-yong]]></FromUserName><CreateTime>1700000000</CreateTime>"
        "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event></xml>"
    )

    def call(**query):
        return client.post(
            address, told, content_type="text/xml", query_params=query
        )  # fmt: skip

    assert call(**signed | {"signature": "x"}).status_code == 403
    linked.refresh_from_db()
    assert linked.is_following is True
    answer = call(**signed)
    assert (answer.status_code, answer.content) == (200, b"success")
    linked.refresh_from_db()
    assert linked.is_following is False
    big = client.post(
        address, "x" * 70_000, content_type="text/xml", query_params=signed
    )  # fmt: skip
    assert big.status_code == 403


def test_without_a_service_account_there_is_no_callback(client, inside):
    assert client.get(reverse("notify:wechat-calls", args=[inside.slug])).status_code == 404
    assert client.get(reverse("notify:wechat-calls", args=["nowhere"])).status_code == 404


# ── linking ──────────────────────────────────────────────────────────────────────────────────


def test_only_the_owner_links_and_a_wechat_belongs_to_one(inside, account, linked, yong, head):
    own = actor_of(yong, inside, now=NOW)
    other = AccountFactory(display_name="阿强")
    MembershipFactory(community=inside, account=other, role="resident")
    with pytest.raises(NotPermitted):
        link_wechat(yong, open_id="o-2", is_following=None, by=head, now=NOW)
    with pytest.raises(Refused):
        link_wechat(
            other, open_id="o-yong", is_following=None, by=actor_of(other, inside, now=NOW), now=NOW
        )
    again = link_wechat(yong, open_id="o-new", is_following=None, by=own, now=NOW)
    assert list(WeChatLink.objects.standing()) == [again]
    linked.refresh_from_db()
    assert (linked.ended_at, linked.open_id, linked.open_id_index) == (NOW, None, "")


def test_the_link_is_an_act_that_tells_no_open_id(inside, linked):
    act = Act.objects.get(verb="link-wechat")
    assert (act.kind, act.record_id) == ("notify.wechatlink", linked.pk)
    assert "o-yong" not in str(vars(act.detail))


def test_a_linked_wechat_opens_the_account_of_a_resident_and_of_nobody_else(
    inside, account, linked, yong, head
):
    def opens(open_id):
        return account_of_wechat(open_id, community_id=inside.pk, now=NOW)

    assert opens("o-yong") == yong
    assert opens("o-stranger") is None
    staff = AccountFactory(display_name="小陈")
    MembershipFactory(community=inside, account=staff, role="community_worker")
    by = actor_of(staff, inside, now=NOW)
    link_wechat(staff, open_id="o-chen", is_following=None, by=by, now=NOW)
    with pytest.raises(Refused):
        opens("o-chen")
    yong.is_active = False
    yong.save()
    with pytest.raises(Refused):
        opens("o-yong")


def test_a_link_is_undone_by_its_owner_or_by_the_desk(inside, linked, yong, head):
    stranger = AccountFactory(display_name="阿强")
    MembershipFactory(community=inside, account=stranger, role="resident")
    with pytest.raises(NotPermitted):
        unlink_wechat(yong, by=actor_of(stranger, inside, now=NOW), now=NOW)
    epoch = yong.session_epoch
    unlink_wechat(yong, by=head, now=NOW)
    yong.refresh_from_db()
    assert yong.session_epoch == epoch + 1
    assert account_of_wechat("o-yong", community_id=inside.pk, now=NOW) is None
    unlink_wechat(yong, by=actor_of(yong, inside, now=NOW), now=NOW)
    assert Act.objects.filter(verb="unlink-wechat").count() == 1


def test_erasing_forgets_the_link(inside, linked, yong):
    forget_wechat([yong.pk], now=NOW)
    linked.refresh_from_db()
    assert (linked.ended_at, linked.open_id) == (NOW, None)


@pytest.mark.django_db(transaction=True)
def test_two_accounts_at_once_do_not_share_a_wechat(community):
    # Committed before the others begin: on PostgreSQL a scope is a transaction.
    with in_community(community):
        people = [AccountFactory(display_name=name) for name in ("甲", "乙")]
        for one in people:
            MembershipFactory(community=community, account=one, role="resident")
    start, refused, problems = threading.Barrier(2), [], []

    def link(one):
        try:
            start.wait()
            with in_community(community), standing_still(NOW):
                by = actor_of(one, community, now=NOW)
                link_wechat(one, open_id="o-same", is_following=None, by=by, now=NOW)
        except Refused as refusal:
            refused.append(refusal)
        except Exception as problem:  # noqa: BLE001  told in the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, len(refused)) == ([], 1)
    with in_community(community):
        assert WeChatLink.objects.standing().count() == 1


# ── settings ─────────────────────────────────────────────────────────────────────────────────


def test_only_who_keeps_the_channels_sets_it_up(inside, yong, there):
    by = actor_of(yong, inside, now=NOW)
    with pytest.raises(NotPermitted):
        set_service_account(ServiceAccountValues(**VALUES), by=by, now=NOW)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("app_id", "gh_123"),
        ("app_secret", ""),
        ("callback_key", "short"),
        ("domain_code", "a/b"),
        ("subject_field", "{{thing1.DATA}}"),
        ("subject_field", ""),
    ],
)
def test_what_wechat_would_not_take_is_said_beside_its_field(head, there, field, typed):
    with pytest.raises(Refused) as refusal:
        set_service_account(ServiceAccountValues(**VALUES | {field: typed}), by=head, now=NOW)
    assert refusal.value.field == field
    assert not ServiceAccount.objects.exists()


def test_empty_secrets_stay_and_another_account_ends_the_links(head, account, linked):
    kept = {"app_secret": "", "callback_token": ""}
    set_service_account(ServiceAccountValues(**VALUES | kept), by=head, now=NOW)
    stands = ServiceAccount.objects.get()
    assert (stands.app_secret, stands.callback_token) == (SECRET, "tok")
    assert WeChatLink.objects.standing().exists()
    set_service_account(ServiceAccountValues(**VALUES | {"app_id": "wxother"}), by=head, now=NOW)
    assert not WeChatLink.objects.standing().exists()


def test_without_a_template_it_lets_people_in_and_sends_nothing(
    head, there, inside, sweeper, gateway, yong
):
    values = VALUES | {"template_id": "", "subject_field": ""}
    account = set_service_account(ServiceAccountValues(**values), by=head, now=NOW)
    assert len(what_is_missing(account)) == 2
    by = actor_of(yong, inside, now=NOW)
    link_wechat(yong, open_id="o-yong", is_following=True, by=by, now=NOW)
    say(yong, sweeper)
    assert outgoing() == [(Way.SMS, State.WAITING)]


def test_a_test_goes_to_oneself_and_by_nothing_else(inside, head, account, there, gateway):
    with pytest.raises(Refused):
        try_wechat(by=head, now=NOW)
    own = head.account_id
    link_wechat(
        AccountFactory._meta.model.objects.get(pk=own), open_id="o-zhou", is_following=False,
        by=head, now=NOW,
    )  # fmt: skip
    message = try_wechat(by=head, now=NOW, token="once")
    assert try_wechat(by=head, now=NOW, token="once") == message
    send(inside)
    message.refresh_from_db()
    assert (message.state, gateway.seen) == (State.FAILED, [])
    there.followers.add("o-zhou")
    try_wechat(by=head, now=NOW + timedelta(minutes=1))
    send(inside, NOW + timedelta(minutes=1))
    assert [shown["touser"] for shown in there.shown] == ["o-zhou"]


def test_an_answer_that_is_too_long_is_not_read_to_its_end(there):
    there.answers[INFO].append("drip")
    answer = ask(f"{there.url}{INFO}", patience=Patience(0.3), params={})
    assert (answer.fault, answer.is_silent) == ("it did not answer in time", True)
