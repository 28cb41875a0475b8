"""Casts, times, texts and aggregates that rules and transforms are written with."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest
from google.cloud import bigquery

_UTC = datetime.UTC
_NULLS = "STRUCT(2, CAST(NULL AS STRING), CAST(NULL AS BOOL))"
_ROWS = f"UNNEST([STRUCT(1 AS i, 'a' AS s, TRUE AS b), STRUCT(2, 'b', FALSE), {_NULLS}])"


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=_UTC)


ANSWERS: list[tuple[str, Any]] = [
    ("SAFE_CAST('yes' AS BOOL)", None),
    ("SAFE_CAST('TRUE' AS BOOL)", True),
    ("CAST(0 AS BOOL)", False),
    ("SAFE_CAST('1.7' AS INT64)", None),
    ("SAFE_CAST('1e3' AS INT64)", None),
    ("SAFE_CAST('0x1F' AS INT64)", 31),
    ("SAFE_CAST(' 12 ' AS INT64)", 12),
    (r"SAFE_CAST('\v\f12\r\n' AS INT64)", 12),
    (r"SAFE_CAST('\u00a012' AS INT64)", None),
    (r"SAFE_CAST('\v1.5\v' AS NUMERIC)", Decimal("1.5")),
    (r"SAFE_CAST('\u20031.5' AS NUMERIC)", None),
    ("CAST(2.5 AS INT64)", 3),
    ("CAST(-2.5 AS INT64)", -3),
    ("CAST(TRUE AS INT64)", 1),
    ("SAFE_CAST('1e3' AS FLOAT64)", 1000.0),
    ("SAFE_CAST('x' AS FLOAT64)", None),
    ("SAFE_CAST('2025-11-01' AS DATE)", datetime.date(2025, 11, 1)),
    ("SAFE_CAST('2025-1-2' AS DATE)", datetime.date(2025, 1, 2)),
    ("SAFE_CAST('2025/11/01' AS DATE)", None),
    ("SAFE_CAST('2025-02-30' AS DATE)", None),
    ("SAFE_CAST('2025-11-01 10:00:00' AS DATE)", None),
    ("SAFE_CAST('2025-11-01 10:00:00' AS TIMESTAMP)", _at("2025-11-01T10:00:00")),
    ("SAFE_CAST('2025-11-01T10:00:00Z' AS TIMESTAMP)", _at("2025-11-01T10:00:00")),
    ("SAFE_CAST('2025-11-01T10:00:00.25+02:00' AS TIMESTAMP)", _at("2025-11-01T08:00:00.250000")),
    ("SAFE_CAST('2025-11-01 10:00:00 America/Los_Angeles' AS TIMESTAMP)", _at("2025-11-01T17:00:00")),
    ("SAFE_CAST('2025-11-01 10:00:00 UTC' AS TIMESTAMP)", _at("2025-11-01T10:00:00")),
    ("SAFE_CAST('2025-11-01 10:00:00-8' AS TIMESTAMP)", _at("2025-11-01T18:00:00")),
    ("SAFE_CAST('2025-11-01' AS TIMESTAMP)", _at("2025-11-01T00:00:00")),
    ("SAFE_CAST('2025-11-01+00' AS TIMESTAMP)", None),
    ("SAFE_CAST('2025-1-2' AS TIMESTAMP)", _at("2025-01-02T00:00:00")),
    ("SAFE_CAST('2025-1-2t3:4:5.6+1' AS TIMESTAMP)", _at("2025-01-02T02:04:05.600000")),
    ("SAFE_CAST('2025-11-01 24:00:00' AS TIMESTAMP)", None),
    ("SAFE_CAST('2025-11-01 10:00:00.' AS TIMESTAMP)", None),
    ("SAFE_CAST('2025-11-01 10:00:00+15:00' AS TIMESTAMP)", None),
    ("SAFE_CAST('1 November' AS TIMESTAMP)", None),
    ("TIMESTAMP('2025-11-01T00:00:00Z')", _at("2025-11-01T00:00:00")),
    ("TIMESTAMP(DATE '2025-11-01')", _at("2025-11-01T00:00:00")),
    ("TIMESTAMP('2025-11-01 00:00:00', 'America/Los_Angeles')", _at("2025-11-01T07:00:00")),
    ("CAST(TIMESTAMP '2025-11-01 10:00:00Z' AS STRING)", "2025-11-01 10:00:00+00"),
    ("CAST(TIMESTAMP '2025-11-01 10:00:00.5Z' AS STRING)", "2025-11-01 10:00:00.500+00"),
    ("CAST(DATE '2025-11-01' AS STRING)", "2025-11-01"),
    ("CAST(TRUE AS STRING)", "true"),
    ("CAST(1.5 AS STRING)", "1.5"),
    ("CAST(2.0 AS STRING)", "2"),
    ("DATE(TIMESTAMP '2025-11-01 02:00:00Z')", datetime.date(2025, 11, 1)),
    ("DATE(TIMESTAMP '2025-11-01 02:00:00Z', 'America/Los_Angeles')", datetime.date(2025, 10, 31)),
    ("DATE('2025-11-01')", datetime.date(2025, 11, 1)),
    ("DATE(2025, 11, 1)", datetime.date(2025, 11, 1)),
    ("DATE_TRUNC(DATE '2025-11-17', MONTH)", datetime.date(2025, 11, 1)),
    ("DATE_TRUNC(DATE '2025-11-17', WEEK(MONDAY))", datetime.date(2025, 11, 17)),
    ("DATE_TRUNC(DATE '2025-11-17', WEEK)", datetime.date(2025, 11, 16)),
    ("DATE_SUB(DATE '2025-11-07', INTERVAL 7 DAY)", datetime.date(2025, 10, 31)),
    ("DATE_ADD(DATE '2025-01-31', INTERVAL 1 MONTH)", datetime.date(2025, 2, 28)),
    ("DATE_DIFF(DATE '2025-11-07', DATE '2025-11-01', DAY)", 6),
    ("TIMESTAMP_TRUNC(TIMESTAMP '2025-11-01 10:59:00Z', HOUR)", _at("2025-11-01T10:00:00")),
    ("TIMESTAMP_ADD(TIMESTAMP '2025-11-01 10:00:00Z', INTERVAL 90 MINUTE)", _at("2025-11-01T11:30:00")),
    (
        "TIMESTAMP_DIFF(TIMESTAMP '2025-11-01 10:00:01.250Z', TIMESTAMP '2025-11-01 10:00:00Z', MILLISECOND)",
        1250,
    ),
    # Whole hours that have passed, not hour boundaries that were crossed.
    ("TIMESTAMP_DIFF(TIMESTAMP '2025-11-01 11:00:00Z', TIMESTAMP '2025-11-01 10:59:00Z', HOUR)", 0),
    ("TIMESTAMP_DIFF(TIMESTAMP '2025-11-02 10:00:00Z', TIMESTAMP '2025-11-01 10:30:00Z', DAY)", 0),
    ("TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 3 HOUR), HOUR)", 3),
    ("TIMESTAMP_MILLIS(1761955200000)", _at("2025-11-01T00:00:00")),
    ("UNIX_MILLIS(TIMESTAMP '2025-11-01 00:00:00Z')", 1761955200000),
    ("EXTRACT(HOUR FROM TIMESTAMP '2025-11-01 10:59:00Z')", 10),
    ("EXTRACT(DATE FROM TIMESTAMP '2025-11-01 23:59:00Z')", datetime.date(2025, 11, 1)),
    ("FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', TIMESTAMP '2025-11-01 10:00:00Z')", "2025-11-01T10:00:00Z"),
    ("FORMAT_TIMESTAMP('%FT%TZ', TIMESTAMP '2025-11-01 10:00:00Z')", "2025-11-01T10:00:00Z"),
    ("FORMAT_TIMESTAMP('%F %H', TIMESTAMP '2025-11-01 10:00:00Z', 'America/Los_Angeles')", "2025-11-01 03"),
    ("FORMAT_DATE('%Y%m', DATE '2025-11-01')", "202511"),
    ("FORMAT_DATE('%b %d', DATE '2025-11-01')", "Nov 01"),
    ("PARSE_DATE('%Y%m%d', '20251101')", datetime.date(2025, 11, 1)),
    ("PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', '2025-11-01 10:00:00')", _at("2025-11-01T10:00:00")),
    (
        "GENERATE_DATE_ARRAY(DATE '2025-11-01', DATE '2025-11-03')",
        [datetime.date(2025, 11, day) for day in (1, 2, 3)],
    ),
    (
        "(SELECT MAX(d) FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2025-11-01', DATE '2025-11-30', INTERVAL 1 WEEK)) AS d)",
        datetime.date(2025, 11, 29),
    ),
    ("REGEXP_CONTAINS('acme_corp_001', r'corp')", True),
    ("REGEXP_CONTAINS('acme', r'^c')", False),
    ("REGEXP_CONTAINS('a.b', r'a\\.b')", True),
    ("REGEXP_CONTAINS('ABC', r'(?i)abc')", True),
    ("REGEXP_CONTAINS(CAST(NULL AS STRING), r'a')", None),
    ("REGEXP_EXTRACT('inv-202511', r'(\\d{4})\\d\\d')", "2025"),
    ("REGEXP_REPLACE('a1b2', r'\\d', '#')", "a#b#"),
    ("LENGTH('é')", 1),
    ("STARTS_WITH('acme', 'ac')", True),
    ("SPLIT('a,b', ',')", ["a", "b"]),
    ("TRIM('  a ')", "a"),
    ("'a' || 'b'", "ab"),
    ("CONCAT('a', CAST(1 AS STRING))", "a1"),
    ("CONCAT('a', CAST(NULL AS STRING))", None),
    ("SUBSTR('abcdef', 2, 3)", "bcd"),
    ("UPPER('a')", "A"),
    ("NULL IS DISTINCT FROM 1", True),
    ("NULL IS NOT DISTINCT FROM NULL", True),
    ("1 IN (2, NULL)", None),
    ("5 BETWEEN 1 AND 5", True),
    ("GREATEST(1, 3, 2)", 3),
    ("GREATEST(1, NULL)", None),
    ("LEAST(2, 1)", 1),
    ("LEAST(NULL, 1)", None),
    ("IFNULL(NULL, 2)", 2),
    ("NULLIF(1, 1)", None),
    ("CASE WHEN NULL THEN 1 ELSE 2 END", 2),
    ("MOD(7, 3)", 1),
    ("DIV(7, 2)", 3),
    ("SAFE_DIVIDE(1, 0)", None),
    ("TO_HEX(SHA256('a'))", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    ("ARRAY_LENGTH([1, 2])", 2),
    ("[1, 2][OFFSET(1)]", 2),
    ("[1, 2][SAFE_OFFSET(5)]", None),
    ("ARRAY(SELECT x FROM UNNEST([3, 1]) AS x ORDER BY x)", [1, 3]),
    ("EXISTS(SELECT 1 FROM UNNEST([1]) AS x WHERE x = 1)", True),
    ("STRING(TIMESTAMP '2025-11-01 10:00:00Z')", "2025-11-01 10:00:00+00"),
    (f"(SELECT COUNTIF(b) FROM {_ROWS})", 1),
    (f"(SELECT COUNTIF(NOT b) FROM {_ROWS})", 1),
    (f"(SELECT COUNTIF(b) FROM {_ROWS} WHERE i > 9)", 0),
    (f"(SELECT COUNT(DISTINCT i) FROM {_ROWS})", 2),
    (f"(SELECT COUNT(*) - COUNT(s) FROM {_ROWS})", 1),
    (f"(SELECT COUNT(*) - COUNT(DISTINCT i) FROM {_ROWS})", 1),
    (f"(SELECT LOGICAL_AND(b) FROM {_ROWS})", False),
    (f"(SELECT LOGICAL_OR(b) FROM {_ROWS})", True),
    (f"(SELECT SUM(i) FROM {_ROWS} WHERE i > 9)", None),
    (f"(SELECT MAX(IF(b, s, NULL)) FROM {_ROWS})", "a"),
    (f"(SELECT ANY_VALUE(s HAVING MIN i) FROM {_ROWS})", "a"),
    (f"(SELECT ANY_VALUE(s HAVING MAX i) FROM {_ROWS} WHERE s IS NOT NULL)", "b"),
    (f"(SELECT ARRAY_AGG(s IGNORE NULLS ORDER BY i DESC LIMIT 1)[SAFE_OFFSET(0)] FROM {_ROWS})", "b"),
    (f"(SELECT STRING_AGG(s, ',' ORDER BY s DESC) FROM {_ROWS})", "b,a"),
    (f"(SELECT ROUND(100 * COUNTIF(s IS NULL) / COUNT(*), 2) FROM {_ROWS})", 33.33),
    (f"(SELECT APPROX_COUNT_DISTINCT(i) FROM {_ROWS})", 2),
    ("(SELECT SUM(CAST(x AS NUMERIC)) FROM UNNEST(['1.1', '2.2']) AS x)", Decimal("3.3")),
]


@pytest.mark.parametrize(("expression", "expected"), ANSWERS)
def test_an_expression_has_bigquery_s_value(
    bigquery_client: bigquery.Client, expression: str, expected: Any
) -> None:
    rows = list(bigquery_client.query_and_wait(f"SELECT {expression} AS answer"))

    assert [row.answer for row in rows] == [expected]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("CAST('yes' AS BOOL)", "Bad bool value: yes"),
        ("CAST('1.7' AS INT64)", "Bad int64 value: 1.7"),
        ("CAST('x' AS FLOAT64)", "Bad double value: x"),
        ("CAST('2025-02-30' AS DATE)", "Invalid date: '2025-02-30'"),
        ("CAST('noon' AS TIMESTAMP)", "Invalid timestamp: 'noon'"),
    ],
)
def test_a_text_that_is_no_such_value_is_refused_by_name(
    bigquery_client: bigquery.Client, expression: str, message: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        bigquery_client.query(f"SELECT {expression}", job_retry=None).result(retry=None)

    assert refusal.value.errors[0]["message"] == message


def test_a_column_without_a_name_is_numbered(bigquery_client: bigquery.Client) -> None:
    rows = bigquery_client.query_and_wait("SELECT 1, 2 AS two, COUNT(*) FROM UNNEST([1])")

    assert [field.name for field in rows.schema] == ["f0_", "two", "f1_"]
