"""What a pipeline's steps name: found, read and checked."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import assert_never

from shared.config import kinds
from shared.config.destination_checks import (
    Writers,
    check_destination,
    check_files_loaded,
    check_going_on,
    check_rows_set_aside,
)
from shared.config.field_checks import check_fields, table_with_fields
from shared.config.parameter_checks import check_parameters
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.recipe_checks import check_rows_read, check_steps, check_timeouts
from shared.config.rule_checks import Known, check_rules, check_scope
from shared.config.source_checks import check_source
from shared.config.source_file import SourceFile
from shared.config.sql_scope import SqlScope
from shared.config.tenant_sql import sql_scope, transform_problems
from shared.domain.pipeline import DqStep, IngestStep, Pipeline, TransformStep
from shared.domain.rule import RuleSet
from shared.domain.source import Source
from shared.domain.sql_text import SqlTextError, plain_select
from shared.domain.table import Table


@dataclass
class RecipeParts:
    """The parts by name, as far as they could be read."""

    tables: dict[str, Table]
    sources: dict[str, Source] = field(default_factory=dict)
    rule_sets: dict[str, RuleSet] = field(default_factory=dict)
    transforms: dict[str, str] = field(default_factory=dict)
    source_places: dict[str, Place] = field(default_factory=dict)
    rule_places: dict[str, Place] = field(default_factory=dict)
    sql_files: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The path and the text of each transform that scope and syntax allow."""


def read_parts(
    parts: RecipeParts, pipeline: Pipeline, place: Place, *, reading: Reading, shared_too: bool
) -> None:
    """Read all that the steps name into `parts`; what is wrong goes into the reading.

    `shared_too` says whether files of the templates may be named besides the tenant's own.
    """
    part_reading = _PartReading(parts, pipeline, reading, shared_too)
    reading.problems.extend(check_steps(pipeline, place))
    reading.problems.extend(check_timeouts(pipeline, place))
    reading.problems.extend(check_parameters(pipeline, place))
    for index, step in enumerate(pipeline.steps):
        here = place.at("steps", index)
        match step:
            case IngestStep():
                part_reading.read_source(step, here)
                part_reading.check_target(step, here)
            case TransformStep():
                part_reading.read_transform(step, here)
                part_reading.check_target(step, here)
            case DqStep():
                part_reading.read_rules(step, here)
            case _:
                assert_never(step)
    reading.problems.extend(part_reading.write_problems(place))


@dataclass(frozen=True)
class _PartReading:
    parts: RecipeParts
    pipeline: Pipeline
    reading: Reading
    shared_too: bool

    @cached_property
    def _scope(self) -> SqlScope:
        return sql_scope(self.reading, shared_too=self.shared_too)

    def read_source(self, step: IngestStep, here: Place) -> None:
        path = self._path(step.source, here.at("source"), kind="sources", suffix=".yml")
        found = self.reading.file(path, SourceFile) if path else None
        if found is None:
            return
        source, place = found[0].root, Place(found[1], ())
        self.parts.sources[step.source] = source
        self.parts.source_places[step.source] = place
        problems = check_source(source, place, reading=self.reading, pipeline=self.pipeline)
        self.reading.problems.extend(problems)
        table = self.parts.tables.get(step.destination.table)
        if table is not None:
            self.reading.problems.extend(check_files_loaded(step, source, table, place=here))
            self.reading.problems.extend(check_going_on(step, source, table, place=here))
            tables = self.parts.tables
            self.reading.problems.extend(check_rows_set_aside(step, table, tables, place=here))
            fields = check_fields(source, step.destination, table, place=place, step=here)
            self.reading.problems.extend(fields)
            self.parts.tables[table.name] = table_with_fields(source, step.destination, table)

    def read_transform(self, step: TransformStep, here: Place) -> None:
        path = self._path(step.sql, here.at("sql"), kind="transforms", suffix=".sql")
        if path is None:
            return
        sql = self.reading.text(path)
        if sql is None:
            return
        with suppress(SqlTextError):  # it is among the transform's problems
            self.parts.transforms[step.sql] = plain_select(sql)
        problems = transform_problems(self.reading, path, scope=self._scope)
        self.reading.problems.extend(problems)
        if not problems:
            self.parts.sql_files[step.sql] = (path, sql)
        self.reading.problems.extend(self._rows_read(sql, here.at("sql")))

    def read_rules(self, step: DqStep, here: Place) -> None:
        table = self._table(step.table, here.at("table"))
        path = self._path(step.rules, here.at("rules"), kind="dq_rules", suffix=".yml")
        found = self.reading.file(path, RuleSet) if path else None
        if found is None:
            return
        rule_set, rules = found[0], Place(found[1], ())
        self.parts.rule_sets[step.rules] = rule_set
        self.parts.rule_places[step.rules] = rules
        if table is not None:
            declared = self.reading.known("schemas", ".yml", shared_too=False)
            known = Known(self.parts.tables, declared, self.pipeline, self._scope)
            self.reading.problems.extend(
                check_rules(step, rule_set, table, place=here, rules=rules, known=known)
            )
            self.reading.problems.extend(check_scope(step, table, self.pipeline, place=here))

    def check_target(self, step: IngestStep | TransformStep, here: Place) -> None:
        table = self._table(step.destination.table, here.at("destination", "table"))
        if table is not None:
            self.reading.problems.extend(check_destination(step, table, self.pipeline, place=here))

    def write_problems(self, place: Place) -> Iterator[ConfigProblem]:
        steps, parts = self.pipeline.steps, self.parts
        if len({step.id for step in steps}) < len(steps):
            return iter(())  # nobody can say who waits for whom
        writers = Writers(steps, self.reading.tenant_id, parts.sources, parts.transforms)
        return writers.problems(parts.tables, place)

    def _rows_read(self, sql: str, place: Place) -> Iterator[ConfigProblem]:
        return check_rows_read(sql, self.pipeline, tenant_id=self.reading.tenant_id, place=place)

    def _table(self, name: str, place: Place) -> Table | None:
        table = self.parts.tables.get(name)
        # A file that declares it is wrong, then, and has a problem of its own.
        is_declared = name in self.reading.known("schemas", ".yml", shared_too=False)
        if table is None and not is_declared:
            what = "a table of this tenant (its own are declared in schemas/)"
            self.reading.problems.append(
                place.unknown(kinds.UNKNOWN_TABLE, name, tuple(self.parts.tables), what=what)
            )
        return table

    def _path(self, name: str, place: Place, *, kind: str, suffix: str) -> str | None:
        path = self.reading.find(kind, f"{name}{suffix}", shared_too=self.shared_too)
        if path is None:
            known = self.reading.known(kind, suffix, shared_too=self.shared_too)
            self.reading.problems.append(
                place.unknown(kinds.UNKNOWN_FILE, name, known, what=f"a file of {kind}/")
            )
        return path
