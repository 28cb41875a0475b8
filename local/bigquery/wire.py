"""Rows as BigQuery's REST answers carry them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from bqemulator.storage import arrow_bridge

_TIMESTAMP_FORM: ContextVar[str] = ContextVar("_TIMESTAMP_FORM", default="float")


def wire_rows(rows: pa.Table, *, offset: int, limit: int) -> list[dict[str, Any]]:
    """Some rows in the form `{"f": [{"v": ...}]}`."""
    return arrow_bridge.arrow_table_to_bq_rows(rows, offset=offset, limit=limit)


def take_format_options(options: Mapping[str, Any]) -> None:
    """Write the TIMESTAMPs of this request's answer as its `formatOptions` say."""
    form = "float"
    if str(options.get("useInt64Timestamp", "")).lower() == "true":
        form = "int64"
    if options.get("timestampOutputFormat") in ("INT64", "ISO8601_STRING"):
        form = options["timestampOutputFormat"].lower()
    _TIMESTAMP_FORM.set(form)


def install_wire() -> None:
    """Write NUMERIC and TIMESTAMP as BigQuery does.

    NUMERIC has no exponent and no zeros at the end, where upstream 1.4.0 sends 8.00E-7. TIMESTAMP is seconds as a
    floating-point number unless the request asks otherwise; upstream always sends microseconds, which `bq` can't show.
    """
    formatters: Any = arrow_bridge._BQ_TYPE_FORMATTERS
    arrow_bridge._BQ_TYPE_FORMATTERS = (
        (pa.types.is_decimal, _numeric),
        (_is_moment, _timestamp),
        *formatters,
    )


def _is_moment(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind)) and kind.tz is not None


def _timestamp(value: datetime, kind: pa.DataType, field: pa.Field | None) -> str:
    microseconds = str(arrow_bridge._fmt_bq_timestamp(value, kind, field))
    match _TIMESTAMP_FORM.get():
        case "int64":
            return microseconds
        case "iso8601_string":
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return f"{Decimal(microseconds) / 1_000_000:E}".replace("E+", "E")


def _numeric(value: Decimal, _type: pa.DataType, _field: pa.Field | None) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
