"""Keys of folders become fields of each row, in every format and whatever else is made of the rows."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.folder_fields import folder_fields
from shared.adapters.files.rows import read_files, read_written_files
from shared.domain.errors import StepError
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import BrokenRow, RowFit
from shared.domain.source import FilesSource
from tests.unit.adapters.files.test_fitted_rows import flat
from tests.unit.adapters.files.written import told
from tests.unit.adapters.files.xlsx.books import written

FIT = RowFit(types={"a": "INTEGER", "dt": "DATE"})


def _workbook(book: xlsxwriter.Workbook) -> None:
    book.add_worksheet().write_column(0, 0, ["a", "1"])


def _workbook_with_dt(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "dt"])
    sheet.write_row(1, 0, ["1", "2"])


def _parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


BODIES = {
    "csv": b"a\n1\n",
    "ndjson": b'{"a": "1"}\n',
    "parquet": _parquet(a=["1"]),
    "xlsx": written(_workbook),
}


class Lake:
    """Files of the tenant `acme`, and a source that names them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, body: bytes) -> None:
        path = self._folder / "acme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def read(self, kind: str, *folders: str, fit: RowFit | None = None, **more: object) -> list[RowOrLines]:
        """The rows, which are the same in each way of reading them."""
        said = {"type": "files", "path": f"lake/**/*.{kind}", "format": kind, "folders": folders, **more}
        source = FilesSource.model_validate(said)

        def found() -> list[RowOrLines]:
            files = DiskFiles(self._folder, None)
            return flat(read_written_files(source, files.find("acme", (source.path,)), fit=fit))

        if fit is None:
            files = DiskFiles(self._folder, None).find("acme", (source.path,))
            rows, failure = told(read_files(source, files))
            if failure is None:
                assert rows == list(map(repr, found()))
        return found()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


Failure = Callable[..., str]


@pytest.fixture
def failure(lake: Lake) -> Failure:
    """What is said of files that can't be read, in each way of reading them."""

    def said(kind: str, *folders: str, **more: object) -> str:
        ways: list[dict[str, Any]] = [{}, {"columns": {"b": {"from": "a"}}}, {"fit": FIT}]
        messages = set()
        for way in ways:
            with pytest.raises(StepError) as caught:
                lake.read(kind, *folders, **{**way, **more})
            messages.add(str(caught.value))
        [message] = messages
        return message

    return said


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("files/dt=2025-05-01/provider=aws/part-0.csv", {"dt": "2025-05-01", "provider": "aws"}),
        ("gs://b/x/provider=a/other=%FF/dt=05/region=x/y.csv", {"dt": "05", "provider": "a"}),
        # What Spark and Hive escape, in either case of letters.
        (
            "dt=2025-05-01 10%3A30%3a00/provider=a%2Fb%25%5C%3D/x",
            {"dt": "2025-05-01 10:30:00", "provider": "a/b%\\="},
        ),
        ("dt=a=b/provider=a+b/x", {"dt": "a=b", "provider": "a+b"}),
        ("dt=100%/provider=%zz/x", {"dt": "100%", "provider": "%zz"}),
        ("d%74=1/provider=ü%C3%BC/x", {"dt": "1", "provider": "üü"}),
        ("dt=__HIVE_DEFAULT_PARTITION__/provider=null/x", {"dt": None, "provider": "null"}),
        ("DT=2/dt=1/provider=x/dt=3.csv", {"dt": "1", "provider": "x"}),
    ],
)
def test_folders_say_values_as_hive_and_spark_write_them(name: str, expected: dict[str, str | None]) -> None:
    assert folder_fields(name, ("dt", "provider"), is_address=False) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("dt=2025-05-01/a.csv?dt=2/dt=3/x", "2025-05-01"),
        ("dt%3D2025-05-01/a.csv", "2025-05-01"),
        ("o/x%2Fdt%3Da%253Ab%2Fa.csv", "a:b"),
        ("dt=a%20b%5C/a.csv", "a b\\"),
    ],
)
def test_an_address_is_decoded_first_as_a_url(path: str, expected: str) -> None:
    assert folder_fields(f"https://host/{path}", ("dt",), is_address=True) == {"dt": expected}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x/a.csv", "x/a.csv is in no folder 'dt=…'; no folder of it has a key"),
        ("x/dt=1.csv", "x/dt=1.csv is in no folder 'dt=…'; no folder of it has a key"),
        (
            "date=1/dtt=2/a.csv",
            "date=1/dtt=2/a.csv is in no folder 'dt=…'; there are 'date', 'dtt'. Did you mean 'dtt'?",
        ),
        ("dt=1/dt=1/a", "dt=1/dt=1/a has a folder 'dt=…' twice, so nobody can say which one counts"),
        ("dt=/a", "dt=/a has a folder 'dt=' without a value; NULL is written __HIVE_DEFAULT_PARTITION__"),
        ("dt=%FF/a", "dt=%FF/a has bytes that are not UTF-8, percent-encoded in a folder's name"),
        ("dt=\\xff/a", "dt=\\xff/a: the value of 'dt' has a backslash, which folders write as %5C"),
    ],
)
def test_a_key_without_one_certain_value_fails_the_step(name: str, said: str) -> None:
    with pytest.raises(StepError) as caught:
        folder_fields(name, ("dt",), is_address=False)

    assert str(caught.value) == said


def test_a_value_that_is_not_shown_is_no_value() -> None:
    with pytest.raises(StepError, match="'dt' looks like a secret, which no row is to hold"):
        folder_fields("https://host/dt=(secret not shown)/a.csv", ("dt",), is_address=True)


def test_what_arrow_writes_is_read_as_it_was(lake: Lake, tmp_path: Path) -> None:
    values = ["aws", "a:b/c=d%2F", "ü +\\{x}", "05", None]
    table = pa.table({"a": [str(each) for each in values], "key": values})
    flavor = ds.partitioning(pa.schema([("key", pa.string())]), flavor="hive")

    ds.write_dataset(table, tmp_path / "acme/lake", format="parquet", partitioning=flavor)

    rows = [row for row in lake.read("parquet", "key") if isinstance(row, dict)]
    assert {str(row["a"]): row["key"] for row in rows} == {str(each): each for each in values}


@pytest.mark.parametrize("kind", BODIES)
def test_rows_of_every_format_have_them(kind: str, lake: Lake) -> None:
    lake.put(f"lake/dt=2025-05-01/provider=a%3Ab/x.{kind}", BODIES[kind])
    lake.put(f"lake/dt=2025-05-02/provider=__HIVE_DEFAULT_PARTITION__/x.{kind}", BODIES[kind])
    first = {"a": "1", "dt": "2025-05-01", "provider": "a:b"}
    second = {"a": "1", "dt": "2025-05-02", "provider": None}
    columns = {"day": {"from": "dt", "type": "DATE"}, "a": {"type": "INTEGER"}}

    assert lake.read(kind, "dt", "provider") == [first, second]
    assert lake.read(kind, "provider") == [
        {"a": "1", "provider": "a:b"},
        {"a": "1", "provider": None},
    ]
    assert lake.read(kind, "dt", columns=columns) == [
        {"day": "2025-05-01", "a": 1},
        {"day": "2025-05-02", "a": 1},
    ]
    fitted = [row for row in lake.read(kind, "dt", fit=FIT) if isinstance(row, dict)]
    assert [(str(row["a"]), row["dt"]) for row in fitted] == [("1", "2025-05-01"), ("1", "2025-05-02")]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("csv", b"a,dt\n1,2\n"),
        ("ndjson", b'{"a": 1}\n{"a": 1, "dt": null}\n'),
        ("parquet", _parquet(a=[1], dt=["x"])),
        ("xlsx", written(_workbook_with_dt)),
    ],
)
def test_a_row_with_a_field_of_that_name_fails_the_step(
    kind: str, body: bytes, lake: Lake, failure: Failure
) -> None:
    lake.put(f"lake/dt=1/x.{kind}", body)

    assert failure(kind, "dt") == (
        f"lake/dt=1/x.{kind} has a field 'dt', and its folders say 'dt' too: take one of them, "
        "the field by leaving the key out of 'folders'"
    )


def test_a_column_does_not_take_a_folder_s_name(lake: Lake) -> None:
    lake.put("lake/dt=1/x.csv", b"a\n1\n")

    with pytest.raises(StepError, match="has a field 'dt', and 'a' is to be called so"):
        lake.read("csv", "dt", columns={"dt": {"from": "a"}})


def test_a_file_outside_of_such_folders_fails_the_step(lake: Lake, failure: Failure) -> None:
    lake.put("lake/dt=1/x.csv", b"a\n1\n")
    lake.put("lake/x.csv", b"a\n1\n")

    assert failure("csv", "dt") == "lake/x.csv is in no folder 'dt=…'; no folder of it has a key"


def test_folders_inside_of_an_archive_say_nothing(lake: Lake) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("dt=3/1.csv", "a\n1\n")
    lake.put("lake/dt=1/x.csv.zip", packed.getvalue())

    assert lake.read("csv", "dt", path="lake/**/*.zip") == [{"a": "1", "dt": "1"}]


def test_rows_that_do_not_fit_are_set_aside_with_what_the_folders_say(lake: Lake) -> None:
    lake.put("lake/dt=2025-05-01/x.csv", b"a\n1\nx\n2,3\n")
    lake.put("lake/dt=soon/x.csv", b"a\n4\n")

    first, *broken = lake.read("csv", "dt", fit=FIT)

    assert first == {"a": 1, "dt": "2025-05-01"}
    assert all(isinstance(row, BrokenRow) for row in broken)
    assert [(row.found, row.field, row.place) for row in broken if isinstance(row, BrokenRow)] == [
        ({"a": "x", "dt": "2025-05-01"}, "a", "lake/dt=2025-05-01/x.csv: line 3"),
        (["2", "3"], None, "lake/dt=2025-05-01/x.csv: line 4"),
        ({"a": "4", "dt": "soon"}, "dt", "lake/dt=soon/x.csv: line 2"),
    ]


def test_no_digit_of_a_number_is_lost(lake: Lake) -> None:
    lake.put("lake/dt=1/x.ndjson", b'{"a": 1.10, "b": 12345678901234567890.5, "c": [1e2, 7]}\n')

    [found], [plain] = lake.read("ndjson", "dt"), lake.read("ndjson")

    assert isinstance(plain, dict)
    assert json.dumps(found) == json.dumps({**plain, "dt": "1"})
