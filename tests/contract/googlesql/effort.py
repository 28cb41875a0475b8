"""How hard the properties look for a difference to Google's evaluator.

Each looks at a list of rows in every run of the tests, at another one each time. With AGREEMENT_EFFORT=10 they look at
ten: for whoever changes a template.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.strategies import SearchStrategy

EFFORT = int(os.environ.get("AGREEMENT_EFFORT", "1"))
AS_MANY = settings(max_examples=EFFORT, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def telling(lists: SearchStrategy[list[Any]]) -> SearchStrategy[list[Any]]:
    """But for the one that hypothesis always begins with, which holds NULL alone: the others hold it too."""
    return lists.filter(lambda rows: not all(_is_null(row) for row in rows))


def _is_null(row: Any) -> bool:
    return row is None or (isinstance(row, tuple) and all(value is None for value in row))
