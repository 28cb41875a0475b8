"""The identity stand-in, being served."""

import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from local.http_server import listen
from local.identity.account import keep_account
from local.identity.endpoint import (
    IMPERSONATION_PATH,
    certificates_endpoint,
    impersonation_endpoint,
    token_endpoint,
)
from local.settings import free_ports


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service-account file, whose key takes a while to make."""
    path = tmp_path_factory.mktemp("account") / "service-account.json"
    keep_account(path, project="contract-test", token_uri="http://127.0.0.1:1/token")
    return path


@pytest.fixture
def file(_first: Path, tmp_path: Path) -> Iterator[Path]:
    """A service-account file whose token endpoint is being served, with `/certs` and impersonation beside it."""
    path = Path(shutil.copy(_first, tmp_path / "service-account.json"))
    [port] = free_ports(1)
    account = keep_account(path, project="contract-test", token_uri=f"http://127.0.0.1:{port}/token")
    app = DispatcherMiddleware(
        Response("nothing here", status=404),
        {"/token": token_endpoint(account), "/certs": certificates_endpoint(account)},
    )
    impersonation = impersonation_endpoint(account)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answering = impersonation if environ["PATH_INFO"].startswith(IMPERSONATION_PATH) else app
        return answering(environ, start_response)

    server = listen(answer, port=port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield path
    server.shutdown()
    server.server_close()
