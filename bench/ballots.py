"""Claim: at least 40 people a second draw and cast at 3072 bits, with two workers.

What the server does for each, on SQLite and on the disk when it answers: the two signatures and the
mark on the roll, then the check and the urn. What a voter's device does is left out. Beside it the
two signatures alone, by as many processes in the same run.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bench.lines import Line
from tests.support.serving import environment

TARGET: Final = 40
VOTERS: Final = 300
WORKERS: Final = 2


def measure() -> Line:
    """The line of a child that has a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        migrate = [sys.executable, "-m", "mulin", "migrate"]
        subprocess.run(migrate, env=env, check=True, stdout=subprocess.DEVNULL)
        child = subprocess.run(
            [sys.executable, "-m", "bench.ballots"], env=env, check=True, capture_output=True,
            text=True,
        )  # fmt: skip
    return Line(**json.loads(child.stdout.splitlines()[-1]))


def main() -> int:
    """Measure in this process's database."""
    import django  # noqa: PLC0415  this is the child: nothing of Django may be asked before

    django.setup()
    from mulin.commons.ballots import blindrsa  # noqa: PLC0415
    from mulin.commons.ballots.models import Election  # noqa: PLC0415

    vote, devices = _prepared()
    signed = _side_by_side(lambda part: [_sign_alone(vote, one) for one in part], devices)
    drawn = _side_by_side(lambda part: [_draw(vote, *one) for one in part], devices)
    ballots = [device.finished(_draw(vote, person, device)) for person, device in devices]
    cast = _side_by_side(lambda part: [_cast(vote, one) for one in part], ballots)
    rate, alone = VOTERS / (drawn + cast), VOTERS / signed
    by = "gmpy2" if blindrsa.gmpy2 else "Python's own pow"
    assert isinstance(vote.election, Election)
    line = Line(
        f"sqlite, draw and cast at 3072 bits, {WORKERS} workers", TARGET, rate, "voters/s",
        is_most=False,
        note=f"{by}; {rate / alone:.2f} of the two signatures alone ({alone:,.0f}/s);"
        f" {VOTERS / drawn:,.0f} draws/s, {VOTERS / cast:,.0f} casts/s",
    )  # fmt: skip
    print(json.dumps(line.as_dict()))
    return 0


def _prepared() -> tuple[Any, list[Any]]:
    """An open vote, and a device for each person on its roll that has blinded already."""
    from mulin.kit.scoping import in_community  # noqa: PLC0415
    from tests.ballots.conftest import make_vote  # noqa: PLC0415
    from tests.cast import make_cast  # noqa: PLC0415

    cast = make_cast()
    with in_community(cast.xinjie):
        vote = make_vote(cast).draft().enrol(local=VOTERS, new=1).freeze().ready().open()
        return vote, [(person, vote.device(["1", "2"])) for person in vote.local]


def _side_by_side(work: Callable[[Sequence[Any]], object], things: Sequence[Any]) -> float:
    """Seconds that so many processes need for all of it."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=work, args=(things[n::WORKERS],)) for n in range(WORKERS)]
    began = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * WORKERS
    return time.perf_counter() - began


def _sign_alone(vote: Any, one: Any) -> None:
    from mulin.commons.ballots import keys  # noqa: PLC0415
    from mulin.commons.ballots.blindrsa import sign  # noqa: PLC0415

    key = keys.unlock(vote.election.pk, vote.election.envelope_secret)
    sign(key, one[1].envelope)
    sign(key, one[1].envelope)


def _draw(vote: Any, person: Any, device: Any) -> tuple[bytes, bytes]:
    from mulin.kit.scoping import in_community  # noqa: PLC0415

    with in_community(vote.cast.xinjie):
        answers: tuple[bytes, bytes] = vote.draw(person, device)
        return answers


def _cast(vote: Any, ballot: Any) -> None:
    from mulin.kit.scoping import in_community  # noqa: PLC0415

    with in_community(vote.cast.xinjie):
        vote.put(ballot)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.settings")
    sys.exit(main())
