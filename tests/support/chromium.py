"""Which Chromium the tests start, and how: the system's own, asking nothing of the network."""

import shutil
from pathlib import Path

#: The shell is the same engine without windows and menus, which nobody sees here but which take half
#: of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
PATH = Path(next(filter(None, map(shutil.which, NAMES)), "/usr/bin/chromium-headless-shell"))
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
