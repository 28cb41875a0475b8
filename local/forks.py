"""Processes that are forks of one that has loaded everything: see local/fork_server.py."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from local.process_title import ROOM
from local.settings import StartError

_UNKNOWN = -signal.SIGKILL
"""The status of a process whose end nobody saw, because the server was gone before it."""


class Fork:
    """A forked process. It has of `subprocess.Popen` what local/child.py uses."""

    def __init__(self, server: "_Server", *, stdin: IO[str], stdout: IO[str] | None) -> None:
        self.pid = 0
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None
        self._server = server
        self._ended = threading.Event()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """The status. Raises subprocess.TimeoutExpired."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of its pipes."""
        for pipe in (self.stdin, self.stdout):
            if pipe is not None:
                pipe.close()

    def note_end(self, status: int) -> None:
        """Let who waits know that it has ended."""
        self.returncode = status
        self._ended.set()

    def _signal(self, number: int) -> None:
        # By the server, which alone knows whether the number is still this process's.
        if self.returncode is None:
            with contextlib.suppress(ConnectionError):
                self._server.ask({"signal": number, "pid": self.pid})


class Forks:
    """Starts processes. The server is started at once, and anew when it is gone."""

    def __init__(self, *, environment: Mapping[str, str], folder: Path, output: Path) -> None:
        # Arrow's memory allocator would start a thread at its import, and only a process without threads forks well.
        self._environment = {**environment, "JE_ARROW_MALLOC_CONF": "background_thread:false"}
        self._folder = folder
        self._output = output
        self._turn = threading.Lock()
        self._server = self._start_server()

    def start(
        self, command: Sequence[str], *, stdout: IO[bytes] | None, stderr: IO[bytes], held: Sequence[int] = ()
    ) -> Fork:
        """A module, or a file that ends in .py, with its arguments, tethered to us (see local/tether.py).

        Without `stdout` it is a pipe of the process. `held` are open files that it keeps open. Raises StartError when
        a new server ends at once.
        """
        with self._turn:
            if not self._server.is_gone:
                with contextlib.suppress(ConnectionError):
                    return self._server.fork(command, stdout=stdout, stderr=stderr, held=held)
            self._server = self._start_server()
            try:
                return self._server.fork(command, stdout=stdout, stderr=stderr, held=held)
            except ConnectionError as error:
                printed = self._output.read_text("utf-8", errors="replace").rstrip()
                raise StartError(f"What the functions share could not be loaded:\n{printed}") from error

    def close(self) -> None:
        """End the server."""
        with self._turn:
            self._server.close()

    def _start_server(self) -> "_Server":
        self._output.parent.mkdir(parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        with theirs, self._output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.fork_server", str(theirs.fileno()), ROOM],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )
        return _Server(process, ours)


class _Server:
    """One server and the processes that it forked."""

    def __init__(self, process: "subprocess.Popen[bytes]", channel: socket.socket) -> None:
        self.is_gone = False
        self._process = process
        self._channel = channel
        self._forks: dict[int, Fork] = {}
        self._asked_for: Fork | None = None
        self._answers: SimpleQueue[bool] = SimpleQueue()
        # One question at a time.
        self._turn = threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="forks", daemon=True)
        self._listener.start()

    def fork(
        self, command: Sequence[str], *, stdout: IO[bytes] | None, stderr: IO[bytes], held: Sequence[int]
    ) -> Fork:
        input_end, our_input = os.pipe()
        our_output, output_end = os.pipe() if stdout is None else (None, os.dup(stdout.fileno()))
        fork = Fork(
            self,
            stdin=os.fdopen(our_input, "w", encoding="utf-8"),
            stdout=os.fdopen(our_output, encoding="utf-8", errors="replace")
            if our_output is not None
            else None,
        )
        try:
            self.ask({"run": list(command)}, files=[input_end, output_end, stderr.fileno(), *held], fork=fork)
        except ConnectionError:
            fork.close()
            raise
        finally:
            os.close(input_end)
            os.close(output_end)
        return fork

    def ask(self, request: dict[str, Any], *, files: Sequence[int] = (), fork: Fork | None = None) -> None:
        """Return when it is done. Raises ConnectionError if the server ends before that."""
        with self._turn:
            self._asked_for = fork
            if not self.is_gone:
                socket.send_fds(self._channel, [json.dumps(request).encode()], files)
            if self.is_gone or not self._answers.get():
                raise ConnectionError("the process that forks the others has ended")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        self._listener.join()

    def _listen(self) -> None:
        with self._channel, contextlib.suppress(ConnectionError), self._channel.makefile("rb") as lines:
            for line in lines:
                self._take(json.loads(line))
        self._process.wait()
        self.is_gone = True
        # What was asked meanwhile is answered by nobody.
        self._answers.put(False)
        for fork in list(self._forks.values()):
            # It ends without its tether; we don't see when.
            with contextlib.suppress(OSError):
                fork.stdin.close()
            fork.note_end(_UNKNOWN)

    def _take(self, answer: dict[str, int]) -> None:
        if "ended" in answer:
            self._forks.pop(answer["ended"]).note_end(answer["status"])
            return
        if self._asked_for is not None:
            self._asked_for.pid = answer["pid"]
            self._forks[answer["pid"]] = self._asked_for
        self._answers.put(True)
