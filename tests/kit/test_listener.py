"""Of a recording only the piece that is heard is decoded, and a listener goes with its worker."""

import os
import signal
import subprocess
import sys

import pytest

from mulin.kit.listener import cut

pytestmark = pytest.mark.once

#: A hundred samples, each worth its place, in chunks of ten.
SOUND = [(at, list(range(at, at + 10))) for at in range(0, 100, 10)]


def joined(chunks, first, count):
    parts, is_end = cut(chunks, first, count)
    return [sample for part in parts for sample in part], is_end


@pytest.mark.parametrize(
    ("first", "count", "is_end"),
    [(0, 25, False), (25, 30, False), (20, 30, False), (70, 29, False), (70, 30, True),
     (95, 30, True)],
)  # fmt: skip
def test_the_piece_is_cut_at_its_samples(first, count, is_end):
    # Decoding begins where the file's index leads to, at or before the piece.
    for begun in (SOUND, SOUND[first // 10 :]):
        wanted = list(range(first, min(first + count, 100)))
        assert joined(begun, first, count) == (wanted, is_end)


def test_after_the_piece_nothing_is_decoded():
    chunks = iter(SOUND)
    joined(chunks, 10, 20)
    assert next(chunks)[0] >= 30
    assert sum(1 for _chunk in chunks) >= 5


def test_an_index_that_leads_too_far_is_told_and_a_piece_behind_the_end_is_empty():
    assert cut(iter(SOUND[5:]), 20, 10) is None
    assert joined(iter(SOUND), 200, 10) == ([], True)
    assert joined(iter(()), 0, 10) == ([], True)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_a_listener_whose_worker_is_killed_ends():
    worker = (
        "import os, subprocess, sys\n"
        "listener = [sys.executable, '-m', 'mulin.kit.listener', str(os.getpid())]\n"
        "child = subprocess.Popen(listener)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    # The job that the listener waits for never comes, and its pipe stays open.
    job, keeps_open = os.pipe()
    parent = subprocess.Popen([sys.executable, "-c", worker], stdin=job, stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    parent.kill()
    try:
        parent.communicate(timeout=20)  # until the last that could write to us has ended
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGKILL)
        pytest.fail("the listener outlived its worker")
    finally:
        os.close(job)
        os.close(keeps_open)
