"""The query that a step submits, as far as it is known before the step begins."""

from dataclasses import dataclass
from typing import assert_never

from shared.domain.errors import StatementError
from shared.domain.job import QueryJob
from shared.domain.plan import PlannedDq, PlannedIngest, PlannedTransform
from shared.domain.source import QuerySource
from shared.sql.statement import quoted
from shared.steps.attempt import Attempt, loads_into_staging
from shared.steps.dq import rules_job
from shared.steps.ingest import staging_of
from shared.steps.rule_query import numbered_rules
from shared.steps.source_query import source_job, source_message
from shared.steps.staged_rows import staged_job
from shared.steps.transform import transform_job, transform_message


@dataclass(frozen=True)
class ForeseenQuery:
    """The job, made by the function that the step itself makes it with.

    One that `reads_staging` can't be planned by BigQuery yet: the step makes the table that it reads.
    """

    job: QueryJob
    reads_staging: bool = False


def foreseen_query(attempt: Attempt) -> ForeseenQuery | None:
    """The attempt's query, where nothing goes wrong; None where its rows are loaded without any."""
    step = attempt.step
    match step:
        case PlannedIngest() if isinstance(step.source, QuerySource):
            return ForeseenQuery(source_job(step, step.source, attempt))
        case PlannedIngest() if loads_into_staging(step):
            staging = quoted(attempt.plan.tenant_id, staging_of(step, attempt).name)
            return ForeseenQuery(staged_job(step, attempt, staging=staging), reads_staging=True)
        case PlannedIngest():
            return None
        case PlannedDq():
            return ForeseenQuery(rules_job(step, attempt, numbered_rules(step, attempt.plan)))
        case PlannedTransform():
            return ForeseenQuery(transform_job(step, attempt))
        case _:
            assert_never(step)


def refusal_message(error: StatementError, attempt: Attempt, job: QueryJob) -> str:
    """What is wrong with the statement that was estimated, at its place in the author's file where that is known."""
    job = job.model_copy(update={"sql": job.own_sql or job.sql})
    match attempt.step:
        case PlannedIngest():
            return source_message(error, attempt.step, job)
        case PlannedTransform():
            return transform_message(error, attempt.step, job)
        case PlannedDq():
            return str(error)
        case _:
            assert_never(attempt.step)
