"""Functions of JSON have the values that Google's reference gives."""

from __future__ import annotations

from typing import Any

import pytest

from local.bigquery.googlesql.json_text import rounded
from tests.contract.googlesql.cases.json_values import CASES
from tests.contract.googlesql.conformance import assert_case
from tests.contract.googlesql.conftest import Engine


@pytest.mark.parametrize(("function", "sql", "expected"), CASES)
def test_a_function_of_json_has_google_s_value(
    engine: Engine, function: str, sql: str, expected: Any
) -> None:
    assert_case(engine, sql, expected)


_WIDE = (
    "[1.10,12345678901234567890123,1234567890123456.0,-4503599627370497.5,0.12345678901234567890123,1e15,9e15,"
    "18446744073709551616,1e301]"
)


def test_a_loaded_json_value_has_the_text_that_google_s_evaluator_writes(engine: Engine) -> None:
    [(text,)] = engine.rows(f"SELECT TO_JSON_STRING(PARSE_JSON('{_WIDE}', wide_number_mode => 'round'))")

    assert rounded(_WIDE) == text
