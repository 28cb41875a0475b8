"""One process of the platform: started, watched, started again when it dies, stopped.

It gets a pipe from us as its standard input (see local/tether.py), a session of its own, so that Ctrl-C reaches only us
and we stop everything in order, and a file for what it has to say.
"""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from local.forks import Forks
from local.log_lines import LogFile, Say
from local.settings import StartError

_LOOK_AGAIN_SECONDS = 0.02
# For what hangs; a child that dies is seen at once.
_READY_SECONDS = 600.0
_ANSWER_SECONDS = 60.0
_STOP_SECONDS = 30.0
# A process that dies as soon as it starts is not started in a tight loop.
_QUICK_DEATH_SECONDS = 1.0
_PAUSE_AFTER_QUICK_DEATH_SECONDS = 0.8
_SHOWN_LINES = 12


class Process(Protocol):
    """What is known of a child, however it was started."""

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[Any] | None: ...
    @property
    def stdout(self) -> IO[str] | None: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Child:
    """A named child that listens on `port`.

    `ready_path` is what an HTTP server that listens before it is ready is asked for; for others the open port will do.
    `log_file` is None when what the child prints is not for the log. `held` are open files that the child keeps open as
    long as it lives. It is one of `forks`, whose environment and folder count then, or a Python of its own.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        ready_path: str | None,
        environment: Mapping[str, str],
        folder: Path,
        output: Path,
        log_file: LogFile | None,
        say: Say,
        held: Sequence[int] = (),
        forks: Forks | None = None,
    ) -> None:
        self.name = name
        self._command = list(command)
        self._port = port
        self._ready_path = ready_path
        self._environment = environment
        self._folder = folder
        self._output = output
        self._log_file = log_file
        self._say = say
        self._held = tuple(held)
        self._forks = forks
        self._ready = threading.Event()
        self._stopping = threading.Event()
        # So that a child is either seen by `stop` or not started any more.
        self._turn = threading.Lock()
        self._output.parent.mkdir(parents=True, exist_ok=True)
        self._output.write_bytes(b"")
        self._child = self._spawn()
        self._watcher = threading.Thread(target=self._watch, name=f"watch-{name}", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def await_ready(self) -> None:
        """Return when the port answers.

        Raises StartError with the child's last words when it dies or takes too long.
        """
        give_up_at = time.monotonic() + _READY_SECONDS
        while self._child.poll() is None and time.monotonic() < give_up_at:
            if _answers(self._port, self._ready_path):
                self._ready.set()
                return
            time.sleep(_LOOK_AGAIN_SECONDS)
        raise StartError(f"{self.name} did not start. Its last words:\n{self._last_words()}")

    def keep_up(self) -> None:
        """Start it again whenever it ends, from now on, whether it has answered yet or not."""
        self._ready.set()

    def stop(self) -> None:
        """End the child, gently and then for sure, and stop watching it."""
        with self._turn:
            self._stopping.set()
            self._child.terminate()
        self._watcher.join(timeout=_STOP_SECONDS)
        if self._watcher.is_alive():
            self._child.kill()
            self._watcher.join()

    def _watch(self) -> None:
        while True:
            started_at = time.monotonic()
            self._follow(self._child)
            # What never worked would only fail again; `await_ready` says why.
            if self._stopping.is_set() or not self._ready.is_set():
                return
            self._say(
                f"{self.name} (process {self.pid}) ended with {self._child.returncode}; starting it again"
            )
            if time.monotonic() - started_at < _QUICK_DEATH_SECONDS:
                self._stopping.wait(_PAUSE_AFTER_QUICK_DEATH_SECONDS)
            with self._turn:
                if self._stopping.is_set():
                    return
                self._child = self._spawn()

    def _follow(self, child: Process) -> None:
        """Copy what the child logs until it is gone, then let go of its pipes."""
        if child.stdout is not None and self._log_file is not None:
            self._log_file.copy_from(child.stdout)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)

    def _spawn(self) -> Process:
        with self._output.open("ab") as output:
            stdout = output if self._log_file is None else None
            if self._forks is not None:
                return self._forks.start(self._command, stdout=stdout, stderr=output, held=self._held)
            return subprocess.Popen(
                [sys.executable, "-m", "local.tether", *self._command],
                stdin=subprocess.PIPE,
                stdout=stdout or subprocess.PIPE,
                stderr=output,
                text=True,
                encoding="utf-8",
                errors="replace",
                cwd=self._folder,
                env=dict(self._environment),
                start_new_session=True,
                pass_fds=self._held,
            )

    def _last_words(self) -> str:
        lines = self._output.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_SHOWN_LINES:])


def _answers(port: int, path: str | None) -> bool:
    """Asked without http.client, which loads ssl and email: 3 MB in a process that does nothing else with HTTP."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS) as connection:
            if path is None:
                return True
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            return bool(connection.recv(1))
    except OSError:
        return False


def _close(pipe: IO[str]) -> None:
    # The reader is gone; there is nothing left that a failed flush could lose.
    with contextlib.suppress(OSError):
        pipe.close()
