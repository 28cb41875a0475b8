"""A double of the simulation by itself: nothing goes wrong, and every call is carried to its end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from tests.simulation.faults import Faults
from tests.simulation.timeline import Task, Timeline

Port = TypeVar("Port")
Answer = TypeVar("Answer")


def calm_timeline(began_at: datetime) -> Timeline:
    """Virtual time from that moment on, in which nothing goes wrong."""
    timeline = Timeline(0)
    timeline.began_at, timeline.faults = began_at, Faults()
    return timeline


def calm(port: Port, timeline: Timeline) -> Port:
    """The same port for callers that are no tasks."""
    return cast(Port, _Calm(port, timeline))


def carried_out(timeline: Timeline, call: Callable[[], Answer]) -> Answer:
    """What comes of a call that is a task of its own; raises what it raises."""
    came: list[Callable[[], Answer]] = []
    timeline.spawn(Task("test", tenant_id=None, skew=0.0), lambda: came.append(_outcome(call)))
    while timeline.has_tasks:
        timeline.step()
    return came[0]()


def _outcome(call: Callable[[], Answer]) -> Callable[[], Answer]:
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 - whoever asked gets it
        return _raising(error)
    return lambda: answer


def _raising(error: Exception) -> Callable[[], Any]:
    def answer() -> None:
        raise error

    return answer


class _Calm:
    def __init__(self, port: object, timeline: Timeline) -> None:
        self._port = port
        self._timeline = timeline

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = getattr(self._port, method)
        return lambda *values, **named: carried_out(self._timeline, lambda: call(*values, **named))
