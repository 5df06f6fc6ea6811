"""Named points at which a test may kill the process, to prove that nothing is lost there.

`MULIN_FAILPOINT=outbox.after_lease` makes the process die with SIGKILL when it gets there;
unset, a point costs one look into a dictionary. `outbox.after_lease@7` dies there the seventh
time.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here, at once and without clean-up, if the environment names this point."""
    point, _at, times = os.environ.get("MULIN_FAILPOINT", "").partition("@")
    if point != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
