"""Carrying out a query job."""

from __future__ import annotations

import datetime
import re
from typing import Any
from uuid import uuid4

import pyarrow as pa
from bqemulator.api.dependencies import AppContext
from bqemulator.domain.errors import PermissionDeniedError
from bqemulator.jobs.executor import JOB_RESULTS, JOB_SCHEMAS, execute_query_job
from bqemulator.row_access.identity import CallerIdentity
from bqemulator.sql.rewriter.default_dataset import qualify_unqualified_tables
from bqemulator.sql.rewriter.legacy_sql import rewrite_legacy_to_standard
from sqlglot import exp

from local.bigquery.ddl import created_table, expiration_sql, keep_layout, require_absent_view
from local.bigquery.destination import clear_for_writing, insert_select, parse_destination, require_table
from local.bigquery.dialect.errors import AS_WRITTEN
from local.bigquery.job import Job, Outcome
from local.bigquery.problem import ApiError, api_error
from local.bigquery.statistics import QueryFigures

# Where BigQuery keeps the rows of queries that name no destination.
ANONYMOUS_DATASET = "_anonymous"
ANONYMOUS_PREFIX = "anon_"
_DENIED_TABLE = re.compile(
    r"Access Denied: Table ([^:\s]+):([^.\s]+)\.([^:\s]+): User does not have permission"
)
_CALLER = CallerIdentity(principal="user:local@localhost", is_authenticated=True)


async def run_query(storage: AppContext, job: Job) -> Outcome:
    """Run the statement, and write its rows to the destination table where one is named.

    Upstream 1.4.0 does not write query results anywhere; BigQuery creates and fills the destination.
    """
    query = dict(job.configuration["query"])
    project = job.key.project
    sql = _prepared(query, project=project)
    figures = QueryFigures(storage, project=project, sql=sql)
    figures.require_within(query.get("maximumBytesBilled"))
    require_absent_view(storage, figures.tree, project=project)
    before = created_table(storage, figures.tree, project=project)
    rows, schema, upstream = await execute_statement(
        storage, sql, project=project, parameters=query.get("queryParameters")
    )
    expires_at = await _expiration(storage, figures.tree, project=project)
    keep_layout(storage, figures.tree, project=project, before=before, expires_at=expires_at)
    statistics = figures.statistics(upstream)
    if _names_destination(query) and statistics["query"].get("statementType") == "SELECT":
        _write(storage, query, project=project, rows=rows, schema=schema)
    else:
        query.setdefault("destinationTable", _anonymous(job))
    query.setdefault("priority", "INTERACTIVE")
    return Outcome(
        statistics=statistics,
        rows=rows,
        schema=schema,
        configuration={**job.configuration, "query": query},
    )


async def _expiration(
    storage: AppContext, tree: exp.Expr | None, *, project: str
) -> datetime.datetime | None:
    sql = expiration_sql(tree)
    if sql is None:
        return None
    rows, _schema, _statistics = await execute_statement(
        storage,
        f"SELECT {sql} AS at",
        project=project,
        parameters=None,
    )
    at: datetime.datetime | None = rows.column("at")[0].as_py()
    return at


def _prepared(query: dict[str, Any], *, project: str) -> str:
    sql = str(query.get("query", ""))
    if not sql.strip():
        raise ApiError("invalidQuery", "Syntax error: Unexpected end of statement", location="query")
    # Upstream writes the statement anew where there is a default dataset; errors name places in what was sent.
    AS_WRITTEN.set(sql)
    if query.get("useLegacySql") is True:
        sql = rewrite_legacy_to_standard(sql)
    default = query.get("defaultDataset") or {}
    if default.get("datasetId"):
        return qualify_unqualified_tables(
            sql, default_project=default.get("projectId") or project, default_dataset=default["datasetId"]
        )
    return sql


async def execute_statement(
    storage: AppContext, sql: str, *, project: str, parameters: list[dict[str, Any]] | None
) -> tuple[pa.Table, list[dict[str, Any]], dict[str, Any]]:
    """Run one statement in the transaction that is open; its rows, their schema, upstream's statistics."""
    # Upstream keeps results by job id for ever, in memory; under a name of ours they can be taken out.
    name = uuid4().hex
    try:
        meta = await execute_query_job(project, name, sql, parameters, storage, caller=_CALLER)
        rows = JOB_RESULTS.pop(name, pa.table({}))
        return rows, JOB_SCHEMAS.pop(name, []), dict(meta.statistics.get("query", {}))
    except PermissionDeniedError as error:
        raise _not_found(storage, error) from error
    finally:
        JOB_RESULTS.pop(name, None)
        JOB_SCHEMAS.pop(name, None)


def _not_found(storage: AppContext, error: PermissionDeniedError) -> ApiError:
    """Upstream 1.4.0 denies access to tables of unknown datasets; BigQuery tells the owner what is missing."""
    named = _DENIED_TABLE.search(error.message)
    if named is None:
        return api_error(error)
    project, dataset, table = named.groups()
    if storage.catalog.get_dataset(project, dataset) is None:
        return ApiError("notFound", f"Not found: Dataset {project}:{dataset} was not found in location US")
    return ApiError("notFound", f"Not found: Table {project}:{dataset}.{table} was not found in location US")


def _write(
    storage: AppContext, query: dict[str, Any], *, project: str, rows: pa.Table, schema: list[dict[str, Any]]
) -> None:
    destination = parse_destination(query, project=project, default_write="WRITE_EMPTY")
    table = require_table(storage, destination, fields=schema, layout=query)
    known = {column.name.lower() for column in table.schema_.fields}
    for column in rows.column_names:
        if column.lower() not in known:
            raise ApiError("invalid", f"Invalid schema update. Cannot add fields (field: {column})")
    clear_for_writing(storage, destination, table)
    connection = storage.engine.connection
    connection.register("query_rows", rows)
    try:
        insert_select(
            storage, destination, table, columns=rows.column_names, source="SELECT * FROM query_rows"
        )
    finally:
        connection.unregister("query_rows")


def _names_destination(query: dict[str, Any]) -> bool:
    reference = query.get("destinationTable") or {}
    return bool(reference.get("tableId")) and reference.get("datasetId") != ANONYMOUS_DATASET


def _anonymous(job: Job) -> dict[str, str]:
    return {
        "projectId": job.key.project,
        "datasetId": ANONYMOUS_DATASET,
        "tableId": f"{ANONYMOUS_PREFIX}{job.key.job_id}",
    }
