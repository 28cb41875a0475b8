"""What BigQuery is told about a job besides its statement or its file."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from shared.domain.job import LoadJob, ObjectsJob, QueryJob
from shared.domain.sql_parameter import SqlParameter

if TYPE_CHECKING:  # slow to import; only who submits a job pays for it
    from google.cloud import bigquery

VOID_SQL = "SELECT ERROR('This attempt was given up: no job will do anything under its id.')"
"""What a job does that is there to take an id. It reads nothing, writes nothing and fails."""
_NOT_IN_JSON = "\x01"
_VOID_LABELS = {"convergence": "void"}


def query_config(job: QueryJob, *, project: str) -> "bigquery.QueryJobConfig":
    """The statement's parameters, its limits and whose it is."""
    config = _statement_config(job, project=project)
    config.maximum_bytes_billed = job.max_bytes_billed
    config.labels = job.labels
    config.job_timeout_ms = job.timeout_seconds * 1000
    return config


def dry_run_config(job: QueryJob, *, project: str) -> "bigquery.QueryJobConfig":
    """The same for a job that is planned and not carried out; what limits it would keep it from being planned."""
    config = _statement_config(job, project=project)
    config.dry_run = True
    config.use_query_cache = False
    return config


def _statement_config(job: QueryJob, *, project: str) -> "bigquery.QueryJobConfig":
    from google.cloud import bigquery

    return bigquery.QueryJobConfig(
        default_dataset=f"{project}.{job.tenant_id}",
        query_parameters=[_parameter(parameter) for parameter in job.parameters],
        use_legacy_sql=False,
    )


def load_config(job: LoadJob) -> "bigquery.LoadJobConfig":
    """Rows are added to a table that exists, and whose own columns count.

    A schema here would have to agree with them in every mode: a column that somebody made NULLABLE, or that could only
    be added so, is refused where REQUIRED is asked for.
    """
    return _adding(job, source_format="NEWLINE_DELIMITED_JSON")


def objects_config(job: ObjectsJob) -> "bigquery.LoadJobConfig":
    """Rows are added to a table that exists: of Parquet, column by column of the same name, or of text, a line each.

    A line is CSV of one column, with a delimiter that JSON holds nowhere but as an escape, and without quotes. All
    control characters stay, so that what is no JSON doesn't become it.
    """
    if not job.are_lines:
        return _adding(job, source_format="PARQUET")
    config = _adding(job, source_format="CSV")
    config.field_delimiter = _NOT_IN_JSON
    config.quote_character = ""
    config.preserve_ascii_control_characters = True
    config.max_bad_records = 0
    return config


def _adding(job: LoadJob | ObjectsJob, *, source_format: str) -> "bigquery.LoadJobConfig":
    from google.cloud import bigquery

    config = bigquery.LoadJobConfig(
        source_format=source_format,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
        write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
        labels=job.labels,
    )
    config.job_timeout_ms = job.timeout_seconds * 1000
    return config


def _parameter(parameter: SqlParameter) -> "bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter":
    from google.cloud import bigquery

    if isinstance(parameter.value, tuple):
        return bigquery.ArrayQueryParameter(parameter.name, parameter.type, list(parameter.value))
    return bigquery.ScalarQueryParameter(parameter.name, parameter.type, _typed(parameter))


def _typed(parameter: SqlParameter) -> str | int | bool | Decimal | date | datetime | None:
    value = parameter.value
    if not isinstance(value, str):
        return None
    match parameter.type:
        case "INT64":
            return int(value)
        case "NUMERIC":
            return Decimal(value)
        case "BOOL":
            return value == "true"
        case "DATE":
            return date.fromisoformat(value)
        case "TIMESTAMP":
            return datetime.fromisoformat(value)
        case "STRING":
            return value


def void_config() -> "bigquery.QueryJobConfig":
    """What tells a job that runs VOID_SQL from every other."""
    from google.cloud import bigquery

    return bigquery.QueryJobConfig(use_legacy_sql=False, labels=_VOID_LABELS)


def is_void(labels: Mapping[str, str]) -> bool:
    """Whether a job with these labels runs VOID_SQL."""
    return _VOID_LABELS.items() <= labels.items()
