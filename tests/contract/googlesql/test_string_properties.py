"""Texts and arrays as DuckDB computes them, and as Google's evaluator does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.bigquery.googlesql.types import BYTES, DATE, INT64, STRING, GoogleType, array_of
from tests.contract.googlesql.agreement import assert_agreement
from tests.contract.googlesql.conftest import Engine
from tests.contract.googlesql.effort import AS_MANY, telling

_TEXTS = (
    st.text(st.characters(codec="utf-8"), max_size=8)
    | st.text(st.sampled_from("aAbB1 \t,.\\é\u0301ßİΣσς𐐀\u00a0\u2028\n"), max_size=8)
    | st.sampled_from(["", "a", ",", "a,b,,c", "  x ", "abcabc", "\\", "ﬁ", "ŉ", "ΑΣ", "ǆ"])
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "STRING": _TEXTS,
    "BYTES": st.binary(max_size=6),
    "INT64": st.integers(-9, 9) | st.sampled_from([2**63 - 1, -(2**63), 2**32, -(2**32), 2**31]),
    "DATE": st.dates(),
}
_SMALL = array_of(INT64)
_WORDS = array_of(STRING)
_PATTERNS = (
    "b", "^a", "a$", "[ab]+", "(?i)AB", "(a)(?:b)?", "(z)?a", "a|", "\\\\s", "\\\\d+", "x*", "(?P<n>b)", "[^a-c]", ".",
    "é+", "a{2,3}", "(", "a**", "[b-a]", "\\\\p{L}", "(a)(b)", "(?:a|(b))", "\\\\bx", "^$", "\\\\.", "(a*)*",
)  # fmt: skip
EXPRESSIONS: list[tuple[str, list[GoogleType]]] = [
    *(
        (f"{name}(a0)", [STRING])
        for name in ("LOWER", "UPPER", "TRIM", "LTRIM", "RTRIM", "LENGTH", "REVERSE", "SPLIT")
    ),
    *((f"{name}(a0)", [STRING]) for name in ("CHAR_LENGTH", "BYTE_LENGTH", "OCTET_LENGTH", "INITCAP")),
    *(
        (f"{name}(a0)", [BYTES])
        for name in ("LENGTH", "BYTE_LENGTH", "TO_HEX", "TO_BASE64", "REVERSE", "LOWER", "UPPER")
    ),
    *(
        (f"TO_HEX({name}(a0))", [kind])
        for name in ("MD5", "SHA1", "SHA256", "SHA512")
        for kind in (STRING, BYTES)
    ),
    ("FARM_FINGERPRINT(a0)", [STRING]),
    *(
        (f"{name}(a0, a1)", [STRING, STRING])
        for name in ("TRIM", "LTRIM", "RTRIM", "STARTS_WITH", "ENDS_WITH")
    ),
    *((f"{name}(a0, a1)", [STRING, STRING]) for name in ("STRPOS", "INSTR", "CONCAT", "SPLIT")),
    *((f"{name}(a0, a1)", [BYTES, BYTES]) for name in ("TRIM", "STARTS_WITH", "STRPOS", "CONCAT", "SPLIT")),
    ("a0 || a1", [STRING, STRING]),
    ("a0 || a1", [BYTES, BYTES]),
    ("REPLACE(a0, a1, a2)", [STRING, STRING, STRING]),
    *((f"{name}(a0, a1)", [STRING, INT64]) for name in ("SUBSTR", "LEFT", "RIGHT")),
    ("SUBSTR(a0, a1)", [BYTES, INT64]),
    ("SUBSTR(a0, a1, a2)", [STRING, INT64, INT64]),
    ("SAFE.SUBSTR(a0, a1, a2)", [STRING, INT64, INT64]),
    ("SAFE.LEFT(a0, a1)", [STRING, INT64]),
    ("SAFE.REGEXP_CONTAINS(a0, '(')", [STRING]),
    ("SAFE.REGEXP_EXTRACT(a0, '(a)(b)')", [STRING]),
    *((f"SUBSTR(a0, {start})", [STRING]) for start in ("2", "1, 3", "0, 2", "-2", "3, 0")),
    *(
        (f"{name}(a0, {more})", [STRING])
        for name in ("LPAD", "RPAD")
        for more in ("5", "3, 'xy'", "0", "4, 'é'")
    ),
    *((f"{name}(a0, 3)", [STRING]) for name in ("LEFT", "RIGHT", "REPEAT")),
    *((f"REGEXP_CONTAINS(a0, '{pattern}')", [STRING]) for pattern in _PATTERNS),
    *((f"REGEXP_EXTRACT(a0, '{pattern}')", [STRING]) for pattern in _PATTERNS),
    *((f"REGEXP_REPLACE(a0, '{pattern}', '<\\\\0>')", [STRING]) for pattern in _PATTERNS),
    *(
        (f"REGEXP_REPLACE(a0, '(a)(b)?', '{text}')", [STRING])
        for text in ("\\\\2\\\\1", "\\\\3", "\\\\", "\\\\\\\\", "$1")
    ),
    ("REGEXP_CONTAINS(a0, a1)", [STRING, STRING]),
    ("REGEXP_CONTAINS(a0, b'a')", [BYTES]),
    ("FORMAT('%s: %d 100%%', a0, a1)", [STRING, INT64]),
    ("FORMAT('%5s|%t', a0, a0)", [STRING]),
    ("ARRAY_LENGTH(a0)", [_SMALL]),
    ("ARRAY_REVERSE(a0)", [_SMALL]),
    ("ARRAY_CONCAT(a0, a1)", [_SMALL, _SMALL]),
    ("ARRAY_CONCAT(a0, a1, a0)", [_WORDS, _WORDS]),
    ("ARRAY_TO_STRING(a0, a1)", [_WORDS, STRING]),
    ("ARRAY_TO_STRING(a0, ',')", [_WORDS]),
    ("ARRAY_TO_STRING(a0, ',', a1)", [_WORDS, STRING]),
    ("GENERATE_ARRAY(a0, a0 + 3)", [INT64]),
    *((f"GENERATE_ARRAY(0, a0, {step})", [INT64]) for step in ("-2", "3")),
    ("GENERATE_DATE_ARRAY(a0, DATE_ADD(a0, INTERVAL a1 DAY), INTERVAL 2 DAY)", [DATE, INT64]),
    ("ARRAY_FIRST(a0)", [_SMALL]),
    ("ARRAY_LAST(a0)", [_SMALL]),
    ("ARRAY_SLICE(a0, 1, 2)", [_SMALL]),
]


def _of(kind: GoogleType) -> st.SearchStrategy[Any]:
    if kind.element is not None:
        return st.none() | st.lists(st.none() | _VALUES[kind.element.kind], max_size=4)
    return st.none() | _VALUES[kind.kind]


@pytest.mark.parametrize(("expression", "kinds"), EXPRESSIONS)
def test_a_text_is_what_google_s_evaluator_says(
    engine: Engine, expression: str, kinds: list[GoogleType]
) -> None:

    @AS_MANY
    @given(telling(st.lists(st.tuples(*map(_of, kinds)), min_size=1, max_size=15)))
    def agrees(rows: list[tuple[Any, ...]]) -> None:
        assert_agreement(engine, expression, kinds, [row for row in rows if not _is_long(expression, row)])

    agrees()


def _is_long(expression: str, row: tuple[Any, ...]) -> bool:
    """Google's evaluator makes no arrays of more than 16000 elements, which BigQuery does."""
    return "GENERATE" in expression and any(isinstance(one, int) and 9 < abs(one) < 2**62 for one in row)


@pytest.mark.parametrize("function", ["GENERATE_UUID()", "RAND()"])
def test_a_random_value_is_another_one_in_each_row(engine: Engine, function: str) -> None:
    rows = engine.rows(f"SELECT {function} FROM UNNEST(GENERATE_ARRAY(1, 50)) AS n")

    assert len(set(rows)) == 50


def test_the_moment_is_one_for_a_whole_statement(engine: Engine) -> None:
    rows = engine.rows("SELECT CURRENT_TIMESTAMP() FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS n")

    assert len(set(rows)) == 1


def test_a_long_array_is_generated(engine: Engine) -> None:
    assert engine.rows("SELECT SUM(n) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS n") == [(500000500000,)]
