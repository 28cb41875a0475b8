"""The proof that the event log keeps what is streamed into it, made before the first run relies on it.

For up to minutes after a table was made, BigQuery refuses streamed rows, or takes them and loses them
(googleapis/google-cloud-go#975, googleapis/python-bigquery#1331). So probes, rows that mean nothing to anybody, are
streamed and read back, until all of a long enough stretch of them were kept.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from shared.domain.ids import RunId
from shared.domain.model import Model, UtcTime

JUST_MADE_FOR = timedelta(minutes=15)
"""How long a table counts as just made. Of five minutes and more people have told."""
MAY_LAG = timedelta(seconds=30)
"""A probe that can't be read after this long is taken for lost. Streamed rows are there after seconds."""

NextMove = Literal["probe", "wait", "ready"]


class Probe(Model):
    """One row that was streamed, under an id of its own."""

    probe_id: RunId
    sent_at: UtcTime
    status: Literal["KEPT", "UNSEEN", "REFUSED"]


class LogProof(Model):
    """What came of the probes so far, oldest first. `lasting` is how long they have to be kept without a gap."""

    lasting: timedelta
    probes: tuple[Probe, ...] = ()

    @property
    def unseen(self) -> list[RunId]:
        """The probes that were taken and could not be read yet."""
        return [probe.probe_id for probe in self.probes if probe.status == "UNSEEN"]

    def with_probe(self, probe: Probe) -> "LogProof":
        """With one more probe."""
        return self.model_copy(update={"probes": (*self.probes, probe)})

    def with_kept(self, probe_ids: Collection[RunId]) -> "LogProof":
        """With these probes read back."""
        kept = (
            probe.model_copy(update={"status": "KEPT"}) if probe.probe_id in probe_ids else probe
            for probe in self.probes
        )
        return self.model_copy(update={"probes": tuple(kept)})

    def stretch(self, now: datetime) -> timedelta:
        """How long the latest probes span of which none was refused or lost."""
        latest = self._latest(now)
        return latest[0].sent_at - latest[-1].sent_at if latest else timedelta(0)

    def next_move(self, now: datetime) -> NextMove:
        """Send another probe, wait until those that were sent can be read, or be content."""
        latest = self._latest(now)
        if not latest or self.stretch(now) < self.lasting:
            return "probe"
        return "ready" if all(probe.status == "KEPT" for probe in latest) else "wait"

    def _latest(self, now: datetime) -> list[Probe]:
        """Newest first, back to the one that was refused or lost."""
        return list(takewhile(lambda probe: not _is_gone(probe, now), reversed(self.probes)))


def needed_stretch(wanted: timedelta, *, created_at: datetime, now: datetime) -> timedelta:
    """How long the probes of a table have to be kept: as long as wanted where it is new, else one of them will do."""
    return wanted if now - created_at < JUST_MADE_FOR else timedelta(0)


def _is_gone(probe: Probe, now: datetime) -> bool:
    return probe.status == "REFUSED" or (probe.status == "UNSEEN" and now - probe.sent_at > MAY_LAG)
