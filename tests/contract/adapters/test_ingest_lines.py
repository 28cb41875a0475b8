"""NDJSON in buckets on its way into raw_data: the same whether BigQuery loads it by itself or it is read here."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest

from shared.config.standard_tables import standard_table
from shared.domain.errors import NotDirectlyError, StepError
from shared.domain.job import ObjectsJob
from shared.domain.sure_line import is_sure
from shared.sql.statement import literal
from shared.steps.attempt import StepResult
from shared.steps.lines_sql import judged_lines
from tests.contract.adapters.objects_place import Place
from tests.contract.adapters.steps import make_written, soon

RAW = standard_table("raw_data")
PLAIN = b'{"a": 1}\n'
BEYOND_A_LOOK = PLAIN * 10_000

SURE = [
    "{}",
    '{"b": 1, "a": 2, "B": null, "": [true, false, {}, []]}',
    '{"n": [0, -1, 123456789012345, -0.0, 0.10, 1.0, 1e2, 8.25e-07, 1.23456789012345E-99, 1.5e+99]}',
    '{"n": [0.000000123456789012345, 10000000000000.0, 12345678901234.5]}',
    r'{"t": "\ud83d\ude42 \u00e9 \u0001 \u007f \uFFFE \/ \\ \" \b\f\n\r\t"}',
    '{"t": "é🙂  \u2028\u2029\x7f<&>", "x,\'`": "1,2"}',
    '{"long": "00000000000000000000000000000000000001e400 -0 NaN"}',
    ' \t{"a" :\t1 } ',
    json.dumps({"deep": [[[[[[[[[[{"x": [1]}]]]]]]]]]]}),
    '\ufeff{"joined": "of files that each began with a mark"}',
    r'{"\u0061": 1, "\\u0061": 2, "\\": 3}',
]
"""Lines of which BigQuery is to make what reading makes of them."""
UNSURE = [
    '{"a": 1, "a": 2}',
    r'{"a": 1, "\u0061": 2}',
    '{"x": [{"a": {"b": 1, "b": 1}}]}',
    '{"n": 9007199254740993}',
    '{"n": 9007199254740992}',
    '{"n": -12345678901234567890}',
    '{"n": 0.1234567890123456789}',
    '{"n": 1234567890.1234567}',
    '{"n": 1e400}',
    '{"n": 1e-400}',
    '{"n": 4.9e-324}',
    f'{{"n": 0.{"0" * 320}1}}',
    f'{{"n": 1{"0" * 30}}}',
    '{"n": -0}',
    r'{"t": "\u0000"}',
    r'{"t": "\u0022"}',
    r'{"t": "\ud83d"}',
    r'{"t": "\ude42\ud83d"}',
    r'{"t": "\ud83d \ude42"}',
    '{"t": "\ufffd"}',
    '{"t": "a\x02b"}',
    '{"a":\r1}',
]
"""Lines that reading takes, or refuses in words of its own, and BigQuery may take for something else."""
WRONG = [
    "",
    "   ",
    "[1]",
    "7",
    "null",
    '"{}"',
    "{",
    "{'a': 1}",
    '{"a": NaN}',
    '{"a": Infinity}',
    '{"a": 01}',
    '{"a": 1,}',
]
WRONG += ['{"a": 1} {"b": 2}', '{"a": 1}\x0b{"b": 2}', '{"a": "\t"}', '{"a": 1} // x', r'{"a": "\x41"}']
"""Lines that are no JSON objects."""


@pytest.fixture
def place(place: Place) -> Place:
    place.format = "ndjson"
    make_written(place.tables, place.tenant, RAW)
    return place


def rows_of(place: Place) -> Counter[tuple[str, str]]:
    """The rows' values as text that tells any two apart, with their files."""
    sql = f"SELECT TO_JSON_STRING(data) AS data, source_file FROM `{place.tenant}.raw_data`"
    return Counter((row["data"], row["source_file"]) for row in place.client.query_and_wait(sql))


def carry(place: Place, *, number: int = 1, mode: str = "append") -> StepResult:
    return place.carry(RAW, mode=mode, number=number, path="*.json*")


def test_rows_and_values_are_the_same_either_way(place: Place) -> None:
    text = "\n".join(SURE).encode()
    objects = {
        "lf.json": text + b"\n",
        "crlf.json": text.replace(b"\n", b"\r\n"),
        "cr.jsonl": b'{"a":1}\r{"b":2}\n{"c":3}\r{"d":4}',
        "packed.json.gz": gzip.compress((text + b"\n") * 100),
        "empty.json": b"",
        "nothing.json.gz": gzip.compress(b""),
    }
    for name, contents in objects.items():
        place.put_bytes(name, contents)

    direct = carry(place, mode="replace")
    loaded = rows_of(place)
    place.client.query_and_wait(f"DELETE FROM `{place.tenant}.raw_data` WHERE TRUE")
    read = carry(place, mode="replace", number=2)

    assert (place.loaded_by(direct), place.loaded_by(read)) == ({"uris"}, {"upload"})
    assert loaded == rows_of(place)
    count = len(SURE) * 102 + 4
    assert loaded.total() == direct.metrics.rows_out == read.metrics.rows_out == count


def test_the_statement_takes_what_is_sure_and_refuses_all_else(place: Place) -> None:
    lines = [*SURE, *UNSURE, *WRONG]
    source = f"UNNEST([{', '.join(map(literal, lines))}]) AS line"
    judged = judged_lines(f"(SELECT line FROM {source})")

    rows = place.client.query_and_wait(f"SELECT line, is_sure FROM ({judged})")

    assert {row["line"]: row["is_sure"] for row in rows} == {line: line in SURE for line in lines}
    # A look at the first lines comes to the same, but for what a parser sees.
    assert all(map(is_sure, SURE))
    assert [line for line in UNSURE if is_sure(line)] == UNSURE[:3]


@pytest.mark.parametrize("line", [UNSURE[3], ""])
def test_an_unsure_line_is_left_to_a_reading(place: Place, line: str) -> None:
    place.put_bytes("1.json", BEYOND_A_LOOK + line.encode() + b"\n" + PLAIN)

    with pytest.raises(NotDirectlyError):
        carry(place)
    assert rows_of(place).total() == 0

    assert place.loaded_by(carry(place, number=2)) == {"upload"}
    assert rows_of(place).total() == 10_002 - (not line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1, "a": 2}', "has a field twice"),
        (b'{"t": "\xff"}', "is not UTF-8 text"),
        (b'{"a": "\x01"}', "is not JSON"),
    ],
)
def test_of_a_wrong_line_reading_says_what_it_always_says(place: Place, line: bytes, reason: str) -> None:
    place.put_bytes("1.json", BEYOND_A_LOOK + line + b"\n")

    with pytest.raises(NotDirectlyError):
        carry(place)
    with pytest.raises(StepError, match=f"1.json: line 10001 {reason}"):
        carry(place, number=2)

    assert rows_of(place).total() == 0


def test_text_that_bigquery_may_see_otherwise_is_read_at_once(place: Place) -> None:
    place.put_bytes("1.json", PLAIN)
    place.put_bytes("2.json.gz", gzip.compress(PLAIN) + gzip.compress(PLAIN))

    result = carry(place)

    assert place.loaded_by(result) == {"upload"}
    assert rows_of(place).total() == 3


def test_of_more_objects_than_are_loaded_none_is_looked_at(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(51):
        place.put_bytes(f"{number}.json", UNSURE[3].encode())

    result = carry(place)

    assert place.loaded_by(result) == {"upload"}
    assert rows_of(place).total() == 51
    assert (
        "they are more than 50, each of which would be loaded by a job of its own" in capsys.readouterr().out
    )


def test_text_of_which_something_is_missing_is_not_written(place: Place) -> None:
    """As where whoever unpacks an object of several parts stops after the first."""
    place.put_bytes("1.json", BEYOND_A_LOOK)
    place.put_bytes("2.json", BEYOND_A_LOOK)
    submit = place.jobs.submit

    def submitted(job: Any) -> Any:
        handle = submit(job)
        if isinstance(job, ObjectsJob):
            place.jobs.wait(handle, until=soon())
            table = f"`{place.tenant}.{job.table.name}`"
            place.client.query_and_wait(f"DELETE FROM {table} WHERE TRUE")
            place.client.query_and_wait(
                f"INSERT INTO {table} SELECT '{{\"a\": 1}}' FROM UNNEST(GENERATE_ARRAY(2, 10000))"
            )
        return handle

    place.jobs.submit = submitted  # type: ignore[method-assign]
    with pytest.raises(NotDirectlyError, match="The lines that were loaded are not all of the text"):
        carry(place)

    assert rows_of(place).total() == 0
