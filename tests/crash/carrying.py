"""Runs carried out in this process, over a wire that may be cut."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.clock import SystemClock
from shared.domain.errors import TransientError
from shared.domain.pipeline import Address
from shared.domain.run import Run
from shared.ports import World
from shared.usecases.read_runs import read_run
from tests.fakes.delivery import execute, reconcile, start
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.wire import CutError, Wire, watched

A_PAUSE = timedelta(seconds=30)
"""Between two deliveries of a command."""
MOST_LOOKS = 5
"""How often the reconciler is called, a minute apart: a reader that was killed is missed after two."""
LOOKS = {("log", "read"), ("reader", "read"), ("warehouse", "require_table")}
"""They change nothing where the tables are there: being killed after one is being killed before the next call."""


class HastyClock:
    """The machine's clock, but for pauses that take no time."""

    def __init__(self) -> None:
        self.paused = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.paused

    def sleep(self, pause: timedelta) -> None:
        self.paused += pause


def deliver_all(world: World, topic: MemoryPublisher, clock: HastyClock) -> None:
    """Deliver like Pub/Sub: what isn't acknowledged comes again after a pause."""
    while topic.commands:
        command = topic.commands[0]
        try:
            execute(world, command)
        except (CutError, TransientError):
            clock.paused += A_PAUSE
            continue
        topic.take()


def carried_out(address: Address, world: World, wire: Wire) -> Run:
    """A run of the pipeline, delivered over the wire until nothing is left, and then looked after until it ends."""
    topic, clock = MemoryPublisher(), HastyClock()
    own = replace(world, publisher=topic, clock=clock)
    run = start(own, address)
    for _ in range(MOST_LOOKS):
        deliver_all(watched(own, wire), topic, clock)
        run = read_run(run.run_id, tenant_id=address.tenant_id, log=world.log)
        if run.has_ended:
            break
        clock.sleep(timedelta(minutes=1))
        reconcile(own)
    return run
