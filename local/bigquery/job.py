"""One job: its reference, configuration, state and end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pyarrow as pa

from local.bigquery.problem import ApiError, error_proto

DEFAULT_LOCATION = "US"


@dataclass(frozen=True)
class JobKey:
    """What BigQuery keeps unique. (There, the location too; here, one project has one location.)"""

    project: str
    job_id: str


@dataclass(frozen=True)
class Outcome:
    """What carrying out a job yields: its statistics, and the rows of a query."""

    statistics: dict[str, Any]
    rows: pa.Table | None = None
    schema: list[dict[str, Any]] = field(default_factory=list)
    # What BigQuery fills in by itself, such as the destination of a query that named none.
    configuration: dict[str, Any] | None = None


class Job:
    """A job between its acceptance and its end. Written by the lane's thread, read by the server's."""

    def __init__(
        self,
        key: JobKey,
        configuration: dict[str, Any],
        *,
        location: str | None = None,
        user_email: str | None = None,
    ) -> None:
        self.key = key
        self.user_email = user_email or "local@localhost"
        self.location = location or DEFAULT_LOCATION
        self.configuration = configuration
        self.done = asyncio.Event()
        # Why it is to stop; empty as long as it isn't.
        self.stop_reason = ""
        # Stops the statement that is running for this job; none while the job can't be stopped.
        self._interrupt: Callable[[], None] | None = None
        self._guard = threading.Lock()
        self._state = "PENDING"
        self._status: dict[str, Any] = {}
        self._statistics: dict[str, Any] = {"creationTime": _now_ms()}

    @property
    def timeout_seconds(self) -> float | None:
        """How long it may take from its creation."""
        milliseconds = self.configuration.get("jobTimeoutMs")
        return int(milliseconds) / 1000 if milliseconds else None

    @property
    def failed(self) -> bool:
        """Whether the job has ended with an error."""
        return "errorResult" in self._status

    @property
    def resource(self) -> dict[str, Any]:
        """Google's `Job` resource."""
        kind = next(
            (kind for kind in ("query", "load", "copy", "extract") if kind in self.configuration), "query"
        )
        return {
            "kind": "bigquery#job",
            "id": f"{self.key.project}:{self.location}.{self.key.job_id}",
            "selfLink": "",
            "jobReference": {
                "projectId": self.key.project,
                "jobId": self.key.job_id,
                "location": self.location,
            },
            "configuration": {**self.configuration, "jobType": kind.upper()},
            "status": {"state": self._state, **self._status},
            "statistics": dict(self._statistics),
            "user_email": self.user_email,
        }

    @property
    def unfinished_resource(self) -> dict[str, Any]:
        """The `Job` resource as others may see it before the job's end is committed."""
        state = "PENDING" if self._state == "PENDING" else "RUNNING"
        return {**self.resource, "status": {"state": state}}

    def start(self, interrupt: Callable[[], None]) -> None:
        """A lane has come to this job; `interrupt` stops its statement. Raises ApiError if it was cancelled."""
        with self._guard:
            self._state = "RUNNING"
            self._statistics["startTime"] = _now_ms()
            self._interrupt = interrupt
        self.require_not_stopped()

    def settle(self) -> None:
        """From here on the job can't be cancelled: its effect is about to be committed, or undone."""
        with self._guard:
            self._interrupt = None
        self.require_not_stopped()

    def require_not_stopped(self) -> None:
        """Raises ApiError if the job was cancelled or has taken too long."""
        if self.stop_reason:
            raise ApiError("stopped", f"Job execution was cancelled: {self.stop_reason}")

    def request_stop(self, reason: str) -> None:
        """Have the job stop if it can, also in the middle of a statement."""
        with self._guard:
            if self._state == "DONE":
                return
            if self._interrupt or self._state == "PENDING":
                self.stop_reason = self.stop_reason or reason
            if self._interrupt:
                self._interrupt()

    def succeed(self, outcome: Outcome) -> None:
        """End well. The end is public only when the caller has committed it."""
        if outcome.configuration is not None:
            self.configuration = outcome.configuration
        self._end(outcome.statistics)

    def fail(self, error: ApiError) -> None:
        """End with an error; nothing of the job's effect remains."""
        with self._guard:
            self._interrupt = None
        proto = error_proto(error)
        self._status = {"errorResult": proto, "errors": [proto]}
        self._end({})

    def _end(self, statistics: dict[str, Any]) -> None:
        ended = _now_ms()
        self._statistics.setdefault("startTime", self._statistics["creationTime"])
        slot_ms = max(1, int(ended) - int(self._statistics["startTime"]))
        self._statistics = {**self._statistics, "endTime": ended, "totalSlotMs": str(slot_ms), **statistics}
        if "query" in self._statistics:
            self._statistics["query"] = {"totalSlotMs": str(slot_ms), **self._statistics["query"]}
        self._state = "DONE"


def create_job_id() -> str:
    """An id for a job whose caller gave none."""
    return f"job_{uuid4().hex}"


def _now_ms() -> str:
    return str(time.time_ns() // 1_000_000)
