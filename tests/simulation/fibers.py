"""Work that can stop in the middle and go on later, one piece at a time, so that a schedule can be told exactly.

Greenlets, not threads: a schedule switches so often that threads would take a third of its time.
"""

from collections.abc import Callable

from greenlet import getcurrent, greenlet


class KilledError(BaseException):
    """The worker is gone; nothing catches this."""


class Fiber:
    """Runs only while whoever resumed it stands still."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._greenlet = greenlet(work)
        self._is_killed = False

    @property
    def is_done(self) -> bool:
        return bool(self._greenlet.dead)

    def resume(self) -> None:
        """Go on up to the next pause, or to the end."""
        self._greenlet.parent = getcurrent()
        self._greenlet.switch()

    def kill(self) -> None:
        """End the work where it stands."""
        self._is_killed = True
        self.resume()

    def pause(self) -> None:
        """From within: stand still until resumed."""
        self._greenlet.parent.switch()
        if self._is_killed:
            raise KilledError
