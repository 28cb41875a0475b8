"""The part of Warehouse that creates datasets, tables and views, and never destroys any."""

from contextlib import suppress
from typing import TYPE_CHECKING

from shared.adapters.google_errors import summary, translated
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry
from shared.adapters.table_growth import find, make_or_grow
from shared.domain.errors import ConflictError
from shared.domain.ids import METADATA_DATASET
from shared.domain.table import FoundTable, Purpose, Table
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
        """Create the table if it is missing; add the columns it lacks and can be given."""
        with translated(f"create table {dataset}.{table.name}"):
            make_or_grow(self._client, self._name(dataset, table.name), table, purpose="set_up")

    def find_table(self, dataset: str, table: Table, *, purpose: Purpose) -> FoundTable | None:
        """The table as it is, if it is there, held against its declaration."""
        with translated(f"look at table {dataset}.{table.name}"):
            return find(self._client, self._name(dataset, table.name), table, purpose=purpose)

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
