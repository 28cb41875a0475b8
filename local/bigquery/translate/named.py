"""The tables that a statement names: found in the catalog, declared to the analyzer, read by DuckDB."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from local.bigquery.catalog import VIEW_DATASET, Catalog, Table, TableId
from local.bigquery.googlesql.analyzer import NamedTable, Path
from local.bigquery.problem import ApiError
from local.bigquery.translate import dataset_tables
from local.bigquery.translate.canonical import START
from local.bigquery.translate.information_schema import Columns, view
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import identifier
from local.bigquery.translate.wildcards import declared, matching_tables, source

# Translates the query of a view.
TranslateView = Callable[[Table, Catalog], Any]
# The analyzer finds no table behind ALTER by itself.
_ALTERED = re.compile(
    rf"{START}ALTER\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+(?P<guard>IF\s+EXISTS\s+)?"
    r"(?P<path>(?:`[^`]+`|[\w-]+)(?:\s*\.\s*(?:`[^`]+`|[\w-]+))*)",
    re.IGNORECASE | re.DOTALL,
)
_PART = re.compile(r"`[^`]+`|[\w-]+")


# The statements of a script, with the paths of the tables that each names.
Split = Callable[[str], list[tuple[str, list[Path]]]]
# What stands behind FROM, and the quoted name of each column there by its name in lower case.
Source = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class Named:
    """A table as a statement names it.

    A translation is kept for as long as `version` stays; None where it must not be kept. `table` is None for what has
    rows of no table of its own: a wildcard, INFORMATION_SCHEMA.
    """

    declared: NamedTable
    version: Hashable
    read: Callable[[TranslateView, dict[TableId, None]], Source]
    table: Table | None = None


def view_dataset(view: Table) -> str | None:
    """The dataset that the unqualified tables of a view are in."""
    found: str | None = (view.resource.get("view") or {}).get(VIEW_DATASET)
    return found


def _read_table(table: Table) -> Callable[[TranslateView, dict[TableId, None]], Source]:
    def read(_translate_view: TranslateView, reads: dict[TableId, None]) -> Source:
        reads[table.id] = None
        return table.storage, {one.lower(): identifier(one) for one, _kind in table.columns}

    return read


def _read_view(view: Table, catalog: Catalog) -> Callable[[TranslateView, dict[TableId, None]], Source]:
    def read(translate_view: TranslateView, reads: dict[TableId, None]) -> Source:
        statement = translate_view(view, catalog)
        reads.update(dict.fromkeys(statement.reads))
        # The view's own names, by their place: those of its query may differ.
        names = {one.lower(): f"o{place}" for place, (one, _kind) in enumerate(view.columns)}
        return f"({statement.sql})", names

    return read


class NamedTables:
    """Finds tables by the paths that a statement has for them."""

    def __init__(self, catalog: Catalog, *, project: str, default_dataset: str | None, split: Split) -> None:
        self._catalog = catalog
        self._split = split
        self._project = project
        default = (default_dataset or "").rpartition(".")
        self._default_project, self._default_dataset = default[0] or project, default[2]

    def find(self, path: Path) -> Named:
        """The table. Raises ApiError `notFound`, for a name without a dataset `invalid`."""
        information = self._information(path)
        if information is not None:
            return information
        id = self.id(path)
        if id.table.endswith("*"):
            return self._wildcard(id)
        table = self._catalog.table(id)
        if table is None:
            self._require_dataset(id)
            raise ApiError(
                "notFound", f"Not found: Table {id} was not found in location US", location="query"
            )
        declared = NamedTable(tuple(table.columns))
        if not table.is_view:
            return Named(declared, (id, table.version), _read_table(table), table)
        return Named(declared, self._view_version(table), _read_view(table, self._catalog), table)

    def id(self, path: Path) -> TableId:
        """The full name that a path stands for."""
        parts = [part for one in path for part in one.split(".")]
        if len(parts) == 1 and self._default_dataset:
            return TableId(self._default_project, self._default_dataset, parts[0])
        if len(parts) == 1:
            raise ApiError(
                "invalid",
                f'Table "{parts[0]}" must be qualified with a dataset (e.g. dataset.table).',
                location="query",
            )
        return TableId(parts[-3] if len(parts) > 2 else self._project, parts[-2], parts[-1])

    def altered(self, sql: str) -> dict[Path, Named]:
        """The table that an ALTER statement names. Raises ApiError `notFound` unless it says IF EXISTS."""
        match = _ALTERED.match(sql)
        if match is None:
            return {}
        path = tuple(part.strip().strip("`") for part in _PART.findall(match["path"]))
        id = self.id(path)
        if match["guard"] and self._catalog.table(id) is None:
            return {}
        return {path: self.find(path)}

    def _view_version(self, table: Table) -> Hashable:
        """Changes with everything that the view is made of; None where that can't be told."""
        inside = NamedTables(
            self._catalog, project=table.id.project, default_dataset=view_dataset(table), split=self._split
        )
        parts = [inside.find(path).version for _sql, paths in self._split(table.view) for path in paths]
        return None if None in parts else (table.id, table.version, *parts)

    def _wildcard(self, id: TableId) -> Named:
        self._require_dataset(id)
        tables = matching_tables(self._catalog, id)

        def read(_translate_view: TranslateView, reads: dict[TableId, None]) -> Source:
            reads.update(dict.fromkeys(one.id for one in tables))
            return source(id, tables)

        return Named(declared(tables), tuple((one.id, one.version) for one in tables), read)

    def _information(self, path: Path) -> Named | None:
        """A view of INFORMATION_SCHEMA, of a dataset, a region or the project; None for any other path."""
        parts = [part for one in path for part in one.split(".")]
        words = [part.upper() for part in parts]
        if words[-1] == dataset_tables.NAME:
            return self._computed(self.id(path), dataset_tables.COLUMNS, dataset_tables.rows)
        if "INFORMATION_SCHEMA" not in words[:-1] or words.index("INFORMATION_SCHEMA") != len(parts) - 2:
            return None
        above = parts[:-2]
        dataset = "" if not above or above[-1].lower().startswith("region-") else above[-1]
        project = above[0] if len(above) > 1 else self._project
        found = view(words[-1])
        if found is None:
            raise refused(f"the view INFORMATION_SCHEMA.{words[-1]}")
        return self._computed(TableId(project, dataset, words[-1]), *found)

    def _computed(self, id: TableId, columns: Columns, rows: Callable[[Catalog, str, str], str]) -> Named:
        """A table whose rows are computed from the catalog, of a dataset, or without one of the project."""
        if id.dataset:
            self._require_dataset(id)

        def read(_translate_view: TranslateView, _reads: dict[TableId, None]) -> Source:
            query = rows(self._catalog, id.project, id.dataset)
            return f"({query})", {name.lower(): identifier(name) for name, _kind in columns}

        return Named(NamedTable(columns), None, read)

    def _require_dataset(self, id: TableId) -> None:
        if self._catalog.dataset(id.project, id.dataset) is None:
            message = f"Not found: Dataset {id.project}:{id.dataset} was not found in location US"
            raise ApiError("notFound", message, location="query")
