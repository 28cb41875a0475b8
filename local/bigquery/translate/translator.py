"""From a statement's text to what DuckDB carries out."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.bigquery.catalog import Catalog, Table, TableId
from local.bigquery.googlesql.analyzer import Analyzer, Path
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.scripts import Run, Steps, may_be_script
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.problem import ApiError
from local.bigquery.translate import changes
from local.bigquery.translate.canonical import START, Canonical, canonical
from local.bigquery.translate.defaults import require_default
from local.bigquery.translate.limits import refused
from local.bigquery.translate.named import Named, NamedTables, view_dataset
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Statement

Parameters = Mapping[str, GoogleType] | Sequence[GoogleType]
_KEPT = 512
_LOAD_DATA = re.compile(rf"{START}LOAD\s+DATA\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Variable:
    """A variable of a script: its type, and its value as DuckDB SQL."""

    type: GoogleType
    sql: str


NO_VARIABLES: Mapping[str, Variable] = {}


class Translator:
    """Translates statements, each once for as long as the tables it names stay as they are."""

    def __init__(self, library: Library) -> None:
        self._analyzer = Analyzer(library)
        self._guard = threading.Lock()
        self._split: OrderedDict[str, list[tuple[str, list[Path]]]] = OrderedDict()
        self._scripts: OrderedDict[str, Steps] = OrderedDict()
        self._analyzed: OrderedDict[Any, Any] = OrderedDict()
        self._kept: OrderedDict[Any, Statement] = OrderedDict()

    def split(self, sql: str) -> list[tuple[str, list[Path]]]:
        """The statements of a script, with the paths of the tables that each names. Raises ApiError."""
        found = self._split.get(sql)
        if found is None:
            with self._guard:
                found = self._analyzer.statements(sql)
            _keep(self._split, sql, found)
        return found

    def script(self, sql: str) -> Steps | None:
        """The steps of a script; None if it is one statement and no more. Raises ApiError."""
        if not may_be_script(sql):
            statements = self.split(sql)
            return None if len(statements) < 2 else tuple(Run(text) for text, _paths in statements)
        found = self._scripts.get(sql)
        if found is None:
            with self._guard:
                found = self._analyzer.script(sql)
            _keep(self._scripts, sql, found)
        return None if len(found) == 1 and isinstance(found[0], Run) else found

    def translate(
        self,
        sql: str,
        paths: list[Path],
        *,
        catalog: Catalog,
        project: str,
        default_dataset: str | None = None,
        parameters: Parameters = (),
        variables: Mapping[str, Variable] = NO_VARIABLES,
    ) -> Statement:
        """One statement, as `split` gave it. Raises ApiError in BigQuery's words."""
        tables = NamedTables(catalog, project=project, default_dataset=default_dataset, split=self.split)
        named = {path: tables.find(path) for path in paths} | tables.altered(sql)
        kinds = tuple(parameters.items()) if isinstance(parameters, Mapping) else tuple(parameters)
        key = (
            sql,
            kinds,
            tuple((path, one.version) for path, one in named.items()),
            project,
            default_dataset,
            tuple(variables.items()),
        )
        found = self._kept.get(key)
        if found is None:
            found = self._translate(sql, named, tables, parameters=parameters, variables=variables)
            if all(one.version is not None for one in named.values()):
                _keep(self._kept, key, found)
        return found

    def view_columns(
        self, sql: str, *, catalog: Catalog, project: str, default_dataset: str | None = None
    ) -> Statement:
        """The query of a view, as a statement. Raises ApiError if it isn't one query."""
        statements = self.split(sql)
        if len(statements) != 1:
            raise ApiError("invalidQuery", "A view is one query", location="query")
        found = self.translate(
            *statements[0], catalog=catalog, project=project, default_dataset=default_dataset
        )
        if not found.only_reads:
            raise ApiError("invalidQuery", f"A view is a query, not {found.kind}", location="query")
        return found

    def default_value(self, expression: str, kind: GoogleType) -> str:
        """A column's default value as DuckDB SQL of the column's type, without a function of ours. Raises ApiError."""
        sql = f"SELECT CAST({expression} AS {kind.sql})"
        require_default(self._analyze(sql, {}, parameters=()), expression)
        found = self.translate(sql, [], catalog=Catalog(), project="")
        if found.evaluated:
            raise refused(f"the default value {expression}")
        return found.sql.removeprefix("SELECT ").removesuffix(" AS o0")

    def _translate(
        self,
        sql: str,
        named: Mapping[Path, Named],
        tables: NamedTables,
        *,
        parameters: Parameters,
        variables: Mapping[str, Variable],
    ) -> Statement:
        text, resolved = self._resolve(sql, named, parameters=parameters, variables=variables)
        reads: dict[TableId, None] = {}

        def own(path: Path) -> Path:
            return text.path_by_name.get(path, path)

        def read_view(view: Table, catalog: Catalog) -> Statement:
            found = self._view(view, catalog)
            # What it leaves to Google's evaluator is needed here as well.
            scans.expressions.evaluated.update(found.evaluated)
            return found

        def read_table(node: Any) -> tuple[str, Mapping[str, str]]:
            return find(node).read(read_view, reads)

        def find(node: Any) -> Named:
            return named[own(tuple(node.table.full_name.split("\x00")))]

        scans = Scans(read_table, lambda node: find(node).table)
        scans.expressions.variables = {name: one.sql for name, one in variables.items()}
        found = changes.statement(
            resolved,
            scans,
            named=lambda path: named[own(path)],
            reads=reads,
            find_id=lambda path: tables.id(own(path)),
        )
        return replace(found, unfiltered=scans.filters.unfiltered)

    def _resolve(
        self,
        sql: str,
        named: Mapping[Path, Named],
        *,
        parameters: Parameters,
        variables: Mapping[str, Variable],
    ) -> tuple[Canonical, Any]:
        """The statement as it was analyzed, and what it means."""
        if _LOAD_DATA.match(sql):
            # The analyzer would look for the table first.
            raise refused("the statement LOAD DATA")
        text = canonical(sql, named)
        renamed = {text.name_of(path): one for path, one in named.items()}
        try:
            return text, self._analyze(text.sql, renamed, parameters=parameters, variables=variables)
        except ApiError:
            if text.sql == sql:
                raise
        # What is wrong, and where, in the words of whoever wrote it.
        return Canonical(sql), self._analyze(sql, named, parameters=parameters, variables=variables)

    def _analyze(
        self,
        sql: str,
        named: Mapping[Path, Named],
        *,
        parameters: Parameters,
        variables: Mapping[str, Variable] = NO_VARIABLES,
    ) -> Any:
        kinds = tuple(parameters.items()) if isinstance(parameters, Mapping) else tuple(parameters)
        declared = {path: one.declared for path, one in named.items()}
        constants = {name: one.type for name, one in variables.items()}
        key = (sql, kinds, tuple(declared.items()), tuple(constants.items()))
        found = self._analyzed.get(key)
        if found is None:
            with self._guard:
                found = self._analyzer.analyze(sql, declared, parameters=parameters, constants=constants)
            _keep(self._analyzed, key, found)
        return found

    def _view(self, view: Table, catalog: Catalog) -> Statement:
        return self.view_columns(
            view.view, catalog=catalog, project=view.id.project, default_dataset=view_dataset(view)
        )


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    if len(kept) > _KEPT:
        try:
            kept.popitem(last=False)
        except KeyError:
            return
