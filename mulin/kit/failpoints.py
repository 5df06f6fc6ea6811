"""Named points at which a test may kill the process, to prove that nothing is lost there.

`MULIN_FAILPOINT=outbox.after_lease` makes the process die with SIGKILL when it gets there;
unset, a point costs one look into a dictionary.
"""

import os
import signal


def failpoint(name: str) -> None:
    """Die here, at once and without clean-up, if the environment names this point."""
    if os.environ.get("MULIN_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
