"""Braces in what secrets and parameters stand for reach the API as they are, wherever they are sent."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.parameter import ParameterValue
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import Serve, source

SECRET = "pa{ss}wo{{rd}}"
FILTER = '{"project":"x"}'
GIVEN = (ParameterValue(name="filter", type="string", text=FILTER),)
KEY = {"secret": "api_key"}
PARAMETER = {"parameter": "filter"}


@pytest.fixture
def api_key(tmp_path: Path, reader: SourceReader) -> None:
    (tmp_path / "acme" / "secrets" / "api_key.txt").write_text(SECRET)


def asked(serve: Serve, reader: SourceReader, **words: Any) -> Request:
    """The one request that reads such an endpoint."""
    api = serve(lambda _: Answer({"data": []}))
    rest = source(api.url, "single_page", **words)
    list(reader.read(rest, tenant_id="acme", parameters=GIVEN))
    (request,) = api.requests
    return request


@pytest.mark.usefixtures("api_key")
def test_braces_are_sent_as_they_are(serve: Serve, reader: SourceReader) -> None:
    request = asked(
        serve,
        reader,
        method="POST",
        path="of/{project}/{{costs}}",
        params={"project": PARAMETER, "key": KEY, "all": [PARAMETER, "{{a}}"]},
        headers={"X-Key": KEY, "X-Mine": "{{a}}"},
        json={"filter": PARAMETER, "in": [{"key": KEY}], "query": "{{ costs }}"},
    )

    assert unquote(request.path) == f"/of/{FILTER}/{{costs}}"
    assert request.parameters == {"key": [SECRET], "all": [FILTER, "{a}"]}
    assert (request.headers["x-key"], request.headers["x-mine"]) == (SECRET, "{a}")
    assert json.loads(request.body) == {"filter": FILTER, "in": [{"key": SECRET}], "query": "{ costs }"}


@pytest.mark.usefixtures("api_key")
def test_braces_in_a_whole_path_and_a_body_of_text_are_sent_as_they_are(
    serve: Serve, reader: SourceReader
) -> None:
    assert unquote(asked(serve, reader, path=KEY).path) == f"/{SECRET}"
    assert asked(serve, reader, method="POST", data=PARAMETER).body == FILTER.encode()
