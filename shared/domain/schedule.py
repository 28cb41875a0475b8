"""By which key a scheduled call is known again.

Cloud Scheduler calls at least once. Its headers name the job and the time of its schedule, constant across the retries
of one call. A job that is run by hand may carry the time of its next scheduled call, or none: "Deduplicate job
requests" (docs.cloud.google.com/scheduler/docs/configuring/deduplicate-job-requests).
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.domain.ids import Name, TenantId
from shared.domain.model import Model
from shared.domain.pipeline import Address, Schedule

_EARLIEST = timedelta(minutes=1)
"""How much sooner than its time a scheduled call may come. Cloud Scheduler is never early, but clocks differ."""


class RunKey(NamedTuple):
    """An idempotency key. The run's id is made of it and a UTC day: `day`, or else the one it is first used on."""

    text: str
    day: date | None = None


class ScheduledPipeline(Model):
    """A pipeline with a schedule, and the name that its Cloud Scheduler job has, or would have."""

    job: str
    tenant: TenantId
    provider: Name
    domain: Name
    pipeline: Name
    cron: str
    timezone: str

    @classmethod
    def of(cls, address: Address, schedule: Schedule) -> "ScheduledPipeline":
        """A job is called as its pipeline's id, by terraform/modules/schedules too."""
        return cls(
            job=address.pipeline_id,
            tenant=address.tenant_id,
            provider=address.provider,
            domain=address.domain,
            pipeline=address.pipeline,
            cron=schedule.cron,
            timezone=schedule.timezone,
        )

    @property
    def address(self) -> Address:
        """What is to be run."""
        return Address(
            tenant_id=self.tenant, provider=self.provider, domain=self.domain, pipeline=self.pipeline
        )


def schedule_key(job: str, scheduled_at: datetime, *, now: datetime) -> RunKey:
    """The key of a call for this time of the job's schedule; its line ends keep it apart from keys of callers."""
    moment = scheduled_at.astimezone(UTC)
    if moment > now + _EARLIEST:
        # By hand. The scheduled call of that time is still to come, and has to be another run.
        return RunKey(f"forced\n{job}\n{moment.isoformat()}")
    # Its own day, so that calls on either side of midnight make the same id. An older call has missed its day:
    # nobody looks for open runs among those of long ago.
    day = moment.date() if moment.date() >= now.date() - timedelta(days=1) else None
    return RunKey(f"schedule\n{job}\n{moment.isoformat()}", day)
