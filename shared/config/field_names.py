"""Fields of JSON rows that SQL and rules name, held against what the files that are there have."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from shared.config import kinds
from shared.config.beyond import RowSamples
from shared.config.place import Place
from shared.config.position import Position
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.recipe_parts import RecipeParts
from shared.config.select_list import json_paths, words_of
from shared.config.sql_scope import table_paths, uses_parameter
from shared.domain.column_path import path_names
from shared.domain.message import listed, nearest
from shared.domain.pipeline import DqStep, IngestStep, Pipeline, TransformStep
from shared.domain.rule import Rule
from shared.domain.source import QuerySource, Source
from shared.domain.sql_text import SqlTextError
from shared.domain.table import Table

_ROW = "data"
"""The column of a table that keeps whole rows."""


def field_problems(
    parts: RecipeParts, pipeline: Pipeline, *, reading: Reading, samples: RowSamples
) -> Iterator[ConfigProblem]:
    """Names of fields that no file has which this pipeline would read into the table now."""
    look = _Look(parts, pipeline, reading, samples)
    for step in pipeline.steps:
        if isinstance(step, TransformStep):
            yield from look.of_transform(step)
        elif isinstance(step, DqStep):
            yield from look.of_rules(step)


@dataclass(frozen=True)
class _Fields:
    """The fields of the rows that a pipeline puts into a table, and the sources that they come from."""

    names: frozenset[str]
    sources: tuple[str, ...]

    def message(self, name: str) -> str:
        return (
            f"no file that {listed(self.sources)} reads has a field '{name}', so it would be NULL in every row; "
            f"the fields are {listed(sorted(self.names))}"
        )


@dataclass(frozen=True)
class _Look:
    parts: RecipeParts
    pipeline: Pipeline
    reading: Reading
    samples: RowSamples

    def of_transform(self, step: TransformStep) -> Iterator[ConfigProblem]:
        path, sql = self.parts.sql_files.get(step.sql, ("", ""))
        # Other pipelines' rows in the table may have other fields.
        is_own = path and any(uses_parameter(sql, name) for name in ("pipeline_id", "run_id"))
        named = table_paths(sql) if is_own else frozenset()
        table = self.parts.tables.get(next(iter(named))[-1]) if len(named) == 1 else None
        fields = self._fields(table) if table is not None else None
        if fields is None:
            return
        for name, at in _paths(sql):
            if name not in fields.names:
                file = f"{self.reading.folder.label}/{path}"
                yield ConfigProblem(
                    file,
                    at.line,
                    at.column,
                    "",
                    fields.message(name),
                    suggestion=nearest(name, fields.names),
                    kind=kinds.UNKNOWN_FIELD,
                    end_column=at.column + len("$.") + len(name),
                )

    def of_rules(self, step: DqStep) -> Iterator[ConfigProblem]:
        rule_set, table = self.parts.rule_sets.get(step.rules), self.parts.tables.get(step.table)
        fields = self._fields(table) if table is not None and step.scope != "table" else None
        if rule_set is None or fields is None:
            return
        for index, rule in enumerate(rule_set.rules):
            here = self.parts.rule_places[step.rules].at("rules", index)
            for place, name, at in _named_by(rule, here):
                if name not in fields.names:
                    yield place.problem(
                        kinds.UNKNOWN_FIELD,
                        fields.message(name),
                        suggestion=nearest(name, fields.names),
                        inside=at,
                        width=len("$.") + len(name) if at else None,
                    )

    def _fields(self, table: Table) -> _Fields | None:
        """What this pipeline's rows in the table have; None where nobody can say for all of them."""
        steps = [
            step
            for step in self.pipeline.steps
            if isinstance(step, IngestStep) and step.destination.table == table.name
        ]
        found = [self._fields_of(self.parts.sources.get(step.source)) for step in steps]
        if not table.takes_json or not found or any(names is None for names in found):
            return None
        names = frozenset[str]().union(*(names for names in found if names is not None))
        return _Fields(names, tuple(dict.fromkeys(f"'{step.source}'" for step in steps)))

    def _fields_of(self, source: Source | None) -> frozenset[str] | None:
        files = source.needs.csv_files if source is not None else None
        if source is None or isinstance(source, QuerySource) or files is None:
            return None
        names = self.samples.fields(
            self.reading.tenant_id, files.path, delimiter=files.delimiter, encoding=files.encoding
        )
        if names is None:
            return None
        renamed = {column.field or name for name, column in source.columns.items()}
        return frozenset(((names | files.more) - renamed) | set(source.columns))


def _paths(sql: str) -> list[tuple[str, Position]]:
    """The fields of `data` that a text names; none where `data` may be something else in it."""
    try:
        words = [word.text.lower() for word in words_of(sql)]
        is_renamed = any(pair == ("as", _ROW) for pair in pairwise(words))
        return [] if is_renamed else list(json_paths(sql, _ROW))
    except SqlTextError:
        return []


def _named_by(rule: Rule, here: Place) -> Iterator[tuple[Place, str, Position | None]]:
    """Each field that a rule names, with its place, and where in that, if it is in SQL."""
    for named in rule.named.expressions:
        yield from ((here.at(*named.place), name, at) for name, at in _paths(named.text))
    for column in () if rule.is_optional else rule.named.columns:
        if column.table is None:
            yield from _inside(column.path, here.at(*column.place))


def _inside(path: str, place: Place) -> Iterator[tuple[Place, str, None]]:
    root, *inside = path_names(path)
    if root == _ROW and inside:
        yield place, inside[0], None
