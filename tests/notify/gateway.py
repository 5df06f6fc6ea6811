"""A gateway on this machine that behaves, or fails, as a real one does."""

import json
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """What it was sent, and what it answers next.

    `answers` holds how the next requests are met: a status; "drop" (the connection is cut without
    an answer); "slow" (it answers too late); ("429", seconds) with a Retry-After. When it is
    empty, 200.
    """

    def __init__(self):
        self.seen = []
        self.answers = deque()
        self.delivered = Counter()
        self.url = ""
        self._released = threading.Event()
        self._news = threading.Condition()

    @property
    def texts(self):
        return [sent["text"] for sent in self.seen]

    @property
    def numbers(self):
        return [sent["to"] for sent in self.seen]

    def meet(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        sent = json.loads(body)
        with self._news:
            self.seen.append(
                sent
                | {
                    "bearer": handler.headers.get("Authorization"),
                    "idempotency": handler.headers.get("Idempotency-Key"),
                }
            )
            self._news.notify_all()
        answer = self.answers.popleft() if self.answers else 200
        if answer == "drop":
            handler.close_connection = True
            handler.connection.close()
            return
        if answer == "slow":
            self._released.wait(30)
            return
        if answer == "drip":
            self._drip(handler)
            return
        status, wait = answer if isinstance(answer, tuple) else (answer, None)
        if status == 200:
            self.delivered[sent.get("key")] += 1
        handler.send_response(status)
        if wait is not None:
            handler.send_header("Retry-After", str(wait))
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"{}")

    def _drip(self, handler):
        """Says 200 at once and then keeps the line open: the answer's body never ends."""
        handler.send_response(200)
        handler.end_headers()
        deadline = time.monotonic() + 30
        while not self._released.wait(0.2) and time.monotonic() < deadline:
            try:
                handler.wfile.write(b".")
            except OSError:
                return

    def wait_for(self, is_so, seconds=60):
        """Until something holds of what was seen; False when it took too long."""
        with self._news:
            return self._news.wait_for(is_so, seconds)

    def release(self):
        """Let go of whoever is kept waiting."""
        self._released.set()


@contextmanager
def gateway():
    """A running gateway."""
    it = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
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
    it.url = f"http://127.0.0.1:{server.server_port}/send"
    try:
        yield it
    finally:
        it.release()
        server.shutdown()
        server.server_close()
        thread.join()
