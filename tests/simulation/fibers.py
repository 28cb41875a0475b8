"""Work that can stop in the middle and go on later, one piece at a time, so that a schedule can be told exactly."""

import threading
from collections.abc import Callable

_idle: list["Fiber"] = []


class KilledError(BaseException):
    """The worker is gone; nothing catches this."""


class Fiber:
    """A thread that runs only while whoever resumed it stands still."""

    def __init__(self) -> None:
        self._go, self._back = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._back.acquire()
        self._work: Callable[[], None] = _nothing
        self._is_killed = False
        self.is_done = True
        threading.Thread(target=self._run, daemon=True).start()

    def start(self, work: Callable[[], None]) -> None:
        """Run the work up to its first pause."""
        self._work, self._is_killed, self.is_done = work, False, False
        self.resume()

    def resume(self) -> None:
        """Go on up to the next pause, or to the end."""
        self._go.release()
        self._back.acquire()
        if self.is_done:
            _idle.append(self)

    def kill(self) -> None:
        """End the work where it stands."""
        self._is_killed = True
        self.resume()

    def pause(self) -> None:
        """From within: stand still until resumed."""
        self._back.release()
        self._go.acquire()
        if self._is_killed:
            raise KilledError

    def _run(self) -> None:
        while True:
            self._go.acquire()
            self._work()
            self.is_done = True
            self._back.release()


def idle_fiber() -> Fiber:
    """A fiber that has nothing to do; threads are used again, because starting one costs more than a schedule."""
    return _idle.pop() if _idle else Fiber()


def _nothing() -> None:
    return
