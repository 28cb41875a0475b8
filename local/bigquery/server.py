"""Starting, serving and stopping."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import signal
import socket
from pathlib import Path

import uvicorn

from local.bigquery.app import build_app
from local.bigquery.lanes import Lanes
from local.bigquery.records import JobRecords
from local.bigquery.storage import open_storage
from local.bigquery.wire import install_wire


class PortInUseError(Exception):
    """Another process listens on the port."""


def serve(*, port: int, data_dir: Path, project: str) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT. Raises PortInUseError before it opens the database."""
    listener = _listen(port)
    data_dir.mkdir(parents=True, exist_ok=True)
    _install_dialect()
    install_wire()
    storage = asyncio.run(open_storage(data_dir.resolve(), project=project))
    records = JobRecords(storage.engine.connection)
    lanes = Lanes(storage)
    app = build_app(lanes, records=records, data_dir=data_dir)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=5
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops cleanly, then raises the signal once more; that one would end the process in mid-close.
        signal.signal(number, lambda _number, _frame: None)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        records.close()
        lanes.close()


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


def _install_dialect() -> None:
    """Correct upstream's SQL translation, where those corrections are installed."""
    if importlib.util.find_spec("local.bigquery.dialect") is None:
        return
    from local.bigquery.dialect.install import install_dialect

    install_dialect()
