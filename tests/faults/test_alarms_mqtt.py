"""With a real Mosquitto: a press is a row before the device hears of it; killed anywhere, none is lost."""

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from django.db import connection
from paho.mqtt.enums import CallbackAPIVersion

from mulin.circle.alarms.actions.devices import Thing, retire_device, take_up_device
from mulin.circle.alarms.actions.setting import watch_over
from mulin.circle.alarms.models import Alarm, Device, Event
from mulin.circle.alarms.mqtt import Listener, broker_program, own_key, write_broker_settings
from mulin.ground.community.rules import system
from mulin.ground.people.models import Person
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import CommunityFactory
from tests.factories.people import PersonFactory
from tests.support.serving import free_port

SECONDS = 60
COUNT = 8


def until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


class Broker:
    """Mosquitto with the settings that Mulin writes."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.path = write_broker_settings(folder, address="127.0.0.1", port=self.port)
        self.process = None

    def start(self):
        self.process = subprocess.Popen([broker_program(), "-c", str(self.path)])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def listen(self):
        Listener(address="127.0.0.1", port=self.port, folder=self.folder).run()


class Button:
    """A device that sends each press again until it has our receipt."""

    def __init__(self, broker, name, key):
        self.name, self.receipts = name, set()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, manual_ack=True
        )
        self.client.username_pw_set(name, key)
        self.client.reconnect_delay_set(0.1, 0.2)
        self.client.on_connect = lambda client, *_told: client.subscribe(f"sos/{name}/rcpt/#", 1)
        self.client.on_message = self._heard
        self._broker = broker

    def _heard(self, client, _userdata, message):
        self.receipts.add(message.topic.rpartition("/")[2])
        client.ack(message.mid, message.qos)

    @contextmanager
    def connected(self):
        while True:
            try:
                self.client.connect("127.0.0.1", self._broker.port)
                break
            except OSError:
                time.sleep(0.05)
        self.client.loop_start()
        yield self
        self.client.disconnect()
        self.client.loop_stop()

    def press(self, number, *, topic="press"):
        told = json.dumps({"said": "sos", "id": str(number)})
        self.client.publish(f"sos/{self.name}/{topic}", told, qos=1)

    def press_at_the_broker(self, number):
        """Once; when this returns, the broker has it."""
        told = json.dumps({"said": "sos", "id": str(number)})
        self.client.publish(f"sos/{self.name}/press", told, qos=1).wait_for_publish(SECONDS)

    def press_until_heard(self, number):
        """Again each half second: whoever listens may still be starting."""
        before = len(self.receipts)

        def is_heard():
            self.press(number)
            deadline = time.monotonic() + 0.5
            while time.monotonic() < deadline and len(self.receipts) == before:
                time.sleep(0.02)
            return len(self.receipts) > before

        until(is_heard)


@pytest.fixture
def things(transactional_db, tmp_path):
    """A broker, and a button that its device file knows."""
    community = CommunityFactory(slug="xinjie")
    by = system(community.pk)
    with in_community(community):
        watch = watch_over(PersonFactory(community=community), by=by, now=NOW)
        made = take_up_device(Thing("button", watch=watch), by=by, now=NOW)
        other = take_up_device(Thing("box", place="活动室"), by=by, now=NOW)
    broker = Broker(tmp_path / "mosquitto")
    broker.start()
    yield community, broker, made, other
    broker.kill()


def presses(community):
    with in_community(community):
        return sorted(
            int(one)
            for one in Event.objects.filter(what="pressed").values_list("message_id", flat=True)
        )


@pytest.mark.parametrize(
    "point",
    [
        "alarms.before_commit",
        "alarms.after_commit",
        "alarms.before_receipt",
        "alarms.before_puback",
    ],
)
def test_killed_at_any_point_each_press_is_there_once(things, fork, point):
    community, broker, made, _other = things
    button = Button(broker, f"xinjie.{made.device.code}", made.key)
    with button.connected():
        doomed = fork(broker.listen, failpoint=f"{point}@3")
        sent = 0
        while doomed.process.is_alive():
            button.press(sent % COUNT)
            sent += 1
            time.sleep(0.05)
        assert doomed.wait() == -signal.SIGKILL
        fork(broker.listen)
        wanted = {str(number) for number in range(COUNT)}

        def has_all():
            for number in wanted - button.receipts:
                button.press(number)
            time.sleep(0.1)
            return button.receipts >= wanted

        until(has_all)
    assert presses(community) == list(range(COUNT))


def test_the_broker_killed_right_after_its_puback_loses_no_press(things, fork):
    community, broker, made, _other = things
    button = Button(broker, f"xinjie.{made.device.code}", made.key)
    with button.connected():
        # Nobody listens yet: the broker alone has them, and says so.
        for number in range(COUNT):
            button.press_at_the_broker(number)
        broker.kill()
        broker.start()
        fork(broker.listen)
        wanted = {str(number) for number in range(COUNT)}

        def has_all():
            for number in wanted - button.receipts:
                button.press(number)  # without our receipt it presses on
            time.sleep(0.1)
            return button.receipts >= wanted

        until(has_all)
    assert presses(community) == list(range(COUNT))


def test_a_device_speaks_for_itself_alone_and_a_new_one_is_let_in(things, fork):
    community, broker, made, other = things
    fork(broker.listen)
    button = Button(broker, f"xinjie.{made.device.code}", made.key)
    with button.connected():
        button.press_until_heard(1)  # before it listens, the broker keeps nothing for it
        button.name = f"xinjie.{other.device.code}"
        button.press_at_the_broker(2)  # in another's name
        button.name = f"xinjie.{made.device.code}"
        button.client.publish(f"sos/{button.name}/beat", b"", qos=0)
        button.press_until_heard(3)
    assert presses(community) == [1, 3]

    def is_heard():
        with in_community(community):
            return Device.objects.get(pk=made.device.pk).heard_at is not None

    until(is_heard)
    with in_community(community):
        fresh = take_up_device(Thing("box", place="食堂"), by=system(community.pk), now=NOW)
    late = Button(broker, f"xinjie.{fresh.device.code}", fresh.key)
    late.client.connect("127.0.0.1", broker.port)
    late.client.loop_start()

    def is_let_in():
        if not late.client.is_connected():
            return False
        late.press(9)
        time.sleep(0.1)
        return "9" in late.receipts

    until(is_let_in)
    late.client.disconnect()
    late.client.loop_stop()
    with in_community(community):
        assert Alarm.objects.filter(where="食堂").count() == 1


@pytest.mark.parametrize("odd", ["a\x00b", "#", "+/1", "\ud800", "\ufffe"])
def test_a_press_with_an_odd_number_holds_nobody_up(things, fork, odd):
    """A topic with a wildcard or half a letter in it would end whoever listens, again and again."""
    community, broker, made, other = things
    strange = Button(broker, f"xinjie.{other.device.code}", other.key)
    button = Button(broker, f"xinjie.{made.device.code}", made.key)
    fork(broker.listen)
    with strange.connected(), button.connected():
        strange.press_until_heard(odd)
        button.press_until_heard(1)
    with in_community(community):
        assert Alarm.objects.count() == 2


def test_what_cannot_be_read_of_one_elder_holds_nobody_else_up(things, fork):
    """Whoever listens goes on; the press waits at the broker until the row is mended."""
    community, broker, made, other = things
    table, person = Person._meta.db_table, made.device.watch.person_id

    def write_birthday(cipher):
        with in_community(community), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET born_on = %s WHERE id = %s", [cipher, person])  # noqa: S608
            assert cursor.rowcount == 1  # another community's rows are not there to PostgreSQL

    write_birthday("no cipher")
    broken = Button(broker, f"xinjie.{made.device.code}", made.key)
    button = Button(broker, f"xinjie.{other.device.code}", other.key)
    listener = fork(broker.listen)
    with broken.connected(), button.connected():
        button.press_until_heard(1)  # before it listens, the broker keeps nothing for it
        broken.press_at_the_broker(7)
        button.press_until_heard(2)  # it hears in order
        assert listener.process.is_alive()
        assert broken.receipts == set()
        assert presses(community) == [1, 2]
        os.killpg(listener.process.pid, signal.SIGKILL)
        assert listener.wait() == -signal.SIGKILL
        write_birthday(None)
        fork(broker.listen)
        until(lambda: broken.receipts == {"7"})
    assert presses(community) == [1, 2, 7]


def test_a_device_out_of_use_that_is_still_connected_hears_no_receipt(things, fork):
    community, broker, made, other = things
    retired = Button(broker, f"xinjie.{made.device.code}", made.key)
    button = Button(broker, f"xinjie.{other.device.code}", other.key)
    with retired.connected(), button.connected():
        until(lambda: retired.client.is_connected() and button.client.is_connected())
        with in_community(community):
            retire_device(made.device, by=system(community.pk), now=NOW)
        fork(broker.listen)
        button.press_until_heard(1)  # before it listens, the broker keeps nothing for it
        retired.press_at_the_broker(2)
        button.press_until_heard(3)  # it hears in order
    assert retired.receipts == set()
    assert presses(community) == [1, 3]


def test_the_keys_of_the_broker_are_nobody_elses_to_read(things):
    _community, broker, made, _other = things
    for name in ("keys", "acl", "own-key"):
        assert (broker.folder / name).stat().st_mode & 0o077 == 0
    assert made.key not in (broker.folder / "keys").read_text("ascii")
    assert own_key(broker.folder) == own_key(broker.folder)
    assert os.access(broker.path, os.R_OK)
