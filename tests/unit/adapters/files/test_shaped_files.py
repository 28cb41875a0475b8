"""Columns of a files source: where in which file a value does not fit."""

import gzip
import io
import zipfile
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read

COLUMNS = {"cost": {"from": "Unblended Cost", "type": "NUMERIC"}, "day": {"type": "DATE"}}


def failure(read: Read, path: str, kind: str = "csv", **settings: object) -> str:
    with pytest.raises(StepError) as failed:
        read(path, kind, columns=COLUMNS, **settings)
    assert "hunter2" not in str(failed.value)
    return str(failed.value)


def parquet(**columns: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_rows_of_every_format_are_shaped_alike(read: Read, put: Put) -> None:
    put("a.csv", b"Unblended Cost,day,note\n0.000000825,2025-11-01,x\n")
    put("a.ndjson", b'{"Unblended Cost": 8.25e-7, "day": "2025-11-01", "note": "x"}\n')
    put(
        "a.parquet",
        parquet(**{"Unblended Cost": [Decimal("0.000000825")], "day": ["2025-11-01"], "note": ["x"]}),
    )

    found = {kind: read(f"files/a.{kind}", kind, columns=COLUMNS) for kind in ("csv", "ndjson", "parquet")}

    assert found == {key: [{"note": "x", "cost": "0.000000825", "day": "2025-11-01"}] for key in found}


def test_a_row_of_csv_is_told_by_the_line_on_which_it_begins(read: Read, put: Put) -> None:
    body = 'Unblended Cost,day,note\n\n1,2025-11-01,"two\nlines"\n\n2,2025-11-01,x\nhunter2,2025-11-01,x\n'
    told = "line 7: 'Unblended Cost', to be 'cost', must be NUMERIC, but is no number"
    put("a.csv", body.encode("utf-16"))
    put("b.csv.gz", gzip.compress(body.replace(",", ";").encode()))
    put("c.csv", body.replace("\n", "\r\n").encode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.csv", "Unblended Cost,day\n1,2025-11-01\n")
        archive.writestr("2.csv", body)
    put("d.zip", packed.getvalue())

    assert failure(read, "files/a.csv") == f"files/a.csv: {told}"
    assert failure(read, "files/b.csv.gz", delimiter=";") == f"files/b.csv.gz: {told}"
    assert failure(read, "files/c.csv") == f"files/c.csv: {told}"
    assert failure(read, "files/d.zip").endswith(f"2.csv: {told}")


def test_a_row_of_ndjson_is_told_by_its_line_and_one_of_parquet_by_its_number(read: Read, put: Put) -> None:
    put("a.ndjson", b'\n{"Unblended Cost": 1, "day": null}\n\n{"Unblended Cost": 1, "day": "hunter2"}\n')
    put("a.parquet", parquet(**{"Unblended Cost": ["1", "hunter2"], "day": ["2025-11-01"] * 2}))

    assert failure(read, "files/a.ndjson", "ndjson") == (
        "files/a.ndjson: line 4: 'day' must be DATE, but is no day such as 2025-11-15"
    )
    assert failure(read, "files/a.parquet", "parquet") == (
        "files/a.parquet: row 2: 'Unblended Cost', to be 'cost', must be NUMERIC, but is no number"
    )


def test_each_file_with_a_header_has_the_fields_and_of_others_some_row(read: Read, put: Put) -> None:
    put("1.csv", b"Unblended Cost,day\n1,2025-11-01\n")
    put("2.csv", b"unblended cost,day\n1,2025-11-01\n")
    put("1.ndjson", b'{"day": "2025-11-01"}\n')
    put("2.ndjson", b'{"Unblended Cost": "1"}\n')

    assert failure(read, "files/*.csv") == (
        "files/2.csv: line 2 has no field 'Unblended Cost'; there are day, unblended cost. "
        "Did you mean 'unblended cost'?"
    )
    assert failure(read, "files/1.ndjson", "ndjson") == "no row has a field 'Unblended Cost'; there are day"
    assert read("files/*.ndjson", "ndjson", columns=COLUMNS) == [{"day": "2025-11-01"}, {"cost": "1"}]


def test_a_file_that_has_no_rows_lacks_nothing(read: Read, put: Put) -> None:
    put("a.csv", b"day\n")

    assert read("files/a.csv", columns=COLUMNS) == []
