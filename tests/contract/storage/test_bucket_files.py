"""Files that sources read from buckets: which, whose, and what is said of those that can't be read."""

import csv
import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import cast

import pyarrow
import pyarrow.parquet
import pytest
from pydantic import JsonValue

from shared.adapters.fresh_grants import SPREAD, FreshGrants
from shared.adapters.source_reader import SourceReader
from shared.domain.errors import ForbiddenError, NotYetError, StepError, TransientError
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileVersion
from shared.domain.source import FilesSource
from shared.ports import Reader
from shared.settings import Settings
from tests.contract.adapters.stand_in import SETTLED
from tests.contract.storage.conftest import Read, reader_of
from tests.contract.storage.stand_in import StorageStandIn
from tests.contract.storage.trees import BUCKET, EXPORTS, OWN
from tests.fakes.clock import NOON, SetClock
from tests.fakes.reader import one_by_one

ACCOUNT = "t-acme-822b33ad@contract-test.iam.gserviceaccount.com"


def parquet(rows: list[dict[str, str]]) -> bytes:
    target = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), target)
    return target.getvalue()


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize(
    ("kind", "contents"),
    [("csv", b"a\n1\n"), ("ndjson", b'{"a": "1"}\n'), ("parquet", parquet([{"a": "1"}]))],
)
def test_every_format_is_read_gzipped_or_not(
    stored: StorageStandIn, read: Read, kind: str, contents: bytes, gzipped: bool
) -> None:
    name = f"day.{kind}{'.gz' if gzipped else ''}"
    stored.put(EXPORTS, name, gzip.compress(contents) if gzipped else contents)

    assert read(f"gs://{EXPORTS}/{name}", kind) == [{"a": "1"}]


def test_what_is_packed_counts_and_not_what_the_name_says(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "packed.csv", gzip.compress(b"a\n1\n"), content_encoding="gzip")
    stored.put(EXPORTS, "unpacked.csv.gz", b"a\n2\n")

    assert read(f"gs://{EXPORTS}/*packed*") == [{"a": "1"}, {"a": "2"}]


def test_objects_of_a_pattern_are_read_in_the_order_of_their_names(
    stored: StorageStandIn, read: Read
) -> None:
    for name in ("x/2.csv", "x/10.csv", "x/1.csv", "x/y/3.csv", "x/1.txt", "z/4.csv"):
        stored.put(EXPORTS, name, f"a\n{name}\n")

    flat, deep = read(f"gs://{EXPORTS}/x/*.csv"), read(f"gs://{EXPORTS}/**/*.csv")

    assert [row["a"] for row in flat] == ["x/1.csv", "x/10.csv", "x/2.csv"]
    assert [row["a"] for row in deep] == ["x/1.csv", "x/10.csv", "x/2.csv", "x/y/3.csv", "z/4.csv"]


@pytest.mark.parametrize(
    "path",
    [
        "gs://exports-of-acme/none.csv",
        "gs://exports-of-acme/*.txt",
        "gs://no-such-bucket/*",
        "gs://no-such/a",
    ],
)
def test_what_is_not_there_is_said(stored: StorageStandIn, read: Read, path: str) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")

    with pytest.raises(StepError) as caught:
        read(path)

    assert str(caught.value) == f"No file matches '{path}'"


@pytest.mark.parametrize("name", ["day.csv", "*.csv", "**/*.csv"])
def test_only_the_tenants_own_account_opens_a_bucket(stored: StorageStandIn, read: Read, name: str) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")

    stored.readers[EXPORTS] = {"umbrella", ""}
    with pytest.raises(StepError) as caught:
        read(f"gs://{EXPORTS}/{name}")
    stored.readers[EXPORTS] = {"acme"}

    assert str(caught.value) == (f"The tenant's service account {ACCOUNT} may not read gs://{EXPORTS}/{name}")
    assert read(f"gs://{EXPORTS}/{name}") == [{"a": "1"}]


def test_what_a_young_tenant_may_not_read_yet_is_left_for_later(
    stored: StorageStandIn, settings: Settings
) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.readers[EXPORTS] = {"umbrella"}
    clock = SetClock(NOON)
    reader = reader_of(settings, FreshGrants(lambda _: NOON, clock=clock))
    source = FilesSource(type="files", path=f"gs://{EXPORTS}/day.csv", format="csv")

    def rows() -> list[dict[str, JsonValue]]:
        return list(one_by_one(reader.read(source, tenant_id="acme", parameters=())))

    with pytest.raises(NotYetError, match=r" may not read gs://.*; .* takes some minutes to be known$"):
        rows()
    clock.advance(SPREAD)
    with pytest.raises(StepError, match=r" may not read gs://exports-of-acme/day\.csv$"):
        rows()
    stored.readers[EXPORTS] = {"acme"}

    assert rows() == [{"a": "1"}]


def test_in_another_universe_only_a_stand_in_is_asked(stored: StorageStandIn, settings: Settings) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    elsewhere = replace(settings, universe_domain="convergence.localhost")
    source = FilesSource(type="files", path=f"gs://{EXPORTS}/day.csv", format="csv")

    def rows(settings: Settings) -> list[dict[str, JsonValue]]:
        reader = reader_of(settings, SETTLED, universe_domain=elsewhere.universe_domain)
        return list(one_by_one(reader.read(source, tenant_id="acme", parameters=())))

    assert rows(elsewhere) == [{"a": "1"}]
    with pytest.raises(StepError, match=r"^gs:// can't be read here: .* or set STORAGE_EMULATOR_HOST$"):
        rows(replace(elsewhere, storage_url=None))


def test_the_platforms_own_bucket_is_no_way_round(read: Read) -> None:
    with pytest.raises(StepError, match="may not read"):
        read(f"gs://{BUCKET}/live/configs/umbrella/files/theirs.csv")


def test_a_relative_path_starts_at_the_tenants_folder_in_the_bucket(
    stored: StorageStandIn, read: Read
) -> None:
    stored.put(BUCKET, f"{OWN}/files/1.csv", "a\n1\n")
    stored.put(BUCKET, f"{OWN}/files/deep/2.csv", "a\n2\n")

    assert read("files/1.csv") == read("files/*.csv") == read("./files/deep/../*.csv") == [{"a": "1"}]
    assert read("files/**/*.csv") == [{"a": "1"}, {"a": "2"}]


def test_rows_have_what_the_folders_of_their_object_say_in_both_kinds_of_bucket(
    stored: StorageStandIn, reader: Reader
) -> None:
    name = "dt=2025-11-01/provider=a%3Ab/day.parquet"
    stored.put(EXPORTS, f"x/{name}", parquet([{"a": "1"}]))
    stored.put(BUCKET, f"{OWN}/files/{name}", parquet([{"a": "1"}]))

    for path in (f"gs://{EXPORTS}/x/**/*.parquet", f"files/{name}"):
        said = {"type": "files", "path": path, "format": "parquet", "folders": ["dt", "provider"]}
        source = FilesSource.model_validate(said)
        rows = list(one_by_one(reader.read(source, tenant_id="acme", parameters=())))
        assert rows == [{"a": "1", "dt": "2025-11-01", "provider": "a:b"}]


@pytest.mark.parametrize(
    "path",
    [
        "files/none.csv",
        "files",
        "files/*.csv",
        "../umbrella/files/theirs.csv",
        "../umbrella/files/*.csv",
        "../*/files/theirs.csv",
        "files/../../umbrella/files/theirs.csv",
        "secrets/key.csv",
        "secrets/*",
        "s*/key.csv",
        "**/*.csv",
        "files/../secrets/key.csv",
        "../../../outside.csv",
        "..",
        ".",
        "/etc/passwd",
        "/live/configs/umbrella/files/theirs.csv",
    ],
)
def test_whatever_a_tenant_may_not_read_looks_like_nothing_at_all(read: Read, path: str) -> None:
    with pytest.raises(StepError) as caught:
        read(path)

    assert str(caught.value) == f"No file matches '{path}'"


def test_a_file_that_is_wrong_is_named_and_its_contents_are_not(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "x/day.csv", "a,b\n1,2\nhunter2\n")

    with pytest.raises(StepError) as caught:
        read(f"gs://{EXPORTS}/x/*.csv")

    assert str(caught.value) == f"gs://{EXPORTS}/x/day.csv: line 3 has 1 value, the header has 2"


def test_a_file_that_is_replaced_meanwhile_is_left_for_later(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.is_replaced = lambda _: True

    with pytest.raises(TransientError, match=r"day\.csv was replaced or deleted before it was read$"):
        read(f"gs://{EXPORTS}/*.csv")


def test_an_error_that_passes_is_not_noticed(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.fail_with = [503, 429]

    assert read(f"gs://{EXPORTS}/day.csv") == [{"a": "1"}]


def test_a_token_that_nobody_accepts_is_the_platforms_trouble(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.fail_with = [401] * 5

    with pytest.raises(
        ForbiddenError, match=r"^(Google refused to|Could not) read gs://exports-of-acme/day\.csv"
    ):
        read(f"gs://{EXPORTS}/day.csv")


def test_files_are_copied_one_at_a_time_and_nothing_is_left(
    stored: StorageStandIn, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        stored.put(EXPORTS, f"{number}.csv", "".join(["a\n", *(f"{n}\n" for n in range(10))]))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    source = FilesSource(type="files", path=f"gs://{EXPORTS}/*.csv", format="csv")
    rows = one_by_one(reader.read(source, tenant_id="acme", parameters=()))
    next(rows)

    assert len(stored.downloads) == 1
    assert len(list(tmp_path.glob("convergence-*/source-*/*"))) == 1
    assert len(list(rows)) == 29
    assert list(tmp_path.glob("convergence-*/*")) == []


def test_an_object_that_arrives_damaged_is_left_for_later(stored: StorageStandIn, read: Read) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.damage(EXPORTS, "day.csv")

    with pytest.raises(TransientError, match=r"^gs://exports-of-acme/day\.csv arrived damaged$"):
        read(f"gs://{EXPORTS}/day.csv")


def test_csv_is_read_as_on_disk(stored: StorageStandIn, read: Read) -> None:
    rows = [["a", "b"], ['line\nbreak "quoted"', "ü"], ["", "x"]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    stored.put(EXPORTS, "day.csv", text.getvalue().encode("utf-8-sig"))

    assert read(f"gs://{EXPORTS}/day.csv") == [
        {"a": 'line\nbreak "quoted"', "b": "ü"},
        {"a": None, "b": "x"},
    ]


@pytest.mark.parametrize("pattern", ["day.csv", "*.csv"])
def test_objects_are_listed_with_their_generations_and_none_is_copied(
    stored: StorageStandIn, reader: Reader, pattern: str
) -> None:
    stored.put(EXPORTS, "day.csv", "a\n1\n")
    stored.put(BUCKET, f"{OWN}/files/day.csv", "a\n1\n")

    def versions(path: str) -> tuple[FileVersion, ...]:
        source = FilesSource(type="files", path=path, format="csv")
        return cast(SourceReader, reader).find_files(source, tenant_id="acme", parameters=())

    theirs, own = versions(f"gs://{EXPORTS}/{pattern}"), versions(f"files/{pattern}")

    assert theirs == (
        FileVersion(name=f"gs://{EXPORTS}/day.csv", size=4, version=stored.generation(EXPORTS, "day.csv")),
    )
    assert own == (
        FileVersion(name="files/day.csv", size=4, version=stored.generation(BUCKET, f"{OWN}/files/day.csv")),
    )
    assert stored.downloads == []


def test_a_range_is_each_of_its_months_in_both_kinds_of_bucket(
    stored: StorageStandIn, reader: Reader
) -> None:
    for month in ("2025-10", "2025-11", "2025-12"):
        stored.put(EXPORTS, f"{month}/day.csv", f"a\n{month}\n")
        stored.put(BUCKET, f"{OWN}/files/{month}.csv", f"a\nown {month}\n")

    def rows(path: str, text: str) -> list[JsonValue]:
        days = ParameterValue(name="days", type="date_range", text=text)
        source = FilesSource(type="files", path=path, format="csv")
        return [row["a"] for row in one_by_one(reader.read(source, tenant_id="acme", parameters=(days,)))]

    theirs, own = f"gs://{EXPORTS}/{{days:%Y-%m}}/*.csv", "files/{days:%Y-%m}.csv"

    assert rows(theirs, "2025-11-30/2025-12-01") == ["2025-11", "2025-12"]
    assert rows(own, "2025-11-30/2025-12-01") == ["own 2025-11", "own 2025-12"]
    with pytest.raises(StepError, match=r"^No file matches 'gs://exports-of-acme/2026-01/\*.csv'$"):
        rows(theirs, "2025-12-31/2026-01-01")
    with pytest.raises(StepError, match=r"^No file matches 'files/2026-01.csv'$"):
        rows(own, "2025-12-31/2026-01-01")
