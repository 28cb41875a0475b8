"""What fails, what is asked for again, and what is said of it: the API's words without secrets, the page, the path."""

import base64
import gzip
import re
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import TransientError
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.conftest import SECRET
from tests.contract.sources.reading import Serve, Words, failure, read, source

BEARER: Words = {"type": "bearer", "token": {"secret": "api_key"}}
ONE = [{"a": 1}]


@pytest.mark.parametrize(
    "broken",
    [
        Answer(status=0),
        Answer(b'{"data": [', headers={"Content-Length": "5000"}),
        Answer(b'{"data": ['),
        Answer(b'{"data": [{"a": "b'),
        Answer(gzip.compress(b'{"data": []}' * 999)[:40], headers={"Content-Encoding": "gzip"}),
        Answer(b"", status=202),
        Answer({"data": [{"a": 0}]}, status=202),
        Answer(b"oops", status=500),
        Answer(b"slow down", status=429, headers={"Retry-After": "0"}),
    ],
)
def test_what_breaks_in_mid_answer_is_asked_for_again(
    serve: Serve, reader: SourceReader, broken: Answer
) -> None:
    api = serve(lambda _: broken if len(api.requests) < 3 else Answer({"data": ONE}))

    assert read(reader, source(api.url)) == ONE
    assert len(api.requests) == 3


CHUNKED = {"Transfer-Encoding": "chunked"}


def test_an_answer_in_chunks_is_read_to_its_last(serve: Serve, reader: SourceReader) -> None:
    parts = [b'c\r\n{"data": [{"\r\n', b'8\r\na": 1}]}\r\n', b"0\r\n\r\n"]
    api = serve(lambda _: Answer(iter(parts[: len(api.requests)]), headers=CHUNKED))

    assert read(reader, source(api.url)) == ONE
    assert len(api.requests) == 3


def test_an_answer_that_never_ends_is_left(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer(repeat(b" " * 1_000_000)))

    assert failure(reader, source(api.url)) == (
        "127.0.0.1: page 1 of /v1/costs is larger than 100,000,000 bytes; ask for smaller pages"
    )


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (Answer(status=0), "127.0.0.1 could not be reached, asked for page 1 of /v1/costs"),
        (
            Answer(b'{"data": [', headers={"Content-Length": "5000"}),
            "127.0.0.1 broke off its answer, asked for page 1 of /v1/costs",
        ),
        (Answer(b'{"data": ['), "127.0.0.1 broke off page 1 of /v1/costs"),
        (Answer(b"", status=202), "127.0.0.1 has not prepared page 1 of /v1/costs yet"),
        (
            Answer(b"<html><style>p {}</style><p>no\n  luck</p></html>", status=503),
            "127.0.0.1 answered 503 Service Unavailable for page 1 of /v1/costs: no luck",
        ),
    ],
)
def test_what_stays_broken_is_left_for_later(
    serve: Serve, reader: SourceReader, broken: Answer, expected: str
) -> None:
    api = serve(lambda _: broken)

    with pytest.raises(TransientError) as caught:
        read(reader, source(api.url))

    assert (str(caught.value), caught.value.kind) == (expected, "unavailable")
    assert len(api.requests) == 3


@pytest.mark.parametrize(
    ("status", "reason"), [(206, "Partial Content"), (304, "Not Modified"), (410, "Gone")]
)
def test_a_status_that_is_no_success_fails_the_step(
    serve: Serve, reader: SourceReader, status: int, reason: str
) -> None:
    api = serve(lambda _: Answer(b'{"data": []}' if status != 304 else b"", status=status))

    message = failure(reader, source(api.url))

    assert message.startswith(f"127.0.0.1 answered {status} {reason} for page 1 of /v1/costs")


def test_a_status_may_be_ignored_on_purpose(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"error": "nothing for that day"}, status=404))
    ignoring = source(api.url, response_actions=[{"status_code": 404, "action": "ignore"}])

    assert read(reader, ignoring) == []


FETCHED = "eyJhbGciOi.J9.fetched-token"
CREDENTIALS: Words = {
    "type": "oauth2_client_credentials",
    "client_id": "me",
    "client_secret": {"secret": "api_key"},
}
BASIC = base64.b64encode(f"me:{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("auth", "seen"),
    [
        (BEARER, {"authorization": f"Bearer {SECRET}"}),
        ({"token": {"secret": "api_key"}}, {"authorization": f"Bearer {SECRET}"}),
        ({"type": "api_key", "name": "X-Key", "api_key": {"secret": "api_key"}}, {"x-key": SECRET}),
        (
            {"type": "http_basic", "username": "me", "password": {"secret": "api_key"}},
            {"authorization": f"Basic {BASIC}"},
        ),
        (CREDENTIALS, {"authorization": f"Bearer {FETCHED}"}),
        ({"type": "api_key", "name": "key", "api_key": {"secret": "api_key"}, "location": "query"}, {}),
    ],
)  # fmt: skip
def test_every_way_to_authenticate_is_used_and_never_told(
    serve: Serve, reader: SourceReader, auth: dict[str, Any], seen: dict[str, str]
) -> None:
    def respond(request: Request) -> Answer:
        if request.path == "/token":
            assert SECRET.encode() in request.body
            return Answer({"access_token": FETCHED, "expires_in": 60})
        told = (
            f"not {' '.join(request.headers.values())} with {request.parameters}, token=abc sk-abcdefghijk12"
        )
        return Answer({"error": told}, status=403)

    api = serve(respond)
    token = {"access_token_url": f"{api.url}/token"} if auth is CREDENTIALS else {}

    message = failure(reader, source(api.url, auth={**auth, **token}))

    asked = api.requests[-1]
    assert {name: asked.headers[name] for name in seen} == seen
    assert bool(seen) or asked.parameters["key"] == [SECRET]
    assert message.startswith('127.0.0.1 answered 403 Forbidden for page 1 of /v1/costs: {"error": "not ')
    for secret in (SECRET, BASIC, FETCHED, "abc", "sk-"):
        assert secret not in message
    assert len(message) < 400


def test_a_token_that_is_refused_says_so(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"error": "invalid_client", "hint": SECRET}, status=401))
    auth = {**CREDENTIALS, "access_token_url": f"{api.url}/token"}

    assert failure(reader, source(api.url, auth=auth)) == (
        "127.0.0.1 answered 401 Unauthorized for page 1 of /token: "
        '{"error": "invalid_client", "hint": "(secret not shown)"}'
    )


def test_a_redirect_to_another_host_is_not_sent_the_secret(serve: Serve, reader: SourceReader) -> None:
    elsewhere = serve(lambda _: Answer({"data": ONE}))
    api = serve(lambda _: Answer(b"", status=302, headers={"Location": f"{elsewhere.url}/signed"}))
    auth = {"type": "api_key", "name": "X-Key", "api_key": {"secret": "api_key"}}

    assert read(reader, source(api.url, auth=auth)) == ONE
    assert api.requests[0].headers["x-key"] == SECRET
    assert "x-key" not in elsewhere.requests[0].headers


@pytest.mark.parametrize("location", ["/v1/costs", "ftp://example.com/"])
def test_a_redirect_that_leads_nowhere_fails_the_step(
    serve: Serve, reader: SourceReader, location: str
) -> None:
    api = serve(lambda _: Answer(b"", status=302, headers={"Location": location}))

    assert failure(reader, source(api.url)).startswith(
        "127.0.0.1 could not be asked for page 1 of /v1/costs: "
    )


@pytest.mark.parametrize("character", ["\u20ac", "a\nb"])
def test_a_secret_that_no_header_may_hold_is_not_told(
    serve: Serve, reader: SourceReader, tmp_path: Path, character: str
) -> None:
    (tmp_path / "acme" / "secrets" / "api_key.txt").write_text(f"x{character}x")
    api = serve(lambda _: Answer({"data": ONE}))

    message = failure(reader, source(api.url, auth=BEARER))

    assert "a character that no header may have" in message
    assert character not in message


def test_a_secret_in_the_path_is_not_told(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer("no", status=404))

    message = failure(reader, source(api.url, path={"secret": "api_key"}))

    assert message == '127.0.0.1 answered 404 Not Found for page 1 of /(secret not shown): "no"'


@pytest.mark.parametrize(
    "body", [b"x", {"error": 1}, [1], {"data": [1]}, {"data": 1}, None, b"\xff", {"data": "x"}, 5]
)
def test_no_error_names_a_class_of_python(serve: Serve, reader: SourceReader, body: Any) -> None:
    api = serve(lambda _: Answer(body))

    message = failure(reader, source(api.url))

    assert re.search(r"[a-z](Error|Exception|Paginator)\b|Traceback|object at 0x", message) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"paginator": None}, "'paginator' of the resource 'costs' is missing"),
        ({"paginator": "auto"}, "the resource 'costs' does not say how it is paged"),
        ({"data_selector": None}, "'data_selector' of the resource 'costs' is missing"),
        ({"data_selector": "data["}, "'data[' is not a path into the answer, such as data.items"),
        (
            {"paginator": {"type": "offst"}},
            "the source can't be read with these settings; `convergence validate` may say why",
        ),
    ],
)  # fmt: skip
def test_settings_that_were_never_checked_are_not_guessed(
    reader: SourceReader, words: Words, expected: str
) -> None:
    assert failure(reader, source("http://127.0.0.1:9", **words)) == expected
