"""Rows on their way to a load job."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping

import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.json_lines import JsonLines
from shared.steps.row_lines import RowShape, zipped_lines

WHOLE = RowShape(given={}, columns=None)


def lines_of(rows: Iterable[Mapping[str, JsonValue]], shape: RowShape = WHOLE) -> list[str]:
    return gzip.decompress(b"".join(zipped_lines(rows, shape=shape))).decode().split("\n")[:-1]


def test_whole_rows_stand_beside_what_the_platform_gives() -> None:
    rows: list[dict[str, JsonValue]] = [{"a": "é\u2028", "b": None}, {"a": {"c": [1, "2\n"]}}, {}]

    assert lines_of(iter(rows), RowShape(given={"run_id": "r"}, columns=None)) == [
        '{"run_id":"r","data":{"a":"é\u2028","b":null}}',
        '{"run_id":"r","data":{"a":{"c":[1,"2\\n"]}}}',
        '{"run_id":"r","data":{}}',
    ]


@pytest.mark.parametrize(
    ("given", "begin"), [({}, "{"), ({"run_id": "r", "at": 1}, '{"run_id":"r","at":1')], ids=["none", "some"]
)
def test_rows_of_a_typed_table_are_its_columns(given: dict[str, JsonValue], begin: str) -> None:
    shape = RowShape(given=given, columns=frozenset({"sku", "price"}))
    comma = "," if given else ""

    lines = lines_of([{"sku": "a", "price": "0.000000001"}, {}, {"sku": "b"}], shape)

    assert lines == [
        f'{begin}{comma}"sku":"a","price":"0.000000001"}}',
        f"{begin}}}",
        f'{begin}{comma}"sku":"b"}}',
    ]


@pytest.mark.parametrize("before", [0, 15, 16, 40])
def test_a_field_without_a_column_is_not_lost_in_silence(before: int) -> None:
    shape = RowShape(given={}, columns=frozenset({"sku", "price"}))
    rows: list[dict[str, JsonValue]] = [{"sku": "a"}] * before

    with pytest.raises(StepError) as caught:
        lines_of([*rows, {"sku": "b", "cost": "secret", "tenant_id": "umbrella"}, {"zone": 1}], shape)

    assert str(caught.value) == (
        f"row {before + 1} has fields that the table has no column for: cost, tenant_id; "
        "its columns are price, sku"
    )


@pytest.mark.parametrize("before", [1, 16, 17])
def test_what_is_wrong_with_a_row_is_told_before_what_ends_the_reading(before: int) -> None:
    def rows() -> Iterator[Mapping[str, JsonValue]]:
        yield from [{"sku": "a"}] * (before - 1)
        yield {"cost": 1}
        raise StepError("line 9 is not JSON")

    with pytest.raises(StepError, match=f"^row {before} has fields"):
        lines_of(rows(), RowShape(given={}, columns=frozenset({"sku"})))


def test_whoever_looks_on_is_told_of_every_row_before_an_error() -> None:
    told: list[int] = []

    def rows() -> Iterator[Mapping[str, JsonValue]]:
        yield from [{"sku": "a"}] * 35
        raise KeyError("sku")

    with pytest.raises(KeyError):
        list(zipped_lines(rows(), shape=WHOLE, at_row=told.append))

    assert told == [16, 32, 35]


LINES = JsonLines(b'{"sku":"b"}\n{}\n{"sku":"c","price":{}}\n', 3, frozenset({"sku", "price"}))


@pytest.mark.parametrize(
    "shape",
    [
        WHOLE,
        *(RowShape(given={n: n for n in names}, columns=frozenset({"sku", "price"})) for names in ("", "xy")),
    ],
    ids=["whole", "typed", "typed, beside others"],
)
@pytest.mark.parametrize("before", [0, 1, 16, 40])
def test_lines_that_are_written_already_are_what_their_rows_would_be(shape: RowShape, before: int) -> None:
    told: list[int] = []
    a_row: dict[str, JsonValue] = {"sku": "a"}
    mixed: list[dict[str, JsonValue] | JsonLines] = [*[a_row] * before, LINES, a_row, LINES]
    rows = [row for each in mixed for row in (each.rows() if isinstance(each, JsonLines) else [each])]

    found = b"".join(zipped_lines(mixed, shape=shape, at_row=told.append))

    assert gzip.decompress(found).decode().split("\n")[:-1] == lines_of(rows, shape)
    assert told[-1] == before + 7


def test_a_field_without_a_column_is_told_of_the_first_line_that_has_it() -> None:
    wrong = JsonLines(b'{"sku":"b"}\n{"sku":"c","cost":"secret"}\n', 2, frozenset({"sku", "cost"}))

    with pytest.raises(StepError) as caught:
        list(zipped_lines([{}, wrong], shape=RowShape(given={}, columns=frozenset({"sku", "price"}))))

    assert str(caught.value) == (
        "row 3 has fields that the table has no column for: cost; its columns are price, sku"
    )


def test_no_rows_are_an_empty_file() -> None:
    assert lines_of([]) == []


@pytest.mark.parametrize("before", [0, 1, 20])
def test_half_a_character_is_refused_with_its_row(before: int) -> None:
    rows = [{"a": "whole"}] * before + [{"a": json.loads('"\\ud800"')}]

    with pytest.raises(StepError, match=rf"^row {before + 1} holds text that is not Unicode$"):
        lines_of(iter(rows))


def test_what_is_nested_deep_arrives_as_it_is() -> None:
    deep: JsonValue = "bottom"
    for _ in range(400):
        deep = [deep]

    assert [json.loads(line) for line in lines_of([{"a": deep}])] == [{"data": {"a": deep}}]


def test_more_rows_than_are_written_at_once_all_arrive() -> None:
    rows: list[dict[str, JsonValue]] = [{"a": f"{number:040}"} for number in range(5000)]

    assert [json.loads(line)["data"] for line in lines_of(rows)] == rows


def test_no_part_waits_for_the_rows_after_it() -> None:
    read: list[int] = []

    def rows() -> Iterator[dict[str, JsonValue]]:
        for number in range(100_000):
            read.append(number)
            yield {"a": f"{number:040}"}

    next(zipped_lines(rows(), shape=WHOLE))

    assert len(read) < 5000
