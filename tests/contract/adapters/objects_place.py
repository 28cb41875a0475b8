"""Objects in a bucket on their way into tables, in whichever way."""

import io
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, storage

from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.bucket import Bucket
from shared.adapters.files.bucket_files import TenantBucketFiles
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.destination import IngestDestination
from shared.domain.ids import TenantId
from shared.domain.plan import PlannedIngest
from shared.domain.source import FilesSource
from shared.domain.table import Table
from shared.steps.attempt import StepResult
from shared.steps.ingest import ingest
from tests.contract.adapters.stand_in import SETTLED, jobs_of
from tests.contract.adapters.steps import attempt_at
from tests.fakes.gates import LOCAL_GATE
from tests.fakes.watch import watch_over
from tests.patience import PATIENCE_SECONDS


class Place:
    """A BigQuery and a Cloud Storage, a tenant's dataset and bucket, and what carries objects over."""

    format: Literal["parquet", "ndjson"] = "parquet"

    def __init__(self, client: bigquery.Client, url: str, folder: Path) -> None:
        self.client = client
        self.jobs = jobs_of(client)
        self.tables = BigQueryTables(client)
        self._storage = storage.Client(
            project="p", credentials=AnonymousCredentials(), client_options={"api_endpoint": url}
        )
        self.bucket = self._storage.create_bucket(f"b-{uuid4().hex[:12]}")
        objects = TenantBucketFiles(
            bucket=self._bucket,
            account=lambda tenant_id: f"{tenant_id}@p",
            grants=SETTLED,
        )
        own = DiskFiles(folder, folder)
        self.reader = SourceReader(
            own_files=own,
            bucket_files=objects,
            tenant_objects=objects,
            secrets=FolderSecrets(folder),
            gate=LOCAL_GATE,
        )
        self.tenant = f"t_{uuid4().hex[:12]}"
        client.create_dataset(self.tenant)

    def _bucket(self, *, tenant_id: TenantId, name: str) -> Bucket:
        return Bucket(name, client=lambda: self._storage, patience_seconds=PATIENCE_SECONDS)

    def move_bucket(self, location: str) -> None:
        """Have the objects in another bucket, somewhere else."""
        self.bucket = self._storage.create_bucket(f"b-{uuid4().hex[:12]}", location=location)

    def put(self, name: str, columns: dict[str, Any], **options: Any) -> None:
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink, **options)
        self.put_bytes(name, sink.getvalue())

    def put_bytes(self, name: str, contents: bytes) -> None:
        self.bucket.blob(name).upload_from_string(contents)

    def carry(self, table: Table, *, mode: str, number: int = 1, path: str = "*.parquet") -> StepResult:
        """The first attempt, in which BigQuery is to load the objects; the second reads them."""
        step = PlannedIngest(
            number=1,
            id="ingest",
            needs=(),
            source_name="exports",
            source=FilesSource(type="files", path=f"gs://{self.bucket.name}/{path}", format=self.format),
            destination=IngestDestination(table=table.name, mode=mode),
            table=table,
        )
        attempt = attempt_at(step, tenant=self.tenant, number=number)
        watch = watch_over(attempt, self.jobs)
        return ingest(step, attempt, warehouse=self.jobs, reader=self.reader, watch=watch)

    def rows(self, table: Table) -> list[str]:
        """The table's own columns, as text that tells any two values apart."""
        names = ", ".join(f"`{column.name}`" for column in table.own_columns)
        sql = f"SELECT TO_JSON_STRING(STRUCT({names})) AS line FROM `{self.tenant}.{table.name}`"
        return sorted(row["line"] for row in self.client.query_and_wait(sql))

    def loaded_by(self, result: StepResult) -> set[str]:
        """How the rows came into BigQuery: `uris` or `upload`."""
        found = [self.client.get_job(job_id) for job_id in result.metrics.job_ids]
        return {"uris" if job.source_uris else "upload" for job in found if isinstance(job, bigquery.LoadJob)}
