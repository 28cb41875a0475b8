"""JSON: what is read out of it, what is written into it, and what is NULL."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from google.cloud import bigquery

_DATA = """JSON '''{"usage": {"amount": 8e-07, "unit": "s"}, "n": null, "i": 12, "f": 1.0, "b": true, "s": "x\\\\"y",
 "a b": 1, "credits": [{"amount": -1.5}, {"amount": 2.5e-07}], "none": [],
 "words": ["u", null, "v"], "labels": {"k": "v"}}'''"""
_CREDITS = "(SELECT SUM(CAST(JSON_VALUE(c, '$.amount') AS NUMERIC)) FROM UNNEST(JSON_QUERY_ARRAY(data, '{path}')) AS c)"

ANSWERS: list[tuple[str, Any]] = [
    ("JSON_VALUE(data, '$.usage.unit')", "s"),
    ("JSON_VALUE(data, '$.usage.amount')", "8e-07"),
    ("CAST(JSON_VALUE(data, '$.usage.amount') AS NUMERIC)", Decimal("0.0000008")),
    ("JSON_VALUE(data, '$.i')", "12"),
    ("JSON_VALUE(data, '$.b')", "true"),
    ("JSON_VALUE(data, '$.s')", 'x"y'),
    ("JSON_VALUE(data, '$.\"a b\"')", "1"),
    ("JSON_VALUE(data, '$.credits[0].amount')", "-1.5"),
    ("JSON_VALUE(data, '$.n')", None),
    ("JSON_VALUE(data, '$.n') IS NULL", True),
    ("JSON_VALUE(data, '$.missing.deeper')", None),
    ("JSON_VALUE(data, '$.usage')", None),
    ("JSON_VALUE(data, '$.credits')", None),
    ("JSON_QUERY(data, '$.usage')", {"amount": 8e-07, "unit": "s"}),
    ("JSON_QUERY(data, '$.missing')", None),
    ("JSON_TYPE(JSON_QUERY(data, '$.n'))", "null"),
    ("JSON_TYPE(data)", "object"),
    ("JSON_TYPE(data.credits)", "array"),
    ("JSON_TYPE(data.i)", "number"),
    ("JSON_TYPE(data.f)", "number"),
    ("JSON_TYPE(data.s)", "string"),
    ("JSON_TYPE(data.b)", "boolean"),
    ("ARRAY_LENGTH(JSON_QUERY_ARRAY(data, '$.credits'))", 2),
    ("ARRAY_LENGTH(JSON_QUERY_ARRAY(data, '$.none'))", 0),
    ("JSON_QUERY_ARRAY(data, '$.missing') IS NULL", True),
    ("ARRAY_LENGTH(JSON_QUERY_ARRAY(data.credits))", 2),
    ("JSON_VALUE_ARRAY(data, '$.none')", []),
    ("JSON_VALUE_ARRAY(data, '$.credits') IS NULL", True),
    ("(SELECT STRING_AGG(w, '+') FROM UNNEST(JSON_VALUE_ARRAY(data, '$.words')) AS w)", "u+v"),
    (_CREDITS.format(path="$.credits"), Decimal("-1.49999975")),
    (_CREDITS.format(path="$.missing"), None),
    (_CREDITS.format(path="$.none"), None),
    ("data.usage.unit", "s"),
    ("STRING(data.usage.unit)", "s"),
    ("INT64(data.i)", 12),
    ("INT64(data.f)", 1),
    ("FLOAT64(data.usage.amount)", 8e-07),
    ("BOOL(data.b)", True),
    ("STRING(data.missing)", None),
    ("LAX_INT64(data.i)", 12),
    ("LAX_STRING(data.usage.unit)", "s"),
    ("data['usage']['unit']", "s"),
    (
        (
            "(SELECT STRING_AGG(CONCAT(CAST(place AS STRING), '=', JSON_VALUE(c, '$.amount')), ' ' ORDER BY place)"
            " FROM UNNEST(JSON_QUERY_ARRAY(data, '$.credits')) AS c WITH OFFSET AS place)"
        ),
        "0=-1.5 1=2.5e-07",
    ),
    ('JSON_VALUE(PARSE_JSON(\'{"a": [1, {"b": "c"}]}\'), \'$.a[1].b\')', "c"),
    ("JSON_VALUE('{\"a\": 1}', '$.a')", "1"),
    ("JSON_QUERY('{\"a\": [1]}', '$.a')", "[1]"),
    ('JSON_QUERY(\'{"a": 1.50, "b": [1, {"c": null}]}\', \'$.b\')', '[1,{"c":null}]'),
    ("JSON_QUERY('{\"a\": 1.50, \"b\": null}', '$.b')", None),
    ("JSON_QUERY('{\"a\": 1.50, \"b\": null}', '$.c')", None),
    ("JSON_QUERY('{\"a\": [-0, 1.50]}', '$.a')", "[-0,1.50]"),
    ("JSON_VALUE('{\"a\": -0}', '$.a')", "-0"),
]

JSON_TEXTS: list[tuple[str, str]] = [
    (
        "TO_JSON_STRING(STRUCT(TIMESTAMP '2025-11-01 00:00:00Z' AS moment))",
        '{"moment":"2025-11-01T00:00:00Z"}',
    ),
    (
        "TO_JSON_STRING(STRUCT(TIMESTAMP '2025-11-01 10:11:12.5Z' AS moment))",
        '{"moment":"2025-11-01T10:11:12.500Z"}',
    ),
    ("TO_JSON_STRING(STRUCT(DATE '2025-11-01' AS d, NULL AS n))", '{"d":"2025-11-01","n":null}'),
    ("TO_JSON_STRING(STRUCT(NUMERIC '1.50' AS n, NUMERIC '2' AS whole))", '{"n":"1.5","whole":2}'),
    ("TO_JSON_STRING(TO_JSON(STRUCT(NUMERIC '1.50' AS n, 8e-07 AS f, 1 AS i)))", '{"f":8e-07,"i":1,"n":1.5}'),
    ("TO_JSON_STRING([STRUCT('k' AS key, 'v' AS value)])", '[{"key":"k","value":"v"}]'),
    (
        "TO_JSON_STRING(TO_JSON(STRUCT([STRUCT(DATE '2025-11-01' AS day, STRUCT(TRUE AS b) AS s)] AS l)))",
        '{"l":[{"day":"2025-11-01","s":{"b":true}}]}',
    ),
    ("TO_JSON_STRING('2025-11-01 00:00:00+00')", '"2025-11-01 00:00:00+00"'),
    ("TO_JSON_STRING(NULL)", "null"),
    ("TO_JSON_STRING(9007199254740993)", '"9007199254740993"'),
    ("TO_JSON_STRING('é\"')", '"é\\""'),
]


@pytest.mark.parametrize(("expression", "expected"), ANSWERS)
def test_a_json_expression_has_bigquery_s_value(
    bigquery_client: bigquery.Client, expression: str, expected: Any
) -> None:
    rows = list(
        bigquery_client.query_and_wait(f"SELECT {expression} AS answer FROM (SELECT {_DATA} AS data)")
    )

    assert [row.answer for row in rows] == [expected]


@pytest.mark.parametrize(("expression", "expected"), JSON_TEXTS)
def test_a_value_is_spelt_in_json_as_bigquery_spells_it(
    bigquery_client: bigquery.Client, expression: str, expected: str
) -> None:
    rows = list(bigquery_client.query_and_wait(f"SELECT {expression} AS answer"))

    assert [row.answer for row in rows] == [expected]


def test_a_row_becomes_json_with_its_nested_members(bigquery_client: bigquery.Client) -> None:
    sql = """SELECT TO_JSON(row) AS data FROM (
        SELECT STRUCT('id' AS id, 'Compute' AS description) AS service, NUMERIC '0.0000008' AS cost,
               [STRUCT('CUD' AS name, NUMERIC '-0.5' AS amount)] AS credits,
               TIMESTAMP '2025-11-01 00:00:00Z' AS usage_start_time, CAST(NULL AS STRING) AS tag) AS row"""

    rows = list(bigquery_client.query_and_wait(sql))

    assert [row.data for row in rows] == [
        {
            "service": {"id": "id", "description": "Compute"},
            "cost": 8e-07,
            "credits": [{"name": "CUD", "amount": -0.5}],
            "usage_start_time": "2025-11-01T00:00:00Z",
            "tag": None,
        }
    ]
    assert bigquery_client.query_and_wait("SELECT TO_JSON(1) AS j").schema[0].field_type == "JSON"
