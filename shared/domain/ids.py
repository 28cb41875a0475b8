"""Ids are functions of meaning: the same fact has the same id wherever, and however often, it is recorded."""

import hashlib
import re
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NewType
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

RunId = NewType("RunId", str)
PipelineId = NewType("PipelineId", str)
EventId = NewType("EventId", str)
JobId = NewType("JobId", str)

TENANT_ID = re.compile(r"[A-Za-z0-9_]{3,50}")
SEGMENT = re.compile(r"[a-z0-9_]+")
METADATA_DATASET = "metadata"
"""The shared dataset of API keys and run events. One name everywhere, so that no tenant's source can be let read it."""
RESERVED_TENANT_IDS = frozenset({METADATA_DATASET, "templates"})
"""`metadata` is the shared dataset's name, `templates` the folder of shared pipelines."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UUID_VERSION_TIME = 7
_UUID_VERSION_CUSTOM = 8


def is_tenant_id(text: str) -> bool:
    """Whether `text` may name a tenant, which is also its folder and its dataset."""
    return TENANT_ID.fullmatch(text) is not None and text.lower() not in RESERVED_TENANT_IDS


def _require_tenant_id(text: str) -> str:
    if not is_tenant_id(text):
        raise ValueError("must be 3 to 50 letters, digits and underscores, and not 'metadata' or 'templates'")
    return text


TenantId = Annotated[str, AfterValidator(_require_tenant_id)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=100)]
"""What a step, a source, a rule or a path segment is called."""
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=300)]
TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=300)]


def pipeline_id(tenant_id: str, provider: str, domain: str, pipeline: str) -> PipelineId:
    """`acme_corp_001-gcp-cost-export` for `acme_corp_001/gcp/cost/export`."""
    return PipelineId(f"{tenant_id}-{provider}-{domain}-{pipeline}")


def run_id_at(moment: datetime) -> RunId:
    """A fresh id whose first 48 bits are the millisecond it was made: UUID version 7 (RFC 9562, section 5.7)."""
    return _run_id(_milliseconds(moment), secrets.token_bytes(10), version=_UUID_VERSION_TIME)


def run_id_for_key(*, pipeline: PipelineId, key: str, day: date) -> RunId:
    """The one id of a run that was asked for with an idempotency key on a UTC day: UUID version 8.

    The pipeline's id begins with its tenant's, so two tenants' keys never meet.
    """
    digest = hashlib.sha256(f"{pipeline}\n{day.isoformat()}\n{key}".encode()).digest()
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    return _run_id(_milliseconds(midnight), digest[:10], version=_UUID_VERSION_CUSTOM)


def run_date(run_id: RunId) -> date:
    """The UTC day in the id, which is the partition that holds the run's events."""
    milliseconds = UUID(run_id).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).date()


def is_run_id(text: str) -> bool:
    """Whether `text` is an id that `run_id_at` or `run_id_for_key` could have made."""
    try:
        parsed = UUID(text)
        run_date(RunId(text))
    except (ValueError, OverflowError):
        return False
    return str(parsed) == text and parsed.version in {_UUID_VERSION_TIME, _UUID_VERSION_CUSTOM}


def event_id(
    *,
    run_id: RunId,
    event_type: str,
    step_number: int | None = None,
    attempt: int | None = None,
    moments: tuple[datetime, ...] = (),
    reading: tuple[str, int] | None = None,
) -> EventId:
    """Run + fact + step + attempt, and moments or a reading and its part where they tell facts apart.

    At most 128 characters, as BigQuery's insertId allows.
    """
    parts = (
        run_id,
        event_type,
        step_number,
        attempt,
        *(_microseconds(moment) for moment in moments),
        *(reading or ()),
    )
    return EventId(":".join(str(part) for part in parts if part is not None))


def job_id(*, run_id: RunId, step_number: int, attempt: int, part: str = "") -> JobId:
    """The BigQuery job id of a step's attempt, which is also the lock on doing it twice."""
    suffix = f"_{part}" if part else ""
    return JobId(f"cdp_{run_id}_{step_number}_{attempt}{suffix}")


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _run_id(milliseconds: int, tail: bytes, *, version: int) -> RunId:
    bits = milliseconds << 80 | int.from_bytes(tail, "big")
    return RunId(str(UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | version << 76 | 0x2 << 62)))
