"""Texts of files as values of columns, in DuckDB's SQL.

Each expression is NULL for a text that it does not take for certain; `values` decides about those, one by one. DuckDB's
own casts take more than BigQuery does: `1.7` as an INT64, `1_000`, `0x1F`, `24:00:00`, years before our era.
"""

from __future__ import annotations

from local.bigquery.functions.spelling import braced
from local.bigquery.googlesql.types import GoogleType

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE = r"(Z| UTC|[-+](0[0-9]|1[0-3]):[0-5][0-9])?"
_DECIMAL = r"-?[0-9]+(\.[0-9]+)?"
# Decimals of 18 digits are much faster than those of 38, and most numbers are small.
_NUMERIC = "coalesce(CAST(TRY_CAST({0} AS DECIMAL(18,9)) AS DECIMAL(38,9)), TRY_CAST({0} AS DECIMAL(38,9)))"
# DuckDB rounds 5e-12 up to 1e-9. Small numbers as programs write them, one digit before the point, are written out.
_SMALL = r"-?[0-9](\.[0-9]+)?[eE]-(0?[1-9]|[1-9][0-9])"
_WRITTEN_OUT = (
    "concat(CASE WHEN starts_with({0}, '-') THEN '-' ELSE '' END, '0.',"
    " repeat('0', CAST(regexp_extract({0}, '[0-9]+$') AS INTEGER) - 1),"
    " replace(regexp_extract({0}, '[0-9.]+'), '.', ''))"
)
_IN_RANGE = "NOT starts_with({0}, '000') AND NOT starts_with({0}, '9999')"

_VALUES = {
    "STRING": "{0}",
    "INT64": "CASE WHEN CAST(TRY_CAST({0} AS BIGINT) AS VARCHAR) = {0} THEN TRY_CAST({0} AS BIGINT) END",
    "FLOAT64": (
        rf"CASE WHEN regexp_full_match({{0}}, '{_DECIMAL}([eE][-+]?[0-9]{{{{1,2}}}})?') AND length({{0}}) < 200 "
        "THEN TRY_CAST({0} AS DOUBLE) END"
    ),
    "NUMERIC": (
        f"CASE WHEN regexp_full_match({{0}}, '{_DECIMAL}') THEN {_NUMERIC}"
        f" WHEN regexp_full_match({{0}}, '{_SMALL}') THEN {_NUMERIC.format(_WRITTEN_OUT)} END"
    ),
    "BOOL": "CASE lower({0}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
    "BYTES": (
        "CASE WHEN length({0}) % 4 = 0 AND regexp_full_match({0}, '[A-Za-z0-9+/]*={{0,2}}') "
        "THEN TRY(from_base64({0})) END"
    ),
    "DATE": (
        "CASE WHEN CAST(TRY_CAST({0} AS DATE) AS VARCHAR) = {0} AND length({0}) = 10 THEN TRY_CAST({0} AS DATE) END"
    ),
    "TIME": f"CASE WHEN regexp_full_match({{0}}, '{braced(_CLOCK)}') THEN TRY_CAST({{0}} AS TIME) END",
}


def _moment(form: str, kind: str) -> str:
    pattern = braced(form)
    return (
        f"CASE WHEN regexp_full_match({{0}}, '{pattern}') AND {_IN_RANGE} THEN TRY_CAST({{0}} AS {kind}) END"
    )


_VALUES["DATETIME"] = _moment(f"{_DAY}[T ]{_CLOCK}", "TIMESTAMP")
_VALUES["TIMESTAMP"] = _moment(f"{_DAY}[T ]{_CLOCK}{_ZONE}", "TIMESTAMP WITH TIME ZONE")
# DuckDB's reader also takes NaN, Infinity and a comma too many.
_VALUES["JSON"] = (
    r"CASE WHEN json_valid({0}) AND NOT regexp_matches({0}, '(?i)nan|inf|,\s*[]}}]')"
    r" THEN CAST(google_json({0}) || '' AS JSON) END"
)


def value_sql(kind: GoogleType, text: str) -> str:
    """The value of a scalar type that the SQL expression `text` spells."""
    return _VALUES.get(kind.kind, f"CAST(NULL AS {kind.duckdb})").format(text)


def literal(text: str) -> str:
    """The text as a literal of DuckDB's SQL."""
    return "'" + text.replace("'", "''") + "'"
