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


def sql_types(name: str, parameter_type: str) -> dict[str, SqlType]:
    """What SQL calls a pipeline's parameter, with its type."""
    return dict.fromkeys(sql_names(name, parameter_type), _SQL_TYPE_BY_TYPE[parameter_type])


_SQL_TYPE_BY_TYPE: dict[str, SqlType] = {
    "string": "STRING",
    "enum": "STRING",
    "integer": "INT64",
    "number": "NUMERIC",
    "boolean": "BOOL",
    "date": "DATE",
    "date_range": "DATE",
}
