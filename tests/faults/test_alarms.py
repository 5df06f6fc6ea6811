"""What breaks around the watch: the worker at every point, the disk, the gateway, a second worker."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from mulin.circle.alarms.actions.ladder import climb_due
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import add_contact, set_ladder, watch_over
from mulin.circle.alarms.drill import POINTS, drill, grouped
from mulin.circle.alarms.jobs import Watcher, send_round
from mulin.circle.alarms.models import Alarm, Event
from mulin.circle.alarms.rules import Rung, Who
from mulin.ground.community.rules import system
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.factories.people import PersonFactory

COUNT = 10


@pytest.fixture
def community(transactional_db):
    return CommunityFactory(slug="xinjie")


@pytest.fixture
def elders(community):
    by = system(community.pk)
    with in_community(community):
        set_ladder([Rung(0, (Who.NEIGHBOUR,)), Rung(60, (Who.FAMILY,))], by=by, now=NOW)
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


def test_no_alarm_is_lost_at_any_point(transactional_db, tmp_path):
    """Fifty alarms through every point, a kill at each; `mulin alarm drill` takes a thousand."""
    plain = [one for one in POINTS if not one.storm and one.stage != "device"]
    results = drill(grouped(plain, together=True), alarms=50, kills=1, folder=tmp_path)
    assert [(one.lost, one.faults) for one in results] == [(0, []), (0, [])]
    assert sum(one.kills for one in results) == len(plain)
    assert all(one.doubled <= one.kills for one in results)


def test_no_alarm_is_lost_in_a_storm(transactional_db, tmp_path):
    """A clock an hour off, the end of a year, a killed broker."""
    wanted = {"clock", "midnight", "broker"}
    groups = grouped([one for one in POINTS if one.name in wanted], together=False)
    results = drill(groups, alarms=8, kills=1, folder=tmp_path)
    assert {one.point: (one.lost, one.faults, one.kills) for one in results} == {
        name: (0, [], 1) for name in wanted
    }


def press_until_it_fails(community, elders):
    for _one in range(500):
        press_all(community, elders)


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
            press_until_it_fails(community, elders)
        with in_community(community):
            # Whatever was answered is there with its first event: nothing by halves.
            assert Alarm.objects.count() == Event.objects.values("alarm").distinct().count()
        cursor.execute("PRAGMA max_page_count=1073741823")
    press_all(community, elders)
    with in_community(community):
        assert Alarm.objects.count() == COUNT


def test_two_workers_climb_and_send_each_step_once(community, elders, fork, gateway):
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
    answer,
):
    gateway.answers.extend([(429, 1) if isinstance(answer, tuple) else answer] * COUNT)
    press_all(community, elders)
    fork(lambda: send_round(clock=lambda: NOW)).wait()
    later = NOW + timedelta(seconds=61)
    fork(lambda: Watcher(clock=lambda: later).round()).wait()
    with in_community(community):
        told = set(Alarm.objects.real().values_list("rung", "loop"))
        assert told == {(1, 1)}
    after = NOW + timedelta(minutes=2)
    fork(lambda: send_round(clock=lambda: after)).wait()
    told = {key for key, times in gateway.delivered.items() if times}
    assert len(told) == 2 * COUNT
