"""Values that go into SQL as query parameters, never as text."""

from typing import Literal

from shared.domain.model import Model

SqlType = Literal["STRING", "INT64", "NUMERIC", "BOOL", "DATE", "TIMESTAMP"]


class SqlParameter(Model):
    """A named query parameter. Values are canonical text; a tuple is an ARRAY of `type`."""

    name: str
    type: SqlType
    value: str | tuple[str, ...] | None


def sql_names(name: str, parameter_type: str) -> tuple[str, ...]:
    """What SQL calls a pipeline's parameter: `x`, or `x_start` and `x_end` where it is a date range."""
    return (f"{name}_start", f"{name}_end") if parameter_type == "date_range" else (name,)
