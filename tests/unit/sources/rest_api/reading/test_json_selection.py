"""Where in an answer something is, and the first part of a path that leads nowhere."""

import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.sources.rest_api.reading.json_selection import json_path, keys_beside, missing_part, names

DAY = {"results": [{"amount": 1}]}


@pytest.mark.parametrize(
    ("path", "document", "missing"),
    [
        ("$", None, None),
        ("data", {"data": None}, None),
        ("data", {"rows": []}, "data"),
        ("data", [], "data"),
        ("data", None, "data"),
        ("a.b.c", {"a": {"x": 1}}, "a.b"),
        ("data[*].results[*]", {"data": [DAY, {}]}, None),
        ("data[*].results[*]", {"data": [{}, {}]}, "data.*.results"),
        ("data[*].results[*]", {"data": []}, None),
        ("data[*]", {"data": {}}, None),
        ("data[*]", {"data": "text"}, "data.*"),
        ("data[0].results", {"data": []}, None),
        ("data[-1:].id", {"data": [{"id": 1}]}, None),
        ("data[?(@.amount > 5)]", {"data": [{"amount": 1}]}, None),
        ("'a.b'.c", {"a.b": {"c": 1}}, None),
    ],
)
def test_the_missing_part_is_the_shortest(path: str, document: JsonValue, missing: str | None) -> None:
    assert missing_part(json_path(path), document) == missing


@pytest.mark.parametrize(
    ("path", "document", "beside"),
    [
        ("data", {"data": [], "next": "a", "none": None, "empty": {}, "zero": 0}, ["next", "zero"]),
        ("a.b", {"a": {"b": [], "c": 1}, "d": 2}, ["d", "c"]),
        ("data[*].x", {"data": [{"x": 1}], "next": 1}, ["next"]),
        ("$", {"a": 1}, ["a"]),
        ("$", [1], []),
        ("data", {"data": {"inner": 1}}, []),
    ],
)
def test_the_keys_beside_the_way_are_those_that_hold_something(
    path: str, document: JsonValue, beside: list[str]
) -> None:
    assert keys_beside(json_path(path), document) == beside


@pytest.mark.parametrize(("path", "way"), [("$.a.b", ["a", "b"]), ("$", []), ("a[*]", None), ("a..b", None)])
def test_only_a_way_of_names_has_names(path: str, way: list[str] | None) -> None:
    assert names(json_path(path)) == way


@pytest.mark.parametrize("text", ["", "data[", "a b"])
def test_what_is_no_path_is_said(text: str) -> None:
    with pytest.raises(StepError, match="is not a path into the answer"):
        json_path(text)
