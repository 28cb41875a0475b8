"""JSON that readers understand in two ways."""

import pytest

from shared.domain.errors import FieldProblem
from shared.web.json_text import ambiguities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}', []),
        ('{"a": 1, "a": 1}', [FieldProblem("/a", "is here twice; say it once")]),
        ('{"a": 1, "\\u0061": 2}', [FieldProblem("/a", "is here twice; say it once")]),
        ('{"x": [0, {"a/b": 1, "a/b": 2}]}', [FieldProblem("/x/1/a~1b", "is here twice; say it once")]),
        ('{"a": NaN}', [FieldProblem("/a", "NaN is not a number in JSON")]),
        ('{"a": [1, -Infinity]}', [FieldProblem("/a/1", "-Infinity is not a number in JSON")]),
        ('{"a": "NaN", "b": 1e400, "c": ' + "9" * 5000 + "}", []),
    ],
)
def test_each_is_told_with_its_place(text: str, expected: list[FieldProblem]) -> None:
    assert list(ambiguities(text)) == expected
