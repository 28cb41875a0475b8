"""A source's secrets are for the hosts that it names, wherever an answer leads."""

from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer, Api
from tests.contract.sources.conftest import SECRET
from tests.contract.sources.reading import Serve, Words, failure, read

ROWS = [{"id": 1}]
KEY = {"secret": "api_key"}
HEADERS = ["X-Key", "Authorization", "Cookie"]
IN_ADDRESS = {"type": "api_key", "name": "key", "api_key": KEY, "location": "query"}


def settings_with(words: Words, *, where: str, url: str) -> dict[str, Any]:
    """Settings in which these words stand below the client, the defaults or the endpoint."""
    endpoint = {"path": "v1/costs", "paginator": "single_page", "data_selector": "data"}
    at_endpoint = words if where == "endpoint" else {}
    return {
        "type": "rest_api",
        "client": {"base_url": url, **(words if where == "client" else {})},
        "resource_defaults": {"endpoint": words} if where == "defaults" else {},
        "resources": [{"name": "costs", "endpoint": {**endpoint, **at_endpoint}}],
    }


def leading_to(path: str, *, url: str, **client: Any) -> RestApiSource:
    """A source whose second resource is asked for at an address that says a row of the first."""
    settings = settings_with({}, where="client", url=url)
    settings["client"] |= client
    page = {"paginator": "single_page", "data_selector": "data"}
    settings["resources"].append({"name": "reports", "endpoint": {"path": path, **page}})
    return RestApiSource.model_validate({**settings, "resource": "reports"})


def listing(serve: Serve, elsewhere: Api) -> Api:
    return serve(lambda _: Answer({"data": [{"url": f"{elsewhere.url}/signed?part=1"}]}))


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("where", ["client", "defaults", "endpoint"])
def test_a_redirect_to_another_host_takes_no_secret_header_along(
    serve: Serve, reader: SourceReader, header: str, where: str
) -> None:
    elsewhere = serve(lambda _: Answer({"data": ROWS}))
    api = serve(lambda _: Answer(b"", status=302, headers={"Location": f"{elsewhere.url}/signed"}))
    words = {"headers": {header: KEY, "Accept-Language": "en"}}

    found = read(reader, RestApiSource.model_validate(settings_with(words, where=where, url=api.url)))

    assert found == ROWS
    assert api.requests[0].headers[header.lower()] == SECRET
    assert SECRET not in str(elsewhere.requests)
    assert elsewhere.requests[0].headers["accept-language"] == "en"


@pytest.mark.parametrize(
    "client",
    [
        *({"headers": {header: KEY}} for header in HEADERS),
        {"auth": {"type": "bearer", "token": KEY}},
        {"auth": {"type": "http_basic", "username": "me", "password": KEY}},
    ],
)
def test_an_address_in_a_row_is_asked_without_secrets_where_it_leads_to_another_host(
    serve: Serve, reader: SourceReader, client: Words
) -> None:
    elsewhere = serve(lambda _: Answer({"data": ROWS}))
    api = listing(serve, elsewhere)

    found = read(reader, leading_to("{resources.costs.url}", url=api.url, **client))

    sent = elsewhere.requests[0].headers
    assert found == ROWS
    assert SECRET not in str(elsewhere.requests)
    assert {"authorization", "cookie", "x-key"}.isdisjoint(sent)


def test_a_secret_in_the_address_is_not_sent_to_another_host(serve: Serve, reader: SourceReader) -> None:
    elsewhere = serve(lambda _: Answer({"data": ROWS}))
    api = listing(serve, elsewhere)

    said = failure(reader, leading_to("{resources.costs.url}", url=api.url, auth=IN_ADDRESS))

    assert said == (
        "127.0.0.1: page 1 of /signed is at a host that the source doesn't name, which would be sent a secret"
    )
    assert elsewhere.requests == []


def test_another_host_that_the_source_names_itself_gets_the_secrets(
    serve: Serve, reader: SourceReader
) -> None:
    elsewhere = serve(lambda _: Answer({"data": ROWS}))
    api = listing(serve, elsewhere)
    path = f"{elsewhere.url}/reports"

    assert read(reader, leading_to(path, url=api.url, headers={"X-Key": KEY})) == ROWS
    assert elsewhere.requests[0].headers["x-key"] == SECRET
