"""The job that writes the rows of a query, with the one statement by which it can be estimated."""

from shared.domain.job import QueryJob
from shared.domain.plan import PlannedIngest, PlannedTransform
from shared.steps.attempt import Attempt
from shared.steps.write_sql import rows_statement, write_statement


def write_job(
    step: PlannedIngest | PlannedTransform, attempt: Attempt, *, rows: str, tells_file: bool = False
) -> QueryJob:
    """The job that writes the rows of the query `rows`, with their file where it `tells_file`."""
    table, dataset = step.table, attempt.plan.tenant_id
    sql, own = (
        write(step.destination, table=table, dataset=dataset, rows=rows, tells_file=tells_file)
        for write in (write_statement, rows_statement)
    )
    job = attempt.query(sql)
    return job if job.sql == own else job.model_copy(update={"own_sql": own})
