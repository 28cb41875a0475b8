"""The job that writes the rows of a query, with the one statement by which it can be estimated."""

from shared.domain.job import QueryJob
from shared.domain.plan import PlannedIngest, PlannedTransform
from shared.steps.attempt import Attempt
from shared.steps.write_sql import rows_statement, write_statement


def write_job(step: PlannedIngest | PlannedTransform, attempt: Attempt, *, rows: str) -> QueryJob:
    """The one job of a step whose rows are those of the query `rows`."""
    destination, table, dataset = step.destination, step.table, attempt.plan.tenant_id
    job = attempt.query(write_statement(destination, table=table, dataset=dataset, rows=rows))
    own = rows_statement(destination, table=table, dataset=dataset, rows=rows)
    return job if job.sql == own else job.model_copy(update={"own_sql": own})
