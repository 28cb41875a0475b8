"""Pub/Sub: at least once, in any order, again after a while if it was not acknowledged, at last as a dead letter.

Whoever answers that a message is not done holds back all others for a while ("Push backoff", Pub/Sub's documentation).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.command import RunStep
from tests.simulation.timeline import Timeline

_LATE = (5.0, 61.0, 300.0, 1200.0, 9000.0)
ACK_DEADLINE = 600.0
_SHORTEST_HOLD, _LONGEST_HOLD = 0.1, 60.0


@dataclass
class Message:
    """A command on its way."""

    number: int
    command: RunStep
    deliveries: int = 0
    is_dead_letter: bool = False
    is_acknowledged: bool = False


class SimulatedTopic:
    """`deliver` is told of each delivery and answers by `acknowledge` or `refuse`, if at all."""

    def __init__(self, timeline: Timeline, watch: Callable[[RunStep], None]) -> None:
        self._timeline = timeline
        self._watch = watch
        self.deliver: Callable[[Message], None] = _nobody
        self.most_deliveries = timeline.rng.choice((3, 5, 20))
        self.under_way: dict[int, Message] = {}
        self.published: Counter[tuple[str, str]] = Counter()
        self._hold = 0.0
        self._held_until = 0.0

    def publish(self, command: RunStep) -> None:
        timeline = self._timeline
        timeline.before("publish")
        self._watch(command)
        timeline.count["messages"] += 1
        self.published[command.run_id, command.step_id] += 1
        message = Message(timeline.count["messages"], command)
        if timeline.tell is not None:
            timeline.say(f"publish {_told(message)} with {len(command.facts)} facts")
        if timeline.chance(timeline.faults.lost_message):
            timeline.count["messages lost"] += 1
            timeline.say(f"message {message.number} is lost")
        else:
            self.under_way[message.number] = message
            is_late = timeline.chance(timeline.faults.late_message)
            self._due(
                message, timeline.rng.choice(_LATE) if is_late else timeline.rng.choice((0.0, 0.1, 1.0))
            )
        timeline.after("publish")

    def ping(self) -> None:
        return

    def acknowledge(self, message: Message, delivery: int) -> None:
        """Taken unless another delivery is under way by now and this answer comes too late."""
        is_late = message.deliveries != delivery
        if is_late and self._timeline.chance(self._timeline.faults.late_answer):
            return
        message.is_acknowledged = True
        self._hold = 0.0
        self.under_way.pop(message.number, None)

    def refuse(self, message: Message, delivery: int) -> None:
        self._hold = min(max(2 * self._hold, _SHORTEST_HOLD), _LONGEST_HOLD)
        self._held_until = self._timeline.now + self._hold
        if message.deliveries == delivery and not message.is_acknowledged:
            self._due(message, min(10.0 * 2 ** (delivery - 1), 600.0))

    def _due(self, message: Message, seconds: float) -> None:
        self._timeline.at(self._timeline.now + seconds, lambda: self._deliver(message))

    def _deliver(self, message: Message) -> None:
        if message.is_acknowledged:
            return
        timeline = self._timeline
        if timeline.now < self._held_until:
            timeline.count["messages held"] += 1
            timeline.at(self._held_until, lambda: self._deliver(message))
            return
        message.deliveries += 1
        if message.deliveries > self.most_deliveries and not message.is_dead_letter:
            timeline.count["dead letters"] += 1
            message.is_dead_letter, message.deliveries = True, 1
        if message.deliveries > 1:
            timeline.count["redeliveries"] += 1
        delivery = message.deliveries
        timeline.at(timeline.now + ACK_DEADLINE, lambda: self._expire(message, delivery))
        if timeline.chance(timeline.faults.duplicate):
            timeline.count["duplicates"] += 1
            timeline.at(
                timeline.now + timeline.rng.choice((0.0, 0.05, 3.0, 90.0)), lambda: self.deliver(message)
            )
        self.deliver(message)

    def _expire(self, message: Message, delivery: int) -> None:
        if message.deliveries == delivery:
            self._deliver(message)


def _told(message: Message) -> str:
    return f"message {message.number}: {message.command.step_id} of {message.command.run_id[-6:]}"


def _nobody(message: Message) -> None:
    raise AssertionError(f"nobody takes message {message.number}")
