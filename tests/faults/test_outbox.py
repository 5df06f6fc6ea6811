"""kill -9 at each named point of the outbox: nothing is lost, and what comes twice is counted.

For each message: deliveries at the gateway ≥ 1 and ≤ 1 + kills.
"""

import signal
from collections import Counter
from datetime import timedelta

import pytest

from mulin.ground.community.rules import system
from mulin.ground.notify import addresses
from mulin.ground.notify.actions import deliver_due, tell
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import ChannelSetting, Message, ServiceAccount, Way
from mulin.ground.notify.rules import State
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.support.wechat import APP_ID, SECRET, SEND, wechat

COUNT, KILLS = 6, 3
KILLED = -signal.SIGKILL


@pytest.fixture
def community(transactional_db, monkeypatch):
    def neighbour(number, _now):
        return Recipient("neighbour", number, ways=(("sms", f"1380000{number:04}"),))

    monkeypatch.setitem(addresses._books, "neighbour", neighbour)
    return CommunityFactory()


def write(community, count, is_alarm=False):
    """Tell so many neighbours, each in a transaction of its own."""
    for number in range(count):
        with in_community(community):
            tell(
                ("neighbour", number), by=system(community.pk), topic=f"topic{number}",
                subject="报警", body=f"{number}", now=NOW, key=f"occasion-{number}",
                is_alarm=is_alarm,
            )  # fmt: skip


def send(community, moment):
    """One round of the worker at this moment."""
    deliver_due(community, clock=lambda: moment)


def states(community):
    with in_community(community):
        return Counter(Message.objects.values_list("state", flat=True))


def deliveries(gateway):
    return Counter(sent["key"] for sent in gateway.seen)


def test_killed_after_the_commit_the_message_goes_out_all_the_same(fork, gateway, community):
    assert fork(write, community, COUNT, failpoint="outbox.after_commit").wait() == KILLED
    assert states(community) == {State.WAITING: 1}
    assert fork(send, community, NOW).wait() == 0
    assert sorted(deliveries(gateway).values()) == [1]
    # Whoever was cut off does it again: told already is told once.
    assert fork(write, community, COUNT).wait() == 0
    assert fork(send, community, NOW).wait() == 0
    assert states(community) == {State.SENT: COUNT}
    assert sorted(deliveries(gateway).values()) == [1] * COUNT


@pytest.mark.parametrize(
    ("point", "doubles"),
    [
        ("outbox.after_lease", 0),
        ("outbox.after_send", KILLS),
        ("outbox.before_mark", KILLS),
    ],
)
@pytest.mark.parametrize("is_alarm", [False, True], ids=["ordinary", "alarm"])
def test_killed_while_sending_nothing_is_lost(fork, gateway, community, point, doubles, is_alarm):
    assert fork(write, community, COUNT, is_alarm).wait() == 0
    moment = NOW
    for _ in range(KILLS):
        assert fork(send, community, moment, failpoint=point).wait() == KILLED
        moment += timedelta(seconds=1)
    assert fork(send, community, moment).wait() == 0
    # Whatever waits because its senders died goes within two minutes more.
    assert fork(send, community, moment + timedelta(minutes=2)).wait() == 0

    counts = deliveries(gateway)
    assert states(community) == {State.SENT: COUNT}
    assert len(counts) == COUNT
    assert all(1 <= number <= 1 + KILLS for number in counts.values())
    assert sum(counts.values()) == COUNT + doubles


def test_after_a_kill_the_message_goes_at_the_restart_and_not_when_its_lease_ends(
    fork, gateway, community
):
    assert fork(write, community, 1, True).wait() == 0
    assert fork(send, community, NOW, failpoint="outbox.after_lease").wait() == KILLED
    assert states(community) == {State.LEASED: 1}
    assert fork(send, community, NOW + timedelta(seconds=1)).wait() == 0
    assert states(community) == {State.SENT: 1}


def test_two_processes_send_each_message_once(fork, gateway, community):
    assert fork(write, community, 20).wait() == 0
    both = [fork(send, community, NOW) for _ in range(2)]
    assert [child.wait() for child in both] == [0, 0]
    assert states(community) == {State.SENT: 20}
    assert sorted(deliveries(gateway).values()) == [1] * 20


@pytest.mark.parametrize("point", ["outbox.after_lease", "outbox.after_send", "outbox.before_mark"])
def test_killed_while_sending_by_wechat_it_is_shown_once(fork, community, settings, point):
    with wechat() as there:
        settings.MULIN_WECHAT_API = there.url
        there.followers.add("o-1")
        with in_community(community):
            ServiceAccount.objects.create(
                community=community, app_id=APP_ID, app_secret=SECRET, template_id="T",
                subject_field="thing1",
            )  # fmt: skip
            ChannelSetting.objects.create(community=community, way=Way.WECHAT, target=APP_ID)
            Message.objects.create(
                community=community, created_at=NOW, topic="x", recipient_kind="neighbour",
                recipient_id=1, way=Way.WECHAT, address="o-1", subject="路灯", key="wechat-1",
                state=State.WAITING, due_at=NOW,
            )  # fmt: skip
        assert fork(send, community, NOW, failpoint=point).wait() == KILLED
        assert fork(send, community, NOW + timedelta(seconds=1)).wait() == 0
        assert states(community) == {State.SENT: 1}
        asked = len(there.questions(SEND))
        assert 1 <= asked <= 2
        # What was asked for twice bears one id, and WeChat shows it once.
        assert len(there.shown) == 1
