"""The shape of all our data: closed and frozen."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict


class Model(BaseModel):
    """A value: immutable, compared by contents, refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


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
