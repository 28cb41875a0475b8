"""Objects of Azure Blob Storage: of Azurite where it is installed, and of a server that answers as is documented."""

import hmac
import socket
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from shutil import which
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import requests

from local.settings import free_ports
from shared.adapters.source_reader import SourceReader
from tests.contract.places.reading import failure, read, reader_with, source_of
from tests.contract.sources.api import Answer, Api, Request
from tests.patience import PATIENCE_SECONDS

Serve = Callable[[Callable[[Request], Answer]], Api]

ACCOUNT = "devstoreaccount1"
# The key that everybody's emulator has ("Azurite", learn.microsoft.com).
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
WRONG = "AAAAvdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
TOKEN = "sv=2021-12-02&sig=not-for-your-eyes"
BY_KEY = {"account_key": {"secret": "key"}}
BY_TOKEN = {"sas_token": {"secret": "token"}}
OBJECTS = {"a.csv": "1", "x/y/b.csv": "2", "x//c.csv": "3", "x/d e+ä%20.csv": "4"}
_BLOB = {"x-ms-blob-type": "BlockBlob"}
_PLACES = "build/azurite/node_modules/.bin"


@pytest.fixture
def reader(tmp_path: Path) -> SourceReader:
    return reader_with(tmp_path, {"key": KEY, "wrong": WRONG, "token": TOKEN})


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = which("azurite-blob") or which("azurite-blob", path=_PLACES)
    if program is None:
        pytest.skip("Azurite is not installed: npm install --prefix build/azurite azurite")
    [port] = free_ports(1)
    place = tmp_path_factory.mktemp("azurite")
    words = ["--blobPort", str(port), "--location", str(place), "--silent", "--disableTelemetry"]
    with subprocess.Popen([program, *words, "--skipApiVersionCheck"]) as server:
        url = f"http://127.0.0.1:{port}/{ACCOUNT}"
        _await(port, server)
        _fill(url)
        yield url
        server.terminate()


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("Azurite does not start")


def _fill(url: str) -> None:
    for path, body, headers in (
        ("exports", "", {}),
        *((f"exports/{quote(name)}", f"a\n{value}\n", _BLOB) for name, value in OBJECTS.items()),
    ):
        query = "" if "/" in path else "?restype=container"
        answer = requests.put(
            f"{url}/{path}{query}",
            data=body.encode(),
            headers=headers,
            auth=_signed,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.ok, answer.text


def _signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Signed with the account's key ("Authorize with Shared Key", learn.microsoft.com/rest/api/storageservices)."""
    request.headers["x-ms-date"] = formatdate(usegmt=True)
    request.headers["x-ms-version"] = "2021-12-02"
    own = "".join(
        f"{name}:{request.headers[name]}\n" for name in sorted(request.headers) if name.startswith("x-ms-")
    )
    address = urlsplit(request.url or "")
    asked = "".join(f"\n{name}:{value}" for name, value in sorted(parse_qsl(address.query)))
    # Its language and encoding come before its length, its checksum, type, date, conditions and range after.
    length = request.headers["Content-Length"].removeprefix("0")
    text = "PUT\n\n\n" + length + "\n" * 9 + f"{own}/{ACCOUNT}{address.path}{asked}"
    signature = b64encode(hmac.digest(b64decode(KEY), text.encode(), "sha256")).decode()
    request.headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature}"
    return request


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("*.csv", ["1"]),
        ("**", ["1", "3", "4", "2"]),
        ("x/*.csv", ["4"]),
        ("x//c.csv", ["3"]),
        ("x/d e+ä%20.csv", ["4"]),
    ],
)
def test_azurite_gives_its_objects_to_who_has_the_key(
    path: str, values: list[str], azurite: str, reader: SourceReader
) -> None:
    found = read(reader, path=f"az://exports/{path}", account=ACCOUNT, endpoint=azurite, credentials=BY_KEY)

    assert [row["a"] for row in found] == values


@pytest.mark.parametrize(
    ("path", "credentials", "said"),
    [
        ("none.csv", BY_KEY, "No file matches 'az://exports/none.csv'"),
        ("none*.csv", BY_KEY, "No file matches 'az://exports/none*.csv'"),
        ("a.csv", {"account_key": {"secret": "wrong"}}, "az://exports/a.csv can't be read: the credentials"),
        ("*.csv", BY_TOKEN, "az://exports/*.csv can't be read: the credentials"),
        ("a.csv", None, "az://exports/a.csv can't be read: "),
    ],
)
def test_azurite_refuses_who_has_not(
    path: str, credentials: object, said: str, azurite: str, reader: SourceReader
) -> None:
    message = failure(
        reader, path=f"az://exports/{path}", account=ACCOUNT, endpoint=azurite, credentials=credentials
    )

    assert said in message
    assert "sig=" not in message


def page(*blobs: str, marker: str = "") -> Answer:
    """An answer to List Blobs, as it is documented, with the mark that it begins with."""
    listed = "".join(f"<Blob>{blob}</Blob>" for blob in blobs)
    return Answer(
        f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>{listed}</Blobs>'
        f"<NextMarker>{marker}</NextMarker></EnumerationResults>".encode()
    )


def blob(name: str, more: str = "") -> str:
    return (
        f"<Name>{name}</Name><Properties><Etag>0x8D</Etag><Content-Length>4</Content-Length>{more}</Properties>"
        "<OrMetadata/>"
    )


def test_a_list_of_several_pages_is_read_to_its_end_with_the_token(
    serve: Serve, reader: SourceReader
) -> None:
    folder = blob("x/folder.csv", "<ResourceType>directory</ResourceType>")
    encoded = blob("@").replace("<Name>@", '<Name Encoded="true">x/%EF%BF%BF.csv')
    pages = {"": page(blob("x/b.csv"), folder, marker="2"), "2": page(encoded, blob("x/a.csv"))}

    def answer(request: Request) -> Answer:
        if request.parameters.get("comp") == ["list"]:
            return pages[request.parameters.get("marker", [""])[0]]
        return Answer(b"a\n1\n", headers={"ETag": '"0x8D"'})

    api = serve(answer)

    rows = read(reader, path="az://exports/x/*.csv", account="acme", endpoint=api.url, credentials=BY_TOKEN)

    assert len(rows) == 3
    assert all(each.parameters["sig"] == ["not-for-your-eyes"] for each in api.requests)
    assert [each.headers.get("if-match") for each in api.requests] == [None, None, *['"0x8D"'] * 3]
    assert {each.headers["x-ms-version"] for each in api.requests} == {"2021-12-02"}


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AuthenticationFailed", "the account does not know the credentials, or they have expired"),
        (403, "AuthorizationPermissionMismatch", "the credentials do not allow it"),
        (409, "PublicAccessNotPermitted", "it is not public; set 'credentials'"),
        (409, "BlobArchived", "it is in the archive tier"),
        (404, "ContainerNotFound", "No file matches"),
        (400, "Strange", "127.0.0.1 answered 400 (Strange)"),
    ],
)
def test_a_refusal_says_what_to_do_and_no_token(
    status: int, code: str, said: str, serve: Serve, reader: SourceReader
) -> None:
    api = serve(lambda _: Answer(TOKEN.encode(), status, {"x-ms-error-code": code}))

    for path in ("az://exports/a.csv", "az://exports/*.csv"):
        message = failure(reader, path=path, account="acme", endpoint=api.url, credentials=BY_TOKEN)
        assert said in message
        assert "not-for-your-eyes" not in message


def test_rows_have_what_the_folders_of_their_object_say(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer(b"a\n1\n", headers={"ETag": '"0x8D"'}))
    path = "az://exports/dt=2025-11-01/provider=a%3Ab/a.csv"

    rows = read(reader, path=path, account="acme", endpoint=api.url, folders=["dt", "provider"])

    assert rows == [{"a": "1", "dt": "2025-11-01", "provider": "a:b"}]


def test_the_version_of_an_object_is_told(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer(b"a\n1\n", headers={"ETag": '"0x8D"'}))
    source = source_of(path="az://exports/a.csv", account="acme", endpoint=api.url)

    found = reader.find_files(source, tenant_id="acme", parameters=())

    assert [(each.name, each.size, each.version) for each in found] == [("az://exports/a.csv", 4, '"0x8D"')]
