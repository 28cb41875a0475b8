"""Which files a load job reads, what it makes of files without rows, and which rows are refused."""

from __future__ import annotations

import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.loading import MANY_BYTES, Loading, field

COLUMNS = [field("a", "INTEGER"), field("s", "STRING")]


def parquet(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def file_of(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ndjson", b""),
        ("a.ndjson", b"\n \n"),
        ("a.ndjson.gz", gzip.compress(b"")),
        ("a.csv", b""),
        ("a.csv", b"a,s\n"),
        ("a.parquet", None),
    ],
)
def test_a_file_without_rows_loads_none(
    loading: Loading, tmp_path: Path, name: str, content: bytes | None, exists: bool
) -> None:
    path = tmp_path / name
    if content is None:
        pq.write_table(pa.table({"a": pa.array([], pa.int64()), "s": pa.array([], pa.string())}), path)
    else:
        path.write_bytes(content)
    if exists:
        loading.create(COLUMNS)

    skip = {"skipLeadingRows": 1} if ".csv" in name else {}
    figures = loading.load(path, schema={"fields": COLUMNS}, **skip)

    assert (figures["outputRows"], loading.rows()) == ("0", [])
    assert [name for name, _type, _mode in loading.fields()] == ["a", "s"]


def test_files_are_found_by_a_wildcard_and_in_several_uris(loading: Loading, tmp_path: Path) -> None:
    loading.create(COLUMNS)
    bucket = tmp_path / "bucket"
    file_of(bucket / "in/2025/a.ndjson", '{"a": 1}\n')
    file_of(bucket / "in/2026/01/b.ndjson", '{"a": 2}\n')
    file_of(bucket / "in/2026/c.csv", "9\n")
    file_of(bucket / "other.ndjson", '{"a": 3}')

    figures = loading.load(
        tmp_path / "x.ndjson", sourceUris=[f"file://{bucket}/in/*.ndjson", f"file://{bucket}/other.ndjson"]
    )

    assert [row[0] for row in loading.rows()] == ["1", "2", "3"]
    assert figures["inputFiles"] == "3"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("file:///none/a.ndjson", "notFound"),
        ("file:///none/a*", "notFound"),
        ("gs://bucket/a.ndjson", "invalid"),
        ("https://example.com/a.ndjson", "invalid"),
    ],
)
def test_a_uri_that_leads_nowhere_is_refused(loading: Loading, tmp_path: Path, uri: str, reason: str) -> None:
    loading.create(COLUMNS)

    with pytest.raises(ApiError) as refused:
        loading.load(tmp_path / "x.ndjson", sourceUris=[uri])

    assert refused.value.reason == reason


@pytest.mark.parametrize("cut", [-5, 30])
def test_a_gzipped_file_that_breaks_off_is_refused(loading: Loading, tmp_path: Path, cut: int) -> None:
    loading.create(COLUMNS)
    packed = gzip.compress(b"".join(b'{"a": %d}\n' % number for number in range(10_000)))
    path = file_of(tmp_path / "a.ndjson.gz", packed[:cut])

    with pytest.raises(ApiError, match="can't be unpacked"):
        loading.load(path)

    assert loading.rows() == []


WRONG_LINES = [
    ('{"a": 1', "no JSON"),
    ("[1]", "must be a JSON object"),
    ('{"a": 1} {"a": 2}', "no JSON"),
    ('{"b": 1}', "No such field: b."),
    ('{"a": [1]}', "Array specified for non-repeated field: a."),
    ('{"s": {"x": 1}}', "This field: s is not a record."),
]


@pytest.mark.parametrize("more", [0, MANY_BYTES // 9])
@pytest.mark.parametrize(("line", "said"), WRONG_LINES)
def test_a_wrong_line_is_named_and_nothing_is_loaded(
    loading: Loading, tmp_path: Path, line: str, said: str, more: int
) -> None:
    loading.create(COLUMNS)
    path = file_of(tmp_path / "a.ndjson", '{"a": 1}\n' * more + f"{line}\n")

    with pytest.raises(ApiError) as refused:
        loading.load(path)

    assert f"position {9 * more} (line {more + 1})" in refused.value.message
    assert said in refused.value.message
    assert loading.rows() == []


@pytest.mark.parametrize("more", [0, MANY_BYTES // 9])
def test_wrong_rows_may_be_left_out(loading: Loading, tmp_path: Path, more: int) -> None:
    loading.create(COLUMNS)
    path = file_of(tmp_path / "a.ndjson", '{"a": 1}\n' * more + '{"a": "x"}\n{"a": 2}\nnothing\n')

    with pytest.raises(ApiError):
        loading.load(path, maxBadRecords=1)
    figures = loading.load(path, maxBadRecords=2)

    assert (figures["badRecords"], figures["outputRows"]) == ("2", str(more + 1))


@pytest.mark.parametrize("more", [0, MANY_BYTES // 9])
def test_names_are_matched_without_their_case(loading: Loading, tmp_path: Path, more: int) -> None:
    loading.create(COLUMNS)
    path = file_of(tmp_path / "a.ndjson", '{"a": 1}\n' * more + '{"A": 2, "S": "x"}\n')

    loading.load(path)

    assert loading.rows()[-1] == ["2", "x"]


@pytest.mark.parametrize("more", [0, MANY_BYTES // 9])
def test_unknown_names_may_be_ignored(loading: Loading, tmp_path: Path, more: int) -> None:
    loading.create(COLUMNS)
    path = file_of(tmp_path / "a.ndjson", '{"a": 1}\n' * more + '{"A": 2, "b": {"c": 1}}\n')

    loading.load(path, ignoreUnknownValues=True)

    assert loading.rows()[-1] == ["2", None]


@pytest.mark.parametrize("more", [0, MANY_BYTES // 2])
def test_a_required_column_must_have_a_value(loading: Loading, tmp_path: Path, more: int) -> None:
    loading.create([field("a", "INTEGER"), field("r", "STRING", "REQUIRED")])
    path = file_of(tmp_path / "a.ndjson", '{"a": 1, "r": "x"}\n' * more + '{"a": 2}\n')

    with pytest.raises(ApiError, match=f"line {more + 1}.: Missing required field: r"):
        loading.load(path)


CSV_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("1,x,y", {}, "Too many values"),
    ("1", {}, "Too few values"),
    ('1,"x', {}, "not well-formed"),
    ('1,"x\ny"', {}, "allowQuotedNewlines"),
]
CSV_TAKEN = [
    ("2", {"allowJaggedRows": True}, ["2", None]),
    ("2,x,y", {"ignoreUnknownValues": True}, ["2", "x"]),
    ('2,"x\ny"', {"allowQuotedNewlines": True}, ["2", "x\ny"]),
    ('2,""', {}, ["2", ""]),
    ("2,", {}, ["2", None]),
    ("2,-", {"nullMarker": "-"}, ["2", None]),
    ("2;'x;y'", {"fieldDelimiter": ";", "quote": "'"}, ["2", "x;y"]),
]


@pytest.mark.parametrize("more", [0, MANY_BYTES // 4])
@pytest.mark.parametrize(("line", "options", "said"), CSV_REFUSED)
def test_a_csv_row_of_another_form_is_refused(
    loading: Loading, tmp_path: Path, line: str, options: dict[str, Any], said: str, more: int
) -> None:
    loading.create(COLUMNS)
    path = file_of(tmp_path / "a.csv", "1,x\n" * more + f"{line}\n")

    with pytest.raises(ApiError) as refused:
        loading.load(path, **options)

    assert f"line {more + 1}: " in refused.value.message
    assert said in refused.value.message


@pytest.mark.parametrize("more", [0, MANY_BYTES // 4])
@pytest.mark.parametrize(("line", "options", "stored"), CSV_TAKEN)
def test_a_csv_row_is_read_as_the_options_say(
    loading: Loading, tmp_path: Path, line: str, options: dict[str, Any], stored: list[str], more: int
) -> None:
    loading.create(COLUMNS)
    filler = f"1{options.get('fieldDelimiter', ',')}x\n"
    path = file_of(tmp_path / "a.csv", filler * more + f"{line}\n")

    loading.load(path, **options)

    assert loading.rows()[-1] == stored


def test_parquet_is_stored_by_name_and_exactly(loading: Loading, tmp_path: Path) -> None:
    inner = [field("y", "STRING"), field("x", "NUMERIC")]
    loading.create(
        [field("a", "INTEGER"), field("r", "RECORD", "REPEATED", fields=inner), field("j", "JSON")]
    )
    costs = [Decimal("0.000000001"), Decimal("99999999999999999999999999999.999999999")]
    kind = pa.list_(pa.struct([("X", pa.decimal128(38, 9)), ("y", pa.string())]))
    rows = [[{"X": cost, "y": str(cost)}] for cost in costs]
    table = pa.table(
        {"J": ['{"k": 1.50}', None], "r": pa.array(rows, kind), "a": pa.array([1, 2], pa.int32())}
    )

    loading.load(parquet(tmp_path / "a.parquet", table))

    assert loading.rows() == [
        ["1", [{"v": {"f": [{"v": "1E-9"}, {"v": "0.000000001"}]}}], '{"k":1.5}'],
        ["2", [{"v": {"f": [{"v": str(costs[1])}, {"v": str(costs[1])}]}}], None],
    ]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("DATE", pa.array(["2025-11-01"]), "Field v has incompatible types"),
        ("INTEGER", pa.array([2**63], pa.uint64()), "A value does not fit into its column. Field: v;"),
        ("INTEGER", pa.array([1.0]), "Field v has incompatible types"),
    ],
)
def test_parquet_of_another_type_is_refused(
    loading: Loading, tmp_path: Path, kind: str, values: pa.Array, said: str
) -> None:
    loading.create([field("v", kind)])

    with pytest.raises(ApiError) as refused:
        loading.load(parquet(tmp_path / "a.parquet", pa.table({"v": values})))

    assert said in refused.value.message


def test_columns_are_detected(loading: Loading, tmp_path: Path) -> None:
    path = file_of(
        tmp_path / "a.csv", "id,at,cost,day,ok,what\n1,2025-11-01T10:00:00Z,1.5,2025-11-01,true,x\n2,,2,,,\n"
    )

    loading.load(path, autodetect=True)

    assert [kind for _name, kind, _mode in loading.fields()] == [
        "INTEGER",
        "TIMESTAMP",
        "FLOAT",
        "DATE",
        "BOOLEAN",
        "STRING",
    ]
    assert [row[0] for row in loading.rows()] == ["1", "2"]


def test_a_replacement_may_have_other_columns(loading: Loading, tmp_path: Path) -> None:
    loading.create(COLUMNS)
    loading.load(file_of(tmp_path / "a.ndjson", '{"a": 1}'))
    fields = [field("b", "NUMERIC")]

    loading.load(
        file_of(tmp_path / "b.ndjson", '{"b": 2}'),
        writeDisposition="WRITE_TRUNCATE",
        schema={"fields": fields},
    )

    assert (loading.fields(), loading.rows()) == ([("b", "NUMERIC", "NULLABLE")], [["2"]])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([field("b", "STRING")], "Cannot add fields (field: b)"),
        ([field("a", "STRING")], "Field a has changed type from INTEGER to STRING"),
    ],
)
def test_a_schema_that_is_not_the_table_s_is_refused(
    loading: Loading, tmp_path: Path, columns: list[dict[str, Any]], said: str
) -> None:
    loading.create(COLUMNS)

    with pytest.raises(ApiError) as refused:
        loading.load(file_of(tmp_path / "a.ndjson", "{}"), schema={"fields": columns})

    assert said in refused.value.message


def test_columns_may_be_added_and_relaxed_when_told(loading: Loading, tmp_path: Path) -> None:
    loading.create([field("a", "INTEGER", "REQUIRED")])
    fields = [field("a", "INTEGER"), field("b", "STRING")]
    allowed = ["ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"]

    loading.load(
        file_of(tmp_path / "a.ndjson", '{"b": "x"}'), schema={"fields": fields}, schemaUpdateOptions=allowed
    )

    assert loading.rows() == [[None, "x"]]


def test_nothing_is_left_of_a_load_but_its_rows(loading: Loading, tmp_path: Path) -> None:
    loading.create(COLUMNS)
    content = io.BytesIO()
    with gzip.open(content, "wb") as file:
        file.writelines(json.dumps({"a": f"{number}.0"}).encode() + b"\n" for number in range(5000))

    loading.load(file_of(tmp_path / "a.ndjson.gz", content.getvalue()))

    assert len(loading.rows()) == 5000
    assert list(loading.loads.folder.iterdir()) == []
