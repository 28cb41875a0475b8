"""Starting, serving and stopping."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from pathlib import Path

from local.bigquery.app import App
from local.bigquery.connection import Connection
from local.bigquery.database import Database

# What is being answered when the end comes may take so long.
_GRACE_SECONDS = 5.0


class PortInUseError(Exception):
    """Another process listens on the port."""


def serve(*, port: int, data_dir: Path, project: str) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT. Raises PortInUseError before it opens the database."""
    listener = _listen(port)
    # DuckDB looks for pandas twice for every parameter; here there is none, and the disk need not be searched for it.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    database = Database(data_dir.resolve(), project=project)
    app = App(database)
    try:
        asyncio.run(_serve(listener, app))
    finally:
        app.jobs.close()
        database.close()


async def _serve(listener: socket.socket, app: App) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(app.respond, connections), sock=listener)
    await told.wait()
    server.close()
    await _end(connections)


async def _end(connections: set[Connection]) -> None:
    """Let what is being answered be answered, for a while."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _GRACE_SECONDS
    while loop.time() < until and any(one.is_answering for one in connections):
        await asyncio.sleep(0.02)
    for connection in list(connections):
        connection.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port whose last connections are still in TIME_WAIT may be used again at once.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortInUseError(f"port {port} is already in use") from error
    listener.listen(256)
    return listener
