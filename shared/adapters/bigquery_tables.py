"""The part of Warehouse that creates datasets, tables and views, and never destroys any."""

from contextlib import suppress
from typing import TYPE_CHECKING

from shared.adapters.bigquery_reads import CALL_SECONDS, bounded_retry
from shared.adapters.google_errors import summary, translated
from shared.domain.errors import ConflictError
from shared.domain.ids import METADATA_DATASET
from shared.domain.table import Column, Table
from shared.log import log

if TYPE_CHECKING:
    from google.cloud import bigquery


_MAY_NOT_EXIST = "(or it may not exist)"
"""How BigQuery's refusal ends where it doesn't say whether there is such a dataset."""


class BigQueryTables:
    """Everything here may be called again at any time."""

    def __init__(self, client: "bigquery.Client") -> None:
        self._client = client

    def ping(self) -> None:
        """Ask for the metadata dataset, once: who asks wants to know how it is now, and may see no other."""
        from google.api_core.exceptions import NotFound

        with translated("reach BigQuery"), suppress(NotFound):
            self._client.get_dataset(
                self._name(METADATA_DATASET),
                # None means once, though the client's types don't say so.
                retry=None,  # type: ignore[arg-type]
                timeout=CALL_SECONDS,
            )

    def dataset_location(self, dataset: str) -> str | None:
        """Where the dataset is; None if there is none, or none that we may know of."""
        from google.api_core.exceptions import Forbidden, NotFound

        with translated(f"look up dataset {dataset}"):
            try:
                found = self._client.get_dataset(
                    self._name(dataset), retry=bounded_retry(), timeout=CALL_SECONDS
                )
            except NotFound:
                return None
            except Forbidden as error:
                # Who has rights on some datasets only is not told whether another one is there.
                if _MAY_NOT_EXIST not in str(error.message):
                    raise
                log("dataset_out_of_sight", severity="WARNING", dataset=dataset, reason=summary(error))
                return None
        return str(found.location)

    def create_dataset(self, dataset: str, *, location: str, description: str) -> None:
        """Create the dataset if it is missing. Raises ConflictError for one that lives somewhere else."""
        from google.cloud import bigquery

        wanted = bigquery.Dataset(self._name(dataset))
        wanted.location = location
        wanted.description = description
        with translated(f"create dataset {dataset}"):
            found = self._client.create_dataset(
                wanted, exists_ok=True, retry=bounded_retry(), timeout=CALL_SECONDS
            )
        if found.location is not None and found.location.lower() != location.lower():
            raise ConflictError(
                f"dataset {dataset} is in {found.location}, must be in {location}; a dataset can't be moved"
            )

    def create_table(self, dataset: str, table: Table) -> None:
        """Create the table if it is missing; add the nullable columns it lacks."""
        from google.api_core.exceptions import NotFound

        name = self._name(dataset, table.name)
        with translated(f"create table {dataset}.{table.name}"):
            try:
                existing = self._client.get_table(name, retry=bounded_retry(), timeout=CALL_SECONDS)
            except NotFound:
                self._client.create_table(
                    _declared(name, table), exists_ok=True, retry=bounded_retry(), timeout=CALL_SECONDS
                )
                return
            missing = _missing_columns(existing, table)
            if missing:
                existing.schema = [*existing.schema, *map(_field, missing)]
                self._client.update_table(existing, ["schema"], retry=bounded_retry(), timeout=CALL_SECONDS)

    def create_view(self, dataset: str, name: str, *, sql: str, description: str) -> None:
        """Create the view, or give it this query."""
        from google.api_core.exceptions import NotFound
        from google.cloud import bigquery

        view = bigquery.Table(self._name(dataset, name))
        view.view_query = sql
        view.view_use_legacy_sql = False
        view.description = description
        with translated(f"create view {dataset}.{name}"):
            try:
                existing = self._client.get_table(view.reference, retry=bounded_retry(), timeout=CALL_SECONDS)
            except NotFound:
                self._client.create_table(view, exists_ok=True, retry=bounded_retry(), timeout=CALL_SECONDS)
                return
            if existing.table_type != "VIEW":
                raise ConflictError(f"{dataset}.{name} exists and is a table; a view is needed there")
            if existing.view_query != sql:
                existing.view_query = sql
                self._client.update_table(
                    existing, ["view_query"], retry=bounded_retry(), timeout=CALL_SECONDS
                )

    def _name(self, *parts: str) -> str:
        return ".".join((self._client.project, *parts))


def schema_fields(table: Table) -> "list[bigquery.SchemaField]":
    """The columns as the client library says them."""
    return [_field(column) for column in table.columns]


def _field(column: Column) -> "bigquery.SchemaField":
    from google.cloud import bigquery

    if column.description is None:
        return bigquery.SchemaField(column.name, column.type, mode=column.mode)
    return bigquery.SchemaField(column.name, column.type, mode=column.mode, description=column.description)


def _declared(name: str, table: Table) -> "bigquery.Table":
    from google.cloud import bigquery

    declared = bigquery.Table(name, schema=schema_fields(table))
    declared.description = table.description
    if table.partitioning is not None:
        declared.time_partitioning = bigquery.TimePartitioning(
            type_=table.partitioning.type, field=table.partitioning.field
        )
    declared.clustering_fields = list(table.clustering) or None
    return declared


_OTHER_NAMES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "DECIMAL": "NUMERIC"}


def _missing_columns(existing: "bigquery.Table", table: Table) -> list[Column]:
    """The columns to add. Raises ConflictError naming every difference that adding columns can't mend."""
    found = {field.name: field for field in existing.schema}
    missing = [column for column in table.columns if column.name not in found]
    problems = [
        f"column {column.name} is missing and REQUIRED" for column in missing if column.mode == "REQUIRED"
    ]
    for column in table.columns:
        field = found.get(column.name)
        if field is not None and _OTHER_NAMES.get(field.field_type, field.field_type) != column.type:
            problems.append(f"column {column.name} is {field.field_type}, must be {column.type}")
        if field is not None and field.mode == "REQUIRED" and column.mode == "NULLABLE":
            problems.append(f"column {column.name} is REQUIRED, must be NULLABLE")
    partitioned_by = existing.time_partitioning.field if existing.time_partitioning else None
    wanted = table.partitioning.field if table.partitioning else None
    if partitioned_by != wanted:
        problems.append(
            f"it is partitioned by {partitioned_by or 'nothing'}, must be by {wanted or 'nothing'}"
        )
    if problems:
        raise ConflictError(
            f"{existing.dataset_id}.{existing.table_id} differs in a way that only a person may change: "
            + "; ".join(problems)
        )
    return missing
