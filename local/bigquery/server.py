"""Starting, serving and stopping."""

from __future__ import annotations

import errno
import signal
import socket
from pathlib import Path
from types import FrameType

import uvicorn

from local.bigquery.app import App
from local.bigquery.asgi import Asgi
from local.bigquery.database import Database
from local.without_packages import do_without

# What is being answered when the end comes may take so long.
_GRACE_SECONDS = 5


class PortInUseError(Exception):
    """Another process listens on the port."""


def serve(*, port: int, data_dir: Path, project: str, storage_url: str | None) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT. Raises PortInUseError before it opens the database."""
    listener = _listen(port)
    # DuckDB looks for it twice for every parameter of a statement, each time on the whole path: 0.1 ms.
    do_without("pandas")
    database = Database(data_dir.resolve(), project=project)
    app = App(database, storage_url=storage_url)
    config = uvicorn.Config(
        Asgi(app.respond),
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops cleanly, then raises the signal once more; that one would end the process in mid-close.
        signal.signal(number, lambda _number, _frame: None)
    server = uvicorn.Server(config)
    stop = server.handle_exit

    def end(sig: int, frame: FrameType | None) -> None:
        app.jobs.end_waiting()
        stop(sig, frame)

    server.handle_exit = end  # type: ignore[method-assign]
    try:
        server.run(sockets=[listener])
    finally:
        app.jobs.close()
        database.close()


def _listen(port: int) -> socket.socket:
    # asyncio has what is written sent at once (TCP_NODELAY) where the protocol is said; else a kernel may hold back an
    # answer's body for 40 ms, until its head is acknowledged.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
