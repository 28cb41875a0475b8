"""The query of an ingest step whose source is in BigQuery: the job reads and writes at once."""

from collections.abc import Callable

from shared.domain.errors import StatementError
from shared.domain.job import QueryJob
from shared.domain.plan import PlannedIngest
from shared.domain.source import QuerySource
from shared.domain.sql_place import part_message
from shared.domain.sql_text import plain_select
from shared.domain.table import Table
from shared.sources.parts import part_of
from shared.sql.statement import statement
from shared.steps.attempt import Attempt
from shared.steps.objects_sql import takes_json
from shared.steps.write_job import write_job


def source_job(step: PlannedIngest, source: QuerySource, attempt: Attempt) -> QueryJob:
    """The one job of a step whose source is in BigQuery."""
    return write_job(step, attempt, rows=_source_query(source, step.table))


def source_message(error: StatementError, step: PlannedIngest, job: QueryJob) -> str:
    """What is wrong with that job's SQL, at its place in the author's file."""
    own = plain_select(step.source.needs.query or "")
    said = part_message(str(error), statement=job.sql, text=own, part="its query")
    return f"sources/{step.source_name}.yml: {said}"


def _source_query(source: QuerySource, table: Table) -> str:
    build_query: Callable[[QuerySource], str] = part_of(source, "build_query")
    rows = build_query(source)
    return statement("source_rows_as_json", rows=rows) if takes_json(table) else rows
