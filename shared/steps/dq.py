"""A dq step: every rule in one query, and what its figures mean."""

from shared.domain.message import listed
from shared.domain.plan import PlannedDq
from shared.domain.rule import RuleResult
from shared.ports import Warehouse
from shared.sql.statement import quoted, statement
from shared.steps.attempt import Attempt, StepResult, metrics_of
from shared.steps.column_sql import table_window_sql
from shared.steps.rule_sql import figure_sql, rule_parameters
from shared.steps.submit import submit
from shared.steps.verdict import rule_result

_LONGEST_FAILURE = 800


def check(step: PlannedDq, attempt: Attempt, *, warehouse: Warehouse) -> StepResult:
    """Apply the rules. A rule of severity `error` that doesn't hold fails the step, unless it says `continue`."""
    job = attempt.query(
        check_statement(step, dataset=attempt.plan.tenant_id),
        parameters=tuple(
            parameter for index, rule in enumerate(step.rules) for parameter in rule_parameters(rule, index)
        ),
    )
    outcome = warehouse.wait(submit(job, attempt, warehouse=warehouse), until=attempt.until)
    figures = outcome.rows[0]
    rows_checked = int(figures["rows_checked"] or 0)
    # By the job's clock, not the delivery's: whoever adopts it has to come to the same verdict.
    now = outcome.ended_at or attempt.now
    results = tuple(
        rule_result(rule, figure=figures[f"figure_{index}"], rows_checked=rows_checked, now=now)
        for index, rule in enumerate(step.rules)
    )
    broken = [result for result in results if not result.passed and result.severity == "error"]
    return StepResult(
        metrics_of([outcome], rows_in=rows_checked, rows_out=None, quality_passed=not broken),
        results,
        failure=_failure(broken) if broken and step.on_failure == "stop" else None,
    )


def check_statement(step: PlannedDq, *, dataset: str) -> str:
    """The query that reads the rows once, however many rules there are."""
    figures = "".join(
        f",\n  {figure_sql(rule, index, table=step.table)} AS figure_{index}"
        for index, rule in enumerate(step.rules)
    )
    return statement(
        "check_rows", figures=figures, target=quoted(dataset, step.table.name), scope=_scope(step)
    )


def _scope(step: PlannedDq) -> str:
    conditions = []
    if step.scope == "run":
        conditions.append("T.run_id = @run_id")
    if step.scope == "run" and step.table.has("ingestion_date"):
        # A run's rows are no older than the run, by whichever clock: this keeps the scan to their partitions.
        conditions.append("T.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)")
    if step.scope == "pipeline":
        conditions.append("T.pipeline_id = @pipeline_id")
    if step.window is not None:
        conditions.append(table_window_sql(step.window, alias="T", table=step.table))
    return " AND ".join(conditions) or "TRUE"


def _failure(broken: list[RuleResult]) -> str:
    told = [f"{result.rule_id}: {result.message}" for result in broken]
    return listed(told, separator="; ", longest=_LONGEST_FAILURE)
