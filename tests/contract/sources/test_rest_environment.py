"""What a source's settings lack is missing: dlt would look for it in the environment and in files of its own."""

import pytest
from dlt.common.configuration.container import Container
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

from shared.adapters.source_reader import SourceReader
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer
from tests.contract.sources.reading import Serve, Words, failure, read, source

PLATFORMS_OWN = "the-platform-s-own"
FIELDS = ("TOKEN", "API_KEY", "USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN_URL")
SECTIONS = ("", "CREDENTIALS__", "SOURCES__", "SOURCES__REST_API__", "SOURCES__CREDENTIALS__")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has whatever a source may lack, wherever dlt looks for it."""
    for section in SECTIONS:
        for field in FIELDS:
            monkeypatch.setenv(f"{section}{field}", PLATFORMS_OWN)


def with_auth(url: str, auth: object) -> RestApiSource:
    """A source whose `auth` nobody has checked."""
    told = source(url, "single_page").model_dump()
    return RestApiSource.model_validate({**told, "client": {"base_url": url, "auth": auth}})


@pytest.mark.parametrize(
    "auth",
    [
        {},
        {"token": None},
        {"type": "bearer"},
        {"type": "api_key", "name": "X-Key"},
        {"type": "api_key", "name": "X-Key", "api_key": None},
        {"type": "http_basic", "username": "me"},
        {"type": "http_basic", "username": "me", "password": None},
        {"type": "oauth2_client_credentials"},
        {"type": "oauth2_client_credentials", "client_id": "me", "client_secret": None},
        "bearer",
        "api_key",
        "http_basic",
        "oauth2_client_credentials",
    ],
)
def test_nothing_of_the_environment_is_sent_in_place_of_what_auth_lacks(
    serve: Serve, reader: SourceReader, auth: object
) -> None:
    api = serve(lambda _: Answer({"data": [{"id": 1}]}))

    said = failure(reader, with_auth(api.url, auth))

    assert said == "the source can't be read with these settings; `convergence validate` may say why"
    assert api.requests == []


def test_nothing_that_dlt_would_ask_is_left_once_a_source_was_read(
    serve: Serve, reader: SourceReader
) -> None:
    api = serve(lambda _: Answer({"data": [{"id": 1}]}))
    auth: Words = {"type": "bearer", "token": "t"}

    assert read(reader, with_auth(api.url, auth)) == [{"id": 1}]
    assert api.requests[0].headers["authorization"] == "Bearer t"
    providers = Container()[PluggableRunContext].providers.providers
    assert [provider.name for provider in providers] == ["Dictionary Provider"]
