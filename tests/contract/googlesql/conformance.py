"""What a case of Google's reference gives here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local.bigquery.problem import ApiError
from tests.contract.googlesql.refused import Refused

if TYPE_CHECKING:
    from tests.contract.googlesql.conftest import Engine

_QUERY = re.compile(r"\s*(SELECT|WITH|FROM)\b", re.IGNORECASE)


def assert_case(engine: Engine, sql: str, expected: Any) -> None:
    """Fail unless the expression has the value, the query the rows, or either is refused as expected."""
    is_query = bool(_QUERY.match(sql))
    statement = sql if is_query else f"SELECT {sql}"
    if isinstance(expected, Refused):
        with pytest.raises(ApiError, match=f"(?i){re.escape(expected.word)}"):
            engine.rows(statement)
        return
    rows = engine.rows(statement)
    assert rows == (expected if is_query and isinstance(expected, list) else [(expected,)])
