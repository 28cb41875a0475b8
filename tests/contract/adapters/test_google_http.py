"""Our HTTP for Google's client libraries does what the session does that it stands for."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.transport.requests import AuthorizedSession
from google.cloud.bigquery.retry import DEFAULT_RETRY

from shared.adapters.google_http import GoogleHttp
from tests.contract.places.web import write_certificate
from tests.patience import PATIENCE_SECONDS

Http = GoogleHttp | AuthorizedSession
Make = Callable[..., Http]
ENVIRONMENT = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Tokens(Credentials):
    """The first token is no longer good, the second is."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "old"

    def refresh(self, request: object) -> None:
        self.token = "new"


class Server(ThreadingHTTPServer):
    """Keeps what it is asked; answers `answer`, or 401 to an old token."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.asked: list[tuple[str, str, bytes]] = []
        self.callers: list[object] = []
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class _Endpoint(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body))
        self.server.callers.append(self.client_address)
        if self.headers.get("Authorization") == "Bearer old":
            self.wfile.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        else:
            self.wfile.write(self.server.answer)
        self.close_connection = b"Connection: close" in self.server.answer

    def do_GET(self) -> None:
        self.do_POST()

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    """An environment that says nothing of HTTP, but for what the test says."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ENVIRONMENT:
            environment.delenv(name, raising=False)
            environment.delenv(name.lower(), raising=False)
        yield environment


@pytest.fixture(params=["session", "ours"])
def make(request: pytest.FixtureRequest, environment: pytest.MonkeyPatch) -> Iterator[Make]:
    """What makes either; all are closed at the end."""
    made: list[Http] = []

    def make(url: str, credentials: Credentials | None = None) -> Http:
        own = credentials or AnonymousCredentials()
        made.append(GoogleHttp(own, url=url) if request.param == "ours" else AuthorizedSession(own))
        return made[-1]

    yield make
    for http in made:
        http.close()


def test_a_call_arrives_as_it_was_made(server: Server, make: Make) -> None:
    http = make(server.url)

    http.request(
        "POST", f"{server.url}/bigquery/v2/a?b=c%20d", data='{"a": "é"}', headers={}, timeout=PATIENCE_SECONDS
    )
    http.request("PUT", f"{server.url}/upload", data=b"\x00\xff", headers={}, timeout=(3, 9))
    http.request("GET", f"{server.url}/bigquery/v2/a%2Fb")

    assert server.asked == [
        ("POST", "/bigquery/v2/a?b=c%20d", '{"a": "é"}'.encode()),
        ("PUT", "/upload", b"\x00\xff"),
        ("GET", "/bigquery/v2/a%2Fb", b""),
    ]


@pytest.mark.parametrize(
    "status", ["200 OK", "404 Not Found", "503 Service Unavailable", "308 Resume Incomplete"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_says_what_it_said(server: Server, make: Make, status: str, packed: bool) -> None:
    body = '{"error": {"message": "é"}}'.encode()
    sent = gzip.compress(body) if packed else body
    encoding = "Content-Encoding: gzip\r\n" if packed else ""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Range: bytes=0-9\r\n{encoding}"
    server.answer = f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent

    answer = make(server.url).request("POST", f"{server.url}/a", data="{}")

    assert (answer.status_code, answer.content) == (int(status[:3]), body)
    assert answer.json() == {"error": {"message": "é"}}
    assert answer.headers["x-range"] == "bytes=0-9"
    assert (answer.request.method, answer.request.url) == ("POST", f"{server.url}/a")


def test_text_that_is_no_json_can_be_read(server: Server, make: Make) -> None:
    server.answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"

    answer = make(server.url).request("GET", server.url)

    assert answer.text == "<html>"
    with pytest.raises(ValueError, match=r"."):
        answer.json()


def test_a_token_that_is_no_longer_good_is_replaced(server: Server, make: Make) -> None:
    answer = make(server.url, Tokens()).request("POST", f"{server.url}/a", data="{}", headers={})

    assert answer.status_code == 200
    assert [path for _, path, _ in server.asked] == ["/a", "/a"]


def test_a_token_that_stays_refused_is_told(server: Server, make: Make) -> None:
    class Refused(Tokens):
        def refresh(self, request: object) -> None:
            """The same again."""

    answer = make(server.url, Refused()).request("GET", server.url, headers={})

    assert (answer.status_code, len(server.asked)) == (401, 3)


def test_one_connection_serves_call_after_call(server: Server, make: Make) -> None:
    http = make(server.url)

    for _ in range(3):
        http.request("GET", server.url)

    assert len(set(server.callers)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"Connection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_tried_again(
    server: Server, make: Make, answer: bytes
) -> None:
    server.answer = answer

    with pytest.raises(requests.RequestException) as failure:
        make(server.url).request("POST", server.url, data="{}", timeout=PATIENCE_SECONDS)

    is_undecodable = isinstance(failure.value, requests.exceptions.ContentDecodingError)
    assert DEFAULT_RETRY._predicate(failure.value) is not is_undecodable


def test_a_host_that_does_not_listen_is_tried_again(make: Make) -> None:
    with pytest.raises(requests.exceptions.ConnectionError) as failure:
        make("http://localhost:9").request("GET", "http://localhost:9/")

    assert DEFAULT_RETRY._predicate(failure.value)


def test_a_host_that_says_nothing_is_tried_again(make: Make) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(requests.exceptions.ReadTimeout) as failure:
            make(url).request("GET", url, timeout=0.1)

    assert DEFAULT_RETRY._predicate(failure.value)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"HTTP_PROXY": "{proxy}"}, ["http://bigquery.test/a"]),
        ({"http_proxy": "{host}"}, ["http://bigquery.test/a"]),
        ({"ALL_PROXY": "{proxy}"}, ["http://bigquery.test/a"]),
        ({"HTTP_PROXY": "{proxy}", "NO_PROXY": ".test"}, []),
    ],
)
def test_calls_go_by_the_proxy_that_the_environment_names(
    server: Server, make: Make, environment: pytest.MonkeyPatch, said: dict[str, str], asked: list[str]
) -> None:
    for name, value in said.items():
        environment.setenv(name, value.format(proxy=server.url, host=f"127.0.0.1:{server.server_port}"))

    try:
        make("http://bigquery.test").request("GET", "http://bigquery.test/a", timeout=PATIENCE_SECONDS)
    except requests.exceptions.ConnectionError:
        assert asked == []

    assert [path for _, path, _ in server.asked] == asked


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", None])
def test_only_a_certificate_that_we_trust_will_do(
    server: Server, make: Make, environment: pytest.MonkeyPatch, tmp_path: Path, variable: str | None
) -> None:
    own = tmp_path / "localhost.pem"
    write_certificate(own, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = server.url.replace("http://", "https://")

    if variable is None:
        with pytest.raises(requests.exceptions.SSLError):
            make(url).request("GET", url, timeout=PATIENCE_SECONDS)
    else:
        environment.setenv(variable, str(own))
        assert make(url).request("GET", url, timeout=PATIENCE_SECONDS).status_code == 200
