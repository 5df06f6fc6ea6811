"""What was freed goes back to the system."""

import ctypes

import psutil
import pytest

from mulin.kit.memory import give_back

MEGABYTE = 1 << 20


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not the GNU C library")
def test_what_lies_freed_between_what_is_kept_is_given_back():
    blocks = [bytearray(3_000) for _one in range(20_000)]
    kept = blocks[::50]
    del blocks
    before = psutil.Process().memory_info().rss
    give_back()
    assert before - psutil.Process().memory_info().rss > 20 * MEGABYTE
    assert len(kept) == 400


def test_elsewhere_it_does_nothing(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    give_back()
