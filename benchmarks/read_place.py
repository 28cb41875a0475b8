"""Reads one source, wherever its rows are, up to the bytes of an upload, and tells what that took.

A process of its own, so that its memory is that of this reading alone.
"""

import argparse
import json
import os
import time
from ipaddress import ip_address
from pathlib import Path

import requests.adapters
from google.cloud import storage
from pydantic import TypeAdapter

from benchmarks.processes import forget_peaks, peak_mb
from benchmarks.read_file import COLUMNS, GIVEN
from shared.adapters.bucket import Bucket
from shared.adapters.clock import SystemClock
from shared.adapters.egress.gate import Gate
from shared.adapters.files.bucket_files import TenantBucketFiles
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.source_reader import SourceReader
from shared.domain.egress import parse_egress
from shared.domain.source import RowSource
from shared.steps.row_lines import RowShape, zipped_lines

_TENANT = "bench"


def read_source(source: RowSource, *, folder: Path) -> int:
    """How many rows it gave; secrets and relative paths are those of the tenant `bench` in the folder."""
    rows = _reader(folder).read(source, tenant_id=_TENANT, parameters=())
    count = 0

    def at_row(number: int) -> None:
        nonlocal count
        count = number

    for _ in zipped_lines(rows, shape=RowShape(given=GIVEN, columns=COLUMNS, tells_file=True), at_row=at_row):
        pass
    return count


def _reader(folder: Path) -> SourceReader:
    def bucket(*, tenant_id: str, name: str) -> Bucket:  # noqa: ARG001
        return Bucket(name, client=storage.Client.create_anonymous_client, patience_seconds=5.0)

    grants = FreshGrants(lambda _: None, clock=SystemClock())
    return SourceReader(
        own_files=DiskFiles(folder, None),
        bucket_files=TenantBucketFiles(bucket=bucket, account=str, grants=grants),
        secrets=FolderSecrets(folder),
        # Whatever a place is called here, it is on this machine.
        gate=Gate(parse_egress("127.0.0.0/8"), resolve=lambda *_: (ip_address("127.0.0.1"),)),
    )


def main() -> None:
    """Read the source of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("source", help="as JSON")
    parser.add_argument("--certificate", help="of the authority that is trusted besides")
    told = parser.parse_args()
    if told.certificate:
        # The one place where requests takes the authorities from that it trusts.
        requests.adapters.DEFAULT_CA_BUNDLE_PATH = told.certificate
    source: RowSource = TypeAdapter(RowSource).validate_json(told.source)
    forget_peaks(os.getpid())
    began, used = time.monotonic(), time.process_time()
    rows = read_source(source, folder=told.folder)
    figures = {
        "rows": rows,
        "seconds": time.monotonic() - began,
        "cpu_seconds": time.process_time() - used,
        "peak_mb": sum(peak_mb(os.getpid()).values()),
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
