"""Functions of texts that neither DuckDB has nor Google's library without the files of its letters: in Python."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from typing import Any, Literal

import duckdb
import pyarrow as pa

from local.bigquery.functions.columnar import create_columnar
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.googlesql.evaluator import MARK
from local.bigquery.translate.call import Call
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import quoted

Form = Literal["NFKC", "NFKD"]
_COMPATIBLE: tuple[Form, ...] = ("NFKC", "NFKD")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to a database."""
    for name, function, takes, gives in _FUNCTIONS:
        create_columnar(connection, name, _by_column(function, gives), parameters=[takes], result=gives)


def _by_column(function: Callable[[Any], Any], gives: str) -> Any:
    kind = pa.string() if gives == "VARCHAR" else pa.binary()

    def values(column: Any) -> pa.Array:
        return pa.array([None if one is None else function(one) for one in column.to_pylist()], type=kind)

    return values


def _to_base32(content: bytes) -> str:
    return base64.b32encode(content).decode()


def _from_base32(text: str) -> bytes:
    try:
        return base64.b32decode(text)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{MARK}Failed to decode invalid base32 string{MARK}") from error


def _normalize(form: Form) -> Callable[[str], str]:
    return lambda text: unicodedata.normalize(form, text)


def _fold(form: Form) -> Callable[[str], str]:
    return lambda text: unicodedata.normalize(form, unicodedata.normalize(form, text).casefold())


_FUNCTIONS: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("google_to_base32", _to_base32, "BLOB", "VARCHAR"),
    ("google_from_base32", _from_base32, "VARCHAR", "BLOB"),
    *((f"google_normalize_{form.lower()}", _normalize(form), "VARCHAR", "VARCHAR") for form in _COMPATIBLE),
    *((f"google_fold_{form.lower()}", _fold(form), "VARCHAR", "VARCHAR") for form in _COMPATIBLE),
]


def _in_form(function: str) -> Any:
    def spell(call: Call) -> str | None:
        if len(call) < 2 or call[1] not in _COMPATIBLE:
            return None
        # The copy: see Evaluated.sql.
        return f"({function}_{call[1].lower()}({call[0]}) || '')"

    return spell


def _contains_substr(call: Call) -> str:
    """Whether a text holds another, both without case and in compatible letters."""
    wanted = call.value(1) if call.is_literal(1) else None
    if call.kind(0) != "STRING" or not wanted:
        raise refused("CONTAINS_SUBSTR of anything but a STRING and a written text")
    folded = braced(quoted(_fold("NFKC")(wanted)))
    return bound(
        call.arguments[:1],
        f"CASE WHEN strlen({{0}}) = length({{0}}) THEN contains(lower({{0}}), {folded})"
        f" ELSE contains(google_fold_nfkc({{0}}), {folded}) END",
    )


SCALARS: dict[str, Any] = {
    "contains_substr": _contains_substr,
    "to_base32": "(google_to_base32({0}) || '')",
    "from_base32": "(google_from_base32({0}) || ''::BLOB)",
    "normalize": _in_form("google_normalize"),
    "normalize_and_casefold": _in_form("google_fold"),
}
