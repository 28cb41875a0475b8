"""Objects pass through this machine in bounded memory, however large they are."""

import os
import subprocess
import sys
from pathlib import Path

from tests.contract.storage.stand_in import StorageStandIn

ROOT = Path(__file__).resolve().parents[3]
ROW = b"2025-11-01,Compute Engine,project-1,0.000012345\n"
ROW_COUNT = 700_000
ALLOWED_KILOBYTES = 15_000
"""Less than half of the object."""
# Peak memory of a process that reads the large object, beyond what it needed for the small one.
READING = """
import re
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from shared.adapters.bucket import Bucket
from shared.adapters.clock import SystemClock
from shared.adapters.files.bucket_files import TenantBucketFiles
from shared.adapters.files.rows import read_files
from shared.adapters.fresh_grants import FreshGrants
from shared.domain.source import FilesSource

def bucket(*, tenant_id, name):
    return Bucket(name, client=lambda: storage.Client(credentials=AnonymousCredentials()), patience_seconds=5.0)

def count(name):
    source = FilesSource(type="files", path=f"gs://exports/{name}", format="csv")
    grants = FreshGrants(lambda _: None, clock=SystemClock())
    files = TenantBucketFiles(bucket=bucket, account=str, grants=grants)
    return sum(1 for _ in read_files(source, files.find("acme", (source.path,))))

def peak():
    # Not getrusage: what this process held before it became this program would count.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

count("few.csv")
before = peak()
print(count("many.csv"), peak() - before)
"""


def test_a_large_object_needs_hardly_more_memory_than_a_small_one(stored: StorageStandIn) -> None:
    header = b"usage_date,service,project,cost\n"
    stored.put("exports", "few.csv", header + ROW * 1000)
    stored.put("exports", "many.csv", header + ROW * ROW_COUNT)

    environment = {**os.environ, "STORAGE_EMULATOR_HOST": stored.url}
    done = subprocess.run(
        [sys.executable, "-c", READING],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    count, grown = map(int, done.stdout.split())
    assert count == ROW_COUNT
    assert grown < ALLOWED_KILOBYTES
