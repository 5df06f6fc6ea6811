"""Texts by a 4G stick without Internet, and calls by machine."""

from datetime import UTC

import pytest

from mulin.ground.notify.channels import is_target, sms, voice
from mulin.ground.notify.channels.shape import Parcel, Verdict
from tests.clock import NOW
from tests.notify.gateway import gateway

pytestmark = pytest.mark.once


@pytest.fixture
def there():
    with gateway() as it:
        yield it


def parcel(**more):
    values = {
        "key": "sms-" + "a" * 40,
        "address": "13800000011",
        "subject": "报警1号",
        "body": "请去",
    }
    return Parcel(**values | more)


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


def test_a_voice_gateway_is_given_number_words_and_key(there):
    assert voice.send(parcel(), f"{there.url} token").verdict is Verdict.DELIVERED
    sent = there.seen[0]
    assert (sent["to"], sent["say"], sent["bearer"]) == (
        "13800000011", "报警1号\n请去", "Bearer token"
    )  # fmt: skip
    there.answers.append(503)
    assert voice.send(parcel(), there.url).verdict is Verdict.LATER
    assert voice.send(parcel(), "http://127.0.0.1:9/").verdict is Verdict.LATER
    assert sent["key"] == "sms-" + "a" * 40
