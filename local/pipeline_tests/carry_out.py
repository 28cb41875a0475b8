"""Carries out tests: tables are made, rows put in, the step is done as in production, and its rows are read."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_never

from google.cloud import bigquery
from pydantic import JsonValue

from local.pipeline_tests.comparison import (
    RowsDifference,
    VerdictDifference,
    compare_rows,
    compare_verdicts,
)
from local.pipeline_tests.frozen_warehouse import FrozenWarehouse
from local.pipeline_tests.stand_in import ClientOf
from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.clock import SystemClock
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import translated
from shared.domain.errors import ConflictError, StepError, TransientError
from shared.domain.pipeline_tests import RowOfTest
from shared.domain.plan import PlannedDq, PlannedTransform
from shared.domain.planned_test import (
    ExpectedError,
    ExpectedRows,
    ExpectedVerdicts,
    GivenTable,
    PlannedTest,
)
from shared.domain.table import Table
from shared.domain.typed_value import typed_value
from shared.ports import Warehouse
from shared.sql.statement import quoted
from shared.steps.attempt import Attempt, StepResult
from shared.steps.dq import check
from shared.steps.required_tables import require_tables
from shared.steps.transform import transform

_PATIENCE = timedelta(minutes=5)
"""For what hangs."""

Failure = str | RowsDifference | tuple[VerdictDifference, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a test; `failure` is None where all is as expected."""

    test: PlannedTest
    seconds: float
    failure: Failure | None


@dataclass(frozen=True)
class _Project:
    """What tests of one step share: a dataset of the tenant's name, and its tables."""

    client: bigquery.Client
    warehouse: BigQueryJobs


def carry_out_tests(tests: Iterable[PlannedTest], client_of: ClientOf) -> Iterator[Outcome]:
    """What came of each, one after the other.

    Tests of one step share a project, whose tables are emptied between them: to make tables, and to read the step's
    SQL against new ones, takes the most of a test's time.
    """
    projects: dict[object, _Project] = {}
    for test in tests:
        began = time.perf_counter()
        key = (test.address, test.step, tuple(given.table.name for given in test.given))
        try:
            if key in projects:
                _empty(test, projects[key].client)
            else:
                projects[key] = _make(test, client_of(f"step-{len(projects) + 1}"))
            _fill(test, projects[key].client)
        except (StepError, TransientError, ConflictError) as error:
            failure: Failure | None = f"what is given can't be put in place: {error}"
        else:
            failure = _failure(test, projects[key])
        yield Outcome(test, time.perf_counter() - began, failure)


def _make(test: PlannedTest, client: bigquery.Client) -> _Project:
    tables = BigQueryTables(client)
    tables.create_dataset(test.plan.tenant_id, location=test.plan.location, description="")
    for given in test.given:
        tables.create_table(test.plan.tenant_id, given.table)
    grants = FreshGrants(lambda _tenant_id: None, clock=SystemClock())
    return _Project(client, BigQueryJobs(lambda _tenant_id: client, grants=grants))


def _empty(test: PlannedTest, client: bigquery.Client) -> None:
    for given in test.given:
        with translated(f"empty {given.table.name}"):
            client.query_and_wait(f"TRUNCATE TABLE {quoted(test.plan.tenant_id, given.table.name)}")


def _fill(test: PlannedTest, client: bigquery.Client) -> None:
    for given in test.given:
        if given.rows:
            _insert(given, client, f"{client.project}.{test.plan.tenant_id}.{given.table.name}")


def _insert(given: GivenTable, client: bigquery.Client, name: str) -> None:
    of_json = {column.name for column in given.table.columns if column.type == "JSON"}
    rows = [
        {
            key: json.dumps(value) if key in of_json and value is not None else value
            for key, value in row.items()
        }
        for row in given.rows
    ]
    with translated(f"insert rows into {given.table.name}"):
        errors = client.insert_rows_json(name, rows, row_ids=[None] * len(rows))
    if errors:
        reason = errors[0]["errors"][0]["message"]
        raise StepError(f"row {errors[0]['index'] + 1} given to {given.table.name} is not taken: {reason}")


def _failure(test: PlannedTest, project: _Project) -> Failure | None:
    try:
        result = _carried_out(test, FrozenWarehouse(project.warehouse, at=test.at))
        has_rows = isinstance(test.expected, ExpectedRows)
        found = _read(test.step.table, project.client, test.plan.tenant_id) if has_rows else []
    except StepError as error:
        return _of_error(test, str(error))
    except TransientError as error:
        return f"the step fails: {error}"
    match test.expected:
        case ExpectedRows():
            return compare_rows(test.expected, found, table=test.step.table.name)
        case ExpectedVerdicts():
            return compare_verdicts(test.expected, result.results) or None
        case ExpectedError(part):
            if result.failure is not None:
                return _of_error(test, result.failure)
            return f"the step succeeds, where an error with '{part}' was expected"
        case _:
            assert_never(test.expected)


def _of_error(test: PlannedTest, message: str) -> str | None:
    if not isinstance(test.expected, ExpectedError):
        return f"the step fails: {message}"
    part = test.expected.part
    return None if part in message else f"the step fails with another error than '{part}': {message}"


def _carried_out(test: PlannedTest, warehouse: Warehouse) -> StepResult:
    attempt = Attempt(
        plan=test.plan,
        run_id=test.run_id,
        step=test.step,
        number=1,
        now=test.at,
        until=datetime.now(tz=UTC) + _PATIENCE,
    )
    require_tables(attempt, warehouse=warehouse)
    match test.step:
        case PlannedTransform():
            return transform(test.step, attempt, warehouse=warehouse)
        case PlannedDq():
            return check(test.step, attempt, warehouse=warehouse, look=lambda: None)
        case _:
            assert_never(test.step)


def _read(table: Table, client: bigquery.Client, dataset: str) -> list[RowOfTest]:
    schema = [bigquery.SchemaField(column.name, column.type) for column in table.columns]
    name = f"{client.project}.{dataset}.{table.name}"
    with translated(f"read {table.name}"):
        found = list(client.list_rows(bigquery.Table(name, schema=schema)))
    return [
        {column.name: typed_value(_as_json(row[column.name]), column.type) for column in table.columns}
        for row in found
    ]


def _as_json(value: Any) -> JsonValue:
    """A value of the client's, as JSON says it."""
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            plain: JsonValue = value
            return plain
