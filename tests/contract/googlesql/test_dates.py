"""Functions of dates, times and intervals have the values that Google's reference gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.googlesql.cases.dates import CASES
from tests.contract.googlesql.conformance import assert_case
from tests.contract.googlesql.conftest import Engine


@pytest.mark.parametrize(("function", "sql", "expected"), CASES)
def test_a_function_of_dates_has_google_s_value(
    engine: Engine, function: str, sql: str, expected: Any
) -> None:
    assert_case(engine, sql, expected)
