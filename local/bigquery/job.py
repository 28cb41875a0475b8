"""One job: its reference, configuration, state and end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from local.bigquery.problem import ApiError, error_proto
from local.bigquery.results import Result

if TYPE_CHECKING:
    from local.bigquery.session import Session

DEFAULT_LOCATION = "US"
NOBODY = "local@localhost"
"""Who submitted a job, where no token came with it."""


class JobKey(NamedTuple):
    """What BigQuery keeps unique. (There, the location too; here, one project has one location.)"""

    project: str
    job_id: str


@dataclass(frozen=True)
class Outcome:
    """What carrying out a job yields."""

    # `Job.statistics` less its times, e.g. {"load": {...}}.
    statistics: dict[str, Any]
    # The rows of a query, or only their columns and number where they went into a table.
    result: Result | None = None
    # What BigQuery fills in by itself, such as the destination of a query that named none.
    configuration: dict[str, Any] | None = None
    # Whether anything in the database differs now.
    changes: bool = True
    # What the statements of a script yielded, one after the other.
    children: tuple[Outcome, ...] = ()
    # Where this is not the end of the job: gives what is to be carried out next, once this is committed.
    then: Callable[[], Execute] | None = None


# May be called several times: nothing of an earlier call is left then.
Execute = Callable[["Session", "Job"], Outcome]


class Job:
    """A job between its acceptance and its end. Written by the thread that works on it, read by the server's."""

    def __init__(
        self,
        key: JobKey,
        configuration: dict[str, Any],
        *,
        location: str | None = None,
        user_email: str | None = None,
    ) -> None:
        self.key = key
        self.user_email = user_email or NOBODY
        self.location = location or DEFAULT_LOCATION
        self.configuration = configuration
        # Whether it has ended, and its end is to be found where ended jobs are.
        self.is_done = False
        # Set when whoever waits for it is to look again.
        self.news = asyncio.Event()
        # Set when it is to stop, for whoever waits on its behalf.
        self.abandoned = asyncio.Event()
        # Why it is to stop; empty as long as it isn't.
        self.stop_reason = ""
        # Stops the statement that is running for this job; none while the job can't be stopped.
        self._interrupt: Callable[[], None] | None = None
        self._is_settled = False
        # Whether something that it did is committed, though it has not ended.
        self.has_begun = False
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
    def resource(self) -> dict[str, Any]:
        """Google's `Job` resource."""
        kinds = ("query", "load", "copy", "extract")
        kind = next((kind for kind in kinds if kind in self.configuration), "query")
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

    @property
    def interrupted_resource(self) -> dict[str, Any]:
        """The `Job` resource if the process ends now: what it did stays, and the rest is never done."""
        error = error_proto(
            ApiError("stopped", "Job execution was cancelled: the local stand-in was stopped")
        )
        return {**self.resource, "status": {"state": "DONE", "errorResult": error, "errors": [error]}}

    def start(self, interrupt: Callable[[], None]) -> None:
        """A thread works on this job; `interrupt` stops its statement. Raises ApiError if it was cancelled."""
        with self._guard:
            self._state = "RUNNING"
            self._statistics.setdefault("startTime", _now_ms())
            self._interrupt = interrupt
            self._is_settled = False
        self._require_not_stopped()

    def settle(self) -> None:
        """From here on the job can't be cancelled: its effect is about to be committed, or undone."""
        with self._guard:
            self._interrupt = None
            self._is_settled = True
        self._require_not_stopped()

    def _require_not_stopped(self) -> None:
        if self.stop_reason:
            raise stopped(self)

    def request_stop(self, reason: str) -> None:
        """Have the job stop if it can, also in the middle of a statement. Called by the server's thread."""
        with self._guard:
            if self._state == "DONE":
                return
            # Between two tries it has no statement to stop, and begins none.
            if self._interrupt or not self._is_settled:
                self.stop_reason = self.stop_reason or reason
                self.abandoned.set()
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
        slot_ms = str(max(1, int(ended) - int(self._statistics["startTime"])))
        self._statistics = {**self._statistics, "endTime": ended, "totalSlotMs": slot_ms, **statistics}
        if "query" in self._statistics:
            self._statistics["query"] = {"totalSlotMs": slot_ms, **self._statistics["query"]}
        self._state = "DONE"


def child_resources(job: Job, outcome: Outcome) -> list[dict[str, Any]]:
    """The `Job` resources of the statements of a script that has ended, each of which is a job in BigQuery."""
    digest = blake2b(job.key.job_id.encode(), digest_size=16).hexdigest()
    whole = job.resource
    times = {name: whole["statistics"][name] for name in ("creationTime", "startTime", "endTime")}
    return [
        {
            **whole,
            "id": f"{job.key.project}:{job.location}.script_job_{digest}_{number:04}",
            "jobReference": {**whole["jobReference"], "jobId": f"script_job_{digest}_{number:04}"},
            "configuration": {**(child.configuration or {}), "jobType": "QUERY"},
            "statistics": {**times, **child.statistics, "parentJobId": job.key.job_id},
        }
        for number, child in enumerate(outcome.children)
    ]


def stopped(job: Job) -> ApiError:
    """The error of a job that was cancelled or took too long."""
    return ApiError("stopped", f"Job execution was cancelled: {job.stop_reason}")


def create_job_id() -> str:
    """An id for a job whose caller gave none."""
    return f"job_{uuid4().hex}"


def _now_ms() -> str:
    return str(time.time_ns() // 1_000_000)
