"""The one query that a dq step is compiled to finds what a row-by-row look in Python finds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from google.cloud import bigquery
from hypothesis import strategies as st

from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.exact_json import json_value
from shared.domain.ids import JobId, RunId, run_id_at
from shared.domain.job import LoadJob
from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule, RuleResult, RuleSet
from shared.steps.compiled_rule import Found
from shared.steps.dq import check
from shared.steps.row_lines import RowShape, zipped_lines
from shared.steps.rule_sql import compiled
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import attempt_at, soon
from tests.contract.laws.checked_rows import ROWS, TABLE, beside_powers_of_ten, rule_sets
from tests.contract.laws.naive_rules import figures, missing
from tests.contract.laws.samples import samples
from tests.fakes.clock import NOON

DATASET = "checked"
BATCH_COUNT = 20
Batch = tuple[RunId, list[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def batches(client: bigquery.Client) -> list[Batch]:
    """Rows of as many runs, each with rules of its own, loaded as an ingest step loads them."""
    found = samples(st.tuples(st.lists(ROWS, max_size=30), rule_sets()), BATCH_COUNT)
    made = [(run_id_at(NOON), rows, rules) for rows, rules in (beside_powers_of_ten(), *found)]
    lines = (
        {"run_id": run_id, **{name: json_value(value) for name, value in row.items()}}
        for run_id, rows, _ in made
        for row in rows
    )
    columns = frozenset(column.name for column in TABLE.columns)
    content = zipped_lines(lines, shape=RowShape(given={}, columns=columns))
    tables = BigQueryTables(client)
    tables.create_dataset(DATASET, location="US", description="rows to check")
    tables.create_table(DATASET, TABLE)
    warehouse = jobs_of(client)
    warehouse.wait(warehouse.submit(load_job(content)), until=soon())
    return made


def test_compiled_rules_find_what_a_look_at_every_row_finds(
    client: bigquery.Client, batches: list[Batch]
) -> None:
    warehouse = jobs_of(client)

    for run_id, rows, rules in batches:
        step = dq_step(rules)
        attempt = attempt_at(step, tenant=DATASET, run_id=run_id)
        found = check(step, attempt, warehouse=warehouse, look=lambda: None).results
        checked_at = client.get_job(attempt.job_id(), location="US").ended

        for rule, result in zip(step.rules, found, strict=True):
            assert without_advice(result) == expected(rule, rows, now=checked_at), f"{rule!r} over {rows!r}"


def expected(rule: Rule, rows: list[dict[str, Any]], *, now: datetime) -> RuleResult:
    """What the rule's figures mean is told by examples elsewhere; here it is about the figures."""
    meaning = compiled(rule, 0, table=TABLE)
    lacking = missing(rule, rows)
    if lacking:
        return meaning.result_without(lacking, len(rows), meant="")
    return meaning.result(Found(figures(rule, rows), len(rows), now))


def without_advice(result: RuleResult) -> RuleResult:
    return result.model_copy(update={"message": result.message.split("; did you mean ")[0]})


def dq_step(rules: list[dict[str, Any]]) -> PlannedDq:
    return PlannedDq(
        number=1,
        id="check",
        needs=(),
        table=TABLE,
        rules=RuleSet.model_validate({"rules": rules}).rules,
        scope="run",
        on_failure="continue",
    )


def load_job(content: Iterable[bytes]) -> LoadJob:
    return LoadJob(
        tenant_id=DATASET,
        job_id=JobId("load_checked_rows"),
        location="US",
        table=TABLE,
        content=content,
        timeout_seconds=60,
    )
