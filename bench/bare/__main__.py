"""Serves the bare page as `mulin serve` serves Mulin: `python -m bench.bare PORT`."""

import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from mulin.serving import WEB_WORKERS

if __name__ == "__main__":
    Granian(
        "bench.bare.wsgi:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=WEB_WORKERS,
        blocking_threads=1,
        log_level=LogLevels.warning,
    ).serve()
