"""An HTTP API on a real socket that keeps what it is asked and answers as a test says."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_MOST_REQUESTS = 50
"""No test needs more; a reader that goes on for ever gets an error instead."""


@dataclass(frozen=True)
class Request:
    """One request; header names are in lower case, parameters are lists by name."""

    path: str
    headers: dict[str, str]
    parameters: dict[str, list[str]]
    body: bytes = b""

    def number(self, name: str, default: int = 0) -> int:
        """The parameter as a number."""
        return int(self.parameters.get(name, [str(default)])[0])


@dataclass(frozen=True)
class Answer:
    """A status, and a body: bytes as they are, anything else as JSON. Status 0 is hung up.

    `body` may also be parts, which are sent one after the other; the header says how the end is told.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """Answers every request by `answer`, for as long as it is open."""

    def __init__(
        self,
        answer: Callable[[Request], Answer],
        *,
        most_requests: int = _MOST_REQUESTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self._answer = answer
        self._most_requests = most_requests
        self._server = _Server(("127.0.0.1", 0), _Endpoint)
        self._server.api = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, request: Request) -> Answer:
        self.requests.append(request)
        if len(self.requests) > self._most_requests:
            return Answer({"error": "asked for ever"}, status=410)
        return self._answer(request)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    api: Api
    daemon_threads = True
    block_on_close = False


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.api.take(Request(url.path, headers, parse_qs(url.query), sent))
        if answer.status == 0:
            return
        if isinstance(answer.body, Iterator):
            self._send(answer, {}, answer.body)
        else:
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self._send(answer, {"Content-Length": str(len(body))}, iter([body]))

    def _send(self, answer: Answer, own: dict[str, str], parts: Iterator[bytes]) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **own, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked has gone
            for part in parts:
                self.wfile.write(part)

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def opened_apis() -> Iterator[Callable[[Callable[[Request], Answer]], Api]]:
    """What opens APIs; at the end all of them are closed."""
    opened: list[Api] = []

    def open_api(answer: Callable[[Request], Answer]) -> Api:
        opened.append(Api(answer))
        return opened[-1]

    yield open_api
    for api in opened:
        api.close()
