"""The HTTP server under the gateway and the executor: werkzeug's, with threads.

Not gunicorn, because an instance has to be one process: kill -9 of gunicorn's parent leaves a worker that goes on
answering and keeps the port, while Google takes an instance away as a whole. Threads also start faster than a parent
and a worker, and on 127.0.0.1 there is no slow or hostile client to be afraid of.
"""

from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

_HOST = "127.0.0.1"


class _QuietRequests(WSGIRequestHandler):
    """Standard output is for the functions' own log lines."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def listen(app: Any, *, port: int) -> BaseWSGIServer:
    """Listen on 127.0.0.1; port 0 takes a free one. Requests wait until `serve_forever` is called."""
    return make_server(_HOST, port, app, threaded=True, request_handler=_QuietRequests)
