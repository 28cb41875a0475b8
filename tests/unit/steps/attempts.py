"""Attempts at single steps, for the tests of what steps do."""

from datetime import timedelta

import sqlglot

from shared.config.standard_tables import standard_table
from shared.domain.ids import pipeline_id, run_id_for_key
from shared.domain.job import QueryJob
from shared.domain.parameter import ParameterValue
from shared.domain.plan import Plan, PlannedStep
from shared.domain.table import Column, Table
from shared.steps.attempt import Attempt
from tests.fakes.clock import NOON
from tests.fakes.warehouse import MemoryWarehouse

RAW = standard_table("raw_data")
DAILY = Table(
    name="daily",
    columns=(
        Column(name="pipeline_id", type="STRING"),
        Column(name="run_id", type="STRING"),
        Column(name="day", type="DATE"),
        Column(name="cost", type="NUMERIC"),
    ),
)
PRICES = Table(
    name="prices", columns=(Column(name="sku", type="STRING"), Column(name="price", type="NUMERIC"))
)
PIPELINE = pipeline_id("acme", "demo", "cost", "daily")
RUN = run_id_for_key(pipeline=PIPELINE, key="monday", day=NOON.date())


def attempt_at(step: PlannedStep, *, number: int = 1) -> Attempt:
    """The nth try at the step, in a run with the date range `days`."""
    plan = Plan(
        tenant_id="acme",
        pipeline_id=PIPELINE,
        location="EU",
        timeout_seconds=600,
        max_bytes_billed=10**9,
        parameters=(ParameterValue(name="days", type="date_range", text="2025-11-08/2025-11-14"),),
        steps=(step,),
    )
    return Attempt(
        plan=plan, run_id=RUN, step=step, number=number, now=NOON, until=NOON + timedelta(seconds=500)
    )


def jobs_of(warehouse: MemoryWarehouse) -> list[tuple[str, str]]:
    """Each job's part of the id after the run's, and its kind."""
    return [(job_id.split(RUN)[1], type(job).__name__) for job_id, job in warehouse.jobs.items()]


def sql_of(warehouse: MemoryWarehouse) -> list[str]:
    """What the query jobs do, in order: each is one statement that BigQuery's grammar knows, or several in turn."""
    statements = [job.sql for job in warehouse.jobs.values() if isinstance(job, QueryJob)]
    for statement in statements:
        assert len(sqlglot.parse(statement, dialect="bigquery")) in {1, 5}
    return statements
