"""Named query parameters of every type, wherever a value may stand."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest
from google.cloud import bigquery

_AT = datetime.datetime(2025, 11, 1, 10, 0, 0, 123456, tzinfo=datetime.UTC)

SCALARS: list[tuple[str, Any]] = [
    ("STRING", "it's @v and $v"),
    ("STRING", ""),
    ("INT64", 9_007_199_254_740_993),
    ("FLOAT64", 8e-07),
    ("NUMERIC", Decimal("0.000000001")),
    ("NUMERIC", Decimal("12345678901234567890123456789.123456789")),
    ("BOOL", False),
    ("DATE", datetime.date(2025, 11, 1)),
    ("TIMESTAMP", _AT),
]


def _ask(client: bigquery.Client, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    job = client.query(sql, job_config=bigquery.QueryJobConfig(query_parameters=parameters), job_retry=None)
    return [tuple(row) for row in job.result(retry=None)]


@pytest.mark.parametrize(("kind", "value"), SCALARS)
def test_a_parameter_arrives_with_its_value(bigquery_client: bigquery.Client, kind: str, value: Any) -> None:
    rows = _ask(bigquery_client, "SELECT @v, @v = @v", bigquery.ScalarQueryParameter("v", kind, value))

    assert rows == [(value, True)]


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in SCALARS} | {"JSON"}))
def test_a_null_parameter_keeps_its_type(bigquery_client: bigquery.Client, kind: str) -> None:
    config = bigquery.QueryJobConfig(query_parameters=[bigquery.ScalarQueryParameter("v", kind, None)])

    result = bigquery_client.query("SELECT @v AS v, @v IS NULL AS missing", job_config=config).result()

    names = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
    assert [tuple(row) for row in result] == [(None, True)]
    assert names.get(result.schema[0].field_type, result.schema[0].field_type) == kind


def test_a_name_in_quotes_is_text(bigquery_client: bigquery.Client) -> None:
    rows = _ask(
        bigquery_client,
        "SELECT 'a@v.com', \"$v @v\", REGEXP_CONTAINS('me@v', r'@v$'), @V",
        bigquery.ScalarQueryParameter("v", "STRING", "x"),
    )

    assert rows == [("a@v.com", "$v @v", True, "x")]


def test_a_list_parameter_is_searched_and_unnested(bigquery_client: bigquery.Client) -> None:
    words = bigquery.ArrayQueryParameter("words", "STRING", ["a", "it's"])

    rows = _ask(
        bigquery_client,
        "SELECT 'a' IN UNNEST(@words), 'z' NOT IN UNNEST(@words), ARRAY_LENGTH(@words),"
        " (SELECT STRING_AGG(w, '|') FROM UNNEST(@words) AS w)",
        words,
    )

    assert rows == [(True, True, 2, "a|it's")]


def test_an_empty_list_parameter_holds_nothing(bigquery_client: bigquery.Client) -> None:
    empty = bigquery.ArrayQueryParameter("words", "STRING", [])

    assert _ask(bigquery_client, "SELECT 'a' IN UNNEST(@words), ARRAY_LENGTH(@words)", empty) == [(False, 0)]


def test_rows_are_chosen_by_a_list_parameter(bigquery_client: bigquery.Client) -> None:
    words = bigquery.ArrayQueryParameter("words", "STRING", ["a", "b"])
    sql = "SELECT x FROM UNNEST(['a', 'z', NULL]) AS x WHERE {} ORDER BY x"

    chosen = [
        _ask(bigquery_client, sql.format(condition), words)
        for condition in (
            "x IN UNNEST(@words)",
            "x NOT IN UNNEST(@words)",
            "x IN UNNEST(@words) AND x > 'a'",
            "x IN UNNEST(@words) OR x = 'z'",
            "x IN UNNEST([CAST(NULL AS STRING)])",
        )
    ]

    assert chosen == [[("a",)], [("z",)], [], [("a",), ("z",)], []]


def test_dates_are_computed_from_parameters(bigquery_client: bigquery.Client) -> None:
    rows = _ask(
        bigquery_client,
        "SELECT DATE_SUB(@day, INTERVAL 7 DAY), DATE_ADD(@day, INTERVAL @n DAY), TIMESTAMP(@day),"
        " DATE(@at, 'America/Los_Angeles'), TIMESTAMP_DIFF(@at, TIMESTAMP(@day), HOUR)",
        bigquery.ScalarQueryParameter("day", "DATE", "2025-11-01"),
        bigquery.ScalarQueryParameter("n", "INT64", 2),
        bigquery.ScalarQueryParameter("at", "TIMESTAMP", _AT),
    )

    midnight = datetime.datetime(2025, 11, 1, tzinfo=datetime.UTC)
    assert rows == [
        (datetime.date(2025, 10, 25), datetime.date(2025, 11, 3), midnight, datetime.date(2025, 11, 1), 10)
    ]


def test_a_numeric_parameter_is_exact_in_arithmetic(bigquery_client: bigquery.Client) -> None:
    rows = _ask(
        bigquery_client,
        "SELECT @rate * 3, @rate / 3, SUM(@rate) FROM UNNEST([1, 2])",
        bigquery.ScalarQueryParameter("rate", "NUMERIC", Decimal("0.1")),
    )

    assert rows == [(Decimal("0.3"), Decimal("0.033333333"), Decimal("0.2"))]


@pytest.mark.parametrize(
    "text", ["1E+3", "-1e3", "1.5E+3", "1E+28", "-9.99e+28", "0E+5", "1E-9", "-8.94e-11", "5e-10"]
)
def test_a_numeric_parameter_with_an_exponent_is_the_number_it_spells(
    bigquery_client: bigquery.Client, text: str
) -> None:
    rows = _ask(
        bigquery_client,
        "SELECT @v, @v = CAST(@text AS NUMERIC), ARRAY_AGG(item) FROM UNNEST(@items) AS item",
        bigquery.ScalarQueryParameter("v", "NUMERIC", text),
        bigquery.ScalarQueryParameter("text", "STRING", text),
        bigquery.ArrayQueryParameter("items", "NUMERIC", [Decimal(text)]),
    )

    expected = Decimal(text).quantize(Decimal("1e-9"), context=Context(prec=38, rounding=ROUND_HALF_UP))
    assert rows == [(expected, True, [expected])]


@pytest.mark.parametrize("text", ["1E+29", "-1E+40", "1E+999999", "NaN"])
def test_a_numeric_parameter_out_of_range_is_refused(bigquery_client: bigquery.Client, text: str) -> None:
    with pytest.raises(BadRequest, match="Invalid NUMERIC value"):
        _ask(bigquery_client, "SELECT @v", bigquery.ScalarQueryParameter("v", "NUMERIC", text))


def test_a_parameter_that_was_not_given_is_refused(bigquery_client: bigquery.Client) -> None:
    with pytest.raises(BadRequest, match="Query parameter 'missing' not found"):
        _ask(bigquery_client, "SELECT @missing", bigquery.ScalarQueryParameter("v", "STRING", "x"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT @v FROM UNNEST(['']) AS empty WHERE empty = ''",
        "-- The tenant's own rows, what's asked for: @nothing\nSELECT @v -- and it's @v",
        "SELECT /* isn't @nothing */ @v",
    ],
)
def test_quotes_beside_a_parameter_hide_nothing(bigquery_client: bigquery.Client, sql: str) -> None:
    rows = _ask(bigquery_client, sql, bigquery.ScalarQueryParameter("v", "STRING", "it"))

    assert rows == [("it",)]


def test_a_text_that_looks_like_a_parameter_is_none(bigquery_client: bigquery.Client) -> None:
    rows = _ask(
        bigquery_client,
        "SELECT '$v costs $w', JSON_VALUE('{\"v\": 1}', '$.v'), @w",
        bigquery.ScalarQueryParameter("v", "STRING", "x"),
        bigquery.ScalarQueryParameter("w", "STRING", "y"),
    )

    assert rows == [("$v costs $w", "1", "y")]
