"""A run as it is shown in the terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.screen import Cell, build_table, count_words, duration_words, plural, status_cell, time_words
from shared.domain.ids import PipelineId
from shared.domain.message import listed
from shared.domain.run import Run
from shared.domain.run_list import RunSummary
from shared.domain.step_record import StepRecord

_STEP_COLUMNS = ("#", "STEP", "TYPE", "STATUS", "ATTEMPT", "TOOK", "ROWS IN", "ROWS OUT", "ERROR")
_RULE_COLUMNS = ("STEP", "RULE", "TYPE", "SEVERITY", "PASSED", "ROWS", "FAILED", "MESSAGE")
_RUN_COLUMNS = ("RUN", "PIPELINE", "STATUS", "QUEUED", "TOOK", "ROWS", "QUALITY", "ERROR")

_LONGEST_WARNINGS = 60


def build_run_view(run: Run, *, now: datetime) -> Iterator[RenderableType]:
    """Everything about a run: what it is, its steps, the result of every rule, its figures."""
    yield Text.assemble("Run ", (run.run_id, "bold"), "  ", status_cell(run.status))
    yield _build_facts(run)
    yield build_steps(run, now=now)
    results = build_results(run)
    if results is not None:
        yield results
    if run.error_message:
        yield Text.assemble(("Error: ", "bold red"), run.error_message)


def build_steps(run: Run, *, now: datetime) -> Table:
    """The steps of a run; of those under way, how long so far."""
    return build_table(_STEP_COLUMNS, [_step_row(step, now) for step in run.steps])


def build_results(run: Run) -> Table | None:
    """The result of every rule that was checked; None where none was."""
    rows: list[tuple[Cell, ...]] = [
        (
            step.id,
            result.rule_id,
            result.rule_type,
            result.severity,
            Text("yes", "green") if result.passed else Text("no", "bold red"),
            count_words(result.rows_checked),
            count_words(result.rows_failed),
            result.message,
        )
        for step in run.steps
        for result in step.results
    ]
    return build_table(_RULE_COLUMNS, rows, title="Rules") if rows else None


def build_runs(runs: tuple[RunSummary, ...]) -> Table:
    """A list of runs."""
    return build_table(_RUN_COLUMNS, map(_run_row, runs))


def _build_facts(run: Run) -> Table:
    totals = run.totals
    facts = {
        "pipeline": run.pipeline_id,
        "trigger": f"{run.trigger}, {run.triggered_by}",
        "rerun of": run.rerun_of,
        "backfill": run.backfill.backfill_id if run.backfill else None,
        "queued": time_words(run.created_at),
        "started": time_words(run.started_at),
        "completed": time_words(run.completed_at),
        "took": duration_words(run.duration_ms),
        "parameters": ", ".join(f"{value.name}={value.text}" for value in run.plan.parameters),
        "rows ingested": count_words(totals.rows_ingested),
        "rows transformed": count_words(totals.rows_transformed),
        "quality": _quality_words(totals.quality_passed, run.warnings),
        "bytes processed": count_words(totals.bytes_processed),
        "bytes billed": count_words(totals.bytes_billed),
        "slot time": duration_words(totals.slot_ms),
    }
    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value:
            grid.add_row(Text(f"  {name}", "dim"), Text(value))
    return grid


def _step_row(step: StepRecord, now: datetime) -> tuple[Cell, ...]:
    under_way = step.started_at is not None and not step.has_ended
    so_far = (now - step.started_at) // timedelta(milliseconds=1) if under_way and step.started_at else None
    return (
        str(step.number),
        step.id,
        step.type,
        status_cell(step.status),
        str(step.attempt or ""),
        duration_words(step.duration_ms if so_far is None else so_far),
        count_words(step.metrics.rows_in),
        count_words(step.metrics.rows_out),
        _error_words(step),
    )


def warning_words(step: StepRecord) -> str:
    """`warning: has_cost: 1 of 10 rows have no value`, for every rule of severity `warn` that did not hold."""
    told = [f"warning: {result.rule_id}: {result.message}" for result in step.warnings]
    return listed(told, separator="; ")


def _error_words(step: StepRecord) -> str:
    error = "; ".join(filter(None, (step.error_message, warning_words(step))))
    if step.status != "RETRYING" or step.retry_at is None:
        return error
    return f"{error} (again at {time_words(step.retry_at)})"


def _run_row(run: RunSummary) -> tuple[Cell, ...]:
    return (
        run.run_id,
        _path(run.pipeline_id),
        status_cell(run.status),
        time_words(run.created_at),
        duration_words(run.duration_ms),
        count_words(run.rows_ingested),
        _quality_words(run.quality_passed, run.warnings),
        run.error_message or "",
    )


def _path(pipeline_id: PipelineId) -> str:
    """`gcp/cost/export` of `acme_corp_001-gcp-cost-export`: no part of an id has a dash in it."""
    return "/".join(pipeline_id.split("-")[1:])


def _quality_words(passed: bool | None, warnings: Sequence[str]) -> str:
    words = "" if passed is None else "passed" if passed else "failed"
    if not warnings:
        return words
    return f"{words}, {plural(len(warnings), 'warning')}: {listed(warnings, longest=_LONGEST_WARNINGS)}"
