"""The statements of a query job: what its configuration says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.destination import Destination, parse_destination, require_table
from local.bigquery.googlesql.types import rest_field
from local.bigquery.job import Job
from local.bigquery.parameters import Parameters, parse_parameters
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.translate.limits import refused
from local.bigquery.translate.partition_filters import require_partition_filters
from local.bigquery.translate.statement import Statement
from local.bigquery.translate.translator import NO_VARIABLES, Translator, Variable

# Where BigQuery keeps the rows of queries that name no destination.
ANONYMOUS_DATASET = "_anonymous"
ANONYMOUS_PREFIX = "anon_"


class Script:
    """A statement of a job, and what the job says of it.

    `part` is the statement's text where it is one of a script's, and `variables` are those that the script has there.
    """

    def __init__(
        self,
        translator: Translator,
        session: Session,
        job: Job,
        *,
        part: str | None = None,
        variables: Mapping[str, Variable] = NO_VARIABLES,
    ) -> None:
        self.session, self.job = session, job
        self.query: dict[str, Any] = job.configuration["query"]
        query = self.query
        sql = str(query.get("query", "")) if part is None else part
        self._is_part, self._variables = part is not None, variables
        if query.get("useLegacySql") is True:
            raise refused("legacy SQL; set useLegacySql to false")
        self._translator = translator
        self._statements = translator.split(sql) if sql.strip() else []
        if not self._statements:
            raise ApiError("invalidQuery", "Syntax error: Unexpected end of statement", location="query")
        self.parameters: Parameters = parse_parameters(query, session_user=job.user_email)
        default = query.get("defaultDataset") or {}
        project = default.get("projectId") or job.key.project
        self.default_dataset = f"{project}.{default['datasetId']}" if default.get("datasetId") else None

    def statement(self) -> Statement:
        """The statement, as the tables are now. Raises ApiError."""
        sql, paths = self._statements[0]
        found = self._translator.translate(
            sql,
            paths,
            catalog=self.session.catalog,
            project=self.job.key.project,
            default_dataset=self.default_dataset,
            parameters=self.parameters.types,
            variables=self._variables,
        )
        require_partition_filters(self.session.catalog, found.unfiltered)
        return found

    @property
    def names_destination(self) -> bool:
        """Whether the rows of the query go into a table of the caller's."""
        given = self.query.get("destinationTable") or {}
        return (
            not self._is_part and bool(given.get("tableId")) and given.get("datasetId") != ANONYMOUS_DATASET
        )

    def destination(self, statement: Statement) -> tuple[Destination, Table] | None:
        """Where the job wants the rows of its query, made ready for them. Raises ApiError."""
        if not statement.only_reads:
            return None
        _require_distinct_names(statement)
        if not self.names_destination:
            return None
        schema = [rest_field(name, kind) for name, kind in statement.columns]
        destination = parse_destination(self.query, project=self.job.key.project, default_write="WRITE_EMPTY")
        table = require_table(self.session, destination, fields=schema, layout=self.query)
        known = {column["name"].lower() for column in table.fields}
        for name, _kind in statement.columns:
            if name.lower() not in known:
                raise ApiError("invalid", f"Invalid schema update. Cannot add fields (field: {name})")
        return destination, table


def anonymous_table(job: Job) -> dict[str, str]:
    return {
        "projectId": job.key.project,
        "datasetId": ANONYMOUS_DATASET,
        "tableId": f"{ANONYMOUS_PREFIX}{job.key.job_id}",
    }


def _require_distinct_names(statement: Statement) -> None:
    counts = Counter(name.lower() for name, _kind in statement.columns)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        message = (
            f"Duplicate column names in the result are not supported. Found duplicate(s): {', '.join(twice)}"
        )
        raise ApiError("invalidQuery", message, location="query")
