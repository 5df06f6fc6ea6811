"""The second box: it hears only who has its key, texts when it hears nothing, and is tried each week."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mulin.circle.alarms.actions.chain import (
    audit_and_ping,
    keep_silent,
    say_text_came,
    start_trial,
)
from mulin.circle.alarms.actions.setting import set_duty
from mulin.circle.alarms.models import Chain
from mulin.circle.alarms.secondbox import AGAIN_AFTER, SILENT_AFTER, Box, server_of
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.notify.actions import deliver_due
from mulin.ground.notify.rules import receipt_signature
from mulin.kit import clock
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.refusals import NotPermitted, Refused
from tests.clock import NOW

KEY = "box-key"


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Time:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.at = NOW.timestamp()

    def __call__(self):
        return self.at


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def box(time, tmp_path):
    return Box(
        key=KEY, numbers=["13800000011", "13800000012"], target=f"gammu://{tmp_path}",
        name="新街社区", monotonic=time, wall=time,
    )  # fmt: skip


def ping(box, at, key=KEY):
    stamp = str(int(at))
    return box.ping(stamp, receipt_signature(key, time=stamp, content=b""))


def texts(tmp_path):
    return sorted(one.read_text("utf-16") for one in tmp_path.iterdir())


def test_three_minutes_of_silence_are_told_and_told_again_and_then_the_end_of_it(
    box, time, tmp_path
):
    assert not box.look()
    time.at += SILENT_AFTER - 1
    assert not box.look()
    time.at += 1
    assert box.look()
    assert len(texts(tmp_path)) == 2
    assert "新街社区" in texts(tmp_path)[0]
    assert not box.look()
    time.at += AGAIN_AFTER
    assert box.look()
    assert len(texts(tmp_path)) == 4
    time.at += 60
    assert ping(box, time.at)
    assert len(texts(tmp_path)) == 6
    time.at += SILENT_AFTER - 1
    assert not box.look()


def test_only_a_fresh_ping_of_the_right_key_is_believed_and_each_once(box, time):
    time.at += 60
    assert not ping(box, time.at, key="another")
    assert not box.ping("", "")
    assert not box.ping("9" * 40, "x")
    assert ping(box, time.at)
    assert not ping(box, time.at)  # played back
    assert not ping(box, time.at + 3600)  # a clock beyond belief


def test_what_nobody_took_is_told_at_the_next_look(box, time, tmp_path):
    box.target = f"gammu://{tmp_path}/gone"
    time.at += SILENT_AFTER
    assert not box.look()
    (tmp_path / "gone").mkdir()
    assert box.look()


def test_mulin_signs_its_ping_and_the_box_believes_it(house):
    """Both programs, over a real line."""
    box = Box(key=KEY, numbers=[], target="", wall=NOW.timestamp)
    with running(server_of(box, address="127.0.0.1", port=0)) as url:
        box_line(house, f"{url} {KEY}")
        assert audit_and_ping(house.cast.xinjie, now=NOW)
        assert Chain.objects.get().ping_fault == ""
        assert box.heard.stamp == int(NOW.timestamp())
        box_line(house, f"{url} wrong")
        audit_and_ping(house.cast.xinjie, now=NOW + timedelta(minutes=1))
        assert Chain.objects.get().ping_fault == "403"


def box_line(house, address):
    set_duty(phone="", answer_minutes=30, second_box=address, by=house.cast.chen.actor, now=NOW)
    prove_chain(house)


def prove_chain(house, at=NOW):
    start_trial(house.cast.xinjie, now=at)
    with clock.standing_still(at):
        deliver_due(house.cast.xinjie, clock=lambda: at, only_alarms=True)


def owed(house, at):
    actor = house.cast.chen.actor
    asked = Asked(actor, frozenset({actor.account_id}), at, end_of_day(local_day(at)))
    return {due.kind for due in owed_by(asked).dues}


def test_it_is_tried_each_week_by_a_silence_that_was_announced(house, client):
    by, community = house.cast.chen.actor, house.cast.xinjie
    with pytest.raises(Refused):
        keep_silent(by=by, now=NOW)
    set_duty(
        phone="", answer_minutes=30, second_box="http://127.0.0.1:9/", by=by, now=NOW
    )  # nobody answers there: a ping would leave a fault behind
    assert "alarms.box" in owed(house, NOW)
    prove_chain(house)
    with pytest.raises(Refused):
        say_text_came(by=by, now=NOW)
    with pytest.raises(NotPermitted):
        keep_silent(by=house.cast.yong.actor, now=NOW)
    with clock.standing_still(NOW):
        desk = house.cast.enter(client, house.cast.chen)
        desk.post("/alarms/ladder/silence/")
        assert "/alarms/ladder/came/" in desk.get("/alarms/ladder/").content.decode()
    assert audit_and_ping(community, now=NOW + timedelta(minutes=4))
    assert Chain.objects.get().ping_fault == ""
    assert audit_and_ping(community, now=NOW + timedelta(minutes=6, seconds=30))
    assert Chain.objects.get().ping_fault != ""
    with clock.standing_still(NOW + timedelta(minutes=5)):
        desk.post("/alarms/ladder/came/")
    assert Chain.objects.get().box_proven_at == NOW + timedelta(minutes=5)
    assert "alarms.box" not in owed(house, NOW + timedelta(days=6))
    assert "alarms.box" in owed(house, NOW + timedelta(days=8))


def test_a_clock_that_is_put_back_keeps_no_silence(house):
    by = house.cast.chen.actor
    box_line(house, "http://127.0.0.1:9/")
    keep_silent(by=by, now=NOW + timedelta(hours=1))
    audit_and_ping(house.cast.xinjie, now=NOW)
    assert Chain.objects.get().ping_fault != ""


def test_the_sheet_is_owed_each_day_until_it_is_printed(house, client):
    assert "alarms.sheet" in owed(house, NOW)
    with clock.standing_still(NOW):
        # An officer's sheet is a part of it.
        house.cast.enter(client, house.cast.sun).get("/alarms/sheet/")
        assert "alarms.sheet" in owed(house, NOW)
        house.cast.enter(client, house.cast.chen).get("/alarms/sheet/")
    assert "alarms.sheet" not in owed(house, NOW)
    assert "alarms.sheet" in owed(house, NOW + timedelta(days=1))
