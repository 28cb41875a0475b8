"""What an API answers: rows to the digit, no rows, or something that is no page of rows."""

import gzip
from typing import Any

import pytest
from pydantic import JsonValue

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer
from tests.contract.sources.reading import Serve, failure, read, source

WHERE = "127.0.0.1: page 1 of /v1/costs"
ONE = [{"a": 1}]


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        (Answer(b"", status=204), []),
        (Answer(b""), []),
        (Answer({"data": None, "next": None}), []),
        (Answer({"data": [], "errors": []}), []),
        (Answer({"data": {"k1": 1, "k2": 2}}), [{"k1": 1, "k2": 2}]),
        (
            Answer({"data": [{"a": None, "b": {"c": None}, "d": []}]}),
            [{"a": None, "b": {"c": None}, "d": []}],
        ),
        (Answer(b'\xef\xbb\xbf{"data": [{"a": 1}]}'), ONE),
        (Answer(gzip.compress(b'{"data": [{"a": 1}]}'), headers={"Content-Encoding": "gzip"}), ONE),
        (
            Answer(
                '{"data": [{"a": "é"}]}'.encode(), headers={"Content-Type": "text/plain; charset=latin-1"}
            ),
            [{"a": "é"}],
        ),
        (
            Answer(
                '{"data": [{"a": "é"}]}'.encode("latin-1"),
                headers={"Content-Type": "text/json; charset=latin-1"},
            ),
            [{"a": "é"}],
        ),
        (
            Answer(
                b'{"data": [{"amount": 12345678901234.5678, "count": 9007199254740993, "much": 1e400, "price": 0.1}]}'
            ),
            [{"amount": "12345678901234.5678", "count": "9007199254740993", "much": "1e400", "price": 0.1}],
        ),
    ],
)
def test_an_answer_is_read_to_the_digit(
    serve: Serve, reader: SourceReader, answer: Answer, rows: list[dict[str, JsonValue]]
) -> None:
    api = serve(lambda _: answer)

    assert read(reader, source(api.url)) == rows
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"data": [{"a": NaN}]}', "is not JSON"),
        (b"<html>hello</html>", "is not JSON"),
        (b'{"data": [{"a": 1, "a": 2}]}', "has an object with a field twice"),
        (b'{"data": [{"a": "\xe9"}]}', "is not UTF-8 text"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply"),
        (
            {"error": {"code": "internal"}},
            "has no 'data', which 'data_selector' selects; it has error: {\"code\": \"internal\"}",
        ),
        ({"message": "geheim"}, "has no 'data', which 'data_selector' selects; it has message"),
        ({}, "has no 'data', which 'data_selector' selects; it is an empty object"),
        ([{"a": 1}], "has no 'data', which 'data_selector' selects; it is a list, which '$' selects"),
        ({"data": None, "errors": "no quota"}, "says an error: no quota"),
        ({"data": [], "error": "no quota"}, "says an error: no quota"),
        ({"data": [], "success": False, "message": "geheim"}, "has no rows, and says that 'success' is false"),
        ({"data": None, "status": "Error", "message": "geheim"}, "has no rows, and says that 'status' is error"),
        ({"data": [{"a": 1}], "errors": [{"message": "half"}]}, 'says an error: [{"message": "half"}]'),
    ],
)  # fmt: skip
def test_an_answer_without_the_rows_fails_the_step(
    serve: Serve, reader: SourceReader, body: Any, expected: str
) -> None:
    api = serve(lambda _: Answer(body))

    assert failure(reader, source(api.url)) == f"{WHERE} {expected}"
    assert len(api.requests) == 1


def test_an_error_is_no_row_where_the_answer_itself_is_one(serve: Serve, reader: SourceReader) -> None:
    bodies: list[JsonValue] = [
        {"success": False, "error": {"code": "quota"}},
        {"success": True, "error": None},
    ]
    api = serve(lambda _: Answer(bodies[len(api.requests) - 1]))
    whole = source(api.url, "single_page", data_selector="$")

    assert failure(reader, whole) == f'{WHERE} says an error: {{"code": "quota"}}'
    assert read(reader, whole) == [bodies[1]]


def test_an_error_on_a_later_page_fails_the_step(serve: Serve, reader: SourceReader) -> None:
    api = serve(
        lambda request: Answer({"error": "x"} if request.number("from") else {"data": ONE, "next": "2"})
    )

    assert failure(reader, source(api.url)).startswith("127.0.0.1: page 2 of /v1/costs has no 'data'")


@pytest.mark.parametrize(
    ("selector", "body", "expected"),
    [
        ("data[*].resutls[*]", {"data": [{"results": ONE}]}, "has no 'data.*.resutls'"),
        ("data.items", {"data": {"rows": ONE}}, "has no 'data.items'"),
        ("data[*]", {"data": 5}, "has no 'data.*'"),
        ("data", None, "has no 'data', which 'data_selector' selects; it is a single value"),
        ("$", None, None),
        ("data[*].results[*]", {"data": []}, None),
        ("data[*].results[*]", {"data": [{"results": []}, {}]}, None),
    ],
)
def test_every_part_of_the_selected_path_is_there(
    serve: Serve, reader: SourceReader, *, selector: str, body: JsonValue, expected: str | None
) -> None:
    api = serve(lambda _: Answer(body))
    selecting = source(api.url, data_selector=selector)

    if expected is None:
        assert read(reader, selecting) == []
    else:
        assert failure(reader, selecting).startswith(f"{WHERE} {expected}")
