"""A transform step: the rows of one SELECT into one table, as one job."""

from shared.domain.errors import StatementError
from shared.domain.plan import PlannedTransform
from shared.domain.sql_place import author_message
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, StepResult, metrics_of
from shared.steps.submit import submit
from shared.steps.write_sql import write_statement


def transform(step: PlannedTransform, attempt: Attempt, *, warehouse: Warehouse) -> StepResult:
    """Submit the job and wait for it. Raises StepError when it fails."""
    sql = write_statement(step.destination, table=step.table, dataset=attempt.plan.tenant_id, rows=step.sql)
    try:
        outcome = warehouse.wait(
            submit(attempt.query(sql), attempt, warehouse=warehouse), until=attempt.until
        )
    except StatementError as error:
        file = f"transforms/{step.sql_name}.sql"
        message = author_message(str(error), statement=sql, text=step.sql, file=file)
        raise StatementError(message) from error
    return StepResult(metrics_of([outcome], rows_in=None, rows_out=outcome.rows_written))
