"""Settings that stand for something else."""

from datetime import date

import pytest
from pydantic import JsonValue, TypeAdapter

from shared.domain.parameter import Parameter, resolve_parameters
from shared.domain.reference import references, resolved

VALUES = resolve_parameters(
    {
        name: TypeAdapter(Parameter).validate_python(declared)
        for name, declared in {
            "days": {"type": "date_range", "default": "2024-02-28/2024-02-29"},
            "limit": {"type": "integer", "default": 7},
            "gross": {"type": "boolean", "default": False},
            "share": {"type": "number", "default": 0.5},
        }.items()
    },
    {},
    today=date(2025, 11, 15),
)


def meant(value: JsonValue) -> JsonValue:
    return resolved(value, secret=lambda name: f"secret of {name}", parameters=VALUES)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"secret": "api_key"}, "secret of api_key"),
        ({"parameter": "limit"}, 7),
        ({"parameter": "gross"}, False),
        ({"parameter": "share"}, "0.5"),
        ({"parameter": "days_start"}, "2024-02-28"),
        ({"parameter": "days_end", "plus_days": 1}, "2024-03-01"),
        ({"parameter": "days_end", "format": "rfc3339"}, "2024-02-29T00:00:00Z"),
        ({"parameter": "days_start", "format": "unix"}, 1709078400),
    ],
)
def test_a_reference_becomes_what_it_stands_for(reference: JsonValue, expected: JsonValue) -> None:
    assert meant(reference) == expected


def test_references_are_found_however_deep_and_everything_else_stays() -> None:
    settings: JsonValue = {
        "auth": {"token": {"secret": "key"}},
        "params": [{"limit": {"parameter": "limit"}}, "all", 1, None],
    }

    assert meant(settings) == {"auth": {"token": "secret of key"}, "params": [{"limit": 7}, "all", 1, None]}
    assert list(references(settings)) == [
        (("auth", "token"), {"secret": "key"}),
        (("params", 0, "limit"), {"parameter": "limit"}),
    ]


def test_what_was_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        meant({"parameter": "none"})
