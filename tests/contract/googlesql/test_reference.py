"""Every function of Google's reference has a case, and every case a function or an operator of it."""

from __future__ import annotations

import re

from docs.bigquery_parts import CASES, LISTED
from tests.contract.googlesql.cases.operators import CASES as OPERATORS


def test_every_function_of_the_reference_has_a_case() -> None:
    assert sorted(LISTED - {name for name, _sql, _expected in CASES}) == []


def test_every_case_is_of_a_function_of_the_reference_or_of_an_operator() -> None:
    others = {name for name, _sql, _expected in CASES} - LISTED

    assert sorted(others - {name for name, _sql, _expected in OPERATORS} - {"INTERVAL"}) == []


def test_a_case_uses_the_function_that_it_is_of() -> None:
    apart = [
        (name, sql)
        for name, sql, _expected in CASES
        if name in LISTED and not re.search(rf"(?i)(?<![\w.]){re.escape(name)}\b", sql)
    ]

    assert apart == []
