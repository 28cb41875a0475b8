"""Values of rows as a person sees them."""

import pytest
from pydantic import JsonValue

from cli.outcome_text import cell_text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "NULL"),
        ("", '""'),
        ("NULL", '"NULL"'),
        ("null", '"null"'),
        (" a", '" a"'),
        ("a\tb", '"a\\tb"'),
        ("Größe 1", "Größe 1"),
        ("2025-11-01T06:00:00Z", "2025-11-01T06:00:00Z"),
        (True, "true"),
        (7, "7"),
        ({"b": [1, None]}, '{"b": [1, null]}'),
    ],
)
def test_values_that_look_alike_can_be_told_apart(value: JsonValue, shown: str) -> None:
    assert cell_text(value) == shown
