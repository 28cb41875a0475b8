"""Addresses in Cloud Storage: `gs://bucket/path`."""

import re
from dataclasses import dataclass

SCHEME = "gs://"

# "Bucket names" (cloud.google.com/storage/docs/buckets#naming), as far as a text can show.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")


@dataclass(frozen=True)
class StorageUri:
    """A bucket, and an object's name, the start of names or a pattern in it."""

    bucket: str
    path: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.path}" if self.path else f"{SCHEME}{self.bucket}"


def parse_storage_uri(text: str) -> StorageUri:
    """The address that `text` holds; slashes at its end don't count. Raises ValueError for any other text."""
    bucket, _, path = text.removeprefix(SCHEME).partition("/")
    if not text.startswith(SCHEME) or not _BUCKET.fullmatch(bucket):
        raise ValueError("is not gs://bucket or gs://bucket/folder")
    return StorageUri(bucket, path.rstrip("/"))
