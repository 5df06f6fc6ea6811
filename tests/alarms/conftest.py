"""A grandmother who is watched over, with a neighbour, a daughter and a button."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import override_settings

from mulin.circle.alarms.actions.devices import Thing, take_up_device
from mulin.circle.alarms.actions.ladder import climb_due
from mulin.circle.alarms.actions.raising import take_signal
from mulin.circle.alarms.actions.setting import add_contact, watch_over
from mulin.circle.alarms.models import Alarm, Contact, Device, Watch
from mulin.circle.alarms.rules import Said, Signal
from mulin.ground.notify.models import Message
from mulin.kit.scoping import in_community
from tests.clock import NOW


@dataclass
class House:
    """What the tests of alarms stand on."""

    cast: object
    watch: Watch
    neighbour: Contact
    daughter: Contact
    device: Device
    key: str

    def press(self, number="1", *, at=NOW):
        """The button is pressed."""
        return take_signal(Signal(Said.SOS, message_id=number), device=self.device, now=at)

    def later(self, **after):
        """The watch looks so much later."""
        moment = NOW + timedelta(**after)
        return climb_due(self.cast.xinjie, clock=lambda: moment)

    @staticmethod
    def told(alarm):
        """Who was told by which way, each once."""
        rows = Message.objects.filter(topic=alarm.topic).order_by("id")
        return sorted({(row.recipient_kind, row.way) for row in rows})

    @staticmethod
    def fresh(alarm):
        return Alarm.objects.get(pk=alarm.pk)


@pytest.fixture
def house(cast):
    with in_community(cast.xinjie), override_settings(MULIN_SMS_URL="http://127.0.0.1:9/"):
        by = cast.chen.actor
        watch = watch_over(cast.wang.person, by=by, now=NOW)
        people = [
            add_contact(watch, kind=kind, name=name, phone=phone, by=by, now=NOW)
            for kind, name, phone in (
                ("neighbour", "沈阿姨", "13800000011"), ("family", "王丽华", "13800000012"),
            )
        ]  # fmt: skip
        made = take_up_device(
            Thing("button", watch=watch, beat_minutes=60, hears_receipt=True), by=by, now=NOW
        )
        yield House(cast, watch, *people, made.device, made.key)
