"""The real adapters over the real stand-ins, with a switch that kills before or after any call of a port."""

from dataclasses import dataclass, field
from typing import Any

from shared.domain.command import RunStep
from shared.ports import World


class KilledError(BaseException):
    """The process died here. Nothing may catch it, as nothing catches kill -9."""


@dataclass
class Fuse:
    """Burns through at the nth moment; a moment is just before or just after a call."""

    moments_left: int | None = None
    calls: list[str] = field(default_factory=list)

    def moment(self) -> None:
        """Die here if it is time."""
        if self.moments_left is None:
            return
        if self.moments_left == 0:
            self.moments_left = None
            raise KilledError
        self.moments_left -= 1


@dataclass
class Mailbox:
    """A publisher that keeps the commands for the test to deliver as it likes."""

    commands: list[RunStep] = field(default_factory=list)

    def publish(self, command: RunStep) -> None:
        """Keep it."""
        self.commands.append(command)

    def ping(self) -> None:
        """Always there."""


class Fused:
    """A port whose every call passes the fuse before and after."""

    def __init__(self, port: object, name: str, fuse: Fuse) -> None:
        self._port, self._name, self._fuse = port, name, fuse

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._port, method)

        def passed(*arguments: object, **options: object) -> object:
            self._fuse.moment()
            self._fuse.calls.append(f"{self._name}.{method}")
            result = call(*arguments, **options)
            self._fuse.moment()
            return result

        return passed


def fused_ports(world: World, mailbox: Mailbox, fuse: Fuse) -> dict[str, Any]:
    """What execute_step takes, each port on the fuse."""
    return {
        "log": Fused(world.log, "log", fuse),
        "publisher": Fused(mailbox, "publisher", fuse),
        "warehouse": Fused(world.warehouse, "warehouse", fuse),
        "reader": world.reader,
        "clock": world.clock,
    }
