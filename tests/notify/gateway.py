"""A gateway on this machine that behaves, or fails, as a real one does."""

import json
import threading
from collections import Counter, deque
from contextlib import contextmanager

from tests.support.outside import Outside, answering


class Gateway(Outside):
    """What it was sent, and what it answers next.

    `answers` holds how the next requests are met: a status; "drop" (the connection is cut without
    an answer); "slow" (it answers too late); ("429", seconds) with a Retry-After. When it is
    empty, 200.
    """

    def __init__(self):
        super().__init__()
        self.seen = []
        self.answers = deque()
        self.delivered = Counter()
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
            self.drip(handler)
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

    def wait_for(self, is_so, seconds=60):
        """Until something holds of what was seen; False when it took too long."""
        with self._news:
            return self._news.wait_for(is_so, seconds)


@contextmanager
def gateway():
    """A running gateway."""
    with answering(Gateway()) as it:
        it.url += "/send"
        yield it
