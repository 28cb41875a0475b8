"""The watch over one delivery's reading of a source: shows that it goes on, and ends it once nobody wants it.

Whatever reads a source calls `look` as often as it can, between rows and between requests. There is no second thread:
a reader that hangs in one call neither looks nor shows itself, and is taken for dead.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.errors import (
    ForbiddenError,
    NotYetError,
    OutOfSightError,
    StepError,
    TransientError,
)
from shared.domain.event import ReadingContinued, SourceRead
from shared.domain.fold import extended
from shared.domain.job import JobHandle
from shared.domain.progress import REMEMBERED, Progress, SourceReading
from shared.domain.reading import live_reading
from shared.domain.rule_figure import FIGURES_REMEMBERED, RuleFigure
from shared.domain.run import READER_LOST_AFTER, Run
from shared.ports import Clock, EventLog, Warehouse
from shared.steps.attempt import Attempt
from shared.steps.read_less import how_to_read_less

READ_BUDGET = timedelta(seconds=3500)
"""How long one call may read a source. A function ends a request after 3,600 s at most."""
_FILES_A_PART = 1_000
"""Each of which has a name of 1,024 bytes at most: a row of the log has 10 MB at most."""
_SIGNS = 6
_LOOKS = 24
"""How often, within the time after which it would be lost, a reader shows itself and looks whether it is wanted."""

Ending = StepError | TransientError


@dataclass(frozen=True)
class WatchTimes:
    """How long one call may read, and when a silent reader is taken for dead."""

    read_budget: timedelta = READ_BUDGET
    lost_after: timedelta = READER_LOST_AFTER


class Watch:
    """Over one delivery's reading, which has given so many `rows`; None while it doesn't go on.

    `ending` is why it was ended, `taken` the load job if somebody took its id.
    """

    def __init__(
        self,
        attempt: Attempt,
        *,
        run: Run,
        times: WatchTimes,
        log: EventLog,
        warehouse: Warehouse,
        clock: Clock,
    ) -> None:
        self._attempt = attempt
        self._run = run
        self._times = times
        self._log = log
        self._warehouse = warehouse
        self._clock = clock
        self._look_at = attempt.now + times.lost_after / _LOOKS
        self._show_at = attempt.now + times.lost_after / _SIGNS
        self._blind_since: datetime | None = None
        self.rows: int | None = None
        self.ending: Ending | None = None
        self.taken: JobHandle | None = None

    def at_row(self, number: int) -> None:
        """The source has given its rows up to this number; then as `look`."""
        self.rows = number
        self.look()

    def look(self) -> None:
        """Nothing, most of the time. Raises `ending` once the source should be read no further."""
        if self.ending is None and (now := self._clock.now()) >= self._look_at:
            self._look_at = now + self._times.lost_after / _LOOKS
            self.ending = self._out_of_time(now) or self._seen(now)
        if self.ending is not None:
            raise self.ending

    def list_readings(self) -> list[SourceReading]:
        """What was read for the pipeline's steps within the time for which that is remembered."""
        first_date = (self._attempt.now - REMEMBERED).date()
        plan = self._attempt.plan
        return self._log.list_readings(plan.tenant_id, plan.pipeline_id, first_date=first_date)

    def list_figures(self) -> list[RuleFigure]:
        """What the step's rules recorded in runs of the time for which figures count."""
        first_date = (self._attempt.now - FIGURES_REMEMBERED).date()
        plan, step = self._attempt.plan, self._attempt.step
        return self._log.list_figures(
            plan.tenant_id, plan.pipeline_id, step_id=step.id, first_date=first_date
        )

    def tell_read(self, progress: Progress, *, reading_id: str, table: str, way: str) -> None:
        """Record that the source was read to its end, and what was taken."""
        attempt = self._attempt
        count = max(1, -(-len(progress.files) // _FILES_A_PART))
        for part in range(count):
            files = progress.files[part * _FILES_A_PART : (part + 1) * _FILES_A_PART]
            event = SourceRead(
                tenant_id=attempt.plan.tenant_id,
                pipeline_id=attempt.plan.pipeline_id,
                run_id=attempt.run_id,
                occurred_at=self._clock.now(),
                step_number=attempt.step.number,
                attempt=attempt.number,
                reading_id=reading_id,
                part=part,
                began_at=attempt.now,
                table=table,
                way=way,
                progress=Progress(files=files, cursor=progress.cursor),
            )
            self._log.append([event])

    def end(self) -> None:
        """Say that this delivery reads no more, so that the next one need not wait until it is taken for dead."""
        with suppress(TransientError, ForbiddenError):
            self._show(is_over=True)

    def _out_of_time(self, now: datetime) -> Ending | None:
        run, step = self._run, self._attempt.step
        if now >= run.deadline or run.is_step_overdue(step, now):
            return TransientError("its time is up", kind="timeout")
        if now - self._attempt.now < self._times.read_budget:
            return None
        seconds = int(self._times.read_budget.total_seconds())
        return StepError(
            f"reading the source took longer than the {seconds:,} s that one call may take, and no later call "
            f"goes on where it ended; {how_to_read_less(self._attempt)}"
        )

    def _seen(self, now: datetime) -> Ending | None:
        """What keeps it from going on, as far as can be seen; a reader that sees nothing for too long stops."""
        try:
            ending = self._asked(now)
        except (TransientError, ForbiddenError) as error:
            self._blind_since = self._blind_since or now
            is_lost = now - self._blind_since >= self._times.lost_after
            return (
                OutOfSightError(f"Could not see whether the source is still to be read: {error}")
                if is_lost
                else None
            )
        self._blind_since = None
        return ending

    def _asked(self, now: datetime) -> Ending | None:
        attempt = self._attempt
        # Not subject to the log's lag: whoever stops a step, or loads its rows, takes this id.
        self.taken = self._warehouse.find(attempt.first_load)
        if self.taken is not None:
            return NotYetError("The attempt is over, or another delivery loads its rows")
        if now < self._show_at:
            return None
        seen = self._run_in_sight()
        unwanted = self._why_unwanted(seen)
        if unwanted is not None:
            return unwanted
        if is_read(seen, attempt, alive_since=now - self._times.lost_after, before=attempt.now):
            return NotYetError("Another delivery, which began before this one, reads the source")
        self._show()
        self._show_at = now + self._times.lost_after / _SIGNS
        return None

    def require_wanted(self) -> None:
        """Look once, for a step that reads no source. Raises TransientError once it is wanted no more."""
        unwanted = self._why_unwanted(self._run_in_sight())
        if unwanted is not None:
            raise unwanted

    def _why_unwanted(self, seen: Run) -> TransientError | None:
        if seen.request_hash != self._run.request_hash:
            # The next delivery goes by what the log shows.
            return NotYetError("The run was accepted before with another plan")
        if not seen.is_wanted(self._attempt.step.id, attempt=self._attempt.number):
            return TransientError("the step is wanted no more", kind="stopped")
        return None

    def _run_in_sight(self) -> Run:
        run = self._run
        return extended(run, self._log.read(run.tenant_id, [run.run_id], known=run.acceptance))

    def _show(self, *, is_over: bool = False) -> None:
        attempt = self._attempt
        sign = ReadingContinued(
            tenant_id=attempt.plan.tenant_id,
            pipeline_id=attempt.plan.pipeline_id,
            run_id=attempt.run_id,
            occurred_at=self._clock.now(),
            step_number=attempt.step.number,
            attempt=attempt.number,
            began_at=attempt.now,
            is_over=is_over,
        )
        self._log.append([sign])


def is_read(run: Run, attempt: Attempt, *, alive_since: datetime, before: datetime | None = None) -> bool:
    """Whether a delivery that was alive since then reads the source for the attempt; with `before`, an earlier one."""
    reading = live_reading(
        run.readings,
        step_number=attempt.step.number,
        attempt=attempt.number,
        alive_since=alive_since,
        before=before,
    )
    return reading is not None
