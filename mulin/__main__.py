"""`python -m mulin` is the command line."""

import sys

from mulin.cli import main

sys.exit(main())
