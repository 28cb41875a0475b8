"""Servers that a peer needs beside itself, and plain calls of their HTTP. Standard library only."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

_READY_SECONDS = 180.0
_STOP_SECONDS = 20.0


@contextmanager
def children(commands: Sequence[Sequence[str]], *, folder: Path) -> Iterator[None]:
    """The commands, of the environment that this Python is in, for as long as the block lasts."""
    with ExitStack() as running:
        for number, (program, *arguments) in enumerate(commands):
            output = running.enter_context((folder / f"server_{number}.txt").open("w", encoding="utf-8"))
            command = [str(Path(sys.executable).parent / program), *arguments]
            child = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
            running.callback(_stop, child)
        yield


def finish_command(command: Sequence[str], *, folder: Path) -> None:
    """Carry out a command of the environment that this Python is in. Raises RuntimeError with its last words."""
    program, *arguments = command
    done = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-1000:]}")


def await_answer(url: str, *, headers: Mapping[str, str] | None = None) -> None:
    """Until the address answers. Raises TimeoutError."""
    give_up_at = time.monotonic() + _READY_SECONDS
    while time.monotonic() < give_up_at:
        try:
            call("GET", url, headers=headers)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} did not answer within {_READY_SECONDS:.0f} s")


def call(method: str, url: str, *, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    """The JSON of an answer, None where it is none. Raises OSError for what is no answer, with the body of an error."""
    content = None if body is None else json.dumps(body).encode()
    told = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=content, headers=told, method=method)  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - ours
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise OSError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error
    try:
        return json.loads(text)
    except ValueError:
        return None


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
