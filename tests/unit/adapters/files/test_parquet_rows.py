"""Rows of Parquet: each type as NDJSON would say it, and what no row may say."""

import io
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow
import pyarrow.parquet
import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read

LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z."""

Saved = Callable[..., list[dict[str, JsonValue]]]


@pytest.fixture
def saved(read: Read, put: Put) -> Saved:
    """The rows of a file of these columns, written and read."""

    def rows(columns: object, **settings: object) -> list[dict[str, JsonValue]]:
        table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
        sink = io.BytesIO()
        pyarrow.parquet.write_table(table, sink, **settings)
        put("x.parquet", sink.getvalue())
        return read("files/x.parquet", "parquet")

    return rows


def refusal(saved: Saved, columns: object, **settings: object) -> str:
    with pytest.raises(StepError) as caught:
        saved(columns, **settings)
    return str(caught.value)


MAP = pyarrow.map_(pyarrow.string(), pyarrow.int64())
TYPES: list[tuple[Any, list[Any], list[Any]]] = [
    (pyarrow.string(), ["é\n\0", ""], ["é\n\0", ""]),
    (pyarrow.large_string(), ["a"], ["a"]),
    (pyarrow.string_view(), ["a"], ["a"]),
    (pyarrow.binary(), ["é".encode(), b""], ["é", ""]),
    (pyarrow.binary(2), [b"ab"], ["ab"]),
    (pyarrow.large_binary(), [b"ab"], ["ab"]),
    (pyarrow.bool_(), [True, False], [True, False]),
    (pyarrow.int8(), [-128], [-128]),
    (pyarrow.int64(), [2**53, -(2**53), 0], [2**53, -(2**53), 0]),
    (pyarrow.int64(), [2**53 + 1, 5, -(2**63)], ["9007199254740993", 5, "-9223372036854775808"]),
    (pyarrow.uint64(), [2**64 - 1], ["18446744073709551615"]),
    (pyarrow.float64(), [0.1, 1e300, -0.0], [0.1, 1e300, -0.0]),
    (pyarrow.float64(), [float("nan"), float("inf"), float("-inf"), 1.5], ["nan", "inf", "-inf", 1.5]),
    (pyarrow.float32(), [0.5, float("nan")], [0.5, "nan"]),
    (pyarrow.float16(), [0.5, float("inf")], [0.5, "inf"]),
    (
        pyarrow.decimal128(38, 9),
        [Decimal("0.000000001"), Decimal("-0.00000001"), Decimal(0), Decimal(10**28)],
        ["0.000000001", "-0.000000010", "0.000000000", f"{10**28}.000000000"],
    ),
    (pyarrow.decimal256(76, 38), [Decimal(f"{'9' * 38}.{'9' * 38}")], [f"{'9' * 38}.{'9' * 38}"]),
    (pyarrow.decimal32(9, 3), [Decimal("-1.500")], ["-1.500"]),
    (pyarrow.decimal64(18, 9), [Decimal(0)], ["0.000000000"]),
    (
        pyarrow.date32(),
        [date(2025, 11, 15), date(1, 1, 1), date(9999, 12, 31)],
        ["2025-11-15", "0001-01-01", "9999-12-31"],
    ),
    (pyarrow.date64(), [date(1969, 12, 31)], ["1969-12-31"]),
    (pyarrow.time32("s"), [time(10, 30), time(23, 59, 59)], ["10:30:00", "23:59:59"]),
    (pyarrow.time64("us"), [time(0, 0, 0, 5)], ["00:00:00.000005"]),
    (pyarrow.time64("ns"), [1_500_000_000], ["00:00:01.500000"]),
    (pyarrow.timestamp("s"), [0, LAST_SECOND], ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
    (pyarrow.timestamp("ms"), [1], ["1970-01-01T00:00:00.001000Z"]),
    (pyarrow.timestamp("us"), [-62_135_596_800_000_000], ["0001-01-01T00:00:00Z"]),
    (pyarrow.timestamp("ns"), [1_700_000_000_000_001_000], ["2023-11-14T22:13:20.000001Z"]),
    *(
        (
            pyarrow.timestamp("us", zone),
            [LAST_SECOND * 10**6, 0],
            ["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
        )
        for zone in ("UTC", "Europe/Berlin", "America/Los_Angeles", "+14:00", "-12:00", "Mars/Olympus_Mons")
    ),
    (pyarrow.duration("s"), [90, -1], ["PT90S", "PT-1S"]),
    (pyarrow.duration("ns"), [1_500_000_001, -5, 0], ["PT1.500000001S", "PT-0.000000005S", "PT0S"]),
    (pyarrow.dictionary(pyarrow.int32(), pyarrow.string()), ["a", "b", "a"], ["a", "b", "a"]),
    (pyarrow.list_(pyarrow.int64()), [[1, None], [], [2**60]], [[1, None], [], [str(2**60)]]),
    (pyarrow.large_list(pyarrow.string()), [["a"], []], [["a"], []]),
    (pyarrow.list_(pyarrow.bool_(), 2), [[True, False]], [[True, False]]),
    (
        pyarrow.struct([("a", pyarrow.int64()), ("b", pyarrow.date32())]),
        [{"a": 1, "b": date(2025, 1, 1)}, {"a": None, "b": None}],
        [{"a": 1, "b": "2025-01-01"}, {"a": None, "b": None}],
    ),
    (MAP, [[("team", 1), ("env", None)], [], [("a b.c", 2)]], [{"team": 1, "env": None}, {}, {"a b.c": 2}]),
    (
        pyarrow.list_(pyarrow.struct([("tags", MAP)])),
        [[{"tags": [("a", 1)]}, None, {"tags": None}], []],
        [[{"tags": {"a": 1}}, None, {"tags": None}], []],
    ),
    (
        pyarrow.map_(pyarrow.binary(), pyarrow.list_(pyarrow.decimal128(9, 2))),
        [[(b"k", [Decimal("1.50")])]],
        [{"k": ["1.50"]}],
    ),
]


@pytest.mark.parametrize(("kind", "values", "said"), TYPES, ids=lambda each: str(each)[:40])
def test_a_value_is_said_as_ndjson_would_say_it_and_so_is_none(
    saved: Saved, kind: pyarrow.DataType, values: list[object], said: list[JsonValue]
) -> None:
    rows = saved({"x": pyarrow.array([None, *values], kind)})

    assert [repr(row["x"]) for row in rows] == [repr(value) for value in [None, *said]]


def test_a_column_without_a_value_has_none(saved: Saved) -> None:
    assert (
        saved({"x": pyarrow.nulls(2), "y": pyarrow.array([None, None], MAP)}) == [{"x": None, "y": None}] * 2
    )


def test_values_of_types_beyond_arrow_are_said_as_what_they_mean(saved: Saved) -> None:
    number = UUID("0681cabf-dfc6-420f-9890-e8e5fdb177f9")
    texts = pyarrow.array(['{"a": [1.10]}', None])

    rows = saved(
        {
            "id": pyarrow.ExtensionArray.from_storage(
                pyarrow.uuid(), pyarrow.array([number.bytes, None], pyarrow.binary(16))
            ),
            "json": pyarrow.ExtensionArray.from_storage(pyarrow.json_(), texts),
        }
    )

    assert rows == [{"id": str(number), "json": {"a": [1.1]}}, {"id": None, "json": None}]


def test_old_times_of_96_bits_reach_as_far_as_others(saved: Saved) -> None:
    times = pyarrow.array([LAST_SECOND * 10**6, -(10**15)], pyarrow.timestamp("us"))

    rows = saved({"at": times}, use_deprecated_int96_timestamps=True)

    assert [row["at"] for row in rows] == ["9999-12-31T23:59:59Z", "1938-04-24T22:13:20Z"]


NESTED = pyarrow.list_(pyarrow.struct([("at", pyarrow.timestamp("s"))]))


@pytest.mark.parametrize(
    ("kind", "values", "problem"),
    [
        (pyarrow.timestamp("ns"), [1_700_000_000_000_000_001], "'x' holds a time with nanoseconds"),
        (
            pyarrow.timestamp("us"),
            [(LAST_SECOND + 1) * 10**6],
            "'x' holds a time outside the years 1 to 9999",
        ),
        (pyarrow.timestamp("ms", "Asia/Tokyo"), [-(2**62)], "'x' holds a time outside the years 1 to 9999"),
        (pyarrow.timestamp("us"), [2**63 - 1], "'x' holds a time outside the years 1 to 9999"),
        (NESTED, [[None, {"at": 2**40}]], "'x.at' holds a time outside the years 1 to 9999"),
        (pyarrow.date32(), [2_932_897], "'x' holds a time outside the years 1 to 9999"),
        (pyarrow.date32(), [-719_163], "'x' holds a time outside the years 1 to 9999"),
        (pyarrow.time64("ns"), [1], "'x' holds a time with nanoseconds"),
        (pyarrow.time64("us"), [86_400_000_000], "'x' holds a time that no day has"),
        (pyarrow.time32("ms"), [-1], "'x' holds a time that no day has"),
        (pyarrow.binary(), [b"secret\xff"], "'x' holds bytes that are not UTF-8 text"),
        (pyarrow.binary(2), [b"\0\0"], "'x' holds bytes that are not UTF-8 text"),
        (
            pyarrow.map_(pyarrow.int64(), pyarrow.int64()),
            [[(7, 1)]],
            "'x' is a map whose keys are not text but int64",
        ),
        (MAP, [[("secret", 1), ("b", 1), ("secret", 2)]], "'x' is a map with a key twice"),
        (
            pyarrow.struct([("tags", pyarrow.map_(pyarrow.string(), pyarrow.binary()))]),
            [{"tags": [("k", b"\xff")]}],
            "'x.tags.value' holds bytes that are not UTF-8 text",
        ),
    ],
    ids=str,
)
def test_what_json_cannot_say_fails_with_row_and_column(
    saved: Saved, kind: pyarrow.DataType, values: list[object], problem: str
) -> None:
    fine = [None] * 10_000

    said = refusal(saved, {"fine": [1] * 10_001 + [2], "x": pyarrow.array([*fine, *values, None], kind)})

    assert said.startswith(f"files/x.parquet: row 10001: {problem}")
    assert "secret" not in said


def test_text_that_is_none_fails_with_row_and_column(saved: Saved) -> None:
    offsets = pyarrow.py_buffer(struct.pack("<3i", 0, 1, 2))
    broken = pyarrow.StringArray.from_buffers(2, offsets, pyarrow.py_buffer(b"a\xff"))

    assert refusal(saved, {"x": broken}) == "files/x.parquet: row 2: 'x' holds text that is not UTF-8"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is declared as JSON and holds what is none"),
        ('{"a": 1, "a": 2}', "holds JSON with a field twice"),
    ],
)
def test_json_that_is_none_fails_with_row_and_column(saved: Saved, text: str, problem: str) -> None:
    array = pyarrow.ExtensionArray.from_storage(pyarrow.json_(), pyarrow.array(["1", text]))

    assert refusal(saved, {"x": array}) == f"files/x.parquet: row 2: 'x' {problem}"


def test_a_name_that_is_there_twice_is_refused_at_any_depth(saved: Saved) -> None:
    ones = pyarrow.array([1])
    pair = pyarrow.StructArray.from_arrays([ones, ones], names=["amount", "amount"])
    listed = pyarrow.ListArray.from_arrays(pyarrow.array([0, 1], pyarrow.int32()), pair)

    assert refusal(saved, pyarrow.table([ones, ones], ["cost", "cost"])) == (
        "files/x.parquet: the schema has 'cost' twice"
    )
    assert refusal(saved, {"a": pair}) == "files/x.parquet: the schema has 'a.amount' twice"
    assert refusal(saved, {"a": listed}) == "files/x.parquet: the schema has 'a.amount' twice"
    assert saved(pyarrow.table([ones, ones], ["cost", "Cost"])) == [{"cost": 1, "Cost": 1}]


def test_a_file_without_row_groups_has_no_rows(saved: Saved) -> None:
    assert saved({"x": pyarrow.array([], pyarrow.int64())}) == []


def test_rows_of_many_groups_come_in_order(saved: Saved) -> None:
    count = 25_000

    rows = saved(
        {"n": list(range(count)), "tags": pyarrow.array([[("k", n)] for n in range(count)], MAP)},
        row_group_size=7_000,
    )

    assert rows == [{"n": n, "tags": {"k": n}} for n in range(count)]


def test_a_moment_is_the_same_whatever_its_unit_and_zone(saved: Saved) -> None:
    moment = datetime(2025, 11, 15, 10, 30, tzinfo=UTC)
    kinds = [pyarrow.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "+05:30")]

    [row] = saved({str(kind): pyarrow.array([moment], kind) for kind in kinds})

    assert set(row.values()) == {"2025-11-15T10:30:00Z"}


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"PAR1 secret", "files/x.parquet can't be read: it is no Parquet, or damaged or cut off"),
        (b"a,b\n1,2\n", "files/x.parquet can't be read: it is no Parquet, or damaged or cut off"),
        (b"", "files/x.parquet has no bytes, so it is cut off: Parquet without rows has some"),
    ],
)
def test_a_file_that_is_no_parquet_is_refused(read: Read, put: Put, contents: bytes, message: str) -> None:
    put("x.parquet", contents)

    with pytest.raises(StepError) as caught:
        read("files/x.parquet", "parquet")

    assert str(caught.value) == message


def test_damage_anywhere_ends_in_a_sentence_or_in_rows(read: Read, put: Put) -> None:
    sink = io.BytesIO()
    table = pyarrow.table({"a": ["x", "y"] * 50, "m": pyarrow.array([[("k", 1)]] * 100, MAP)})
    pyarrow.parquet.write_table(table, sink, write_page_checksum=True)
    whole = sink.getvalue()
    damaged = [whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :] for at in range(4, len(whole), 23)]
    cut = [whole[:at] for at in range(0, len(whole), 50)]

    refused = 0
    for contents in [*damaged, *cut]:
        put("x.parquet", contents)
        try:
            read("files/x.parquet", "parquet")
        except StepError:
            refused += 1

    assert refused > len(cut)
