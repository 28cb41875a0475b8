"""Reads one source, wherever its rows are, up to the bytes of an upload, and tells what that took.

A process of its own, so that its memory is that of this reading alone.
"""

import argparse
from ipaddress import ip_address
from pathlib import Path

import requests.adapters
from google.cloud import storage
from pydantic import TypeAdapter

from benchmarks.read_file import COLUMNS, count_written, tell_reading
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

_TENANT = "bench"


def read_source(source: RowSource, *, folder: Path) -> int:
    """How many rows it gave; secrets and relative paths are those of the tenant `bench` in the folder."""
    return count_written(_reader(folder).read(source, tenant_id=_TENANT, parameters=()), columns=COLUMNS)


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
    tell_reading(lambda: read_source(source, folder=told.folder))


if __name__ == "__main__":
    main()
