"""Words that the analyzer knows by number: parts of dates and the like."""

from __future__ import annotations

import re

from google.protobuf import descriptor_pool
from zetasql.wasi._pb2.zetasql.public.functions import (  # noqa: F401 - imported to be known by name
    bitwise_agg_mode_pb2,
    datetime_pb2,
    normalize_mode_pb2,
    rank_type_pb2,
    rounding_mode_pb2,
)

_WEEKDAY = re.compile(r"^(WEEK)_(\w+DAY)$")


def word(enum: str, number: int) -> str:
    """The word, as GoogleSQL spells it: `DAY`, `WEEK(MONDAY)`, `NFC`."""
    descriptor = descriptor_pool.Default().FindEnumTypeByName(enum)
    return _WEEKDAY.sub(r"\1(\2)", str(descriptor.values_by_number[number].name))
