"""Aggregate and window functions: the values that Google's reference gives for its examples."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

_FRUITS = "UNNEST(['apple', 'pear', 'banana', 'pear'])"
_TEN = "UNNEST([1, 1, 1, 4, 5, 6, 7, 8, 9, 10])"
_SOLD = """(SELECT 'apple' AS fruit, 8 AS sold UNION ALL SELECT 'banana', 2 UNION ALL SELECT 'pear', 3
    UNION ALL SELECT 'orange', NULL)"""
_PAIRS = "UNNEST([STRUCT(1.0 AS y, 5.0 AS x), (3.0, 9.0), (4.0, 7.0)])"
_X = "UNNEST([1, 2, 2, 5, 8, 10, 10]) AS x"
_EACH = "UNNEST([0, 3, NULL, 1, 2]) AS x"
_TRUTHS = "UNNEST([TRUE, FALSE, NULL]) AS x"

# The function as Google's reference names it; an expression or a query; its value, or its rows.
CASES: list[tuple[str, str, Any]] = [
    ("ANY_VALUE", "(SELECT ANY_VALUE(x) FROM UNNEST(['a', 'a']) AS x)", "a"),
    ("ANY_VALUE", f"(SELECT ANY_VALUE(fruit HAVING MAX sold) FROM {_SOLD})", "apple"),
    ("ANY_VALUE", f"(SELECT ANY_VALUE(fruit HAVING MIN sold) FROM {_SOLD})", "banana"),
    ("ARRAY_AGG", "(SELECT ARRAY_AGG(x) FROM UNNEST([2, 1, -2, 3, -2, 1, 2]) AS x)", [2, 1, -2, 3, -2, 1, 2]),
    ("ARRAY_AGG", "(SELECT ARRAY_AGG(x IGNORE NULLS) FROM UNNEST([NULL, 1, -2, 3, NULL]) AS x)", [1, -2, 3]),
    ("ARRAY_AGG", "(SELECT ARRAY_AGG(DISTINCT x ORDER BY x) FROM UNNEST([2, 1, -2, 2]) AS x)", [-2, 1, 2]),
    ("ARRAY_AGG", "(SELECT ARRAY_AGG(x ORDER BY ABS(x) LIMIT 2) FROM UNNEST([5, 1, -2, 3]) AS x)", [1, -2]),
    ("ARRAY_AGG", "(SELECT ARRAY_AGG(x) FROM UNNEST(ARRAY<INT64>[]) AS x)", None),
    (
        "ARRAY_CONCAT_AGG",
        """(SELECT ARRAY_CONCAT_AGG(x ORDER BY ARRAY_LENGTH(x)) FROM (
            SELECT [1, 2, 3, 4] AS x UNION ALL SELECT NULL UNION ALL SELECT [5, 6] UNION ALL SELECT [7, 8, 9]))""",
        [5, 6, 7, 8, 9, 1, 2, 3, 4],
    ),
    ("AVG", "(SELECT AVG(x) FROM UNNEST([0, 2, 4, 4, 5]) AS x)", 3.0),
    ("AVG", "(SELECT AVG(DISTINCT x) FROM UNNEST([0, 2, 4, 4, 5]) AS x)", 2.75),
    ("AVG", "(SELECT AVG(x) FROM UNNEST([NUMERIC '1', 1, 2]) AS x)", Decimal("1.333333333")),
    ("AVG", "(SELECT AVG(x) FROM UNNEST([0.1, 0.2, 0.3]) AS x)", 0.2),
    ("BIT_AND", "(SELECT BIT_AND(x) FROM UNNEST([0xF001, 0x00A1]) AS x)", 1),
    ("BIT_OR", "(SELECT BIT_OR(x) FROM UNNEST([0xF001, 0x00A1]) AS x)", 61601),
    ("BIT_XOR", "(SELECT BIT_XOR(x) FROM UNNEST([5678, 1234]) AS x)", 4860),
    ("BIT_XOR", "(SELECT BIT_XOR(DISTINCT x) FROM UNNEST([1234, 5678, 1234]) AS x)", 4860),
    ("COUNT", "SELECT COUNT(*), COUNT(DISTINCT x) FROM UNNEST([1, 4, 4, 5]) AS x", [(4, 3)]),
    ("COUNT", "SELECT COUNT(*), COUNT(x) FROM UNNEST([1, 4, NULL, 4, 5]) AS x", [(5, 4)]),
    (
        "COUNTIF",
        "SELECT COUNTIF(x < 0), COUNTIF(x > 0) FROM UNNEST([5, -2, 3, 6, -10, -7, 4, 0]) AS x",
        [(3, 4)],
    ),
    ("COUNTIF", "(SELECT COUNTIF(x < 0) FROM UNNEST(ARRAY<INT64>[]) AS x)", 0),
    (
        "GROUPING",
        """SELECT product_type, GROUPING(product_type), SUM(n) FROM (
            SELECT 'shirt' AS product_type, 3 AS n UNION ALL SELECT 'pants', 6 UNION ALL SELECT 'shirt', 8)
            GROUP BY ROLLUP (product_type) ORDER BY 1""",
        [(None, 1, 17), ("pants", 0, 6), ("shirt", 0, 11)],
    ),
    ("LOGICAL_AND", f"(SELECT LOGICAL_AND(x) FROM {_TRUTHS})", False),
    ("LOGICAL_OR", f"(SELECT LOGICAL_OR(x) FROM {_TRUTHS})", True),
    ("MAX", "(SELECT MAX(x) FROM UNNEST([8, 37, 55, 4]) AS x)", 55),
    ("MIN", "(SELECT MIN(x) FROM UNNEST([8, 37, 55, 4]) AS x)", 4),
    ("MAX_BY", f"(SELECT MAX_BY(fruit, sold) FROM {_SOLD})", "apple"),
    ("MIN_BY", f"(SELECT MIN_BY(fruit, sold) FROM {_SOLD})", "banana"),
    (
        "STRING_AGG",
        "(SELECT STRING_AGG(x) FROM UNNEST(['apple', NULL, 'pear', 'banana', 'pear']) AS x)",
        "apple,pear,banana,pear",
    ),
    (
        "STRING_AGG",
        f"(SELECT STRING_AGG(x, ' & ' ORDER BY LENGTH(x), x) FROM {_FRUITS} AS x)",
        "pear & pear & apple & banana",
    ),
    (
        "STRING_AGG",
        f"(SELECT STRING_AGG(DISTINCT x, ' & ' ORDER BY x DESC LIMIT 2) FROM {_FRUITS} AS x)",
        "pear & banana",
    ),
    ("STRING_AGG", "(SELECT STRING_AGG(x, b'-') FROM UNNEST([b'a', b'b']) AS x)", b"a-b"),
    ("SUM", "(SELECT SUM(x) FROM UNNEST([1, 2, 3, 4, 5, 4, 3, 2, 1]) AS x)", 25),
    ("SUM", "(SELECT SUM(DISTINCT x) FROM UNNEST([1, 2, 3, 4, 5, 4, 3, 2, 1]) AS x)", 15),
    ("SUM", "(SELECT SUM(x) FROM UNNEST([]) AS x)", None),
    ("SUM", "(SELECT SUM(x) FROM UNNEST([0.1, 0.2, 0.3]) AS x)", 0.6),
    ("SUM", "(SELECT SUM(x) FROM UNNEST([1.0, CAST('inf' AS FLOAT64)]) AS x)", math.inf),
    ("APPROX_COUNT_DISTINCT", "(SELECT APPROX_COUNT_DISTINCT(x) FROM UNNEST([0, 1, 1, 2, 3, 5]) AS x)", 5),
    ("APPROX_QUANTILES", f"(SELECT APPROX_QUANTILES(x, 2) FROM {_TEN} AS x)", [1, 5, 10]),
    ("APPROX_QUANTILES", f"(SELECT APPROX_QUANTILES(x, 100)[OFFSET(90)] FROM {_TEN} AS x)", 9),
    ("APPROX_QUANTILES", f"(SELECT APPROX_QUANTILES(DISTINCT x, 2) FROM {_TEN} AS x)", [1, 6, 10]),
    (
        "APPROX_QUANTILES",
        "(SELECT APPROX_QUANTILES(x, 2 RESPECT NULLS) FROM UNNEST([NULL, NULL, 1, 1, 1, 4, 5, 6, 7, 8, 9, 10]) AS x)",
        [None, 4, 10],
    ),
    (
        "APPROX_TOP_COUNT",
        "(SELECT APPROX_TOP_COUNT(x, 2) FROM UNNEST(['apple', 'apple', 'pear', 'pear', 'pear', 'banana']) AS x)",
        [{"_1": "pear", "_2": 3}, {"_1": "apple", "_2": 2}],
    ),
    (
        "APPROX_TOP_COUNT",
        "(SELECT APPROX_TOP_COUNT(x, 2) FROM UNNEST([NULL, 'pear', 'pear', 'pear', 'apple', NULL]) AS x)",
        [{"_1": "pear", "_2": 3}, {"_1": None, "_2": 2}],
    ),
    (
        "APPROX_TOP_SUM",
        """(SELECT APPROX_TOP_SUM(x, weight, 2) FROM UNNEST([
            STRUCT('apple' AS x, 3 AS weight), ('pear', 2), ('apple', 0), ('banana', 5), ('pear', 4)]))""",
        [{"_1": "pear", "_2": 6}, {"_1": "banana", "_2": 5}],
    ),
    (
        "APPROX_TOP_SUM",
        "(SELECT APPROX_TOP_SUM(x, w, 2) FROM UNNEST([STRUCT('apple' AS x, NULL AS w), ('pear', 0), ('pear', NULL)]))",
        [{"_1": "pear", "_2": 0}, {"_1": "apple", "_2": None}],
    ),
    ("CORR", f"(SELECT CORR(y, x) FROM {_PAIRS})", 0.6546536707079772),
    ("CORR", "(SELECT CORR(y, x) FROM UNNEST([STRUCT(1.0 AS y, 5.0 AS x)]))", None),
    ("COVAR_POP", f"(SELECT COVAR_POP(y, x) FROM {_PAIRS})", 1.3333333333333333),
    ("COVAR_SAMP", f"(SELECT COVAR_SAMP(y, x) FROM {_PAIRS})", 2.0),
    ("STDDEV", "(SELECT STDDEV(x) FROM UNNEST([10, 14, 18]) AS x)", 4.0),
    ("STDDEV", "(SELECT STDDEV(x) FROM UNNEST([10]) AS x)", None),
    ("STDDEV_POP", "(SELECT STDDEV_POP(x) FROM UNNEST([10, 14, 18]) AS x)", 3.265986323710904),
    ("STDDEV_SAMP", "(SELECT STDDEV_SAMP(x) FROM UNNEST([10, 14, 18]) AS x)", 4.0),
    ("VARIANCE", "(SELECT VARIANCE(x) FROM UNNEST([10, 14, 18]) AS x)", 16.0),
    ("VAR_POP", "(SELECT VAR_POP(x) FROM UNNEST([10, 14, 18]) AS x)", 10.666666666666666),
    ("VAR_POP", "(SELECT VAR_POP(x) FROM UNNEST([10]) AS x)", 0.0),
    ("VAR_SAMP", "(SELECT VAR_SAMP(x) FROM UNNEST([10, 14, 18]) AS x)", 16.0),
    (
        "FIRST_VALUE",
        "SELECT x, FIRST_VALUE(x) OVER (ORDER BY x DESC) FROM UNNEST([1, 3, 2]) AS x ORDER BY x",
        [(1, 3), (2, 3), (3, 3)],
    ),
    (
        "FIRST_VALUE",
        f"SELECT FIRST_VALUE(x IGNORE NULLS) OVER (ORDER BY x) FROM {_EACH} ORDER BY x LIMIT 2",
        [(None,), (0,)],
    ),
    (
        "LAST_VALUE",
        """SELECT x, LAST_VALUE(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            FROM UNNEST([1, 3, 2]) AS x ORDER BY x""",
        [(1, 3), (2, 3), (3, 3)],
    ),
    (
        "LAG",
        "SELECT x, LAG(x) OVER (ORDER BY x), LAG(x, 2, 0) OVER (ORDER BY x) FROM UNNEST([1, 3, 2]) AS x ORDER BY x",
        [(1, None, 0), (2, 1, 0), (3, 2, 1)],
    ),
    (
        "LEAD",
        "SELECT x, LEAD(x) OVER (ORDER BY x), LEAD(x, 2, 0) OVER (ORDER BY x) FROM UNNEST([1, 3, 2]) AS x ORDER BY x",
        [(1, 2, 3), (2, 3, 0), (3, None, 0)],
    ),
    (
        "NTH_VALUE",
        """SELECT x, NTH_VALUE(x, 2) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            FROM UNNEST([1, 3, 2]) AS x ORDER BY x""",
        [(1, 2), (2, 2), (3, 2)],
    ),
    ("PERCENTILE_CONT", f"SELECT PERCENTILE_CONT(x, 0) OVER () FROM {_EACH} LIMIT 1", [(0.0,)]),
    ("PERCENTILE_CONT", f"SELECT PERCENTILE_CONT(x, 0.01) OVER () FROM {_EACH} LIMIT 1", [(0.03,)]),
    ("PERCENTILE_CONT", f"SELECT PERCENTILE_CONT(x, 0.5) OVER () FROM {_EACH} LIMIT 1", [(1.5,)]),
    ("PERCENTILE_CONT", f"SELECT PERCENTILE_CONT(x, 0.9) OVER () FROM {_EACH} LIMIT 1", [(2.7,)]),
    (
        "PERCENTILE_CONT",
        f"SELECT PERCENTILE_CONT(x, 0.5 RESPECT NULLS) OVER () FROM {_EACH} LIMIT 1",
        [(1.0,)],
    ),
    (
        "PERCENTILE_DISC",
        "SELECT PERCENTILE_DISC(x, 0) OVER () FROM UNNEST(['c', NULL, 'b', 'a']) AS x LIMIT 1",
        [("a",)],
    ),
    (
        "PERCENTILE_DISC",
        "SELECT PERCENTILE_DISC(x, 0.5) OVER () FROM UNNEST(['c', NULL, 'b', 'a']) AS x LIMIT 1",
        [("b",)],
    ),
    (
        "PERCENTILE_DISC",
        "SELECT PERCENTILE_DISC(x, 0.5 RESPECT NULLS) OVER () FROM UNNEST(['c', NULL, 'b', 'a']) AS x LIMIT 1",
        [("a",)],
    ),
    (
        "ROW_NUMBER",
        f"SELECT x, ROW_NUMBER() OVER (ORDER BY x) FROM {_X} ORDER BY x LIMIT 3",
        [(1, 1), (2, 2), (2, 3)],
    ),
    (
        "RANK",
        f"SELECT x, RANK() OVER (ORDER BY x) FROM {_X} ORDER BY x LIMIT 4",
        [(1, 1), (2, 2), (2, 2), (5, 4)],
    ),
    (
        "DENSE_RANK",
        f"SELECT x, DENSE_RANK() OVER (ORDER BY x) FROM {_X} ORDER BY x LIMIT 4",
        [(1, 1), (2, 2), (2, 2), (5, 3)],
    ),
    (
        "PERCENT_RANK",
        "SELECT x, PERCENT_RANK() OVER (ORDER BY x) FROM UNNEST([1, 2, 3]) AS x ORDER BY x",
        [(1, 0.0), (2, 0.5), (3, 1.0)],
    ),
    (
        "CUME_DIST",
        "SELECT x, CUME_DIST() OVER (ORDER BY x) FROM UNNEST([1, 2, 2, 4]) AS x ORDER BY x",
        [(1, 0.25), (2, 0.75), (2, 0.75), (4, 1.0)],
    ),
    (
        "NTILE",
        "SELECT x, NTILE(3) OVER (ORDER BY x) FROM UNNEST([1, 2, 3, 4]) AS x ORDER BY x",
        [(1, 1), (2, 1), (3, 2), (4, 3)],
    ),
]
