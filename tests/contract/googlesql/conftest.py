"""Functions of GoogleSQL, each evaluated as the stand-in does it, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from local.bigquery.catalog import Catalog, Dataset, Table, TableId
from local.bigquery.functions.install import install
from local.bigquery.googlesql.evaluator import Evaluator, arrow_type
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.types import INT64, GoogleType, rest_field
from local.bigquery.parameters import Parameters
from local.bigquery.translate.translator import Translator
from tests.contract.googlesql.agreement import Oracle

Evaluate = Callable[[str], Any]


class Engine:
    """Statements without tables, in a database in memory."""

    def __init__(self) -> None:
        library = Library()
        self._translator = Translator(library)
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        install(self._connection)
        self._evaluator = Evaluator(library, self._connection)
        self.oracle = Oracle(library)
        self._versions: dict[tuple[GoogleType, ...], int] = {}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        [(statement, paths)] = self._translator.split(sql)
        found = self._translator.translate(statement, paths, catalog=Catalog(), project="p")
        self._evaluator.install(dict(found.evaluated))
        who = Parameters(session_user="jdoe@example.com")
        return self._connection.execute(found.sql, who.of(found.sql)).fetchall()

    def column(
        self, expression: str, kinds: list[GoogleType], columns: list[list[Any]]
    ) -> tuple[GoogleType, list[Any]]:
        """The type of an expression over columns `a0`, `a1`, …, and its value for each row."""
        places = pa.array(range(len(columns[0])), type=pa.int64())
        arrays = [
            pa.array(values, type=arrow_type(kind)) for kind, values in zip(kinds, columns, strict=True)
        ]
        # By way of Arrow: as parameters, NaN would be NULL and Decimal('1E+20') another number.
        self._connection.register(
            "probe", pa.table([*arrays, places], names=[*(f"a{at}" for at in range(len(kinds))), "place"])
        )
        [(statement, paths)] = self._translator.split(f"SELECT {expression} FROM d.probe ORDER BY place")
        catalog = self._catalog(tuple(kinds))
        found = self._translator.translate(statement, paths, catalog=catalog, project="p")
        self._evaluator.install(dict(found.evaluated))
        values = [row[0] for row in self._connection.execute(found.sql).fetchall()]
        return found.columns[0][1], values

    def _catalog(self, kinds: tuple[GoogleType, ...]) -> Catalog:
        version = self._versions.setdefault(kinds, len(self._versions) + 1)
        fields = [rest_field(f"a{at}", kind) for at, kind in enumerate(kinds)] + [rest_field("place", INT64)]
        table = Table(TableId("p", "d", "probe"), {"schema": {"fields": fields}}, "probe", version)
        return Catalog({("p", "d"): Dataset("p", "d", {})}, {table.id: table})

    def duckdb_sql(self, sql: str) -> str:
        """What DuckDB is given."""
        [(statement, paths)] = self._translator.split(sql)
        return self._translator.translate(statement, paths, catalog=Catalog(), project="p").sql

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One engine for all tests."""
    one = Engine()
    yield one
    one.close()
