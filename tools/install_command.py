"""Make `mulin` a command of the virtual environment that runs this file.

Two small files instead of an editable install: nothing is built, so no build tool has to be
fetched, and the sources in this folder are what runs.
"""

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The interpreter is found beside the script, so paths with spaces or of any length work.
COMMAND = """\
#!/bin/sh
exec "$(dirname -- "$(readlink -f -- "$0")")/python" -P -m mulin "$@"
"""


def main() -> None:
    """Write the path file and the command."""
    if sys.prefix == sys.base_prefix:
        sys.exit("Run this with the interpreter of a virtual environment.")
    Path(sysconfig.get_path("purelib"), "mulin.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts"), "mulin")
    command.write_text(COMMAND, encoding="utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
