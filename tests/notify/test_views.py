"""What is shown of messages, to whom, and in how many questions to the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import Failure

from mulin.ground.notify.models import STATE_LABELS, ChannelSetting, Message, SweepRun, Way
from mulin.ground.notify.queue import group_of
from mulin.ground.notify.rules import State
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW

CANARY = "金丝雀"


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


def message(cast, **values):
    community = values.pop("community", cast.xinjie)
    with in_community(community):
        number = Message.objects.count()
        return Message.objects.create(
            **{
                "community": community, "created_at": NOW, "topic": "demand.answered",
                "recipient_kind": "person", "recipient_id": number, "way": Way.DOOR,
                "subject": f"{CANARY}路灯", "body": f"{CANARY}修好了", "address": f"{CANARY}12幢",
                "key": f"key-{number}", "state": State.TASK, "due_at": NOW,
            }
            | values
        )  # fmt: skip


def inbox_message(cast, member, **values):
    return message(
        cast, way=Way.IN_APP, state=State.SENT, account=member.account, community=member.community,
        **values,
    )  # fmt: skip


def page(client, name, *args):
    return client.get(reverse(name, args=args))


def state_of(row):
    with in_community(row.community):
        row.refresh_from_db()
    return row.state


# ── the inbox ────────────────────────────────────────────────────────────────────────────────


def test_an_inbox_shows_its_owners_messages_and_nobody_elses(cast, client):
    inbox_message(cast, cast.yong, subject="给阿勇的")
    inbox_message(cast, cast.chen, subject="给小陈的")
    inbox_message(cast, cast.li, subject="给小李的")
    text = page(cast.enter(client, cast.yong), "notify:inbox").content.decode()
    assert [name in text for name in ("给阿勇的", "给小陈的", "给小李的")] == [True, False, False]


def test_opening_a_message_marks_it_read_and_goes_on(cast, client):
    row = inbox_message(cast, cast.yong, path="/n/ABCDEF/")
    cast.enter(client, cast.yong)
    assert page(client, "notify:open", row.pk).status_code == 405
    response = client.post(reverse("notify:open", args=[row.pk]))
    assert (response.status_code, response.url) == (302, "/n/ABCDEF/")
    state_of(row)
    assert row.read_at == NOW


def test_the_newest_message_stands_first_whenever_it_was_written_down(cast, client):
    inbox_message(cast, cast.yong, subject="今天的")
    inbox_message(cast, cast.yong, subject="去年的", created_at=NOW - timedelta(days=365))
    text = page(cast.enter(client, cast.yong), "notify:inbox").content.decode()
    assert text.index("今天的") < text.index("去年的")


def test_looking_at_the_inbox_writes_nothing(cast, client):
    row = inbox_message(cast, cast.yong)
    page(cast.enter(client, cast.yong), "notify:inbox")
    state_of(row)
    assert row.read_at is None


def test_all_are_read_with_one_button(cast, client):
    rows = [inbox_message(cast, cast.yong) for _ in range(3)]
    cast.enter(client, cast.yong).post(reverse("notify:read-all"))
    for row in rows:
        state_of(row)
    assert [row.read_at for row in rows] == [NOW] * 3


def test_somebody_elses_message_does_not_exist(cast, client):
    row = inbox_message(cast, cast.yong)
    for member in (cast.chen, cast.li):
        response = cast.enter(client, member).post(reverse("notify:open", args=[row.pk]))
        assert response.status_code == 404


# ── to be told in person ─────────────────────────────────────────────────────────────────────


def test_an_officer_sees_their_own_tasks_and_the_desk_all(cast, client):
    message(cast, carrier=cast.sun.account, subject="一格的事")
    message(cast, carrier=cast.wu.account, subject="二格的事")
    message(cast, carrier=None, subject="无格的事")
    seen = {}
    for member in (cast.sun, cast.wu, cast.chen, cast.zhou, cast.li):
        text = page(cast.enter(client, member), "notify:to-tell").content.decode()
        seen[member.name] = [word in text for word in ("一格的事", "二格的事", "无格的事")]
    assert seen == {
        "小孙": [True, False, False],
        "小吴": [False, True, False],
        "小陈": [True, True, True],
        "老周": [True, True, True],
        "小李": [False, False, False],
    }


def test_an_alarm_is_told_first_then_who_waits_longest(cast, client):
    message(cast, subject="今天的事")
    message(cast, subject="昨天的事", created_at=NOW - timedelta(days=1))
    message(cast, subject="呼救的事", is_alarm=True)
    text = page(cast.enter(client, cast.chen), "notify:to-tell").content.decode()
    assert text.index("呼救的事") < text.index("昨天的事") < text.index("今天的事")


def test_whoever_carries_it_reads_whom_to_tell(cast, client):
    row = message(cast, carrier=cast.sun.account, recipient_id=cast.yong.person.pk)
    cast.enter(client, cast.sun)
    for opened in (page(client, "notify:to-tell"), page(client, "notify:task", row.pk)):
        assert cast.yong.person.name in opened.content.decode()


def test_a_task_is_told_through_the_page(cast, client):
    row = message(cast, carrier=cast.sun.account)
    cast.enter(client, cast.sun)
    address = reverse("notify:task", args=[row.pk])
    assert f"{CANARY}修好了" in client.get(address).content.decode()
    for _ in range(10):
        response = client.post(address, {"note": "她很高兴", "token": "once"})
        assert response.status_code in {302, 404}
    assert state_of(row) == State.TOLD
    assert row.told_note == "她很高兴"


def test_another_grids_and_another_communitys_task_does_not_exist(cast, client):
    row = message(cast, carrier=cast.sun.account)
    for member in (cast.wu, cast.li, cast.yong, cast.installer):
        cast.enter(client, member)
        assert page(client, "notify:task", row.pk).status_code == 404
        assert client.post(reverse("notify:task", args=[row.pk]), {}).status_code == 404
    assert state_of(row) == State.TASK


def test_the_list_asks_the_same_number_of_questions_at_both_sizes(cast, client):
    cast.enter(client, cast.chen)
    counts = []
    for size in (2, 20):
        with in_community(cast.xinjie):
            written = Message.objects.count()
        for _ in range(size - written):
            message(cast, carrier=cast.sun.account)
        with CaptureQueriesContext(connection) as queries:
            page(client, "notify:to-tell")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── what was sent and what failed ────────────────────────────────────────────────────────────


def test_only_states_in_which_something_is_have_a_column(cast, client):
    message(cast, way=Way.SMS, state=State.SENT)
    message(cast, way=Way.DOOR, state=State.TASK)
    shown = page(cast.enter(client, cast.zhou), "notify:deliveries").context
    assert [str(state) for state in shown["states"]] == [
        str(STATE_LABELS[State.SENT]), str(STATE_LABELS[State.TASK])
    ]  # fmt: skip
    assert {str(line.way): line.counts for line in shown["lines"]} == {
        str(Way.SMS.label): [1, 0], str(Way.DOOR.label): [0, 1]
    }  # fmt: skip


@pytest.fixture
def troubles(cast):
    """One of everything that can fail."""
    row = message(cast, way=Way.SMS, state=State.FAILED, last_error="the gateway answered 500")
    message(cast, way=Way.SMS, state=State.WAITING, due_at=NOW - timedelta(hours=1))
    with in_community(cast.xinjie):
        ChannelSetting.objects.create(
            community=cast.xinjie, way=Way.NTFY, target=f"ntfy://{CANARY}/x",
            last_error="connection refused", last_error_at=NOW,
        )  # fmt: skip
    SweepRun.objects.create(
        name="reception.remind", failures_in_a_row=3, last_error="ValueError in remind, line 3"
    )
    for community, number in ((cast.xinjie, 1), (cast.linli, 2)):
        Failure.objects.create(
            id=f"{number:032}", name=f"import-{number}", func="mulin.ground.notify.jobs.run_job",
            args=("import", community.pk, {}), started=NOW, stopped=NOW, success=False,
            group=group_of(community.pk),
            result=f"{CANARY} : Traceback (most recent call last):\nValueError: {CANARY}",
        )  # fmt: skip
    return row


def test_head_and_installer_see_what_failed_and_not_what_it_said(cast, client, troubles):
    for member in (cast.zhou, cast.installer):
        text = page(cast.enter(client, member), "notify:deliveries").content.decode()
        for told in ("the gateway answered 500", "connection refused", "ValueError in remind"):
            assert told in text
        assert [f"import-{number}" in text for number in (1, 2)] == [True, False]
        assert CANARY not in text


def test_nobody_else_finds_the_page(cast, client, troubles):
    for member in (cast.chen, cast.sun, cast.yong, cast.auditor, cast.street, cast.li):
        cast.enter(client, member)
        assert page(client, "notify:deliveries").status_code == 404
        assert client.post(reverse("notify:retry", args=[troubles.pk])).status_code == 404
    assert state_of(troubles) == State.FAILED


def test_the_page_is_calm_when_nothing_failed(cast, client):
    response = page(cast.enter(client, cast.zhou), "notify:deliveries")
    assert response.status_code == 200


def test_a_message_is_sent_again_by_the_button(cast, client, troubles):
    cast.enter(client, cast.installer)
    for _ in range(2):
        client.post(reverse("notify:retry", args=[troubles.pk]), {"token": "again"})
    assert state_of(troubles) == State.WAITING


def test_a_channel_is_set_up_without_showing_its_address(cast, client, troubles):
    cast.enter(client, cast.installer)
    address = reverse("notify:channel", args=["ntfy"])
    assert CANARY not in client.get(address).content.decode()
    refused = client.post(address, {"target": "https://nowhere", "is_on": "on", "token": "1"})
    assert refused.status_code == 422
    client.post(address, {"target": "ntfy://127.0.0.1/stairs", "is_on": "on", "token": "2"})
    with in_community(cast.xinjie):
        assert ChannelSetting.objects.get().target == "ntfy://127.0.0.1/stairs"
    assert page(client, "notify:channel", "pigeon").status_code == 404


def test_the_page_asks_the_same_number_of_questions_at_both_sizes(cast, client, troubles):
    cast.enter(client, cast.zhou)
    counts = []
    for size in (2, 19):
        for _ in range(size):
            message(cast, way=Way.EMAIL, state=State.FAILED)
        with CaptureQueriesContext(connection) as queries:
            page(client, "notify:deliveries")
        counts.append(len(queries))
    assert counts[0] == counts[1]
