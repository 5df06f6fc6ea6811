"""A recording is written down by a real engine with a real model, from the upload to the points."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.kit import hearing
from mulin.kit.hearing import Engine, ListenerFailed
from mulin.parlour.suggestions.actions.minutes import KIND, write_points
from mulin.parlour.suggestions.actions.recordings import add_recording
from mulin.parlour.suggestions.jobs import listen
from mulin.parlour.suggestions.models import MinutePoint, Recording, RecordingState
from tests.clock import NOW
from tests.support.hearing import NotToBeHad, ears

pytestmark = pytest.mark.once

SPOKEN = Path(__file__).resolve().parent.parent / "data" / "hearing" / "spoken.ogg"


@pytest.fixture(scope="module")
def there():
    """Engines and model; outside CI a test that cannot have them is left out and says why."""
    try:
        return ears()
    except NotToBeHad as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no engine and no model to hear with: {reason}")


@pytest.fixture
def installed(there, settings, monkeypatch):
    """As after `make hearing`, with the model laid into its folder."""
    settings.MULIN_SPEECH_DIR = str(there.model)
    monkeypatch.setattr(sys, "executable", str(there.python))
    monkeypatch.setattr(sys, "path", [*sys.path, str(there.packages)])
    return there


def test_a_recording_becomes_a_draft_beside_its_sound_and_the_draft_points(installed, cast, xinjie):
    assert hearing.ears() == hearing.Ears(Engine.WHISPER, installed.model)
    talk = plan_gathering(
        KIND, Plan("文明大家谈", NOW - timedelta(minutes=30), NOW + timedelta(hours=1)),
        by=cast.chen.actor, now=NOW - timedelta(days=3),
    )  # fmt: skip
    with SPOKEN.open("rb") as file:
        sound = add_recording(
            talk, file, SPOKEN.stat().st_size, community=xinjie, by=cast.chen.actor, now=NOW
        )
    listen(xinjie, NOW, recording=sound.pk)
    sound.refresh_from_db()
    assert (sound.state, sound.heard_seconds, bool(sound.kept_as)) == (RecordingState.DONE, 5, True)
    heard = sound.draft.lower()
    assert all(word in heard for word in ("broken", "repair", "friday")), heard
    # Two sentences with a breath between them are a line or two, never one word after the other.
    assert len(heard.splitlines()) <= 2
    assert write_points(talk, sound.draft, draft=sound, by=cast.chen.actor, now=NOW) > 0
    assert "repair" in " ".join(MinutePoint.objects.values_list("words", flat=True)).lower()
    assert Recording.objects.get().draft == ""


def test_what_holds_no_sound_is_no_draft(installed, tmp_path):
    broken = tmp_path / "broken.ogg"
    broken.write_bytes(b"OggS" + bytes(200))
    with pytest.raises(ListenerFailed):
        hearing.listen(broken)


def test_after_its_end_nothing_is_heard(installed):
    heard = hearing.listen(SPOKEN, start=60, names="")
    assert (heard.lines, heard.is_end) == ((), True)
