"""Which lines of JSON come out the same, whoever parses them."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.exact_json import parse_json_text
from shared.domain.sure_line import is_sure

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,4})?", fullmatch=True)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(json.dumps),
    st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.from_regex(
        r'"([a-z]|\\u[dD][89abcdefABCDEF][0-9a-f]{2}|\\\\|\\"|[0-9]{17}|-0|1e999){0,4}"', fullmatch=True
    ),
)
VALUES = st.recursive(
    NUMBERS | TEXTS | st.sampled_from(["true", "false", "null"]),
    lambda values: st.lists(values).map(lambda found: f"[{', '.join(found)}]"),
    max_leaves=6,
)


def as_read(text: str) -> Any:
    try:
        return parse_json_text(text)
    except ValueError:
        return None


@given(st.lists(VALUES, max_size=4))
def test_reading_a_sure_line_changes_no_number_into_text(values: list[str]) -> None:
    line = "{" + ",".join(f'"{place}": {value}' for place, value in enumerate(values)) + "}"

    if is_sure(line):
        assert repr(as_read(line)) == repr(json.loads(line))


@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1), st.integers(0, 15))
def test_what_has_few_digits_is_sure(numbers: list[int], scale: int) -> None:
    texts = [f"{number}e-{scale}" if number else "0" for number in numbers]

    assert is_sure(json.dumps({"text": "9" * 20, "é\n": "🙂", "n": [0.1, -1, 8.25e-07, True]}))
    assert is_sure('{"n": [' + ",".join(texts) + "]}")
