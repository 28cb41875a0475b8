"""Tests of pipelines as they are read: what is given, and what is compared."""

from dataclasses import replace
from datetime import date

import pytest

from shared.config.problem import ConfigError
from shared.config.tenant_folder import load_pipeline_tests
from shared.domain.ids import run_date
from shared.domain.pipeline_tests import RowOfTest
from shared.domain.planned_test import ExpectedRows, ExpectedVerdicts, PlannedTest
from tests.fakes.configs import MemoryFolder
from tests.unit.cli.mistake_cases import TENANT

AMOUNTS = """\
pipeline: cloud/cost/daily
at: 2025-11-03T06:00:00Z
tests:
  - name: amounts_are_taken
    transform: daily
    given:
      raw_data: [{data: {day: 2025-11-01, amount: 1.5, tags: [a, null]}}]
      daily: [{day: 2025-10-31, amount: 12345678901234567890.123456789, pipeline_id: other}]
    expect:
      rows: [{day: 2025-11-01, amount: 0.1}, {day: 2025-11-02}]
"""


def read(text: str, **others: str) -> tuple[PlannedTest, ...]:
    files = {f"acme/tests/{name.replace('_', '.')}": written for name, written in others.items()}
    return load_pipeline_tests(MemoryFolder({**TENANT, "acme/tests/daily.yml": text, **files}), "acme")


def rows_of(test: PlannedTest, table: str) -> tuple[RowOfTest, ...]:
    return next(given.rows for given in test.given if given.table.name == table)


def test_what_a_row_does_not_say_of_its_run_is_that_of_the_test() -> None:
    [test] = read(AMOUNTS)

    assert rows_of(test, "raw_data") == (
        {
            "tenant_id": "acme",
            "pipeline_id": "acme-cloud-cost-daily",
            "run_id": test.run_id,
            "ingestion_date": "2025-11-03",
            "created_at": "2025-11-03T06:00:00Z",
            "data": {"day": "2025-11-01", "amount": 1.5, "tags": ["a", None]},
        },
    )
    assert run_date(test.run_id) == date(2025, 11, 3)
    assert [test] == list(read(AMOUNTS))


def test_no_digit_of_a_number_is_lost() -> None:
    [test] = read(AMOUNTS)

    assert rows_of(test, "daily") == (
        {"day": "2025-10-31", "amount": "12345678901234567890.123456789", "pipeline_id": "other"},
    )


def test_columns_that_a_pipeline_fills_are_compared() -> None:
    [test] = read(AMOUNTS)

    assert isinstance(test.expected, ExpectedRows)
    assert test.expected.rows == ({"day": "2025-11-01", "amount": "0.1"}, {"day": "2025-11-02"})
    assert [column.name for column in test.expected.columns] == ["day", "amount"]


def test_only_named_columns_are_compared_where_that_is_asked() -> None:
    text = AMOUNTS.replace("expect:\n", "expect:\n      columns: named\n")

    [test] = read(
        text.replace("rows: [{day: 2025-11-01, amount: 0.1}, {day: 2025-11-02}]", "rows: [{amount: 1}]")
    )

    assert isinstance(test.expected, ExpectedRows)
    assert [column.name for column in test.expected.columns] == ["amount"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.csv", 'data,source_file\n"{""day"": ""2025-11-01"", ""amount"": 1.5}",\n'),
        ("rows.ndjson", '\n{"data": {"day": "2025-11-01", "amount": 1.5}, "source_file": null}\n'),
    ],
)
def test_rows_may_stand_in_a_file(name: str, text: str) -> None:
    written = AMOUNTS.replace(
        "[{data: {day: 2025-11-01, amount: 1.5, tags: [a, null]}}]", f"{{file: {name}}}"
    )

    [test] = read(written, **{name: text})

    [row] = rows_of(test, "raw_data")
    assert (row["data"], row["source_file"]) == ({"day": "2025-11-01", "amount": 1.5}, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: has no header line with the names of columns"),
        ("day,day\n", "1:1: names a column twice in its header line"),
        ('day,amount\n"a\nb",1,2\n', "2:1: has 3 fields, the header 2"),
        ('day,amount\n2025-11-01,"1\n', "2:1: is no CSV: unexpected end of data"),
        (
            "day,amount\n2025-11-01,1\n\n2025-11-01,one\n",
            "4:1: amount: is no number; the column is NUMERIC in daily",
        ),
        ("day,amount\n,1\n", "2:1: day: has no value for 'day', which is REQUIRED in daily"),
        (
            "day,sum\n2025-11-01,1\n",
            "2:1: sum: 'sum' is not a column of daily; use one of amount, day, pipeline_id",
        ),
    ],
)
def test_what_is_wrong_in_a_file_of_rows_is_told_at_its_line(text: str, told: str) -> None:
    written = AMOUNTS.replace("[{day: 2025-11-01, amount: 0.1}, {day: 2025-11-02}]", "{file: rows.csv}")

    with pytest.raises(ConfigError) as refused:
        read(written, rows_csv=text)

    assert str(refused.value) == f"configs/acme/tests/rows.csv:{told}"


def test_a_test_of_rules_expects_verdicts() -> None:
    text = AMOUNTS.replace("transform: daily", "rules: charges").replace("      daily: [", "      #")
    rows = "rows: [{day: 2025-11-01, amount: 0.1}, {day: 2025-11-02}]"

    [test] = read(text.replace(rows, "rules: {has_rows: passed, amount_is_there: 2}"))

    assert test.expected == ExpectedVerdicts({"has_rows": "passed", "amount_is_there": 2}, others="passed")
    assert [given.table.name for given in test.given] == ["raw_data"]


def test_what_a_file_says_counts_for_tests_that_do_not() -> None:
    pipeline = TENANT["acme/pipelines/cloud/cost/daily.yml"]
    declared = "parameters: {days: {type: date_range, default: yesterday}, n: {type: integer, default: 1}}\n"
    files = {**TENANT, "acme/pipelines/cloud/cost/daily.yml": declared + pipeline}
    own = AMOUNTS.split("tests:\n")[1].replace("amounts_are_taken", "others")
    own = own.replace(
        "    transform:", "    at: 2025-12-01T00:00:00Z\n    parameters: {n: 3}\n    transform:"
    )
    files["acme/tests/daily.yml"] = AMOUNTS.replace("tests:\n", "parameters: {n: 2}\ntests:\n") + own

    first, second = load_pipeline_tests(MemoryFolder(files), "acme")

    assert [value.text for value in first.plan.parameters] == ["2025-11-02/2025-11-02", "2"]
    assert [value.text for value in second.plan.parameters] == ["2025-11-30/2025-11-30", "3"]


def test_a_wrong_pipeline_is_told_once_and_its_tests_are_not_judged() -> None:
    files = {**TENANT, "acme/tests/daily.yml": AMOUNTS, "acme/transforms/daily.sql": "SELECT 1 FROM"}

    with pytest.raises(ConfigError) as refused:
        load_pipeline_tests(MemoryFolder(files), "acme")

    assert {problem.file for problem in refused.value.problems} == {"configs/acme/transforms/daily.sql"}


def test_tests_are_no_part_of_what_a_run_does() -> None:
    [test] = read(AMOUNTS)
    [other] = read(AMOUNTS.replace("amounts_are_taken", "others").replace("0.1", "0.2"))

    assert other.plan == test.plan
    assert replace(other, name=test.name).run_id == test.run_id
