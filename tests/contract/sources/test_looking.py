"""Whoever waits for a REST API's rows may look up between its requests, and end them."""

from collections.abc import Callable

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import NotYetError
from shared.domain.parameter import ParameterValue
from tests.contract.sources.api import Answer, Api, Request
from tests.contract.sources.cost_reports import openai_costs

Serve = Callable[[Callable[[Request], Answer]], Api]
NOVEMBER = ParameterValue(name="date_range", type="date_range", text="2025-11-01/2025-11-02")


def without_rows(request: Request) -> Answer:
    """A page that holds nothing but the way to another one; there are five."""
    number = int(request.parameters.get("page", ["1"])[0])
    return Answer({"data": [], "has_more": number < 5, "next_page": str(number + 1) if number < 5 else None})


def test_pages_without_rows_are_looked_up_between(serve: Serve, reader: SourceReader) -> None:
    api, looks = serve(without_rows), list[int]()

    rows = reader.read(
        openai_costs(api.url),
        tenant_id="acme",
        parameters=(NOVEMBER,),
        look=lambda: looks.append(len(api.requests)),
    )

    assert list(rows) == []
    assert looks == [0, 1, 2, 3, 4]


def test_a_request_that_is_made_again_is_looked_up_before(serve: Serve, reader: SourceReader) -> None:
    statuses, looks = [503, 200], list[int]()
    api = serve(lambda _: Answer({"data": [], "has_more": False, "next_page": None}, status=statuses.pop(0)))

    rows = reader.read(
        openai_costs(api.url),
        tenant_id="acme",
        parameters=(NOVEMBER,),
        look=lambda: looks.append(len(api.requests)),
    )

    assert list(rows) == []
    assert looks == [0, 1]


def test_what_a_look_raises_ends_the_reading(serve: Serve, reader: SourceReader) -> None:
    api = serve(without_rows)

    def look() -> None:
        if len(api.requests) == 3:
            raise NotYetError("wanted no more")

    rows = reader.read(openai_costs(api.url), tenant_id="acme", parameters=(NOVEMBER,), look=look)

    with pytest.raises(NotYetError, match=r"^wanted no more$"):
        list(rows)
    assert len(api.requests) == 3
