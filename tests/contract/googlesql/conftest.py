"""Functions of GoogleSQL, each evaluated as the stand-in does it, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pytest

from local.bigquery.catalog import Catalog
from local.bigquery.functions.install import install
from local.bigquery.googlesql.evaluator import Evaluator
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.translator import Translator
from tests.contract.googlesql.agreement import Oracle

Evaluate = Callable[[str], Any]


class Engine:
    """Statements without tables, in a database in memory."""

    def __init__(self) -> None:
        library = Library()
        self._translator = Translator(library)
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        install(self._connection)
        self._evaluator = Evaluator(library, self._connection)
        self.oracle = Oracle(library)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        [(statement, paths)] = self._translator.split(sql)
        found = self._translator.translate(statement, paths, catalog=Catalog(), project="p")
        self._evaluator.install(dict(found.evaluated))
        return self._connection.execute(found.sql).fetchall()

    def typed_rows(
        self, sql: str, parameters: Mapping[str, GoogleType], values: dict[str, Any]
    ) -> tuple[GoogleType, list[tuple[Any, ...]]]:
        """The type of a query's first column, and its rows."""
        [(statement, paths)] = self._translator.split(sql)
        found = self._translator.translate(statement, paths, catalog=Catalog(), project="p", parameters=parameters)
        self._evaluator.install(dict(found.evaluated))
        return found.columns[0][1], self._connection.execute(found.sql, values).fetchall()

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
