"""Steps, and attempts at them, as a plan would hold them."""

from datetime import UTC, datetime, timedelta

from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.destination import TransformDestination
from shared.domain.ids import RunId, pipeline_id, run_id_at
from shared.domain.parameter import ParameterValue
from shared.domain.plan import Plan, PlannedStep, PlannedTransform
from shared.domain.table import Table
from shared.domain.window import Window
from shared.domain.write_lock import lock_of
from shared.steps.attempt import Attempt
from tests.patience import PATIENCE_SECONDS

NOVEMBER = ParameterValue(name="date_range", type="date_range", text="2025-11-01/2025-11-07")
USAGE_WEEK = Window(column="usage_date", parameter="date_range")


def transform_into(
    table: Table,
    sql: str,
    *,
    mode: str = "append",
    window: Window | None = None,
    keys: tuple[str, ...] = (),
) -> PlannedTransform:
    """A transform step that writes the rows of `sql`."""
    return PlannedTransform(
        number=1,
        id="write",
        needs=(),
        sql_name="rows",
        sql=sql,
        destination=TransformDestination(table=table.name, mode=mode, window=window, keys=keys),
        table=table,
    )


def attempt_at(
    step: PlannedStep,
    *,
    tenant: str,
    pipeline: str = "export",
    run_id: RunId | None = None,
    number: int = 1,
    parameters: tuple[ParameterValue, ...] = (NOVEMBER,),
    tables: tuple[Table, ...] = (),
) -> Attempt:
    """The attempt of a run whose only step is this one; of a fresh run where none is given."""
    now = datetime.now(tz=UTC)
    plan = Plan(
        tenant_id=tenant,
        pipeline_id=pipeline_id(tenant, "gcp", "cost", pipeline),
        location="US",
        timeout_seconds=600,
        max_bytes_billed=10**12,
        parameters=parameters,
        steps=(step,),
        tables=tables,
    )
    return Attempt(
        plan=plan, run_id=run_id or run_id_at(now), step=step, number=number, now=now, until=soon()
    )


def soon() -> datetime:
    """Long enough from now for any job of these tests."""
    return datetime.now(tz=UTC) + timedelta(seconds=PATIENCE_SECONDS)


def make_written(tables: BigQueryTables, tenant: str, table: Table) -> None:
    """Make a table, and the one by which those who write it take turns."""
    tables.create_table(tenant, table)
    tables.create_table(tenant, lock_of(table))
