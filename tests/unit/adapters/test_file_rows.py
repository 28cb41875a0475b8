"""Rows of files: what is read, what is refused, and what is never shown."""

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        (b"a,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        (b"\xef\xbb\xbfa,b\n1,2", [{"a": "1", "b": "2"}]),
        (b'a,b\n"x, ""y""\nz",\n', [{"a": 'x, "y"\nz', "b": None}]),
        (b"a,b\n1,2\n\n3,4\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("a\n\u00e9\u20ac\n".encode(), [{"a": "é€"}]),
        (b"a\n007\n", [{"a": "007"}]),
        (b"a,b\nNULL, \n", [{"a": "NULL", "b": " "}]),
        (b"a,b\n", []),
    ],
)
def test_a_csv_file_is_rows_of_text(
    read: Read, put: Put, text: bytes, rows: list[dict[str, JsonValue]]
) -> None:
    put("x.csv", text)

    assert read("files/x.csv") == rows


def test_delimiter_and_nulls_are_settings(read: Read, put: Put) -> None:
    put("x.csv", b"a;b;c\nNULL;;n/a\n")

    assert read("files/x.csv", delimiter=";", null_values=("NULL", "n/a")) == [
        {"a": None, "b": "", "c": None}
    ]


def test_a_very_long_value_is_one_value(read: Read, put: Put) -> None:
    put("x.csv", b"a\n" + b"x" * 200_000 + b"\n")

    assert read("files/x.csv") == [{"a": "x" * 200_000}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "x.csv is empty; a CSV file begins with a header line"),
        (b"a,b,a\n", "x.csv: the header has 'a' twice"),
        (b"a,,c\n", "x.csv: the header has no name for column 2"),
        (b"a,b\nsecret\n", "x.csv: row 1 has 1 values, the header has 2"),
        (b"a\n1\nsecret,2\n", "x.csv: row 2 has 2 values, the header has 1"),
        (b"a\ngeheim\xe9\n", "x.csv is not UTF-8 text"),
        (b'a\n"secret\n', "x.csv is not well-formed CSV: unexpected end of data"),
        (b'a\n"secret"x\n', "x.csv is not well-formed CSV: ',' expected after '\"'"),
    ],
)
def test_a_csv_file_that_is_none_is_refused_without_showing_it(
    read: Read, put: Put, text: bytes, message: str
) -> None:
    put("x.csv", text)

    with pytest.raises(StepError) as caught:
        read("files/x.csv")

    assert str(caught.value) == message
    assert "secret" not in str(caught.value)


def test_numbers_of_json_are_exact_or_text(read: Read, put: Put) -> None:
    numbers = [
        "1",
        "-0.5",
        "0.1",
        "1e3",
        "12345678901234567890",
        "0.1234567890123456789",
        "1e400",
        "20.52022672899",
    ]
    put("x.ndjson", "".join(f'{{"n": {number}}}\n' for number in numbers).encode())

    assert [row["n"] for row in read("files/x.ndjson", "ndjson")] == [
        1,
        -0.5,
        0.1,
        1000.0,
        "12345678901234567890",
        "0.1234567890123456789",
        "1e400",
        20.52022672899,
    ]


def test_json_lines_may_be_nested_and_blank_lines_are_none(read: Read, put: Put) -> None:
    put("x.ndjson", b'{"a": {"b": [1, null, true]}}\n\n{"a": "\xc3\xa9"}')

    assert read("files/x.ndjson", "ndjson") == [{"a": {"b": [1, None, True]}}, {"a": "é"}]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('\ufeff{"a": "é"}\n {"b": 1}\t\r\n'.encode(), [{"a": "é"}, {"b": 1}]),
        ('{"a": "é"}'.encode("utf-16"), [{"a": "é"}]),
    ],
)
def test_json_lines_may_begin_with_a_byte_order_mark(
    read: Read, put: Put, text: bytes, rows: list[dict[str, JsonValue]]
) -> None:
    put("x.ndjson", text)

    assert read("files/x.ndjson", "ndjson") == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a": 1}\n{"secret"', "x.ndjson: line 2 is not JSON"),
        (b'{"a": NaN}', "x.ndjson: line 1 is not JSON"),
        (b'{"a": 1} {"b": 1}', "x.ndjson: line 1 is not JSON"),
        (b'{"a": 1}\n{"a": 1, "a": 2}', "x.ndjson: line 2 has a field twice"),
        (b'{"a": "\xe9secret"}', "x.ndjson: line 1 is not JSON"),
        (b"[" * 200_000, "x.ndjson: line 1 is not JSON"),
        (b'[{"secret": 1}]', "x.ndjson: line 1 is not a JSON object"),
        (b"7", "x.ndjson: line 1 is not a JSON object"),
    ],
)
def test_a_line_that_is_no_json_object_is_refused_by_its_number(
    read: Read, put: Put, text: bytes, message: str
) -> None:
    put("x.ndjson", text)

    with pytest.raises(StepError) as caught:
        read("files/x.ndjson", "ndjson")

    assert str(caught.value) == message


def test_parquet_keeps_decimals_times_and_what_is_nested(read: Read, configs: Path) -> None:
    day = datetime(2025, 11, 15, 10, 30, tzinfo=UTC)
    table = pyarrow.table(
        {
            "cost": pyarrow.array([Decimal("0.000000001"), None], pyarrow.decimal128(38, 9)),
            "start": pyarrow.array([day, None], pyarrow.timestamp("us", tz="UTC")),
            "naive": pyarrow.array([day.replace(tzinfo=None), None], pyarrow.timestamp("us")),
            "day": pyarrow.array([date(2025, 11, 15), None], pyarrow.date32()),
            "count": pyarrow.array([2**63 - 1, 5], pyarrow.int64()),
            "share": pyarrow.array([0.5, float("nan")], pyarrow.float64()),
            "bytes": pyarrow.array([b"\x00\xff", None], pyarrow.binary()),
            "credits": pyarrow.array([[{"amount": Decimal("-1.50")}], []]),
        }
    )
    pyarrow.parquet.write_table(table, configs / "acme/files/x.parquet")

    first, second = read("files/x.parquet", "parquet")

    assert first == {
        "cost": "0.000000001",
        "start": "2025-11-15T10:30:00Z",
        "naive": "2025-11-15T10:30:00Z",
        "day": "2025-11-15",
        "count": "9223372036854775807",
        "share": 0.5,
        "bytes": "00ff",
        "credits": [{"amount": "-1.50"}],
    }
    assert (second["cost"], second["count"], second["share"], second["credits"]) == (None, 5, "nan", [])


def test_a_file_that_is_no_parquet_is_refused(read: Read, put: Put) -> None:
    put("x.parquet", b"PAR1 secret")

    with pytest.raises(StepError, match=r"^x\.parquet can't be read as Parquet: ArrowInvalid$"):
        read("files/x.parquet", "parquet")


def test_a_parquet_time_that_nobody_can_hold_fails_the_step(read: Read, configs: Path) -> None:
    table = pyarrow.table({"at": pyarrow.array([1_700_000_000_000_000_001], pyarrow.timestamp("ns"))})
    pyarrow.parquet.write_table(table, configs / "acme/files/x.parquet", version="2.6")

    with pytest.raises(StepError, match=r"^x\.parquet can't be read as Parquet: ValueError$"):
        read("files/x.parquet", "parquet")


@pytest.mark.parametrize(("kind", "text"), [("csv", b"a\n1\n"), ("ndjson", b'{"a": "1"}\n')])
def test_a_name_ending_in_gz_is_gzipped(read: Read, put: Put, kind: str, text: bytes) -> None:
    put(f"x.{kind}.gz", gzip.compress(text))

    assert read(f"files/x.{kind}.gz", kind) == [{"a": "1"}]


def test_a_gzipped_parquet_file_is_read(read: Read, configs: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": ["1"]}), configs / "acme/files/x.parquet")
    plain = (configs / "acme/files/x.parquet").read_bytes()
    (configs / "acme/files/y.parquet.gz").write_bytes(gzip.compress(plain))

    assert read("files/y.parquet.gz", "parquet") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        pytest.param(
            gzip.compress(b"a\n" + b"1\n" * 5000)[:-30], "x.csv.gz can't be read: EOFError", id="cut short"
        ),
        pytest.param(b"a\n1\n", "x.csv.gz can't be read: BadGzipFile", id="not gzipped"),
        pytest.param(
            gzip.compress(b"a\n1\n")[:10] + b"\xff" * 20, "x.csv.gz can't be read: error", id="damaged"
        ),
    ],
)
def test_a_broken_gzip_file_is_refused(read: Read, put: Put, contents: bytes, message: str) -> None:
    put("x.csv.gz", contents)

    with pytest.raises(StepError) as caught:
        read("files/x.csv.gz")

    assert str(caught.value) == message
