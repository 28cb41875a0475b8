"""Datasets, tables and views: what is known of them beside their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from local.bigquery.googlesql.types import GoogleType, type_of_rest

# Beside a view's query in its resource: the dataset that its unqualified tables are in. Never shown.
VIEW_DATASET = "defaultDataset"


class TableId(NamedTuple):
    """A table's full name."""

    project: str
    dataset: str
    table: str

    def __str__(self) -> str:
        """As BigQuery's messages spell it."""
        return f"{self.project}:{self.dataset}.{self.table}"


@dataclass(frozen=True)
class Dataset:
    """A dataset: its name and its REST resource."""

    project: str
    dataset: str
    resource: dict[str, Any]

    @property
    def location(self) -> str:
        """Where it lies; US unless its creator said."""
        return str(self.resource.get("location") or "US")


@dataclass(frozen=True)
class Table:
    """A table or view: its name, its REST resource with `schema`, and where DuckDB keeps its rows.

    `storage` is a quoted DuckDB name; "" for a view, whose `view` is its GoogleSQL. `version` differs between any
    two tables, and between a table before and after a change of its columns or its SQL.
    """

    id: TableId
    resource: dict[str, Any]
    storage: str
    version: int
    view: str = ""

    @property
    def is_view(self) -> bool:
        """Whether it has no rows of its own."""
        return not self.storage

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Its columns as REST `TableFieldSchema`s."""
        return list((self.resource.get("schema") or {}).get("fields") or [])

    @cached_property
    def columns(self) -> list[tuple[str, GoogleType]]:
        """Its columns' names and types."""
        return [(one["name"], type_of_rest(one)) for one in self.fields]


@dataclass(frozen=True)
class Catalog:
    """All datasets and tables of one moment. Never changed: a change makes another one."""

    datasets: dict[tuple[str, str], Dataset] = field(default_factory=dict)
    tables: dict[TableId, Table] = field(default_factory=dict)

    def dataset(self, project: str, dataset: str) -> Dataset | None:
        """The dataset, or None."""
        return self.datasets.get((project, dataset))

    def table(self, id: TableId) -> Table | None:
        """The table or view, or None."""
        return self.tables.get(id)

    def tables_of(self, project: str, dataset: str) -> Iterator[Table]:
        """The dataset's tables and views."""
        return (one for one in self.tables.values() if one.id[:2] == (project, dataset))

    def with_table(self, table: Table) -> Catalog:
        """With `table` in the place of what had its name."""
        return replace(self, tables={**self.tables, table.id: table})

    def without_table(self, id: TableId) -> Catalog:
        """Without the table."""
        return replace(self, tables={key: one for key, one in self.tables.items() if key != id})

    def with_dataset(self, dataset: Dataset) -> Catalog:
        """With `dataset` in the place of what had its name."""
        return replace(self, datasets={**self.datasets, (dataset.project, dataset.dataset): dataset})

    def without_dataset(self, project: str, dataset: str) -> Catalog:
        """Without the dataset and its tables."""
        tables = {key: one for key, one in self.tables.items() if key[:2] != (project, dataset)}
        datasets = {key: one for key, one in self.datasets.items() if key != (project, dataset)}
        return Catalog(datasets, tables)
