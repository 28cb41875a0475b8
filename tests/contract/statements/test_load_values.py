"""What a file's value becomes in its column: the same, whoever reads the file, DuckDB or Python."""

from __future__ import annotations

import csv
import io
import json
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.bigquery.problem import ApiError
from tests.contract.statements.loading import MANY_BYTES, Loading, field

# Type, what the file says, and what REST says of the stored value.
TAKEN = [
    ("INTEGER", "9223372036854775807", "9223372036854775807"),
    ("INTEGER", "-1", "-1"),
    ("INTEGER", "1.0", "1"),
    ("FLOAT", "0.1", "0.1"),
    ("FLOAT", "1e300", "1e+300"),
    ("NUMERIC", "0.1234567895", "0.12345679"),
    ("NUMERIC", "-0.0000000005", "-0.000000001"),
    ("NUMERIC", "5e-12", "0"),
    ("NUMERIC", "12345678901234567890123456789.123456789", "12345678901234567890123456789.123456789"),
    ("NUMERIC", "99999999999999999999999999999.999999999", "99999999999999999999999999999.999999999"),
    ("NUMERIC", "1.5E+3", "1500"),
    ("BOOLEAN", "true", "true"),
]
TEXTS_TAKEN = [
    ("BOOLEAN", "T", "true"),
    ("BOOLEAN", "no", "false"),
    ("FLOAT", "NaN", "NaN"),
    ("FLOAT", "-Infinity", "-Infinity"),
    ("STRING", 'é🙂 "x", y', 'é🙂 "x", y'),
    ("STRING", '{"a": 1.50}', '{"a": 1.50}'),
    ("BYTES", "AP8=", "AP8="),
    ("DATE", "2025-11-01", "2025-11-01"),
    ("DATE", "2025-1-5", "2025-01-05"),
    ("TIME", "23:59:59.999999", "23:59:59.999999"),
    ("DATETIME", "2025-11-01T10:00:00.5", "2025-11-01T10:00:00.500000"),
    ("DATETIME", "2025-11-01", "2025-11-01T00:00:00"),
    ("TIMESTAMP", "2025-11-01T10:00:00Z", "1761991200000000"),
    ("TIMESTAMP", "2025-11-01 10:00:00 UTC", "1761991200000000"),
    ("TIMESTAMP", "2025-11-01 10:00:00", "1761991200000000"),
    ("TIMESTAMP", "2025/11/01 10:00:00", "1761991200000000"),
    ("TIMESTAMP", "2025-11-01T10:00:00.000001+05:30", "1761971400000001"),
    ("TIMESTAMP", "2025-11-01 10:00:00 America/New_York", "1762005600000000"),
    ("TIMESTAMP", "1761991200.25", "1761991200250000"),
]
REFUSED = [
    ("INTEGER", "1.5"),
    ("INTEGER", "1_000"),
    ("INTEGER", "0x1F"),
    ("INTEGER", "9223372036854775808"),
    ("FLOAT", "1e999"),
    ("FLOAT", "x"),
    ("NUMERIC", "99999999999999999999999999999.9999999995"),
    ("NUMERIC", "NaN"),
    ("BOOLEAN", "maybe"),
    ("BYTES", "AP8"),
    ("DATE", "2025-02-30"),
    ("DATE", "01/02/2025"),
    ("TIME", "24:00:00"),
    ("DATETIME", "2025-11-01T10:00:00Z"),
    ("TIMESTAMP", "2025-11-01T25:00:00Z"),
    ("TIMESTAMP", "2025-11-01 10:00:00 Mars/Olympus"),
    ("TIMESTAMP", "0000-01-01 00:00:00"),
]
MARGINS = pytest.mark.parametrize("is_large", [False, True], ids=["small", "large"])


def written(folder: Path, name: str, lines: list[str], *, is_large: bool, filler: str) -> tuple[Path, int]:
    """A file of the lines, and how many lines follow them to make it large."""
    more = MANY_BYTES // len(filler) + 1 if is_large else 0
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines + [filler] * more), encoding="utf-8")
    return path, more


def csv_line(*cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


@MARGINS
@pytest.mark.parametrize(("kind", "value", "stored"), TAKEN)
def test_a_json_number_is_stored_exactly(
    loading: Loading, tmp_path: Path, kind: str, value: str, stored: str, is_large: bool
) -> None:
    loading.create([field("n", "INTEGER"), field("v", kind)])
    filler = json.dumps({"n": 1})
    path, more = written(
        tmp_path, "a.ndjson", [f'{{"n": 0, "v": {value}}}'], is_large=is_large, filler=filler
    )

    figures = loading.load(path)

    assert loading.rows()[0] == ["0", stored]
    assert figures["outputRows"] == str(1 + more)


@MARGINS
@pytest.mark.parametrize("form", ["ndjson", "csv"])
@pytest.mark.parametrize(("kind", "value", "stored"), TAKEN + TEXTS_TAKEN)
def test_a_text_is_stored_exactly(
    loading: Loading, tmp_path: Path, kind: str, value: str, stored: str, form: str, is_large: bool
) -> None:
    loading.create([field("n", "INTEGER"), field("v", kind)])
    line = json.dumps({"n": 0, "v": value}) if form == "ndjson" else csv_line(0, value)
    filler = json.dumps({"n": 1}) if form == "ndjson" else "1,"
    path, more = written(tmp_path, f"a.{form}", [line], is_large=is_large, filler=filler)

    figures = loading.load(path)

    assert loading.rows()[0] == ["0", stored]
    assert figures["outputRows"] == str(1 + more)


@MARGINS
@pytest.mark.parametrize("form", ["ndjson", "csv"])
@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_text_of_another_type_is_refused_by_line_and_column(
    loading: Loading, tmp_path: Path, kind: str, value: str, form: str, is_large: bool
) -> None:
    loading.create([field("n", "INTEGER"), field("v", kind)])
    good, filler = ('{"n": 0}', '{"n": 1}') if form == "ndjson" else ("0,", "1,")
    wrong = json.dumps({"n": 0, "v": value}) if form == "ndjson" else csv_line(0, value)
    path, _more = written(tmp_path, f"a.{form}", [good, wrong], is_large=is_large, filler=filler)

    with pytest.raises(ApiError) as refused:
        loading.load(path)

    where = "position 9 (line 2)" if form == "ndjson" else "line 2"
    said = refused.value.message
    assert f"row starting at {where}: Cannot convert value to " in said
    assert said.endswith(f" Field: v; File: file://{path}")
    assert value not in said.removesuffix(str(path))
    assert loading.rows() == []


@MARGINS
@pytest.mark.parametrize(
    ("document", "stored"),
    [
        ('{"k": 1, "K": 2}', '{"K":2,"k":1}'),
        ('{"b": 1, "a": 2, "b": 3}', '{"a":2,"b":1}'),
        (
            '{"a": 0.12345678901234567890123, "b": [1.10, -2.500, 1e2, {"c": 5E-3}]}',
            '{"a":0.12345678901234568,"b":[1.1,-2.5,100.0,{"c":0.005}]}',
        ),
        (
            '{"a": 12345678901234567890123, "b": "x: 1.50, \\"y\\": 2.50"}',
            '{"a":1.2345678901234568e+22,"b":"x: 1.50, \\"y\\": 2.50"}',
        ),
        (
            "[18446744073709551615, -9223372036854775808, 1e15]",
            "[18446744073709551615,-9223372036854775808,1e+15]",
        ),
        ('"text"', '"text"'),
        ("1.10", "1.1"),
        ('{"a": "\\u00e9 \\ud83d\\ude42 \\\\", "b": 1.50}', '{"a":"é 🙂 \\\\","b":1.5}'),
        ('["inf", {"nan": null}]', '["inf",{"nan":null}]'),
    ],
)
def test_a_json_value_is_stored_as_the_value_that_it_is(
    loading: Loading, tmp_path: Path, document: str, stored: str, is_large: bool
) -> None:
    loading.create([field("n", "INTEGER"), field("v", "JSON")])
    line = f'{{"n": 0, "v": {document}}}'
    path, _more = written(tmp_path, "a.ndjson", [line], is_large=is_large, filler='{"n": 1, "v": null}')

    loading.load(path)

    first, *others = loading.rows()
    assert first[1] == stored
    assert {row[1] for row in others} <= {None}


@MARGINS
def test_nested_values_are_matched_by_name(loading: Loading, tmp_path: Path, is_large: bool) -> None:
    inner = [field("x", "NUMERIC"), field("b", "BYTES"), field("j", "JSON")]
    loading.create(
        [
            field("n", "INTEGER"),
            field("r", "RECORD", "REPEATED", fields=inner),
            field("s", "STRING", "REPEATED"),
        ]
    )
    lines = [
        '{"n": 0, "R": [{"J": {"k": 1.50}, "X": 0.12345678901234567891, "b": "AP8="}, {}], "s": ["p", "q"]}'
    ]
    path, _more = written(tmp_path, "a.ndjson", lines, is_large=is_large, filler='{"n": 1}')

    loading.load(path)

    first, *others = loading.rows()
    row = {"f": [{"v": "0.123456789"}, {"v": "AP8="}, {"v": '{"k":1.5}'}]}
    empty = {"f": [{"v": None}, {"v": None}, {"v": None}]}
    assert first == ["0", [{"v": row}, {"v": empty}], [{"v": "p"}, {"v": "q"}]]
    assert all(one == ["1", [], []] for one in others)


NUMBERS = st.one_of(
    st.decimals(min_value=-(10**28), max_value=10**28, places=9, allow_nan=False).map(str),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e28, max_value=1e28).map(repr),
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True).filter(
        lambda text: text != "-0" and abs(Decimal(text)) < 10**28
    ),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(NUMBERS, min_size=50, max_size=50))
def test_a_numeric_never_goes_through_a_float(loading: Loading, tmp_path: Path, numbers: list[str]) -> None:
    lines = [
        f'{{"n": {place}, "v": {number}, "j": {{"v": [{number}]}}}}' for place, number in enumerate(numbers)
    ]
    filler = json.dumps({"n": len(lines), "s": "x" * 1000})
    loading.forget()
    loading.create([field("n", "INTEGER"), field("v", "NUMERIC"), field("j", "JSON"), field("s", "STRING")])
    path, _more = written(tmp_path, "a.ndjson", lines, is_large=True, filler=filler)

    loading.load(path)

    rows = loading.rows()[: len(numbers)]

    assert [Decimal(row[1]) for row in rows] == [rounded(number) for number in numbers]
    assert [json.loads(row[2]) for row in rows] == [{"v": [nearest(one)]} for one in numbers]


def nearest(number: str) -> int | float:
    """As JSON has it: a whole number of 64 bits, or a double."""
    whole = number.removeprefix("-").isdigit() and -(2**63) <= int(number) < 2**64
    return int(number) if whole else float(number)


def rounded(number: str) -> Decimal:
    with localcontext(prec=150):
        return Decimal(number).quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP)
