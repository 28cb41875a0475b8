"""JSON that says neither more nor less than what was given."""

import json
from decimal import Decimal

import pytest
from pydantic import JsonValue

from shared.adapters.exact_json import HalfCharacterError, TwiceError, json_value, parse_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"12345678901234.5678", "12345678901234.5678"),
        (b"9007199254740993", "9007199254740993"),
        (b"9007199254740992", 9007199254740992),
        (b"-0.5", -0.5),
        (b"1e400", "1e400"),
        (b"-1e-400", "-1e-400"),
        (b"1e99999999999999999999", "1e99999999999999999999"),
        (b"1e-99999999999999999999", "1e-99999999999999999999"),
        (b"9" * 5000, "9" * 5000),
        (b'\xef\xbb\xbf {"a": [0.1, null, "\xc3\xa9"]}\n', {"a": [0.1, None, "é"]}),
    ],
)
def test_a_number_is_a_double_that_holds_it_or_its_text(text: bytes, value: JsonValue) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"1 2", b"{", b"", b'"\xe9"'])
def test_what_is_no_json_has_no_value(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is nobody's business
        parse_json(text)


def test_half_a_character_is_no_text() -> None:
    assert parse_json(rb'"\ud83d\uDE42"') == "🙂"
    with pytest.raises(HalfCharacterError):
        parse_json(rb'["\ud83d"]')


def test_a_field_counts_once_at_any_depth() -> None:
    with pytest.raises(TwiceError):
        parse_json(b'[{"a": {"b": 1, "b": 1}}]')


@pytest.mark.parametrize(
    "value", [float("inf"), float("-inf"), float("nan"), 2**53 + 1, Decimal("1E+2"), [(1, {2: b"x"})]]
)
def test_every_value_becomes_json_that_others_can_read(value: object) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    text = json.dumps(json_value(value))

    assert json.loads(text, parse_constant=refuse) is not None
