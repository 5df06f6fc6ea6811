"""Somebody else's server on this machine: what it is asked goes to an object that answers."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: No test waits so long: a sender that did would be the fault.
_LONGEST_DRIP = 30


class Outside:
    """Whoever answers: `meet(handler)` is given each request, and says what comes back."""

    def __init__(self):
        self.url = ""
        self._released = threading.Event()

    def meet(self, handler):
        raise NotImplementedError

    def drip(self, handler):
        """Says 200 at once and then keeps the line open: the answer's body never ends."""
        handler.send_response(200)
        handler.end_headers()
        deadline = time.monotonic() + _LONGEST_DRIP
        while not self._released.wait(0.05) and time.monotonic() < deadline:
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    def release(self):
        """Let go of whoever is kept waiting."""
        self._released.set()


@contextmanager
def answering(it):
    """A running server behind which `it` answers; `it.url` is where."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            it.meet(self)

        def do_GET(self):
            it.meet(self)

        def log_message(self, *_):
            """Silent."""

        def handle(self):
            try:
                super().handle()
            except (OSError, ValueError):
                return  # the connection was cut, as told

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    it.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield it
    finally:
        it.release()
        server.shutdown()
        server.server_close()
        thread.join()
