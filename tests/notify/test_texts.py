"""Text messages as a gateway in China takes them: signed, approved, counted, paid, refused."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.community.queries import actor_of
from mulin.ground.figures.queries import measure_all
from mulin.ground.figures.registry import figure_of
from mulin.ground.figures.rules import Period
from mulin.ground.notify.actions import (
    deliver_due,
    drop_template,
    keep_template,
    set_channel,
    tell,
)
from mulin.ground.notify.actions.receipts import hear_receipt, hear_reply
from mulin.ground.notify.actions.wechat import NotYet
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.channels.sms import Receipt, told_by_gateway
from mulin.ground.notify.models import ChannelSetting, Message, TextTemplate, Way
from mulin.ground.notify.queries import template_lines
from mulin.ground.notify.rules import (
    PLACES,
    State,
    filled,
    is_refusal,
    parts_of,
    place_values,
    receipt_signature,
    unknown_places,
)
from mulin.ground.people.models import Consent, Purpose
from mulin.kit.clock import local_day, standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

SHARED = "let-me-in"  # the gateway's token, as `gateway` sets it


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def head(inside):
    account = AccountFactory(display_name="老周")
    MembershipFactory(community=inside, account=account, role="head")
    return actor_of(account, inside, now=NOW)


def say(by, to, **changes):
    words = {"topic": "need", "subject": "路灯", "body": "修好了", "now": NOW, "key": "1"}
    return tell(to, by=by, **(words | changes))


def send(community, moment=NOW):
    return deliver_due(community, clock=lambda: moment)


# ── counted and signed ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "parts"),
    [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)],
)
def test_seventy_signs_go_alone_and_more_in_parts_of_sixty_seven(length, parts):
    assert parts_of("字" * length) == parts


def test_a_sign_beyond_the_common_plane_counts_twice():
    assert (parts_of("𠮷" * 35), parts_of("𠮷" * 36)) == (1, 2)


@given(st.text(max_size=300), st.text(max_size=50))
def test_more_words_never_cost_less(text, more):
    assert parts_of(text) <= parts_of(text + more)


def test_the_signature_stands_in_front_and_is_counted(inside, sweeper, gateway, with_phone, head):
    set_channel(
        "sms", target=f"{gateway.url} let-me-in", is_on=True, by=head, now=NOW, sign="新街社区",
        yuan_per_part=Decimal("0.045"),
    )  # fmt: skip
    say(sweeper, with_phone, body="修" * 70)
    send(inside)
    (sent,) = gateway.seen
    assert (sent["sign"], sent["parts"]) == ("新街社区", 2)
    assert sent["text"] == "【新街社区】路灯\n" + "修" * 70
    message = Message.objects.get()
    assert (message.parts, message.cost_yuan) == (2, Decimal("0.0900"))


def test_a_signature_is_typed_without_brackets(head, gateway):
    with pytest.raises(Refused) as refusal:
        set_channel("sms", target="", is_on=True, by=head, now=NOW, sign="【新街】")
    assert refusal.value.field == "sign"


# ── approved ─────────────────────────────────────────────────────────────────────────────────


def keep(by, topic, text, **changes):
    values = {"approval_id": f"SMS_{topic or 'rest'}", "longest": 35} | changes
    return keep_template(topic, text=text, by=by, now=NOW, **values)


def test_a_topic_goes_by_its_own_template_or_its_groups_or_the_common_one(
    inside, sweeper, gateway, book, head
):
    keep(head, "", "${community}提醒您：${subject}")
    keep(head, "need", "您的事有进展：${body}")
    keep(head, "need.done", "办好了：${subject}")

    for number, topic in enumerate(("need.done", "need.begun", "other"), start=1):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        say(sweeper, ("neighbour", number), topic=topic, key=topic)
    send(inside)
    assert [(sent["template"], sent["text"]) for sent in gateway.seen] == [
        ({"id": "SMS_need.done", "values": {"subject": "路灯"}}, "办好了：路灯"),
        ({"id": "SMS_need", "values": {"body": "修好了"}}, "您的事有进展：修好了"),
        (
            {"id": "SMS_rest", "values": {"community": inside.name, "subject": "路灯"}},
            f"{inside.name}提醒您：路灯",
        ),
    ]


def test_a_place_holds_one_line_of_the_length_the_vendor_allows(
    inside, sweeper, gateway, with_phone, head
):
    keep(head, "need", "${body}", longest=10)
    say(sweeper, with_phone, body="一二三四五\n六七八九十十一")
    send(inside)
    assert gateway.seen[0]["template"]["values"] == {"body": "一二三四五 六七八…"}


@given(
    st.dictionaries(st.sampled_from(PLACES), st.text(max_size=80), min_size=3),
    st.integers(5, 60),
)
def test_places_are_never_empty_nor_too_long(values, longest):
    ready = place_values(values, longest=longest)
    assert all(1 <= len(value) <= longest and "\n" not in value for value in ready.values())
    assert "${" not in filled("${subject}${body}${community}", dict.fromkeys(PLACES, "字"))


def test_a_template_with_a_place_nothing_stands_in_is_refused(head):
    assert unknown_places("${name}${subject}${}") == ["name", ""]
    with pytest.raises(Refused) as refusal:
        keep(head, "need", "${name}您好")
    assert refusal.value.field == "text"
    assert not TextTemplate.objects.exists()


def test_the_newer_template_of_a_topic_takes_the_place_and_can_be_dropped(inside, head, officer):
    keep(head, "need", "旧：${body}")
    keep(head, "need", "新：${body}")
    (template,) = TextTemplate.objects.all()
    assert template.text == "新：${body}"
    by = actor_of(officer, inside, now=NOW)
    with pytest.raises(NotPermitted):
        drop_template(template, by=by, now=NOW)
    with pytest.raises(NotPermitted):
        keep(by, "need", "${body}")
    drop_template(template, by=head, now=NOW)
    assert not TextTemplate.objects.exists()


def test_what_a_template_costs_at_most_is_told(head):
    keep(head, "need", "字" * 40 + "${subject}", longest=35)
    ((line,),) = ([*template_lines()],)
    assert (line.signs, line.parts) == (75, 2)


# ── receipts ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sent_text(inside, sweeper, gateway, with_phone):
    (message,) = say(sweeper, with_phone)
    send(inside)
    return message


def test_what_arrived_is_noted_and_what_did_not_is_told_in_person(inside, sent_text):
    hear_receipt(Receipt(sent_text.key, has_arrived=True, why=""), now=NOW)
    hear_receipt(Receipt(sent_text.key, has_arrived=False, why="EXPIRED"), now=NOW)
    sent_text.refresh_from_db()
    assert (sent_text.state, sent_text.arrived_at) == (State.SENT, NOW)
    Message.objects.filter(pk=sent_text.pk).update(arrived_at=None)
    for _ in range(2):
        hear_receipt(Receipt(sent_text.key, has_arrived=False, why="EXPIRED"), now=NOW)
    sent_text.refresh_from_db()
    assert (sent_text.state, sent_text.last_error) == (
        State.FAILED, "the phone did not get it (EXPIRED)",
    )  # fmt: skip
    assert Message.objects.filter(way=Way.CALL, state=State.TASK).count() == 1
    hear_receipt(Receipt("nobody's", has_arrived=False, why=""), now=NOW)


def test_a_receipt_that_comes_before_the_mark_is_asked_for_again(sent_text):
    Message.objects.filter(pk=sent_text.pk).update(state=State.LEASED)
    with pytest.raises(NotYet):
        hear_receipt(Receipt(sent_text.key, has_arrived=True, why=""), now=NOW)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"receipts": [{}]}', b'{"receipts": 3}', b'{"replies": [["a"]]}']
)
def test_what_is_not_as_agreed_is_refused(content):
    with pytest.raises(ValueError, match=r"."):
        told_by_gateway(content)


def call(client, community, told, *, secret=SHARED, at=NOW, **headers):
    body = json.dumps(told)
    time = str(int(at.timestamp()))
    signed = receipt_signature(secret, time=time, content=body.encode())
    return client.post(
        reverse("notify:receipts", args=[community.slug]), body, content_type="application/json",
        headers={"Mulin-Time": time, "Mulin-Signature": signed} | headers,
    ).status_code  # fmt: skip


def test_only_the_gateway_is_heard_and_each_call_for_ten_minutes(client, inside, sent_text):
    told = {"receipts": [{"key": sent_text.key, "arrived": True}]}
    for refused in (
        call(client, inside, told, secret="guessed"),
        call(client, inside, told, at=NOW - timedelta(minutes=11)),
        call(client, inside, told, at=NOW + timedelta(minutes=11)),
        call(client, inside, told, **{"Mulin-Signature": ""}),
        call(client, inside, told, **{"Mulin-Time": "soon"}),
        call(client, inside, {"x": "x" * 70_000}),
    ):
        assert refused == 403
    assert call(client, inside, ["x"]) == 400
    assert call(client, inside, told) == 200
    sent_text.refresh_from_db()
    assert sent_text.arrived_at == NOW


def test_without_a_secret_nobody_can_sign(client, inside, settings, sent_text):
    settings.MULIN_SMS_TOKEN = ""
    assert call(client, inside, {}, secret="") == 403


# ── 退订 ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["TD", "td", " 退订 ", "ＴＤ", "R", "拒收"])
def test_a_refusal_is_understood_in_its_spellings(text):
    assert is_refusal(text)


@pytest.mark.parametrize("text", ["好的", "谢谢退订单", "", "TDD"])
def test_anything_else_is_no_refusal(text):
    assert not is_refusal(text)


def test_whoever_refuses_gets_no_more_texts_and_is_phoned(cast, client, gateway):
    person, phone = cast.yong.person, cast.yong.person.phone
    with in_community(cast.xinjie):
        for _ in range(2):
            told = {"replies": [{"from": phone, "text": "TD"}, {"from": "12", "text": "TD"}]}
            assert call(client, cast.xinjie, told) == 200
        said = Consent.objects.get(person=person, purpose=Purpose.MESSAGES)
        assert (said.is_given, said.channel) == (False, "system")
        rows = tell(
            ("person", person.pk), by=cast.chen.actor, topic="need", subject="路灯", body="",
            now=NOW, key="after",
        )  # fmt: skip
        assert Way.SMS not in {row.way for row in rows}
        assert hear_reply(phone, "好的", now=NOW) == 0
    with in_community(cast.linli):
        assert not Consent.objects.exists()


# ── paid ─────────────────────────────────────────────────────────────────────────────────────


def test_the_figure_is_the_sum_of_its_rows(inside, sweeper, gateway, book, head):

    ChannelSetting.objects.create(
        community=inside, way=Way.SMS, target=f"{gateway.url} x", yuan_per_part=Decimal("0.05")
    )
    for number, length in enumerate((10, 100, 200), start=1):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        say(sweeper, ("neighbour", number), body="字" * length, key=f"{number}")
    gateway.answers.append(400)
    send(inside)
    period = Period.of_day(local_day(NOW))
    parts, cost = figure_of("texts.parts"), figure_of("texts.cost")
    assert measure_all(parts, period)[0] == sum(row.parts for row in parts.rows(period)) == 6
    assert measure_all(cost, period)[0] == Decimal("0.30")
    assert parts.rows(period).count() == 2


def test_the_rows_of_the_figure_open_and_tell_no_words(cast, client):
    with in_community(cast.xinjie):
        Message.objects.create(
            community=cast.xinjie, created_at=NOW, topic="need", recipient_kind="person",
            recipient_id=1, way=Way.SMS, subject="金丝雀", body="金丝雀", key="k", sent_at=NOW,
            state=State.SENT, due_at=NOW, parts=2, cost_yuan=Decimal("0.09"),
        )  # fmt: skip
    page = cast.enter(client, cast.zhou).get("/figures/texts.parts/").content.decode()
    assert "金丝雀" not in page
    assert "0.090" in page


def test_templates_are_kept_and_dropped_through_the_page(cast, client):
    cast.enter(client, cast.zhou)
    address = reverse("notify:texts")
    wrong = client.post(
        address, {"topic": "need", "approval_id": "S", "text": "${x}", "longest": 35, "token": "1"}
    )
    assert wrong.status_code == 422
    typed = {
        "topic": "need",
        "approval_id": "SMS_1",
        "text": "${body}",
        "longest": 35,
        "token": "2",
    }
    for _ in range(2):
        assert client.post(address, typed).status_code == 302
    page = client.get(address)
    assert "SMS_1" in page.content.decode()
    with in_community(cast.xinjie):
        (template,) = TextTemplate.objects.all()
    client.post(reverse("notify:text-drop", args=[template.pk]), {"token": "3"})
    with in_community(cast.xinjie):
        assert not TextTemplate.objects.exists()


def test_the_gateways_page_keeps_signature_and_price(cast, client):
    cast.enter(client, cast.zhou)
    address = reverse("notify:channel", args=["sms"])
    typed = {
        "target": "https://gateway.example/send t",
        "sign": "新街社区",
        "yuan_per_part": "0.045",
    }
    client.post(address, typed | {"is_on": "on", "token": "1"})
    with in_community(cast.xinjie):
        setting = ChannelSetting.objects.get(way=Way.SMS)
        assert (setting.sign, setting.yuan_per_part) == ("新街社区", Decimal("0.0450"))
    page = client.get(address).content.decode()
    assert "新街社区" in page
    assert "http://testserver/notify/receipts/xinjie/" in page
