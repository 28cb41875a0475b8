"""One statement, translated: what it is, what it reads and writes, and how DuckDB carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from local.bigquery.answer import Answer, build_answer
from local.bigquery.catalog import TableId
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.definition import Definition
from local.bigquery.translate.evaluated import Evaluated

# A table, and the column that it is partitioned by.
Unfiltered = tuple[TableId, str]


@dataclass(frozen=True)
class Step:
    """One DuckDB statement that changes rows; its result is their number.

    `action` is INSERT, UPDATE or DELETE; "" where the result is a column with one of these for each row.
    """

    sql: str
    action: str


@dataclass(frozen=True)
class Change:
    """What a DML statement does: DuckDB statements, to be carried out in this order.

    First `before`. Then `check`: if it yields a row, the statement is refused with `refusal`. Then `steps`, last
    `after`.
    """

    steps: tuple[Step, ...]
    before: tuple[str, ...] = ()
    check: str = ""
    refusal: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A translated statement.

    `kind` is BigQuery's `statementType`. `sql` yields `columns` in their order, for a query and for what is made of
    one; of a query, `delivered` does so in forms that Python reads. `change` is there for DML. `target` is the table
    that is written or defined. `definition` is there for DDL.
    """

    kind: str
    columns: tuple[tuple[str, GoogleType], ...] = ()
    sql: str = ""
    delivered: str = ""
    change: Change | None = None
    reads: tuple[TableId, ...] = ()
    target: TableId | None = None
    definition: Definition | None = None
    evaluated: Mapping[str, Evaluated] = field(default_factory=dict)
    # Tables that are read without a condition on the column that they are partitioned by.
    unfiltered: tuple[Unfiltered, ...] = ()

    @cached_property
    def answer(self) -> Answer:
        """How the rows of a query are told."""
        return build_answer(self.columns, sql=self.sql, delivered=self.delivered)

    @property
    def only_reads(self) -> bool:
        """Whether it changes nothing."""
        return self.kind == "SELECT"
