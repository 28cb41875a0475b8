"""CAST and SAFE_CAST, and the coercions that the analyzer writes out.

DuckDB casts what is written in the usual way; the rest is left to Google's evaluator, row by row.
"""

from __future__ import annotations

from typing import Any

from local.bigquery.functions import errors, numeric, rounding
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.call import EVALUATOR, Call
from local.bigquery.translate.literals import quoted

_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,6})?"
_ZONE = r"(Z|[+-](0\d|1[0-3])(:[0-5]\d)?)?"
_NARROW = "CAST({0} AS DECIMAL(18,9))"
_DECIMALS = 9
# A DOUBLE can't be the greatest INT64.
_LEAST_WHOLE, _GREATEST_WHOLE = "-9223372036854775808", "9223372036854774784"


def cast(call: Call) -> str | None:
    """`call` has one argument, its type and the target type; None where DuckDB has no exact way."""
    source, target = call.types[0], call.type
    if source == target or source.duckdb == target.duckdb:
        # At most names of fields differ.
        return call[0]
    always = _always(source, target, "{0}")
    if always is not None:
        return bound(call.arguments, always)
    if (source.kind, target.kind) == ("BYTES", "STRING"):
        otherwise = f"CASE WHEN {{0}} IS NOT NULL THEN {EVALUATOR}({{0}}) || '' END"
        return bound(call.arguments, f"coalesce(TRY(decode({{0}})), {otherwise})")
    usual = _USUAL.get((source.kind, target.kind))
    if usual is None:
        return None
    condition, sql = usual
    nothing = "{0} = ''" if call.safe and source.kind == "STRING" else "{0} IS NULL"
    return bound(
        call.arguments,
        f"CASE WHEN {condition} THEN {sql} WHEN {nothing} THEN NULL ELSE {EVALUATOR}({{0}}) END",
    )


def limited(sql: str, kind: GoogleType, parameters: Any, *, safe: bool) -> str:
    """A value after its cast to STRING(length), BYTES(length) or NUMERIC(precision, scale)."""
    if parameters.HasField("numeric_type_parameters") and kind.kind == "NUMERIC":
        given = parameters.numeric_type_parameters
        return bound([sql], of_precision(given.precision, given.scale, safe=safe))
    if parameters.HasField("string_type_parameters"):
        most = parameters.string_type_parameters.max_length
        return bound([sql], of_length(kind, most, safe=safe))
    return sql


def of_length(kind: GoogleType, most: int, *, safe: bool = False, told: str = "") -> str:
    """A template: the STRING or BYTES if it is not longer. `told` begins the refusal."""
    length = "length({0})" if kind.kind == "STRING" else "octet_length({0})"
    text = quoted(f"{told}{kind.kind}({most}) has maximum length {most} but got a value with length ")
    refusal = _refusal(f"{text} || {length}", safe=safe, is_written=bool(told))
    return f"CASE WHEN {length} > {most} THEN {refusal} ELSE {{0}} END"


def of_precision(precision: int, scale: int, *, safe: bool = False, told: str = "") -> str:
    """A template: the NUMERIC rounded to `scale`, if it has not more digits. `told` begins the refusal."""
    message = quoted(told + out_of_range_message(precision, scale))
    refusal = _refusal(message, safe=safe, is_written=bool(told))
    rounded = f"CAST(round({{0}}, {scale}) AS DECIMAL(38,9))"
    return f"CASE WHEN {out_of_range(precision, scale)} THEN {refusal} ELSE {rounded} END"


def out_of_range(precision: int, scale: int) -> str:
    """A template: whether a NUMERIC has more digits."""
    return f"abs(round({{0}}, {scale})) > CAST('{most_digits(precision, scale)}' AS DECIMAL(38,{scale}))"


def out_of_range_message(precision: int, scale: int) -> str:
    """What Google says of a NUMERIC that has more digits."""
    greatest = most_digits(precision, scale)
    return (
        f"NUMERIC({precision}{f', {scale}' if scale else ''}) has precision {precision} and scale {scale}"
        f" but got a value that is not in range of [-{greatest}, {greatest}]"
    )


def most_digits(precision: int, scale: int) -> str:
    """The greatest NUMERIC of so many digits."""
    return ("9" * (precision - scale) or "0") + (f".{'9' * scale}" if scale else "")


def _refusal(message: str, *, safe: bool, is_written: bool) -> str:
    if safe:
        return "NULL"
    return errors.while_writing(message) if is_written else f"google_error({message})"


def _always(source: GoogleType, target: GoogleType, value: str) -> str | None:
    """The cast of `value`, for types between which nothing fails; None for others."""
    if source.duckdb == target.duckdb:
        return value
    if source.element is not None and target.element is not None:
        inner = _always(source.element, target.element, "google_e")
        return inner and f"list_transform({value}, lambda google_e: {inner})"
    if source.is_struct and target.is_struct:
        return _always_struct(source, target, value)
    found = _ALWAYS.get((source.kind, target.kind))
    return found and found.format(value)


def _always_struct(source: GoogleType, target: GoogleType, value: str) -> str | None:
    parts = []
    for place, (_name, kind) in enumerate(target.fields):
        field = target.field_name(place)
        inner = _always(source.fields[place][1], kind, f"struct_extract({value}, '{field}')")
        if inner is None:
            return None
        parts.append(f"'{field}': {inner}")
    return f"CASE WHEN {value} IS NOT NULL THEN {{{{{', '.join(parts)}}}}} END"


def _matches(pattern: str) -> str:
    # A brace in a template stands for an argument, so those of the pattern are doubled.
    return "regexp_full_match({0}, '" + braced(pattern) + "')"


def _fraction(text: str) -> str:
    """The text of a time that ends with six digits of a fraction: none, three or six are written."""
    return f"regexp_replace(regexp_replace({text}, '[.]000000$', ''), '([.]...)000$', '\\1')"


def _reads(pattern: str, kind: str, *, since: str = "0001") -> tuple[str, str]:
    """A text of such a pattern, if DuckDB can read it."""
    return (
        f"{_matches(pattern)} AND {{0}} >= '{since}' AND TRY_CAST({{0}} AS {kind}) IS NOT NULL",
        f"TRY_CAST({{0}} AS {kind})",
    )


def _moment() -> tuple[str, str]:
    """A TIMESTAMP. Google's evaluator refuses a zone right behind the day, which BigQuery's reference allows."""
    day_and_zone = _matches(f"{_DATE}[+-](0?\\d|1[0-3])(:[0-5]\\d)?")
    padded = "regexp_replace({0}, '([+-])([0-9])(:[0-9]+)?$', '\\10\\2\\3')"
    midnight = f"regexp_replace({padded}, '^([0-9]+-[0-9]+-[0-9]+)', '\\1 00:00:00')"
    value = f"TRY_CAST(CASE WHEN {day_and_zone} THEN {midnight} ELSE {{0}} END AS TIMESTAMP WITH TIME ZONE)"
    usual = _matches(f"{_DATE}([ T]{_CLOCK}{_ZONE})?")
    return f"({usual} OR {day_and_zone}) AND {{0}} >= '0002' AND {value} IS NOT NULL", value


_MOMENT = _moment()
# DuckDB's own cast asks a calendar for the zone.
_IN_UTC = "make_timestamp(epoch_us({0}))"
_DAY, _SECONDS = "DATE '2000-01-01'", "'%Y-%m-%d %H:%M:%S.%f'"
_ALWAYS = {
    ("INT64", "FLOAT64"): "CAST({0} AS DOUBLE)",
    # The inner cast tells a product that this has no decimals.
    ("INT64", "NUMERIC"): "CAST(CAST({0} AS BIGINT) AS DECIMAL(38,9))",
    ("INT64", "STRING"): "CAST({0} AS VARCHAR)",
    ("INT64", "BOOL"): "({0} <> 0)",
    ("BOOL", "INT64"): "CAST({0} AS BIGINT)",
    ("BOOL", "STRING"): "CAST({0} AS VARCHAR)",
    # Great ones DuckDB doesn't round to the nearest.
    ("NUMERIC", "FLOAT64"): (
        "CASE WHEN abs({0}) < 1000000000000000 THEN CAST({0} AS DOUBLE) ELSE CAST(CAST({0} AS VARCHAR) AS DOUBLE) END"
    ),
    ("NUMERIC", "STRING"): "rtrim(rtrim(CAST({0} AS VARCHAR), '0'), '.')",
    ("STRING", "BYTES"): "encode({0})",
    ("DATE", "STRING"): "CAST({0} AS VARCHAR)",
    ("DATE", "DATETIME"): "CAST({0} AS TIMESTAMP)",
    ("DATE", "TIMESTAMP"): "make_timestamptz(epoch_us(CAST({0} AS TIMESTAMP)))",
    ("DATETIME", "DATE"): "CAST({0} AS DATE)",
    ("DATETIME", "TIME"): "CAST({0} AS TIME)",
    ("DATETIME", "TIMESTAMP"): "make_timestamptz(epoch_us({0}))",
    ("DATETIME", "STRING"): _fraction(f"strftime({{0}}, {_SECONDS})"),
    ("TIMESTAMP", "DATE"): f"CAST({_IN_UTC} AS DATE)",
    ("TIMESTAMP", "TIME"): f"CAST({_IN_UTC} AS TIME)",
    ("TIMESTAMP", "DATETIME"): _IN_UTC,
    ("TIMESTAMP", "STRING"): "(" + _fraction(f"strftime({_IN_UTC}, {_SECONDS})") + " || '+00')",
    ("TIME", "STRING"): _fraction(f"strftime({_DAY} + {{0}}, '%H:%M:%S.%f')"),
}

# Where DuckDB's cast is exact, and the cast.
_USUAL = {
    ("STRING", "INT64"): (_matches(r"[+-]?\d{1,18}"), "CAST({0} AS BIGINT)"),
    ("STRING", "FLOAT64"): (
        _matches(r"[+-]?(\d{1,17}([.]\d{1,17})?|[.]\d{1,17})([eE][+-]?\d{1,2})?"),
        "CAST({0} AS DOUBLE)",
    ),
    ("STRING", "NUMERIC"): (
        _matches(
            r"[+-]?(\d{1,28}([.]\d{0,20})?|[.]\d{1,20}|(\d{1,17}([.]\d{0,17})?|[.]\d{1,17})[eE](-?\d{1,2}))"
        )
        + " AND NOT "
        + _matches(r".*[eE]\d\d"),
        # DuckDB reads 128 bits in tens of microseconds. Behind an exponent neither it nor Google's evaluator rounds as
        # the reference says: half away from zero, to nine decimals.
        (
            f"CASE WHEN {_matches(r'[+-]?[0-9]{1,9}([.][0-9]{0,9})?')} THEN CAST({_NARROW} AS DECIMAL(38,9))"
            f" WHEN {_matches(r'.*[eE].*')} THEN {numeric.FROM_TEXT}({{0}})"
            " ELSE CAST({0} AS DECIMAL(38,9)) END"
        ),
    ),
    ("STRING", "BOOL"): ("lower({0}) IN ('true', 'false')", "(lower({0}) = 'true')"),
    ("STRING", "DATE"): _reads(_DATE, "DATE"),
    ("STRING", "DATETIME"): _reads(f"{_DATE}([ T]{_CLOCK})?", "TIMESTAMP"),
    ("STRING", "TIMESTAMP"): _MOMENT,
    ("STRING", "TIME"): _reads(_CLOCK, "TIME", since=""),
    ("FLOAT64", "INT64"): (
        f"{{0}} BETWEEN {_LEAST_WHOLE} AND {_GREATEST_WHOLE}",
        "CAST(round({0}) AS BIGINT)",
    ),
    ("FLOAT64", "NUMERIC"): (
        "abs({0}) < 1e28",
        "CASE WHEN abs({0}) < 9e6 THEN CAST("
        + rounding.decimal("{0}", _DECIMALS)
        + f" AS DECIMAL(38,9)) ELSE CAST({rounding.digits('{0}', _DECIMALS)} AS DECIMAL(38,9)) END",
    ),
    # Fifteen digits if they are enough to tell it from all others, else seventeen.
    ("FLOAT64", "STRING"): (
        "isfinite({0})",
        (
            "CASE WHEN {0} = 0 THEN '0' WHEN CAST(printf('%.15g', {0}) AS DOUBLE) = {0} THEN printf('%.15g', {0})"
            " ELSE printf('%.17g', {0}) END"
        ),
    ),
    ("NUMERIC", "INT64"): (
        f"{{0}} BETWEEN {_LEAST_WHOLE} AND 9223372036854775807",
        # DuckDB divides 128 bits in microseconds, 64 bits in nanoseconds.
        (
            f"CASE WHEN {{0}} BETWEEN -900000000 AND 900000000 THEN CAST({_NARROW} AS BIGINT)"
            " ELSE CAST({0} AS BIGINT) END"
        ),
    ),
}
