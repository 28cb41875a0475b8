"""A function served as its instance in the cloud serves it: by the command functions-framework, told by variables."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.settings import free_ports
from tests import plain_http
from tests.patience import PATIENCE_SECONDS

# Runs what follows, and ends it and all it started when the pipe from us ends, however we do.
_UNTIL_WE_END = '"$@" & read _; kill -KILL 0'


@dataclass(frozen=True)
class Server:
    """A running function and the file with what it prints."""

    target: str
    url: str
    output: Path

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request."""
        return plain_http.request(method, f"{self.url}{path}", timeout=PATIENCE_SECONDS, **options)


@contextlib.contextmanager
def serve(target: str, unpacked: Path, *, python: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """The function as long as the block lasts. It may not answer yet when the block begins: see `await_answers`.

    It gets `environment` and what the Cloud build and Cloud Run set, and nothing of ours.
    """
    [port] = free_ports(1)
    output = unpacked.parent / f"{target}.txt"
    set_by_google = {"FUNCTION_TARGET": target, "FUNCTION_SIGNATURE_TYPE": "http", "PORT": str(port)}
    with output.open("wb") as file:
        child = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_WE_END, "sh", str(python.with_name("functions-framework"))],
            cwd=unpacked,
            env={"PATH": os.defpath, "HOST": "127.0.0.1", **environment, **set_by_google},
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
            # gunicorn's worker has to go with its parent.
            start_new_session=True,
        )
    try:
        yield Server(target, f"http://127.0.0.1:{port}", output)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        with child:
            """Closes the pipe and waits."""


def await_answers(servers: Mapping[str, Server]) -> None:
    """Return when each answers anything."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    for server in servers.values():
        while True:
            try:
                server.call("GET", "/")
                break
            except httpx.TransportError:
                assert time.monotonic() < give_up_at, server.output.read_text()
                time.sleep(0.1)
