"""`tests/*.yml` of a tenant, held against its pipelines: tests that are ready to be carried out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.rows_of_tests import FOLDER, RowReading
from shared.config.steps_under_test import StepSearch
from shared.domain.errors import InvalidError
from shared.domain.pipeline import Recipe
from shared.domain.pipeline_tests import PipelineTest, PipelineTests, RowOfTest
from shared.domain.plan import PlannedDq, PlannedTransform
from shared.domain.planned_test import (
    ExpectedError,
    ExpectedRows,
    ExpectedVerdicts,
    GivenTable,
    PlannedTest,
    StepUnderTest,
    run_id_of_test,
)
from shared.domain.planning import plan
from shared.domain.table import GIVEN_COLUMNS, Table
from shared.domain.tables_read import tables_read

_OF_THE_MOMENT = ("ingestion_date", "created_at")
"""What BigQuery says of the moment at which a row is written, whatever a test says."""


def read_pipeline_tests(reading: Reading, recipes: Mapping[str, Recipe | None]) -> tuple[PlannedTest, ...]:
    """Every test of the tenant that nothing is wrong with; what is wrong goes into the reading.

    `recipes` are its pipelines by path, such as `gcp/cost/export`; None for one that is wrong.
    """
    planned: list[PlannedTest] = []
    for name in reading.known(FOLDER, ".yml", shared_too=False):
        found = reading.file(f"{reading.tenant_id}/{FOLDER}/{name}.yml", PipelineTests)
        if found is not None:
            file = _TestsFile(reading, StepSearch(recipes), found[0], Place(found[1], ()))
            planned.extend(file.planned_tests())
    return tuple(planned)


@dataclass(frozen=True)
class _TestsFile:
    reading: Reading
    search: StepSearch
    tests: PipelineTests
    place: Place

    def planned_tests(self) -> Iterator[PlannedTest]:
        for index, test in enumerate(self.tests.tests):
            before = len(self.reading.problems)
            planned = self._planned(test, self.place.at("tests", index))
            if planned is not None and len(self.reading.problems) == before:
                yield planned

    def _planned(self, test: PipelineTest, place: Place) -> PlannedTest | None:
        owner = place if test.pipeline is not None else self.place
        pipeline = test.pipeline or self.tests.pipeline
        found = self.search.find(test, pipeline, place=place, pipeline_place=owner.at("pipeline"))
        if isinstance(found, ConfigProblem):
            self._tell(found)
        if not isinstance(found, tuple):
            return None
        recipe, step = found
        at = test.at or self.tests.at
        try:
            whole = plan(recipe, {**self.tests.parameters, **test.parameters}, today=at.date())
        except InvalidError as error:
            for problem in error.problems:
                name = problem.pointer.removeprefix("/parameters/")
                self._tell(self._of_parameter(name, problem.detail, recipe, test=test, place=place))
            return None
        planned = whole.step(step.id)
        if not isinstance(planned, PlannedDq | PlannedTransform):  # which `find` has seen to
            return None
        reads = _PartsOfTest(self.reading, recipe, planned, test, place)
        line = place.document.position((*place.location, "name")).line
        file = place.document.file
        return PlannedTest(
            name=test.name,
            file=file,
            line=line,
            address=recipe.address,
            plan=whole,
            step=planned,
            at=at,
            given=tuple(reads.given(at, file)),
            expected=reads.expected(),
        )

    def _of_parameter(
        self, name: str, detail: str, recipe: Recipe, *, test: PipelineTest, place: Place
    ) -> ConfigProblem:
        owner = next(
            (each for each, own in ((place, test), (self.place, self.tests)) if name in own.parameters), None
        )
        declared = tuple(recipe.pipeline.parameters)
        if owner is None:
            return place.problem(kinds.MEANINGLESS_VALUE, f"the parameter '{name}' {detail}")
        if name not in declared:
            here = owner.key("parameters", name)
            return here.unknown(kinds.UNKNOWN_PARAMETER, name, declared, what="a parameter of the pipeline")
        return owner.at("parameters", name).problem(kinds.MEANINGLESS_VALUE, detail)

    def _tell(self, problem: ConfigProblem) -> None:
        self.reading.problems.append(problem)


@dataclass(frozen=True)
class _PartsOfTest:
    """What one test gives and expects."""

    reading: Reading
    recipe: Recipe
    step: StepUnderTest
    test: PipelineTest
    place: Place

    def given(self, at: datetime, file: str) -> Iterator[GivenTable]:
        own, tables = self.step.table, self.recipe.tables
        concerned = {table.name: table for table in (own, *tables_read(self.step, tables.values()))}
        rows: dict[str, tuple[RowOfTest, ...]] = {}
        run_id = run_id_of_test(self.recipe.address, file=file, name=self.test.name, at=at)
        usual = {
            "tenant_id": self.recipe.address.tenant_id,
            "pipeline_id": self.recipe.address.pipeline_id,
            "run_id": run_id,
            "ingestion_date": at.date().isoformat(),
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for name, written in self.test.given.items():
            here, key = self.place.at("given", name), self.place.key("given", name)
            if name not in tables:
                self._tell(
                    key.unknown(kinds.UNKNOWN_TABLE, name, tuple(tables), what="a table of this tenant")
                )
            elif name not in concerned:
                message = f"step '{self.step.id}' neither reads nor writes {name}"
                self._tell(key.problem(kinds.TEST_OF_NOTHING, message, allowed=tuple(concerned)))
            else:
                typed = RowReading(self.reading).rows(written, here, tables[name], is_whole=True)
                rows[name] = tuple({**_of(usual, tables[name]), **row} for row in typed)
        yield from (GivenTable(table, rows.get(name, ())) for name, table in concerned.items())

    def expected(self) -> ExpectedRows | ExpectedVerdicts | ExpectedError:
        expect, here, is_dq = self.test.expect, self.place.at("expect"), isinstance(self.step, PlannedDq)
        if expect.error is not None:
            return ExpectedError(expect.error)
        if (expect.rules is not None) != is_dq:
            word, kind, gives = ("rows", "dq", "rules") if is_dq else ("rules", "transform", "rows")
            message = f"'{self.step.id}' is a {kind} step: it gives no {word}; expect '{gives}' or 'error'"
            self._tell(here.key(word).problem(kinds.TEST_OF_NOTHING, message))
            return ExpectedError("")
        if isinstance(self.step, PlannedDq):
            known = tuple(rule.id for rule in self.step.rules)
            for rule_id in expect.rules or {}:
                if rule_id not in known:
                    place = here.key("rules", rule_id)
                    self._tell(place.unknown(kinds.UNKNOWN_RULE, rule_id, known, what="a rule of this step"))
            return ExpectedVerdicts(expect.rules or {}, expect.others)
        return self._expected_rows(self.step.table)

    def _expected_rows(self, table: Table) -> ExpectedRows:
        expect, here = self.test.expect, self.place.at("expect", "rows")
        is_whole = expect.columns == "all"
        rows = RowReading(self.reading).rows(expect.rows or (), here, table, is_whole=is_whole)
        named = {name for row in rows for name in row}
        for name in _OF_THE_MOMENT:
            if name in named and table.has(name):
                message = (
                    f"'{name}' says when a row was written, which differs from time to time; leave it out"
                )
                self._tell(here.problem(kinds.TEST_OF_NOTHING, message))
        columns = tuple(
            column
            for column in table.columns
            if column.name in named or (is_whole and column.name not in GIVEN_COLUMNS)
        )
        return ExpectedRows(rows, columns, expect.tolerance)

    def _tell(self, problem: ConfigProblem) -> None:
        self.reading.problems.append(problem)


def _of(usual: Mapping[str, str], table: Table) -> RowOfTest:
    return {name: value for name, value in usual.items() if table.has(name)}
