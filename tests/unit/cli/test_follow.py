"""Watching a run."""

import io
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from cli.follow import follow_run
from shared.domain.errors import TransientError
from shared.domain.event import Event, RunQueued
from shared.domain.ids import RunId
from tests.fakes.acme import CHAIN
from tests.fakes.clock import SetClock
from tests.fakes.delivery import deliver_all, execute, start
from tests.fakes.log import MemoryLog
from tests.fakes.world import MemoryWorld, memory_world


class FlakyLog(MemoryLog):
    """A log whose next reads fail, or see nothing."""

    def __init__(self) -> None:
        super().__init__(SetClock())
        self.failures = 0
        self.blind_reads = 0

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        if self.failures:
            self.failures -= 1
            raise TransientError("Could not read run_events: ConnectionError")
        if self.blind_reads:
            self.blind_reads -= 1
            return []
        return super().read(tenant_id, run_ids, known=known)


def test_a_line_is_printed_for_each_change_and_for_nothing_else() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    printed = io.StringIO()

    ended = follow_run(
        run, log=world.log, clock=world.clock, console=console(printed), wait=one_step_in_two_waits(world)
    )

    assert ended.status == "SUCCESS"
    assert printed.getvalue().splitlines() == [
        "1 ingest_charges SUCCESS in 0 ms, 2 rows",
        "2 check SUCCESS in 0 ms",
        "3 daily SUCCESS in 0 ms, 10 rows",
    ]


def test_in_a_terminal_the_steps_are_one_table_that_ends_with_the_last_look() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    printed = io.StringIO()
    terminal = Console(file=printed, force_terminal=True, force_interactive=True, width=120)

    follow_run(run, log=world.log, clock=world.clock, console=terminal, wait=lambda: drain(world))

    looks = printed.getvalue().split("STATUS")
    assert looks[1].count("PENDING") == 3
    assert (looks[-1].count("SUCCESS"), looks[-1].count("PENDING")) == (3, 0)


def test_a_run_that_has_ended_already_is_not_read_again() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    deliver_all(world)
    ended = follow_run(run, log=world.log, clock=world.clock, console=console(), wait=never)
    log = FlakyLog()

    again = follow_run(ended, log=log, clock=world.clock, console=console(), wait=never)

    assert again == ended


def test_a_log_that_lags_or_hiccups_does_not_end_the_following() -> None:
    log = FlakyLog()
    world = memory_world(log=log)
    run = start(world, CHAIN)
    deliver_all(world)
    log.failures, log.blind_reads = 10, 5

    ended = follow_run(run, log=log, clock=world.clock, console=console(), wait=lambda: None)

    assert ended.status == "SUCCESS"


def test_a_log_that_stays_away_ends_it() -> None:
    log = FlakyLog()
    world = memory_world(log=log)
    run = start(world, CHAIN)
    log.failures = 1000

    with pytest.raises(TransientError, match="run_events"):
        follow_run(run, log=log, clock=world.clock, console=console(), wait=lambda: None)


def console(file: io.StringIO | None = None) -> Console:
    return Console(file=file or io.StringIO(), width=120)


def one_step_in_two_waits(world: MemoryWorld) -> Callable[[], None]:
    waits = iter(range(1000))

    def wait() -> None:
        if next(waits) % 2:
            execute(world, world.publisher.take())

    return wait


def drain(world: MemoryWorld) -> None:
    deliver_all(world)


def never() -> None:
    raise AssertionError("there is nothing to wait for")
