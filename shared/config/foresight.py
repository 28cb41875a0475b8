"""What a run of the pipeline would stumble over, as far as whom the reading can ask knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from shared.config.field_names import field_problems
from shared.config.place import Place
from shared.config.position import Position
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.recipe_parts import RecipeParts
from shared.config.secret_places import secret_problems
from shared.config.sql_checks import SqlChecks, SqlFound
from shared.domain.pipeline import Address, DqStep, IngestStep, Pipeline, TransformStep
from shared.domain.source import QuerySource


def foreseen_problems(
    parts: RecipeParts, pipeline: Pipeline, address: Address, *, reading: Reading
) -> Iterator[ConfigProblem]:
    """What is wrong with the parts of a pipeline that were read; nothing where nobody can be asked."""
    if reading.beyond.analyzer is not None:
        tables = {
            name: table.with_columns(reading.added.get(name, ())) for name, table in parts.tables.items()
        }
        checks = SqlChecks(reading.beyond.analyzer, address, pipeline, tables)
        yield from _SqlProblems(parts, pipeline, reading, checks).found()
    if reading.beyond.samples is not None:
        yield from field_problems(parts, pipeline, reading=reading, samples=reading.beyond.samples)
    if reading.beyond.secrets is not None:
        yield from secret_problems(parts, reading.tenant_id, reading.beyond.secrets)


@dataclass(frozen=True)
class _SqlProblems:
    parts: RecipeParts
    pipeline: Pipeline
    reading: Reading
    checks: SqlChecks

    def found(self) -> Iterator[ConfigProblem]:
        for step in self.pipeline.steps:
            match step:
                case IngestStep():
                    yield from self._of_query(step)
                case TransformStep():
                    yield from self._of_transform(step)
                case DqStep():
                    yield from self._of_rules(step)
                case _:
                    assert_never(step)

    def _of_transform(self, step: TransformStep) -> Iterator[ConfigProblem]:
        path, sql = self.parts.sql_files.get(step.sql, ("", ""))
        table = self.parts.tables.get(step.destination.table)
        if path:
            file = f"{self.reading.folder.label}/{path}"
            for found in self.checks.check_select(sql, into=table, writer=step.id):
                yield _in_file(file, found)

    def _of_query(self, step: IngestStep) -> Iterator[ConfigProblem]:
        source, table = self.parts.sources.get(step.source), self.parts.tables.get(step.destination.table)
        query = source.needs.query if isinstance(source, QuerySource) else None
        place = self.parts.source_places.get(step.source)
        if query is None or place is None or _is_wrong(self.reading, place.at("query")):
            return
        into = None if table is None or table.takes_json else table
        for found in self.checks.check_select(query, into=into, writer=step.id):
            yield _in_scalar(place.at("query"), found)

    def _of_rules(self, step: DqStep) -> Iterator[ConfigProblem]:
        rule_set, table = self.parts.rule_sets.get(step.rules), self.parts.tables.get(step.table)
        if rule_set is None or table is None:
            return
        for index, rule in enumerate(rule_set.rules):
            for named in rule.named.expressions:
                place = self.parts.rule_places[step.rules].at("rules", index, *named.place)
                if not _is_wrong(self.reading, place):
                    found = self.checks.check_condition(named.text, table)
                    yield from (_in_scalar(place, each) for each in found)


def _is_wrong(reading: Reading, place: Place) -> bool:
    """Whether something was found there before, by which the SQL can't be analyzed."""
    at = place.document.value_position(place.location)
    return any(
        (each.file, each.line, each.column) == (place.document.file, at.line, at.column)
        for each in reading.problems
    )


def _in_file(file: str, found: SqlFound) -> ConfigProblem:
    words = found.words
    return ConfigProblem(
        file,
        found.line,
        found.column,
        "",
        words.message,
        words.allowed,
        words.suggestion,
        kind=words.kind,
        end_column=found.end_column,
    )


def _in_scalar(place: Place, found: SqlFound) -> ConfigProblem:
    words = found.words
    return place.problem(
        words.kind,
        words.message,
        allowed=words.allowed,
        suggestion=words.suggestion,
        inside=Position(found.line, found.column),
        width=found.end_column - found.column if found.end_column else None,
    )
