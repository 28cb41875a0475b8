"""Trees of configuration in a bucket, and a clock that stands still."""

from collections.abc import Mapping
from dataclasses import dataclass

from google.cloud import storage

from shared.adapters.bucket import Bucket
from shared.adapters.bucket_folder import BucketTree
from shared.adapters.folder_configs import FolderConfigs
from tests.contract.storage.stand_in import StorageStandIn

BUCKET = "configs-of-convergence"
OWN = "live/configs/acme"
"""The folder of the tenant acme in it."""
EXPORTS = "exports-of-acme"
"""Another bucket."""
PREFIX = "live/configs/"


@dataclass
class Seconds:
    """A clock that goes on when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def bucket_of(name: str = BUCKET, *, patience_seconds: float = 5.0) -> Bucket:
    """A bucket as the platform sees it."""
    return Bucket(
        name, client=lambda: storage.Client(project="contract-test"), patience_seconds=patience_seconds
    )


def tree_of(*, seconds: Seconds | None = None, patience_seconds: float = 5.0) -> BucketTree:
    """The tree, as a fresh instance has it."""
    bucket = bucket_of(patience_seconds=patience_seconds)
    return BucketTree(bucket, PREFIX, seconds=seconds or Seconds())


def configs_of(tree: BucketTree) -> FolderConfigs:
    return FolderConfigs(tree.look)


def put_files(stored: StorageStandIn, files: Mapping[str, str]) -> None:
    """Keep the files below the prefix."""
    for path, text in files.items():
        stored.put(BUCKET, PREFIX + path, text)
