"""The line between the platform and its ports, where every call can be seen and cut."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn

from shared.domain.job import LoadJob
from shared.ports import World
from tests.fakes.warehouse import whole


class CutError(BaseException):
    """The process died here. Nothing may catch it, as nothing catches kill -9."""


@dataclass
class Wire:
    """`calls` are (port, method) in order. The call number `cut_before` never happens; `cut_after` does, unanswered."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    cut_before: int | None = None
    cut_after: int | None = None
    was_cut: bool = False

    def carry(self, port: str, method: str, call: Callable[[], Any]) -> Any:
        number = len(self.calls)
        self.calls.append((port, method))
        if number == self.cut_before:
            self._cut(f"before {port}.{method}")
        answer = call()
        if number == self.cut_after:
            self._cut(f"after {port}.{method}")
        return answer

    def count(self, port: str, method: str) -> int:
        """How often the method was called."""
        return self.calls.count((port, method))

    def _cut(self, where: str) -> NoReturn:
        self.was_cut = True
        raise CutError(where)


class _WatchedPort:
    def __init__(self, port: object, *, name: str, wire: Wire) -> None:
        self._port = port
        self._name = name
        self._wire = wire

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = getattr(self._port, method)

        def over_the_wire(*values: Any, **named: Any) -> Any:
            # What a job is to load is read before the call by which the job is there.
            asked = [whole(value) if isinstance(value, LoadJob) else value for value in values]
            return self._wire.carry(self._name, method, lambda: call(*asked, **named))

        return over_the_wire


def watched(world: World, wire: Wire) -> World:
    """The same world, with every call but the clock's going over the wire."""
    ports: dict[str, Any] = {
        port.name: getattr(world, port.name)
        if port.name == "clock"
        else _WatchedPort(getattr(world, port.name), name=port.name, wire=wire)
        for port in fields(world)
    }
    return World(**ports)
