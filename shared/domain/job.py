"""What is asked of BigQuery, and what came of it."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import SkipValidation

from shared.domain.ids import JobId, TenantId
from shared.domain.model import Model, UtcTime
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import Table


class QueryJob(Model):
    """One GoogleSQL statement of a tenant. Unqualified tables mean its dataset."""

    tenant_id: TenantId
    job_id: JobId
    location: str
    sql: str
    own_sql: str | None = None
    """The one statement of `sql` that is about the step's rows, where others only take turns around it."""
    parameters: tuple[SqlParameter, ...] = ()
    max_bytes_billed: int
    timeout_seconds: int
    labels: dict[str, str] = {}


MOST_PACKED_BYTES = 4_000_000_000
"""BigQuery reads no larger gzip file ("Quotas and limits", load jobs)."""


class LoadJob(Model):
    """The rows of a gzipped NDJSON file, added to a table of a tenant that exists.

    `content` gives the file's bytes as they are made, once. What it raises ends the submission, and there is no job.
    """

    tenant_id: TenantId
    job_id: JobId
    location: str
    table: Table
    content: Annotated[Iterable[bytes], SkipValidation]
    timeout_seconds: int
    labels: dict[str, str] = {}


class ObjectsJob(Model):
    """The rows of Parquet objects, added to a table of a tenant that exists. BigQuery reads them as the tenant.

    Where they `are_lines`, they are text, and each line is a row of the table's one column.
    """

    tenant_id: TenantId
    job_id: JobId
    location: str
    table: Table
    uris: tuple[str, ...]
    are_lines: bool = False
    timeout_seconds: int
    labels: dict[str, str] = {}


Job = QueryJob | LoadJob | ObjectsJob
OBJECTS_LABEL = "objects"
"""Says of which version of its objects a job is. Where such a job fails for good, another way may yet do."""


class JobHandle(Model):
    """A tenant's submitted job, whoever submitted it."""

    tenant_id: TenantId
    job_id: JobId
    location: str


class JobOutcome(Model):
    """A job that is done without error. `rows` are those of a SELECT: each a value by column name."""

    job_id: JobId
    ended_at: UtcTime | None = None
    rows_written: int | None
    bytes_processed: int
    bytes_billed: int
    slot_ms: int
    rows: tuple[dict[str, str | int | bool | None], ...] = ()
    labels: dict[str, str] = {}
