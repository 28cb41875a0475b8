"""Where a source leads: connections are made to checked addresses only, whatever the API says."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.egress import parse_egress
from shared.domain.errors import TransientError
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import Serve, failure, read, source
from tests.fakes.gates import Names, gate_with

ROWS = Answer({"data": [{"a": 1}]})
ReaderWith = Callable[..., SourceReader]


def noted(seen: list[Request]) -> Callable[[Request], Answer]:
    """Answers with rows, and keeps what was asked."""

    def answer(request: Request) -> Answer:
        seen.append(request)
        return ROWS

    return answer


@pytest.fixture
def reader_with(tmp_path: Path) -> ReaderWith:
    def build(names: Names, allowed: str = "127.0.0.0/8") -> SourceReader:
        files = DiskFiles(tmp_path, None)
        gate = gate_with(names, parse_egress(allowed))
        return SourceReader(
            own_files=files,
            bucket_files=files,
            secrets=FolderSecrets(tmp_path),
            gate=gate,
            first_pause_seconds=0,
        )

    return build


def test_a_name_is_looked_up_once_and_its_checked_address_is_connected_to(
    serve: Serve, reader_with: ReaderWith
) -> None:
    api = serve(lambda _: ROWS)
    # Who asked a second time would be led elsewhere.
    names = Names({"api.test": [["127.0.0.1"], ["169.254.169.254"]]})
    port = api.url.rpartition(":")[2]

    rows = read(reader_with(names, "api.test"), source(f"http://api.test:{port}", "single_page"))

    assert (rows, names.asked) == ([{"a": 1}], ["api.test"])
    assert api.requests[0].headers["host"] == f"api.test:{port}"


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%2"]]
)
def test_a_name_that_leads_inside_is_refused_for_good_and_its_address_is_not_told(
    reader_with: ReaderWith, addresses: list[str]
) -> None:
    names = Names({"api.example.com": [addresses]})

    said = failure(reader_with(names), source("https://api.example.com", "single_page"))

    assert said.startswith("A source may not ask there: 'api.example.com' leads to an address that is")
    assert not any(address in said for address in addresses)
    assert len(names.asked) == 1


def test_a_name_that_can_not_be_looked_up_is_left_for_later(reader_with: ReaderWith) -> None:
    with pytest.raises(TransientError, match="could not be reached"):
        read(reader_with(Names({})), source("https://api.example.com", "single_page"))


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/token", "http://2852039166/token", "https://me@8.8.8.8/", "http://8.8.8.8/"],
)
def test_a_redirect_to_what_may_not_be_reached_is_not_followed(
    serve: Serve, reader_with: ReaderWith, target: str
) -> None:
    api = serve(lambda _: Answer({}, status=302, headers={"Location": target}))

    said = failure(reader_with(Names({})), source(api.url, "single_page"))

    assert said.startswith("A source may not ask there: '")


def test_a_path_that_is_a_whole_address_is_judged_as_one(serve: Serve, reader_with: ReaderWith) -> None:
    api = serve(lambda _: ROWS)
    leading = source(api.url, "single_page", path="http://metadata.google.internal/token")

    said = failure(reader_with(Names({})), leading)

    assert "'metadata.google.internal' is where a machine gets its own credentials" in said
    assert api.requests == []


def test_a_token_is_fetched_past_the_gate_too(serve: Serve, reader_with: ReaderWith) -> None:
    api = serve(lambda _: ROWS)
    auth = {
        "type": "oauth2_client_credentials",
        "access_token_url": "http://169.254.169.254/token",
        "client_id": "me",
        "client_secret": "hunter2",
    }

    said = failure(reader_with(Names({})), source(api.url, "single_page", auth=auth))

    assert "'169.254.169.254' is where a machine gets its own credentials" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("name", ["Metadata-Flavor", "metadata-flavor ", "Host"])
def test_a_header_that_may_not_be_sent_is_not(serve: Serve, reader_with: ReaderWith, name: str) -> None:
    api = serve(lambda _: ROWS)

    said = failure(reader_with(Names({})), source(api.url, "single_page", headers={name: "Google"}))

    assert (f"the header '{name}'" in said, api.requests) == (True, [])


def test_the_environment_s_proxies_and_passwords_count_nothing(
    serve: Serve, reader_with: ReaderWith, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Request] = []
    api = serve(noted(seen))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login platform password hunter2\n")
    monkeypatch.setenv("NETRC", os.fspath(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    read(reader_with(Names({})), source(api.url, "single_page"))

    assert "authorization" not in seen[0].headers
