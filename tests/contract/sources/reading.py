"""Sources with one endpoint, and what reading them gives."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import JsonValue

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.reader import one_by_one

Respond = Callable[[Request], Answer]
Serve = Callable[[Respond], Api]
Words = dict[str, Any]

CURSOR: Words = {"type": "cursor", "cursor_path": "next", "cursor_param": "from"}


def source(
    url: str, paginator: str | Words | None = CURSOR, *, auth: Words | None = None, **more: Any
) -> RestApiSource:
    """A source of `v1/costs` whose rows are in `data`; `more` are words of its endpoint."""
    endpoint = {"path": "v1/costs", "paginator": paginator, "data_selector": "data", **more}
    return RestApiSource.model_validate(
        {
            "type": "rest_api",
            "client": {"base_url": url, **({"auth": auth} if auth else {})},
            "resources": [{"name": "costs", "endpoint": endpoint}],
        }
    )


def read(reader: SourceReader, source: RestApiSource) -> list[dict[str, JsonValue]]:
    """All rows of the source."""
    return list(one_by_one(reader.read(source, tenant_id="acme", parameters=())))


def failure(reader: SourceReader, source: RestApiSource) -> str:
    """What is said of a source that can't be read."""
    with pytest.raises(StepError) as caught:
        read(reader, source)
    return str(caught.value)
