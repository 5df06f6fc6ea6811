"""The moment at which the tests' clock stands still: a Wednesday morning."""

from datetime import datetime

from mulin.kit.clock import SHANGHAI

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
