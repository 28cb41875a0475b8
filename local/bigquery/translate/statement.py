"""One statement, translated: what it is, what it reads and writes, and how DuckDB carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.bigquery.catalog import TableId
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.evaluated import Evaluated


@dataclass(frozen=True)
class Change:
    """What a DML statement does, step by step; every step is DuckDB SQL.

    `before` are set-up statements. `check` yields a row if the change must be refused with `refusal`. `sql` changes
    the table; its result is the number of rows, or with `by_action` a column with INSERT, UPDATE or DELETE for each.
    `after` cleans up.
    """

    sql: str
    before: tuple[str, ...] = ()
    check: str = ""
    refusal: str = ""
    by_action: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A translated statement.

    `kind` is BigQuery's `statementType`. `sql` yields `columns` in their order, for a query and for what is made of
    one; `change` is there for DML. `target` is the table that is written or defined. `resolved` is the analyzer's
    statement, which definitions are carried out from.
    """

    kind: str
    columns: tuple[tuple[str, GoogleType], ...] = ()
    sql: str = ""
    change: Change | None = None
    reads: tuple[TableId, ...] = ()
    target: TableId | None = None
    resolved: Any = None
    evaluated: Mapping[str, Evaluated] = field(default_factory=dict)

    @property
    def only_reads(self) -> bool:
        """Whether it changes nothing."""
        return self.kind == "SELECT"
