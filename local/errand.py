"""A program of the platform that does its work and ends."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from local.forks import Forks
from local.settings import StartError

# For what hangs.
_SECONDS = 600.0


class Errand:
    """One such program, running. `trouble` says what is wrong when it fails."""

    def __init__(self, command: Sequence[str], *, forks: Forks, output: Path, trouble: str) -> None:
        self._output = output
        self._trouble = trouble
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("wb") as printed:
            self._fork = forks.start(command, stdout=printed, stderr=printed)

    def await_end(self) -> list[str]:
        """The lines that it printed. Raises StartError when it fails or takes too long."""
        try:
            status = self._fork.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            # Its tether: it ends with this if it hasn't yet.
            self._fork.stdin.close()
        printed = self._output.read_text("utf-8", errors="replace")
        if status != 0:
            raise StartError(f"{self._trouble}:\n{printed.rstrip()}")
        return printed.splitlines()
