"""What was freed goes back to the system."""

import ctypes
import sys
from pathlib import Path

import psutil
import pytest

from mulin.kit.memory import give_back, let_go_of_code

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


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells of it")
def test_code_that_was_let_go_of_is_read_again_when_it_runs():
    def of_files():
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("RssFile:")[2].split()[0])

    before = of_files()
    let_go_of_code()
    assert of_files() < before
    assert sorted([3, 1, 2]) == [1, 2, 3]
