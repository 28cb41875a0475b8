"""Buckets and their objects, kept in a folder: whole or not at all, whenever the process is killed.

What gcp-storage-emulator keeps, but each generation's contents in a file of their own. `.meta`, which is replaced at
once, says which of them count; the others were never finished, or are those of objects that are no more.
"""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.storage import RESUMABLE_DIR, Storage, _FileStore

Resource = dict[str, Any]
_CONTENTS = "_contents"
_META = ".meta"


class KeptObjects(Storage):  # type: ignore[misc]  # the emulator has no annotations, so this is Any
    """One thread at a time may use it. No object that is deleted or replaced comes back."""

    def __init__(self, folder: Path) -> None:
        self.new_location = "US"
        """Where the next bucket is made."""
        super().__init__(data_dir=str(folder))
        self._store = _WholeFiles(use_memory=False, root=folder)
        self._read_config_from_file()
        self._forget_unfinished(folder / _CONTENTS)

    def create_bucket(self, bucket_name: str, bucket_obj: Resource) -> Resource:
        """Keep a bucket, a new one in its location."""
        if bucket_name not in self.buckets:
            location = self.new_location.upper()
            kind = "region" if "-" in location else "multi-region"
            bucket_obj.update(location=location, locationType=kind)
        self.buckets[bucket_name] = bucket_obj
        self._write_config_to_file()
        return bucket_obj

    def create_file(self, bucket_name: str, file_name: str, content: bytes, *described: Any) -> None:
        """Keep an object's newest generation, and then no other one. Raises NotFound for want of the bucket.

        It is `described` by its resource and, where it was sent in parts, the upload's id.
        """
        file_obj, file_id = (*described, None)[:2]
        if bucket_name not in self.buckets:
            raise NotFound
        before = self._object_path(bucket_name, file_name)
        link = str(file_obj.get("mediaLink", ""))
        file_obj["mediaLink"] = link.replace(f"/o/{file_name}?", f"/o/{quote(file_name, safe='')}?")
        self._store.write_bytes(_path(bucket_name, file_name, str(file_obj["generation"])), content or b"")
        self.objects.setdefault(bucket_name, {})[file_name] = file_obj
        if file_id:
            self.delete_resumable_file_obj(file_id)
        self._write_config_to_file()
        self._store.discard(before)
        if file_id:
            self._store.discard(self._object_path(RESUMABLE_DIR, self.safe_id(file_id)))

    def delete_file(self, bucket_name: str, file_name: str) -> None:
        """Delete an object for good. Raises NotFound."""
        path = self._object_path(bucket_name, file_name)
        if self.objects.get(bucket_name, {}).pop(file_name, None) is None:
            raise NotFound
        self._write_config_to_file()
        self._store.discard(path)

    def _object_path(self, bucket_name: str, file_name: str) -> str:
        generation = self.objects.get(bucket_name, {}).get(file_name, {}).get("generation", "")
        return _path(bucket_name, file_name, str(generation))

    def _write_config_to_file(self) -> None:
        kept = {
            "buckets": self.buckets,
            "objects": self.objects,
            "resumable": self.resumable,
            "bucket_iam_policies": self.bucket_iam_policies,
            "soft_deleted": {},
        }
        self._store.write_bytes(_META, json.dumps(kept).encode())

    def _forget_unfinished(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        known = {self._object_path(bucket, name) for bucket, names in self.objects.items() for name in names}
        known |= {self._object_path(RESUMABLE_DIR, self.safe_id(one)) for one in self.resumable}
        for file in folder.iterdir():
            if f"{_CONTENTS}/{file.name}" not in known:
                file.unlink()


class _WholeFiles(_FileStore):  # type: ignore[misc]  # as above
    """Files that are there once they are whole."""

    def write_bytes(self, rel: str, content: bytes) -> None:
        path = self._disk_path(rel)
        unfinished = self._disk_path(_CONTENTS) / f"unfinished-{uuid4().hex}"
        unfinished.parent.mkdir(exist_ok=True)
        unfinished.write_bytes(content)
        os.replace(unfinished, path)

    def discard(self, rel: str) -> None:
        """Remove a file that need not be there."""
        self._disk_path(rel).unlink(missing_ok=True)


def _path(bucket: str, name: str, generation: str) -> str:
    # Names may have any characters, and a folder's may be an object's too. No bucket begins with an underscore.
    return f"{_CONTENTS}/{sha256(json.dumps([bucket, name, generation]).encode()).hexdigest()}"
