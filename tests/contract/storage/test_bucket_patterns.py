"""Objects of buckets as files of a disk: packed, hidden, and with names that look like patterns."""

import io
import zipfile

import pyarrow
import pytest

from shared.domain.errors import StepError
from tests.contract.storage.conftest import Read
from tests.contract.storage.stand_in import StorageStandIn
from tests.contract.storage.trees import BUCKET, EXPORTS, OWN


def test_zip_and_zstd_are_read_and_dot_objects_are_left_out(stored: StorageStandIn, read: Read) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("1.csv", "a\n1\n")
    stored.put(EXPORTS, "x/1.zip", archive.getvalue())
    stored.put(EXPORTS, "x/2.csv.zst", pyarrow.compress(b"a\n2\n", "zstd", asbytes=True))
    stored.put(EXPORTS, "x/.3.csv", "a\n3\n")
    stored.put(EXPORTS, ".y/4.csv", "a\n4\n")
    stored.put(EXPORTS, "x/5.csv", b"")

    assert read(f"gs://{EXPORTS}/**") == [{"a": "1"}, {"a": "2"}]
    assert read(f"gs://{EXPORTS}/x/.*") == [{"a": "3"}]


def test_a_packed_object_of_no_bytes_is_cut_off(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "x.csv.gz", b"")

    with pytest.raises(StepError, match=r"x\.csv\.gz has no bytes, so it is cut off"):
        read(f"gs://{EXPORTS}/x.csv.gz")


def test_a_name_with_brackets_is_named_by_a_pattern(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "x/day[2025].csv", "a\n1\n")
    stored.put(BUCKET, f"{OWN}/files/day[2025].csv", "a\n2\n")

    for path, exactly in [
        (f"gs://{EXPORTS}/x/day[2025].csv", f"gs://{EXPORTS}/x/day[[]2025].csv"),
        ("files/day[2025].csv", "files/day[[]2025].csv"),
    ]:
        with pytest.raises(StepError) as caught:
            read(path)
        assert str(caught.value).endswith(f"; the file that is called so is named by '{exactly}'")
    assert read(f"gs://{EXPORTS}/x/day[[]2025].csv") == [{"a": "1"}]
    assert read("files/day[[]2025].csv") == [{"a": "2"}]
