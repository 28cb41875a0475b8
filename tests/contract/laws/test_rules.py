"""The one query that a dq step is compiled to finds what a row-by-row look in Python finds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from google.cloud import bigquery
from hypothesis import strategies as st

from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.exact_json import json_value
from shared.domain.ids import JobId, RunId, run_id_at
from shared.domain.job import LoadJob
from shared.domain.parameter import ParameterValue
from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule, RuleSet
from shared.domain.rule_figure import FigurePlace
from shared.domain.rule_result import RuleResult
from shared.domain.rules.compiled_rule import CompiledRule, Found
from shared.domain.table import Table
from shared.steps.dq import check
from shared.steps.figure_places import place_of
from shared.steps.row_lines import RowShape, zipped_lines
from shared.steps.rule_query import subject_of
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import NOVEMBER, attempt_at, soon
from tests.contract.laws.checked_rows import ELSEWHERE, ROWS, TABLE, beside_powers_of_ten, rule_sets
from tests.contract.laws.naive_figures import Elsewhere
from tests.contract.laws.naive_rules import figures, missing
from tests.contract.laws.samples import samples
from tests.fakes.clock import NOON

DATASET = "checked"
BATCH_COUNT = 20
KNOWN = TABLE.model_copy(update={"name": ELSEWHERE})
EXPECTED = ParameterValue(name="expected", type="number", text="1.5")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Batch:
    """Rows of a run, with rules of its own, and those of another table."""

    run_id: RunId
    rows: Rows
    known: Rows
    rules: list[dict[str, Any]]


@pytest.fixture(scope="module")
def batches(client: bigquery.Client) -> list[Batch]:
    """Rows of as many runs, each with rules of its own, loaded as an ingest step loads them."""
    batch = st.tuples(st.lists(ROWS, max_size=30), st.lists(ROWS, max_size=4), rule_sets())
    rows, rules = beside_powers_of_ten()
    found = ((rows, [], rules), *samples(batch, BATCH_COUNT))
    made = [Batch(run_id_at(NOON), rows, known, rules) for rows, known, rules in found]
    tables = BigQueryTables(client)
    tables.create_dataset(DATASET, location="US", description="rows to check")
    load(client, TABLE, [(each.run_id, each.rows) for each in made])
    load(client, KNOWN, [(each.run_id, each.known) for each in made])
    return made


def test_compiled_rules_find_what_a_look_at_every_row_finds(
    client: bigquery.Client, batches: list[Batch]
) -> None:
    warehouse = jobs_of(client)
    known = [row for batch in batches for row in batch.known]

    for batch in batches:
        step = dq_step(batch.rules)
        attempt = attempt_at(
            step, tenant=DATASET, run_id=batch.run_id, parameters=(NOVEMBER, EXPECTED), tables=(KNOWN,)
        )
        elsewhere = Elsewhere(known, batch.known, date(2025, 11, 1), date(2025, 11, 7), EXPECTED.text)
        found = check(step, attempt, warehouse=warehouse, look=lambda: None)
        checked_at = client.get_job(attempt.job_id(), location="US").ended

        assert len(found.metrics.job_ids) <= 2, "one query, and one for the names of fields that no row has"
        for index, (rule, result) in enumerate(zip(step.rules, found.results, strict=True)):
            place = place_of(compiled(rule, index, step), step, attempt)
            told = expected(rule, batch.rows, elsewhere, index=index, step=step, now=checked_at, place=place)
            assert without_advice(result) == told, f"{rule!r} over {batch.rows!r} beside {batch.known!r}"


def compiled(rule: Rule, index: int, step: PlannedDq) -> CompiledRule:
    return rule.compiled(subject_of(step, index, dataset=DATASET, tables={ELSEWHERE: KNOWN}))


def expected(
    rule: Rule,
    rows: Rows,
    elsewhere: Elsewhere,
    *,
    index: int,
    step: PlannedDq,
    now: datetime,
    place: FigurePlace | None,
) -> RuleResult:
    """What the rule's figures mean is told by examples elsewhere; here it is about the figures."""
    meaning = compiled(rule, index, step)
    lacking = missing(rule, rows)
    if lacking:
        return meaning.result_without(lacking, len(rows), meant="")
    return meaning.result(Found(figures(rule, rows, elsewhere, table=TABLE), len(rows), now, place))


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


def load(client: bigquery.Client, table: Table, batches: list[tuple[RunId, Rows]]) -> None:
    """Create the table with these rows of these runs."""
    BigQueryTables(client).create_table(DATASET, table)
    lines = (
        {"run_id": run_id, **{name: json_value(value) for name, value in row.items()}}
        for run_id, rows in batches
        for row in rows
    )
    columns = frozenset(column.name for column in table.columns)
    job = LoadJob(
        tenant_id=DATASET,
        job_id=JobId(f"load_{table.name}"),
        location="US",
        table=table,
        content=zipped_lines(lines, shape=RowShape(given={}, columns=columns)),
        timeout_seconds=60,
    )
    warehouse = jobs_of(client)
    warehouse.wait(warehouse.submit(job), until=soon())
