"""NUMERIC is exact: 38 digits, nine of them decimals, rounded half away from zero and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest
from google.cloud import bigquery

_TWO = "(SELECT NUMERIC '1.1' AS n, 3 AS i, 0.5 AS f UNION ALL SELECT NUMERIC '2.2', 4, 1.5)"

ANSWERS: list[tuple[str, Any]] = [
    ("CAST('8e-07' AS NUMERIC)", Decimal("0.0000008")),
    ("CAST(' 1.5 ' AS NUMERIC)", Decimal("1.5")),
    ("CAST('-1.25E2' AS NUMERIC)", Decimal("-125")),
    ("CAST('.5' AS NUMERIC)", Decimal("0.5")),
    ("CAST('0.0000000005' AS NUMERIC)", Decimal("0.000000001")),
    ("CAST('-0.0000000005' AS NUMERIC)", Decimal("-0.000000001")),
    ("CAST('0.00000000049' AS NUMERIC)", Decimal("0")),
    ("(SELECT CAST(x AS NUMERIC) FROM UNNEST(['5e-10']) AS x)", Decimal("0.000000001")),
    ("CAST('-8.94e-11' AS NUMERIC)", Decimal("0")),
    (
        "CAST('99999999999999999999999999999.999999999' AS NUMERIC)",
        Decimal("99999999999999999999999999999.999999999"),
    ),
    ("CAST(CAST('8e-07' AS FLOAT64) AS NUMERIC)", Decimal("0.0000008")),
    ("(SELECT CAST(x AS NUMERIC) FROM UNNEST([5e-10]) AS x)", Decimal("0.000000001")),
    ("(SELECT CAST(x AS NUMERIC) FROM UNNEST([-5e-10]) AS x)", Decimal("-0.000000001")),
    # The double nearest to 123456789.1 is 123456789.0999999940….
    ("CAST(CAST('123456789.1' AS FLOAT64) AS NUMERIC)", Decimal("123456789.099999994")),
    ("CAST(12 AS NUMERIC)", Decimal("12")),
    ("CAST(NULL AS NUMERIC)", None),
    ("NUMERIC '0.123456789'", Decimal("0.123456789")),
    ("SAFE_CAST('abc' AS NUMERIC)", None),
    ("SAFE_CAST('' AS NUMERIC)", None),
    ("SAFE_CAST('1e30' AS NUMERIC)", None),
    ("SAFE_CAST('1_000' AS NUMERIC)", None),
    ("SAFE_CAST('1.5' AS NUMERIC)", Decimal("1.5")),
    ("NUMERIC '0.1' + NUMERIC '0.2'", Decimal("0.3")),
    ("NUMERIC '0.1' * NUMERIC '0.3'", Decimal("0.03")),
    ("NUMERIC '0.00001' * NUMERIC '0.00005'", Decimal("0.000000001")),
    ("NUMERIC '-0.00001' * NUMERIC '0.00005'", Decimal("-0.000000001")),
    ("NUMERIC '1.5' * 2", Decimal("3")),
    ("NUMERIC '1.5' * 2.5", Decimal("3.75")),
    ("NUMERIC '1' / NUMERIC '3'", Decimal("0.333333333")),
    ("NUMERIC '2' / 3", Decimal("0.666666667")),
    ("-NUMERIC '2' / 3", Decimal("-0.666666667")),
    ("SAFE_DIVIDE(NUMERIC '1', NUMERIC '0')", None),
    ("SAFE_DIVIDE(NUMERIC '1', NUMERIC '8')", Decimal("0.125")),
    ("SAFE_DIVIDE(1, 8)", 0.125),
    ("ROUND(NUMERIC '2.345', 2)", Decimal("2.35")),
    ("ROUND(NUMERIC '-2.5')", Decimal("-3")),
    ("ROUND(2.5)", 3.0),
    ("COALESCE(CAST(NULL AS NUMERIC), 0)", Decimal("0")),
    ("COALESCE(CAST(NULL AS NUMERIC), 0.1)", Decimal("0.1")),
    ("IF(FALSE, NUMERIC '1', 0.0)", Decimal("0")),
    ("ABS(NUMERIC '-1.5')", Decimal("1.5")),
    ("NUMERIC '0.1' = 0.1", True),
    ("CAST(NUMERIC '1.50' AS STRING)", "1.5"),
    ("CAST(NUMERIC '0.0000008' AS STRING)", "0.0000008"),
    ("CAST(NUMERIC '2' AS STRING)", "2"),
    ("CAST(NUMERIC '2.5' AS INT64)", 3),
    ("CAST(NUMERIC '-2.5' AS INT64)", -3),
    ("CAST(NUMERIC '2.5' AS FLOAT64)", 2.5),
    ("100000 * 100000", 10_000_000_000),
    ("7 / 2", 3.5),
    (f"(SELECT SUM(n) FROM {_TWO})", Decimal("3.3")),
    (f"(SELECT AVG(n) FROM {_TWO})", Decimal("1.65")),
    (f"(SELECT SUM(i) FROM {_TWO})", 7),
    (f"(SELECT AVG(i) FROM {_TWO})", 3.5),
    (f"(SELECT SUM(f) FROM {_TWO})", 2.0),
    (f"(SELECT SUM(n) / COUNT(*) FROM {_TWO})", Decimal("1.65")),
    (f"(SELECT SUM(n) / SUM(i) FROM {_TWO})", Decimal("0.471428571")),
    (f"(SELECT SAFE_DIVIDE(SUM(n), SUM(i) - 7) FROM {_TWO})", None),
    (f"(SELECT ROUND(AVG(n), 1) FROM {_TWO})", Decimal("1.7")),
    (f"(SELECT SUM(n * i) FROM {_TWO})", Decimal("12.1")),
    (f"(SELECT SUM(DISTINCT n) FROM {_TWO})", Decimal("3.3")),
    (f"(SELECT MAX(s) FROM (SELECT SUM(n) OVER () AS s FROM {_TWO}))", Decimal("3.3")),
    (f"(SELECT MAX(s) FROM (SELECT AVG(n) OVER () AS s FROM {_TWO}))", Decimal("1.65")),
    (f"(SELECT ROUND(SUM(n) / NULLIF(COUNT(*), 0), 1) FROM {_TWO})", Decimal("1.7")),
    (f"(SELECT MAX(s) FROM (SELECT n / SUM(n) OVER () AS s FROM {_TWO}))", Decimal("0.666666667")),
    (
        (
            "(SELECT MAX(a) FROM (SELECT AVG(n) OVER () AS a FROM"
            " UNNEST([NUMERIC '12345678901234567890.123456789', NUMERIC '12345678901234567890.123456791']) AS n))"
        ),
        Decimal("12345678901234567890.12345679"),
    ),
    ("GREATEST(NUMERIC '1', 2.5)", Decimal("2.5")),
    ("CEIL(NUMERIC '1.2')", Decimal("2")),
    ("TRUNC(NUMERIC '-1.29', 1)", Decimal("-1.2")),
    ("MOD(NUMERIC '5', 3)", Decimal("2")),
    (f"(SELECT COALESCE(SUM(n), 0) + 1 FROM {_TWO} WHERE i > 9)", Decimal("1")),
    (f"(SELECT IF(SUM(n) > 3.29, SUM(n) * 0.5, 0.0) FROM {_TWO})", Decimal("1.65")),
    (f"(SELECT SUM(IF(i = 3, n, 0)) FROM {_TWO})", Decimal("1.1")),
    (f"(SELECT 100 * COUNTIF(i = 3) / COUNT(*) FROM {_TWO})", 50.0),
]


@pytest.mark.parametrize(("expression", "expected"), ANSWERS)
def test_a_numeric_expression_has_exactly_bigquery_s_value_and_type(
    bigquery_client: bigquery.Client, expression: str, expected: Any
) -> None:
    rows = list(bigquery_client.query_and_wait(f"SELECT {expression} AS answer"))

    assert [(row.answer, type(row.answer)) for row in rows] == [(expected, type(expected))]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("CAST('abc' AS NUMERIC)", "Invalid NUMERIC value: abc"),
        ("CAST('1e30' AS NUMERIC)", "Invalid NUMERIC value: 1e30"),
        ("CAST('' AS NUMERIC)", "Invalid NUMERIC value: "),
        ("NUMERIC '99999999999999999999999999999' * 10 + NUMERIC '1'", "numeric overflow"),
        ("NUMERIC '99999999999999999999999999999.999999999' + NUMERIC '1'", "numeric overflow"),
        ("NUMERIC '1' / 0", "division by zero: 1"),
        ("1 / 0", "division by zero: 1 / 0"),
    ],
)
def test_a_number_that_has_no_answer_is_refused(
    bigquery_client: bigquery.Client, expression: str, message: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        bigquery_client.query(f"SELECT {expression}", job_retry=None).result(retry=None)

    assert refusal.value.errors[0]["reason"] == "invalidQuery"
    assert refusal.value.errors[0]["message"].startswith(message)


def test_a_numeric_column_declared_in_sql_keeps_nine_decimals(bigquery_client: bigquery.Client) -> None:
    bigquery_client.create_dataset("dialect_numeric", exists_ok=True)
    bigquery_client.query_and_wait(
        "CREATE OR REPLACE TABLE dialect_numeric.amounts (amount NUMERIC, parts ARRAY<NUMERIC>)"
    )

    bigquery_client.query_and_wait(
        "INSERT INTO dialect_numeric.amounts (amount, parts) VALUES (NUMERIC '0.0000008', [NUMERIC '0.000000001'])"
    )

    rows = bigquery_client.query_and_wait("SELECT amount, parts FROM dialect_numeric.amounts")
    assert [tuple(row) for row in rows] == [(Decimal("0.0000008"), [Decimal("0.000000001")])]


def test_the_sum_of_a_thousand_tiny_charges_is_exact(bigquery_client: bigquery.Client) -> None:
    sql = "SELECT SUM(CAST('8e-07' AS NUMERIC)) AS total FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n"

    rows = list(bigquery_client.query_and_wait(sql))

    assert [row.total for row in rows] == [Decimal("0.0008")]
