"""The topic in memory."""

from functools import cache

from shared.domain.command import RunStep
from shared.domain.errors import TransientError
from shared.domain.model import RECORDED


class MemoryPublisher:
    """Keeps commands as they would travel: as JSON. `commands` are those that nobody has taken yet."""

    def __init__(self) -> None:
        self._messages: list[str] = []
        self.is_reachable = True

    @property
    def commands(self) -> list[RunStep]:
        return [_command(message) for message in self._messages]

    def take(self, index: int = 0) -> RunStep:
        """The command at that place, which is then gone."""
        return _command(self._messages.pop(index))

    def publish(self, command: RunStep) -> None:
        if not self.is_reachable:
            raise TransientError("Could not publish a command: the topic is out of reach")
        self._messages.append(command.model_dump_json(context=RECORDED))

    def ping(self) -> None:
        if not self.is_reachable:
            raise TransientError("Could not look up the topic: it is out of reach")


@cache
def _command(message: str) -> RunStep:
    """What a message says, which is looked at again and again, and which nothing can change."""
    return RunStep.model_validate_json(message, context=RECORDED)
