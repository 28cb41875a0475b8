"""From a staging table to where its rows belong: those that fit into the table, the others into its quarantine.

Both tables change in one transaction of one job, so that each row is in one of them, whenever anything is killed, and
what takes the place of rows takes the place of those that were set aside with them.

Of a job of several statements, that it failed doesn't say that nothing was written: it may be stopped, or lost, after
its transaction. So an attempt that adds rows doesn't add them where an earlier one did.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import AttemptError, StepError, StillRunningError
from shared.domain.job import JobOutcome, QueryJob
from shared.domain.plan import PlannedIngest
from shared.domain.quarantine import quarantine_name, quarantine_of
from shared.domain.row_fit import RowFit, fit_of
from shared.domain.rule_result import RuleResult
from shared.domain.table import SOURCE_FILE
from shared.ports import Warehouse
from shared.sql.statement import literal, quoted, quoted_list, statement
from shared.steps.attempt import Attempt, writes_in_turn
from shared.steps.files_sql import broken_of, files_statement, marker_of, own_columns, tells_file
from shared.steps.objects_sql import takes_json
from shared.steps.submit import require_void, submit_check
from shared.steps.write_sql import in_turn, rows_statement, write_files_statement

_ALL = "TRUE"
_NOT_OF_A_FILE = "The quarantine holds rows of this pipeline that don't say of which file they are"


def fit_for(step: PlannedIngest) -> RowFit:
    """What the source's rows must be, so that none of them keeps the others from being loaded."""
    if takes_json(step.table):
        return RowFit()
    return fit_of(own_columns(step), may_have_more=step.destination.fields.new_columns == "ignore")


def staged_job(step: PlannedIngest, attempt: Attempt, *, staging: str, broken: int = 0) -> QueryJob:
    """The job that puts the rows of `staging`, of which so many are broken, where they belong."""
    job = attempt.query(staged_statement(step, attempt, staging=staging, broken=broken))
    writes = _writes(step, attempt, staging=staging, broken=broken)
    return job if len(writes) > 1 or job.sql == writes[0] else job.model_copy(update={"own_sql": writes[0]})


def staged_statement(step: PlannedIngest, attempt: Attempt, *, staging: str, broken: int = 0) -> str:
    """What that job does."""
    writes = _writes(step, attempt, staging=staging, broken=broken)
    if writes_in_turn(step):
        return in_turn(*writes, table=step.table, dataset=attempt.plan.tenant_id)
    return writes[0] if len(writes) == 1 else statement("write_both", write=writes[0], set_aside=writes[1])


def _writes(step: PlannedIngest, attempt: Attempt, *, staging: str, broken: int) -> list[str]:
    dataset, in_turns, sets_aside = attempt.plan.tenant_id, writes_in_turn(step), step.destination.sets_aside
    may_be_there = sets_aside and not in_turns and attempt.number_in_all > 1
    unless = f" AND NOT EXISTS (\n{_set_aside_before(step, dataset)})" if may_be_there else ""
    fits = f"{_broken(step)} IS NULL{unless}" if sets_aside else _ALL
    writes = [_write(step, dataset=dataset, staging=staging, fits=fits)]
    if sets_aside and (broken or in_turns):
        writes.append(_set_aside(step, dataset=dataset, staging=staging, unless=unless))
    return writes


def _set_aside_before(step: PlannedIngest, dataset: str) -> str:
    name = quarantine_name(step.table.name)
    return statement("rows_of_step", target=quoted(dataset, name), step=literal(step.id))


def _write(step: PlannedIngest, *, dataset: str, staging: str, fits: str) -> str:
    if step.source.needs.by_file:
        rows = statement("source_rows", columns="*", source=staging, window=fits)
        return files_statement(step, dataset=dataset, staging=staging if fits == _ALL else f"(\n{rows})")
    told = tells_file(step)
    names = (*(column.name for column in own_columns(step)), *((SOURCE_FILE,) if told else ()))
    rows = statement("source_rows", columns=quoted_list(names), source=staging, window=fits)
    return rows_statement(step.destination, table=step.table, dataset=dataset, rows=rows, tells_file=told)


def _set_aside(step: PlannedIngest, *, dataset: str, staging: str, unless: str) -> str:
    table, marker, broken = quarantine_of(step.table), quoted(marker_of(step.table)), _broken(step)
    by_file = step.source.needs.by_file
    rows = statement(
        "rows_set_aside",
        step=literal(step.id),
        source=literal(step.source_name),
        broken=broken,
        more=f",\n  S.{marker} AS {marker}" if by_file else "",
        which=f"S.{broken} IS NOT NULL{unless}" + (f" OR S.{marker} IS NOT NULL" if by_file else ""),
        staging=staging,
    )
    if not by_file:
        return rows_statement(step.destination, table=table, dataset=dataset, rows=rows)
    return write_files_statement(
        table,
        dataset=dataset,
        staging=f"(\n{rows})",
        marker=marker_of(step.table),
        refusal=_NOT_OF_A_FILE,
    )


def _broken(step: PlannedIngest) -> str:
    return quoted(broken_of(step.table))


@dataclass(frozen=True)
class Staged:
    """How many rows of a staging table fit, and how many are to be set aside; `outcome` is of the job that counted."""

    outcome: JobOutcome
    fit: int
    broken: int
    example: str

    def results(self, table: str) -> tuple[RuleResult, ...]:
        """What a warning says of the rows that were set aside; nothing where there are none."""
        if not self.broken:
            return ()
        total = self.fit + self.broken
        result = RuleResult(
            rule_id="rows_fit",
            rule_type="rows_fit",
            severity="warn",
            passed=False,
            rows_checked=total,
            rows_failed=self.broken,
            message=f"{self.broken:,} of {total:,} rows don't fit and are in {quarantine_name(table)}, "
            f"such as {self.example}",
        )
        return (result,)


def count_staged(
    step: PlannedIngest, attempt: Attempt, *, staging: str, warehouse: Warehouse, until: datetime
) -> Staged:
    """How the staged rows divide. Raises StepError where there are rows and none of them fits."""
    broken, marker = _broken(step), quoted(marker_of(step.table))
    fits = f"S.{broken} IS NULL" + (f" AND S.{marker} IS NULL" if step.source.needs.by_file else "")
    sql = statement("count_staged", fits=fits, broken=broken, staging=staging)
    outcome = _counted(attempt.query(sql, part="counts"), attempt, warehouse=warehouse, until=until)
    figures = outcome.rows[0]
    found = Staged(
        outcome,
        fit=int(figures["rows_fit"] or 0),
        broken=int(figures["rows_broken"] or 0),
        example=str(figures["example"] or ""),
    )
    if found.broken and not found.fit:
        require_void(attempt, warehouse=warehouse)
        raise StepError(
            f"none of the {found.broken:,} rows fits, so that it is not about single rows, and none was set aside: "
            f"{found.example}"
        )
    return found


def _counted(counting: QueryJob, attempt: Attempt, *, warehouse: Warehouse, until: datetime) -> JobOutcome:
    try:
        return warehouse.wait(submit_check(counting, attempt, warehouse=warehouse), until=until)
    except StillRunningError:
        raise
    except (StepError, AttemptError):
        # Another delivery may have learnt the figures, and write by now.
        require_void(attempt, warehouse=warehouse)
        raise
