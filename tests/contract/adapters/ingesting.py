"""Ingest steps carried out by the adapters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.cloud import bigquery

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.plan import PlannedIngest
from shared.ports import EventLog, Reader
from shared.steps.attempt import Attempt, StepResult
from shared.steps.ingest import ingest
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import attempt_at
from tests.fakes.clock import SetClock
from tests.fakes.gates import LOCAL_GATE
from tests.fakes.log import MemoryLog
from tests.fakes.watch import watch_over


def disk_reader(files: Path) -> SourceReader:
    """Reads files below the folder, which also holds the secrets."""
    found = DiskFiles(files.parent / "configs", files)
    return SourceReader(own_files=found, bucket_files=found, secrets=FolderSecrets(files), gate=LOCAL_GATE)


def carried(
    client: bigquery.Client,
    attempt: Attempt,
    *,
    reader: Reader,
    log: EventLog | None = None,
    clock: SetClock | None = None,
) -> StepResult:
    """What came of the attempt at an ingest step."""
    assert isinstance(attempt.step, PlannedIngest)
    warehouse = jobs_of(client)
    watch = watch_over(attempt, warehouse, log=log, clock=clock)
    return ingest(attempt.step, attempt, warehouse=warehouse, reader=reader, watch=watch)


class LoggedRuns:
    """Runs of ingest steps, one after the other, and the log of them."""

    def __init__(self, client: bigquery.Client, tenant: str, reader: Reader) -> None:
        self.client, self.tenant, self.reader = client, tenant, reader
        self.clock = SetClock(datetime.now(tz=UTC))
        self.log = MemoryLog(self.clock)

    def run(self, step: PlannedIngest, *, pipeline: str = "export", is_remembered: bool = True) -> int | None:
        """Run the step; what is not remembered is lost from the log."""
        self.clock.advance(timedelta(minutes=10))
        attempt = attempt_at(step, tenant=self.tenant, pipeline=pipeline)
        return self.carry(replace(attempt, now=self.clock.now()), is_remembered=is_remembered)

    def carry(self, attempt: Attempt, *, is_remembered: bool = True) -> int | None:
        """How many rows the attempt has written."""
        log = self.log if is_remembered else MemoryLog(self.clock)
        result = carried(self.client, attempt, reader=self.reader, log=log, clock=self.clock)
        log.append(attempt.endings(result, now=self.clock.now()))
        return result.metrics.rows_out
