"""What breaks around the watch: the disk, the gateway, the second worker, the stick, the voice."""

import json
from collections import Counter
from datetime import UTC, timedelta

import pytest
from django.db import OperationalError, connection

from mulin.circle.alarms.actions.ladder import climb_due
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import add_contact, watch_over
from mulin.circle.alarms.jobs import Watcher, send_round
from mulin.circle.alarms.models import Alarm, Event
from mulin.ground.community.rules import system
from mulin.ground.notify.channels import is_target, sms, voice
from mulin.ground.notify.channels.shape import Parcel, Verdict
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.factories.people import PersonFactory
from tests.faults.conftest import fork, gateway  # noqa: F401  fixtures

COUNT = 10


@pytest.fixture
def community(transactional_db):
    return CommunityFactory(slug="xinjie")


@pytest.fixture
def elders(community):
    by = system(community.pk)
    with in_community(community):
        found = []
        for number in range(COUNT):
            watch = watch_over(PersonFactory(community=community), by=by, now=NOW)
            for place, kind in enumerate(("neighbour", "family")):
                add_contact(
                    watch, kind=kind, name="人", phone=f"138{place}{number:07d}", by=by, now=NOW
                )
            found.append(watch.person)
    return found


def press_all(community, elders):
    for one in elders:
        with in_community(community):
            press_for(one, by=system(community.pk), now=NOW)


def test_a_full_disk_writes_nothing_and_says_so_and_then_the_press_is_written(
    community, elders, on_postgres
):
    if on_postgres:
        pytest.skip("SQLite can be told that its disk is full")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(OperationalError, match="full"):
            for _one in range(500):
                press_all(community, elders)
        with in_community(community):
            # Whatever was answered is there with its first event: nothing by halves.
            assert Alarm.objects.count() == Event.objects.values("alarm").distinct().count()
        cursor.execute("PRAGMA max_page_count=1073741823")
    press_all(community, elders)
    with in_community(community):
        assert Alarm.objects.count() == COUNT


def test_two_workers_climb_and_send_each_step_once(community, elders, fork, gateway):  # noqa: F811
    press_all(community, elders)

    def work():
        moment = NOW + timedelta(seconds=61)
        climb_due(community, clock=lambda: moment)
        send_round(clock=lambda: moment)

    both = [fork(work) for _worker in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert fork(work).wait() == 0
    counts = Counter(sent["key"] for sent in gateway.seen)
    assert set(counts.values()) == {1}
    assert len({sent["to"] for sent in gateway.seen}) == 2 * COUNT


@pytest.mark.parametrize("answer", [500, "drop", ("429", 1)])
def test_a_gateway_that_fails_holds_up_no_ladder_and_everybody_is_told_in_the_end(
    community,
    elders,
    fork,
    gateway,
    answer,  # noqa: F811
):
    gateway.answers.extend([(429, 1) if isinstance(answer, tuple) else answer] * COUNT)
    press_all(community, elders)
    fork(lambda: send_round(clock=lambda: NOW)).wait()
    later = NOW + timedelta(seconds=61)
    fork(lambda: Watcher(clock=lambda: later).round()).wait()
    with in_community(community):
        assert set(Alarm.objects.real().values_list("rung", flat=True)) == {2}
    after = NOW + timedelta(minutes=2)
    fork(lambda: send_round(clock=lambda: after)).wait()
    told = {key for key, times in gateway.delivered.items() if times}
    assert len(told) == 2 * COUNT


def parcel(**more):
    values = {
        "key": "sms-" + "a" * 40,
        "address": "13800000011",
        "subject": "报警1号",
        "body": "请去",
    }
    return Parcel(**values | more)


@pytest.mark.once
def test_a_stick_finds_each_text_once_in_its_folder(tmp_path):
    target = f"gammu://{tmp_path}"
    assert is_target("sms", target)
    for _try in range(2):
        outcome = sms.send(parcel(is_alarm=True, written_at=NOW.astimezone(UTC)), target)
        assert (outcome.verdict, outcome.parts) == (Verdict.DELIVERED, 1)
    (file,) = tmp_path.iterdir()
    assert file.name == f"OUTA20261125_020000_00_13800000011_{'a' * 16}.txt"
    assert file.read_text("utf-16") == "报警1号\n请去"
    assert sms.send(parcel(), f"gammu://{tmp_path}/gone").verdict is Verdict.LATER


@pytest.mark.once
def test_a_voice_gateway_is_given_number_words_and_key(gateway_alone):
    assert voice.send(parcel(), f"{gateway_alone.url} token").verdict is Verdict.DELIVERED
    sent = gateway_alone.seen[0]
    assert (sent["to"], sent["say"], sent["bearer"]) == (
        "13800000011", "报警1号\n请去", "Bearer token"
    )  # fmt: skip
    gateway_alone.answers.append(503)
    assert voice.send(parcel(), gateway_alone.url).verdict is Verdict.LATER
    assert voice.send(parcel(), "http://127.0.0.1:9/").verdict is Verdict.LATER
    assert json.dumps(sent["key"]) == f'"sms-{"a" * 40}"'


@pytest.fixture
def gateway_alone():
    from tests.notify.gateway import gateway as running  # noqa: PLC0415  beside its one use

    with running() as it:
        yield it
