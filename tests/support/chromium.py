"""Which Chromium the tests start, and how: the system's own, asking nothing of the network."""

import shutil
from pathlib import Path

PATH = Path(shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
