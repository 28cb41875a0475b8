"""A push endpoint on a real socket that keeps what it is sent and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.patience import PATIENCE_SECONDS

Answer = Callable[[dict[str, Any]], int]


class Inbox:
    """Requests received so far; `answer` decides the status for each body."""

    def __init__(self, answer: Answer) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.times: list[float] = []
        self._answer = answer
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Endpoint)
        self._server.inbox = self
        self.url = f"http://127.0.0.1:{self._server.server_port}/push?token=1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def receive(self, body: dict[str, Any]) -> int:
        with self._changed:
            self.bodies.append(body)
            self.times.append(time.monotonic())
            self._changed.notify_all()
        return self._answer(body)

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The first `count` bodies, once they have come."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.bodies) >= count, timeout=PATIENCE_SECONDS)
            assert arrived, f"{len(self.bodies)} of {count} deliveries"
            return list(self.bodies[:count])

    def stays_at(self, count: int, *, seconds: float) -> bool:
        """Whether no more than `count` requests come within `seconds`."""
        with self._changed:
            return not self._changed.wait_for(lambda: len(self.bodies) > count, timeout=seconds)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    inbox: Inbox
    daemon_threads = True
    block_on_close = False


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.inbox.receive(body)
        self.send_response(status)
        if status != 102:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
