"""A file of a web server, whose certificate is checked and whose redirects are followed."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError
from shared.domain.parameter import ParameterValue
from tests.contract.places.reading import failure, read, reader_with, source_of
from tests.contract.places.web import open_encrypted, write_certificate
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.gates import Names, gate_with

Serve = Callable[[Callable[[Request], Answer]], Api]

HOST, OTHER = "files.example.com", "cdn.example.com"
TOKEN = "token-not-for-your-eyes"
CSV = Answer(b"a\n1\n", headers={"ETag": '"one"', "Content-Type": "text/csv"})
ROWS = [{"a": "1"}]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "certificate.pem"
    write_certificate(path, HOST, OTHER)
    # The one place where requests takes the authorities from that it trusts.
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(path))
    return path


@pytest.fixture
def serve_encrypted(certificate: Path) -> Iterator[Serve]:
    opened: list[Api] = []

    def open_api(answer: Callable[[Request], Answer]) -> Api:
        opened.append(open_encrypted(answer, certificate))
        return opened[-1]

    yield open_api
    for api in opened:
        api.close()


@pytest.fixture
def reader(tmp_path: Path) -> SourceReader:
    names = Names({HOST: [["127.0.0.1"]], OTHER: [["127.0.0.1"]], "inside.example.com": [["10.0.0.7"]]})
    return reader_with(tmp_path, {"token": TOKEN, "user": "ünal", "password": "pä:ss"}, gate=gate_with(names))


def address(api: Api, path: str = "x/a.csv", *, host: str = HOST) -> str:
    return f"https://{host}:{api.port}/{path}"


def test_a_file_is_read_and_its_version_told(serve_encrypted: Serve, reader: SourceReader) -> None:
    api = serve_encrypted(lambda _: CSV)
    path = address(api, "x/a%20b.csv?day=2025-11-01")

    found = reader.find_files(source_of(path=path), tenant_id="acme", parameters=())

    assert read(reader, path=path) == ROWS
    assert [(each.name, each.size, each.version) for each in found] == [(path, 4, '"one"')]
    assert api.requests[0].parameters == {"day": ["2025-11-01"]}
    assert "authorization" not in api.requests[0].headers


def test_an_address_with_a_date_is_asked_for_each_day_with_values_that_mean_nothing_else(
    serve_encrypted: Serve, reader: SourceReader
) -> None:
    api = serve_encrypted(lambda asked: Answer(f"a\n{asked.path}\n".encode()))
    path = address(api, "{team}/{days:%Y/%m/%d}.csv?day={days_end}")
    parameters = (
        ParameterValue(name="days", type="date_range", text="2025-10-31/2025-11-01"),
        ParameterValue(name="team", type="string", text="a&b ü"),
    )

    rows = read(reader, parameters, path=path)

    assert [str(row["a"]).partition("?")[0] for row in rows] == (
        ["/a%26b%20%C3%BC/2025/10/31.csv", "/a%26b%20%C3%BC/2025/11/01.csv"]
    )
    assert [each.parameters for each in api.requests] == [{"day": ["2025-11-01"]}] * 2


def test_rows_have_what_the_folders_of_an_address_say(serve_encrypted: Serve, reader: SourceReader) -> None:
    api = serve_encrypted(lambda _: CSV)
    path = address(api, "dt%3D2025-11-01/hour=10%253A30/a.csv?x=dt=2/")

    assert read(reader, path=path, folders=["dt", "hour"]) == [
        {"a": "1", "dt": "2025-11-01", "hour": "10:30"}
    ]


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        ({"bearer_token": {"secret": "token"}}, f"Bearer {TOKEN}"),
        (
            {"username": {"secret": "user"}, "password": {"secret": "password"}},
            f"Basic {base64.b64encode('ünal:pä:ss'.encode()).decode()}",
        ),
    ],
)
def test_credentials_are_sent_to_the_host_alone(
    credentials: dict[str, dict[str, str]], sent: str, serve_encrypted: Serve, reader: SourceReader
) -> None:
    elsewhere = serve_encrypted(lambda _: CSV)
    target = address(elsewhere, host=OTHER)
    api = serve_encrypted(lambda _: Answer(b"", 302, {"Location": target}))

    assert read(reader, path=address(api), credentials=credentials) == ROWS
    assert [each.headers.get("authorization") for each in (*api.requests, *elsewhere.requests)] == [
        sent,
        None,
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://files.example.com/a.csv", "is asked over http://"),
        ("https://inside.example.com/a.csv", "an address that is not global"),
        ("https://169.254.169.254/a.csv", "no source may reach it"),
        ("https://metadata.google.internal/a.csv", "no source may reach it"),
    ],
)
def test_a_redirect_passes_the_gate(
    target: str, said: str, serve_encrypted: Serve, reader: SourceReader
) -> None:
    api = serve_encrypted(lambda _: Answer(b"", 302, {"Location": target}))

    assert said in failure(reader, path=address(api))


@pytest.mark.parametrize(
    ("answer", "shows", "said"),
    [
        (Answer(b"", 404), False, "No file matches 'https://files.example.com:"),
        (Answer(b"", 410), False, "No file matches 'https://files.example.com:"),
        (Answer(b"", 401), False, "can't be read: the server asks for credentials; set 'credentials'"),
        (Answer(TOKEN.encode(), 403), True, "the server refuses the credentials; look at their secrets"),
        (Answer(b"", 204), False, "files.example.com answered 204"),
        (Answer(b" <!DOCTYPE HTML><html>Sign in"), False, "is a web page; name the file itself"),
    ],
)
def test_what_is_no_file_says_what_to_do(
    answer: Answer, shows: bool, said: str, serve_encrypted: Serve, reader: SourceReader
) -> None:
    api = serve_encrypted(lambda _: answer)

    message = failure(
        reader, path=address(api), credentials={"bearer_token": {"secret": "token"}} if shows else None
    )

    assert said in message
    assert TOKEN not in message


def test_a_certificate_that_nobody_vouches_for_is_refused(
    serve_encrypted: Serve, reader: SourceReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = serve_encrypted(lambda _: CSV)
    monkeypatch.undo()

    assert "its TLS certificate can't be trusted" in failure(reader, path=address(api))
    assert api.requests == []


def test_a_missing_secret_is_named(serve_encrypted: Serve, reader: SourceReader) -> None:
    api = serve_encrypted(lambda _: CSV)

    with pytest.raises(StepError, match="missing"):
        read(reader, path=address(api), credentials={"bearer_token": {"secret": "missing"}})
