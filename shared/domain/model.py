"""The shape of all our data: closed and frozen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    Strict,
    ValidationInfo,
    model_serializer,
)

RECORDED: Final = {"recorded": True}
"""The pydantic context for what is recorded: events, and the commands that carry them.

Reading: the release that recorded it has checked it, so checks of configuration don't judge it again. Writing: fields
marked ADDED are left out at their default, so that the release before can read it.
"""
ADDED: Final = "added"
"""Marks a field, in its `Annotated`, that came after runs were recorded without it."""
_Value = TypeVar("_Value")


class Model(BaseModel):
    """A value: immutable, compared by contents, refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class GrownModel(Model):
    """A recorded value with fields that are ADDED."""

    @model_serializer(mode="wrap")
    def _without_added_defaults(
        self, dump: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        fields: dict[str, Any] = dump(self)
        if not is_recorded(info):
            return fields
        for name, field in type(self).model_fields.items():
            if ADDED in field.metadata and getattr(self, name) == field.default:
                fields.pop(name, None)
        return fields


def is_recorded(info: ValidationInfo | SerializationInfo) -> bool:
    """Whether something recorded is being read or written."""
    return info.context == RECORDED


def unless_recorded(check: Callable[[_Value], _Value]) -> AfterValidator:
    """The check as a validator of configuration: what was recorded passes."""

    def checked(value: _Value, info: ValidationInfo) -> _Value:
        return value if is_recorded(info) else check(value)

    return AfterValidator(checked)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("must say its time zone, e.g. 2025-11-15T10:30:45Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie between the years 1 and 9999, also in UTC") from error


LARGEST_INT64 = 2**63 - 1
SMALLEST_INT64 = -(2**63)

WholeNumber = Annotated[int, Strict(), Field(ge=SMALLEST_INT64, le=LARGEST_INT64)]
"""A number as BigQuery's INT64 holds it; `true`, `1.0` and texts are none."""
Truth = Annotated[bool, Strict()]
"""True or false; words and numbers that somebody may take for these are neither."""

UtcTime = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment, always in UTC; a time without a zone is refused."""
