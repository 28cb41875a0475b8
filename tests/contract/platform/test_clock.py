"""The clock that calls the reconciler."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local.reconciler import call, call_every
from local.settings import free_ports
from tests.patience import eventually

SLOW_SECONDS = 0.1


class Endpoint(BaseHTTPRequestHandler):
    """Refuses the first call, says nothing to the second and is slow with all others."""

    server: "Server"

    def do_POST(self) -> None:
        server = self.server
        server.calls += 1
        server.under_way += 1
        server.most_at_once = max(server.most_at_once, server.under_way)
        time.sleep(SLOW_SECONDS)
        server.under_way -= 1
        if server.calls == 2:
            return
        self.send_response(500 if server.calls == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    calls = under_way = most_at_once = 0


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Endpoint) as opened:
        threading.Thread(target=opened.serve_forever, args=(0.02,), daemon=True).start()
        yield opened
        opened.shutdown()


def test_it_goes_on_after_refusals_and_silence_calls_once_at_a_time_and_stops(server: Server) -> None:
    stopping = threading.Event()
    clock = threading.Thread(
        target=call_every, args=(0.01,), kwargs={"port": server.server_port, "stopping": stopping}
    )

    clock.start()
    eventually(lambda: server.calls > 4)
    stopping.set()
    clock.join()

    assert server.most_at_once == 1


def test_where_nobody_listens_there_is_no_status_and_a_line_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [port] = free_ports(1)

    assert call(port) is None
    assert capsys.readouterr().err.startswith("The reconciler did not answer: ")
