"""`python -m mulin` is the command line."""

import os
import sys

# What Mulin writes, its database and its keys among it, is for its own user alone.
os.umask(0o077)

from mulin.cli import main  # noqa: E402  reading the settings may make the data folder

sys.exit(main())
