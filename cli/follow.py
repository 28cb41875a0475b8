"""Watching a run until it has ended."""

from collections.abc import Callable, Iterator

from rich.console import Console
from rich.live import Live

from cli.run_view import build_steps, warning_words
from cli.screen import count_words, duration_words
from shared.domain.errors import NotFoundError, TransientError
from shared.domain.run import Run
from shared.domain.step_record import StepRecord
from shared.ports import Clock, EventLog
from shared.usecases.read_runs import read_run

_PATIENCE = 10
"""How many looks in a row may find BigQuery unavailable before following ends."""


def follow_run(run: Run, *, log: EventLog, clock: Clock, console: Console, wait: Callable[[], None]) -> Run:
    """The ended run. Steps are shown as they go: one live table in a terminal, a line for each change elsewhere;
    `wait` passes the time between two looks.

    Raises TransientError when BigQuery stays unavailable; the run goes on whether it is followed or not.
    """
    looks = _look_until_ended(run, log=log, wait=wait)
    if console.is_interactive:
        return _show_live(looks, run, clock=clock, console=console)
    return _show_changes(looks, run, console=console)


def _look_until_ended(run: Run, *, log: EventLog, wait: Callable[[], None]) -> Iterator[Run]:
    failures = 0
    yield run
    while not run.has_ended:
        try:
            run = read_run(run.run_id, tenant_id=run.tenant_id, log=log)
            failures = 0
        except NotFoundError:
            pass  # the log may lag behind the one who wrote to it
        except TransientError:
            failures += 1
            if failures > _PATIENCE:
                raise
        yield run
        if not run.has_ended:
            wait()


def _show_live(looks: Iterator[Run], run: Run, *, clock: Clock, console: Console) -> Run:
    with Live(build_steps(run, now=clock.now()), console=console, auto_refresh=False) as live:
        for seen in looks:
            run = seen
            live.update(build_steps(run, now=clock.now()), refresh=True)
    return run


def _show_changes(looks: Iterator[Run], run: Run, *, console: Console) -> Run:
    shown = {step.id: "PENDING" for step in run.steps}
    for seen in looks:
        run = seen
        for step in run.steps:
            line = _line(step)
            if step.status != "PENDING" and shown[step.id] != line:
                shown[step.id] = line
                console.print(line, soft_wrap=True)
    return run


def _line(step: StepRecord) -> str:
    attempt = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    took = f" in {duration_words(step.duration_ms)}" if step.duration_ms is not None else ""
    rows = f", {count_words(step.metrics.rows_out)} rows" if step.metrics.rows_out is not None else ""
    error = f": {step.error_message}" if step.error_message else ""
    warnings = f"; {warning_words(step)}" if step.warnings else ""
    return f"{step.number} {step.id} {step.status}{attempt}{took}{rows}{error}{warnings}"
