"""OPTIONS(…) of tables and datasets as fields of their REST resources."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.translate.definition import Options
from local.bigquery.translate.layouts import require_rounding
from local.bigquery.translate.limits import refused

_DAY_MS = 24 * 3600 * 1000
Put = Callable[[dict[str, Any], Any], None]


def table_options(session: Session, options: Options, resource: Mapping[str, Any]) -> dict[str, Any]:
    """What the options change of a `Table` resource. Raises ApiError for an unknown one."""
    return _changes(session, options, resource, known=_TABLE)


def dataset_options(session: Session, options: Options, resource: Mapping[str, Any]) -> dict[str, Any]:
    """What the options change of a `Dataset` resource. Raises ApiError for an unknown one."""
    return _changes(session, options, resource, known=_DATASET)


def column_options(session: Session, options: Options, field: Mapping[str, Any]) -> dict[str, Any]:
    """What the options change of a `TableFieldSchema`. Raises ApiError for an unknown one."""
    return _changes(session, options, field, known=_COLUMN)


def _changes(
    session: Session, options: Options, resource: Mapping[str, Any], *, known: Mapping[str, Put]
) -> dict[str, Any]:
    changed: dict[str, Any] = {
        key: dict(value) for key, value in resource.items() if key == "timePartitioning" and options
    }
    for name, sql in options.items():
        if name not in known:
            raise ApiError("invalidQuery", f"Unknown option: {name}", location="query")
        row = session.execute(f"SELECT {sql}").fetchone()
        known[name](changed, row[0] if row else None)
    return changed


def _field(key: str) -> Put:
    def put(changed: dict[str, Any], value: Any) -> None:
        changed[key] = value

    return put


def _put_labels(changed: dict[str, Any], value: list[dict[str, str]] | None) -> None:
    changed["labels"] = {pair["_1"]: pair["_2"] for pair in value or []}


def _put_expiration(changed: dict[str, Any], value: datetime.datetime | None) -> None:
    changed["expirationTime"] = None if value is None else str(int(value.timestamp() * 1000))


def _put_partition_days(changed: dict[str, Any], value: Any) -> None:
    changed.setdefault("timePartitioning", {})["expirationMs"] = str(int(value * _DAY_MS))


def _put_filter(changed: dict[str, Any], value: bool | None) -> None:
    changed["requirePartitionFilter"] = bool(value)


def _days(key: str) -> Put:
    def put(changed: dict[str, Any], value: Any) -> None:
        changed[key] = None if value is None else str(int(value * _DAY_MS))

    return put


def _require_rounding(_changed: dict[str, Any], value: str | None) -> None:
    require_rounding(value)


def _require_case(_changed: dict[str, Any], value: bool | None) -> None:
    if value:
        raise refused("datasets whose names have no case (is_case_insensitive)")


def _ignored(_changed: dict[str, Any], _value: Any) -> None:
    """What says nothing here: how BigQuery is to keep rows, or to refresh them."""


_TABLE: dict[str, Put] = {
    "description": _field("description"),
    "friendly_name": _field("friendlyName"),
    "labels": _put_labels,
    "expiration_timestamp": _put_expiration,
    "partition_expiration_days": _put_partition_days,
    "require_partition_filter": _put_filter,
    "default_rounding_mode": _require_rounding,
    **dict.fromkeys(
        (
            "kms_key_name",
            "max_staleness",
            "enable_refresh",
            "refresh_interval_minutes",
            "tags",
        ),
        _ignored,
    ),
}
_DATASET: dict[str, Put] = {
    "description": _field("description"),
    "friendly_name": _field("friendlyName"),
    "labels": _put_labels,
    "location": _field("location"),
    "default_rounding_mode": _require_rounding,
    "is_case_insensitive": _require_case,
    "default_table_expiration_days": _days("defaultTableExpirationMs"),
    "default_partition_expiration_days": _days("defaultPartitionExpirationMs"),
    **dict.fromkeys(
        (
            "default_kms_key_name",
            "max_time_travel_hours",
            "storage_billing_model",
            "tags",
        ),
        _ignored,
    ),
}
_COLUMN: dict[str, Put] = {"description": _field("description"), "rounding_mode": _require_rounding}
