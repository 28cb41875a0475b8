"""The tables that a statement names: found in the catalog, declared to the analyzer, read by DuckDB."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.bigquery.catalog import Catalog, Table, TableId
from local.bigquery.googlesql.analyzer import NamedTable, Path
from local.bigquery.problem import ApiError
from local.bigquery.translate.literals import identifier

# Translates the query of a view.
TranslateView = Callable[[Table, Catalog], Any]
# The analyzer finds no table behind ALTER by itself.
_ALTERED = re.compile(
    r"\s*ALTER\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+(?P<guard>IF\s+EXISTS\s+)?"
    r"(?P<path>(?:`[^`]+`|[\w-]+)(?:\s*\.\s*(?:`[^`]+`|[\w-]+))*)",
    re.IGNORECASE,
)
_PART = re.compile(r"`[^`]+`|[\w-]+")


@dataclass(frozen=True)
class Named:
    """A table as a statement names it. A `version` of 0 is a table whose translation must not be kept."""

    declared: NamedTable
    version: Any
    table: Table | None = None

    def read(
        self, translate_view: TranslateView, reads: dict[TableId, None], catalog: Catalog
    ) -> tuple[str, Mapping[str, str]]:
        """What stands behind FROM, and the quoted name of each column there by its name in lower case.

        Notes in `reads` the tables whose rows are read, those behind a view instead of the view.
        """
        table = self.table
        if table is None:
            raise AssertionError("a table that is not there is not read")
        if not table.is_view:
            reads[table.id] = None
            return table.storage, {one.lower(): identifier(one) for one, _kind in table.columns}
        statement = translate_view(table, catalog)
        reads.update(dict.fromkeys(statement.reads))
        # The view's own names, by their place: those of its query may differ.
        names = {one.lower(): f"o{place}" for place, (one, _kind) in enumerate(self.declared.columns)}
        return f"({statement.sql})", names


class NamedTables:
    """Finds tables by the paths that a statement has for them."""

    def __init__(self, catalog: Catalog, *, project: str, default_dataset: str | None) -> None:
        self._catalog = catalog
        self._project = project
        default = (default_dataset or "").rpartition(".")
        self._default_project, self._default_dataset = default[0] or project, default[2]

    def find(self, path: Path) -> Named:
        """The table. Raises ApiError `notFound`, for a name without a dataset `invalid`."""
        id = self.id(path)
        table = self._catalog.table(id)
        if table is None:
            self._require_dataset(id)
            return self.missing(id)
        return Named(NamedTable(tuple(table.columns)), (id, table.version), table)

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

    def missing(self, id: TableId) -> Named:
        """Raises ApiError for the table that is not there."""
        raise ApiError("notFound", f"Not found: Table {id} was not found in location US", location="query")

    def _require_dataset(self, id: TableId) -> None:
        if self._catalog.dataset(id.project, id.dataset) is None:
            message = f"Not found: Dataset {id.project}:{id.dataset} was not found in location US"
            raise ApiError("notFound", message, location="query")
