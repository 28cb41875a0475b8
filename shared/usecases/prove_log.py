"""Prove that the event log can be written and read back, before anybody relies on it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.errors import NotYetError, TransientError
from shared.domain.ids import RunId, run_id_at
from shared.domain.log_proof import LogProof, Probe, needed_stretch
from shared.ports import Clock

GIVEN_UP_AFTER = timedelta(minutes=10)
_PAUSE_SECONDS = 3.0
_TOLD_EVERY_SECONDS = 15


class Probes(Protocol):
    """`metadata.run_events`, tried with rows that mean nothing to any reader of it."""

    def created_at(self) -> datetime:
        """When the table was made."""

    def send(self, probe_id: RunId, *, at: datetime) -> None:
        """Write one, as events are written. Raises TransientError if it is refused."""

    def find(self, probe_ids: Sequence[RunId]) -> set[RunId]:
        """Those that can be read."""


def prove_log(
    table: str, *, lasting: timedelta, probes: Probes, clock: Clock, wait: Callable[[float], None]
) -> Iterator[str]:
    """Yield a line whenever there is something to tell, the last one once the log is proven.

    Probes of a new table have to be kept for as long as `lasting` says, of an older one a single probe. `wait` passes
    so many seconds. Raises NotYetError after ten minutes.
    """
    began_at = clock.now()
    stretch = needed_stretch(lasting, created_at=probes.created_at(), now=began_at)
    if stretch:
        yield f"{table} is new; writing to it until it has kept everything for {_seconds(stretch)} s"
    proof, told = LogProof(lasting=stretch), ""
    while True:
        proof, trouble = _tried(proof, probes=probes, now=clock.now())
        now = clock.now()
        if proof.next_move(now) == "ready":
            break
        line = _line(proof, now=now, trouble=trouble)
        if line != told:
            yield f"  {line}"
        told = line
        if now - began_at >= GIVEN_UP_AFTER:
            raise NotYetError(_unproven(table, proof))
        wait(_PAUSE_SECONDS)
    yield f"✓ {table} can be written and read back"


def _tried(proof: LogProof, *, probes: Probes, now: datetime) -> tuple[LogProof, str]:
    """With one more probe, if it is time for one, and with those that can be read; and what went wrong."""
    trouble = ""
    if proof.next_move(now) == "probe":
        probe = Probe(probe_id=run_id_at(now), sent_at=now, status="UNSEEN")
        try:
            probes.send(probe.probe_id, at=now)
        except TransientError as error:
            probe, trouble = probe.model_copy(update={"status": "REFUSED"}), str(error)
        proof = proof.with_probe(probe)
    if proof.unseen:
        try:
            proof = proof.with_kept(probes.find(proof.unseen))
        except TransientError as error:
            trouble = trouble or str(error)
    return proof, trouble


def _line(proof: LogProof, *, now: datetime, trouble: str) -> str:
    if trouble:
        return f"not yet: {trouble}"
    if proof.next_move(now) == "wait" or not proof.lasting:
        return "written; waiting until it can be read"
    seconds = _seconds(proof.stretch(now)) // _TOLD_EVERY_SECONDS * _TOLD_EVERY_SECONDS
    return f"nothing refused or lost for {seconds} s"


def _unproven(table: str, proof: LogProof) -> str:
    refused = sum(probe.status == "REFUSED" for probe in proof.probes)
    return (
        f"{table} did not keep everything within {_seconds(GIVEN_UP_AFTER) // 60} minutes: "
        f"of {len(proof.probes)} rows it refused {refused}, and {len(proof.unseen)} can't be read. "
        "What is created is right; a new table may need longer. Run this again before the first run is started."
    )


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
