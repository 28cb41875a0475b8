"""What the environment says of HTTP, looked up once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from shared.adapters.http_session import settle

URL = "https://bigquery.googleapis.com"
OTHERS = ("HTTP_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


class _Seen(requests.adapters.HTTPAdapter):
    """Answers every request with nothing, and keeps what it was to be sent with."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: list[str | None] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.headers.append(request.headers.get("Authorization"))
        self.options.append({name: options[name] for name in ("proxies", "verify", "cert")})
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, URL
        response.raw = None
        return response


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    """An environment that says nothing of HTTP, but for what the test says."""
    with pytest.MonkeyPatch.context() as environment:
        for name in (*OTHERS, "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
            environment.delenv(name, raising=False)
        yield environment


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"HTTPS_PROXY": "http://proxy:3128"},
        {"https_proxy": "http://proxy:3128", "NO_PROXY": "localhost,.example.com"},
        {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".googleapis.com"},
        {"ALL_PROXY": "http://proxy:3128"},
        {"REQUESTS_CA_BUNDLE": "/etc/ours.pem"},
        {"CURL_CA_BUNDLE": "/etc/curl.pem"},
    ],
)
def test_a_settled_session_sends_as_an_unsettled_one_does(
    environment: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    for name, value in said.items():
        environment.setenv(name, value)
    seen, session, settled = _Seen(), requests.Session(), requests.Session()
    for each in (session, settled):
        each.mount("https://", seen)
    settle(settled, URL)

    for each in (session, settled):
        each.post(f"{URL}/bigquery/v2/projects/p/queries", data="{}")

    usual, once = seen.options
    usual["proxies"], once["proxies"] = dict(usual["proxies"]), dict(once["proxies"])
    assert once == usual


def test_the_environment_is_asked_no_more(environment: pytest.MonkeyPatch) -> None:
    seen, session = _Seen(), requests.Session()
    session.mount("https://", seen)
    settle(session, URL)

    environment.setenv("HTTPS_PROXY", "http://proxy:3128")
    session.get(URL)

    assert dict(seen.options[0]["proxies"]) == {}


def test_a_password_file_does_not_take_the_place_of_our_token(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine bigquery.googleapis.com login me password mine\n")
    environment.setenv("NETRC", str(tmp_path / "netrc"))
    seen, session = _Seen(), requests.Session()
    session.mount("https://", seen)
    settle(session, URL)

    session.get(URL, headers={"Authorization": "Bearer ours"})

    assert seen.headers == ["Bearer ours"]
