"""Which queries need not wait for those that may take long."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

_SELECT = "select"


def only_reads(configuration: dict[str, Any]) -> bool:
    """Whether it is one query that changes nothing. A client that waits for the rows of one is soon done."""
    query = configuration["query"]
    if query.get("destinationTable") or query.get("useLegacySql") is True:
        return False
    return _is_query(str(query.get("query", "")))


def reads_nothing(configuration: dict[str, Any]) -> bool:
    """Whether it is one query of constants, such as `SELECT ERROR('…')`: nothing in it can take long."""
    query = configuration.get("query") or {}
    sql = str(query.get("query", "")).strip().lower()
    return sql.startswith(_SELECT) and "from" not in sql and only_reads(configuration)


@lru_cache(maxsize=256)
def _is_query(sql: str) -> bool:
    try:
        statements = [tree for tree in sqlglot.parse(sql, read="bigquery") if tree is not None]
    except sqlglot.errors.SqlglotError:
        # In a lane of its own or not, it is refused.
        return False
    return len(statements) == 1 and isinstance(statements[0], exp.Query)
