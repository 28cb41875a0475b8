"""The identity stand-in, being served."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from local.http_server import listen
from local.identity.account import keep_account
from local.identity.endpoint import certificates_endpoint, token_endpoint
from local.settings import free_ports


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A service-account file whose token endpoint is being served, with `/certs` beside it."""
    path = tmp_path / "service-account.json"
    [port] = free_ports(1)
    account = keep_account(path, project="contract-test", token_uri=f"http://127.0.0.1:{port}/token")
    app = DispatcherMiddleware(
        Response("nothing here", status=404),
        {"/token": token_endpoint(account), "/certs": certificates_endpoint(account)},
    )
    server = listen(app, port=port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield path
    server.shutdown()
    server.server_close()
