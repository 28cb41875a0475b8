"""`python -m local.gateway`: the functions health, runs and triggers, and Google's identity, on one port.

What an API gateway does in front of deployed functions: the path decides. Each function is loaded by
functions-framework from the root main.py, as in the cloud.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions_framework import create_app

from local.http_server import listen
from local.identity.account import load_account
from local.identity.endpoint import (
    IMPERSONATION_PATH,
    WsgiApp,
    certificates_endpoint,
    impersonation_endpoint,
    token_endpoint,
)

_PIPELINES = "/api/v1/pipelines"


def target_of(path: str) -> str | None:
    """The function that answers a path, None when there is none."""
    if path == "/health" or path.startswith("/health/"):
        return "health"
    if path.startswith(f"{_PIPELINES}/run/") or path == f"{_PIPELINES}/tick":
        return "triggers"
    if path == f"{_PIPELINES}/runs" or path.startswith((f"{_PIPELINES}/runs/", f"{_PIPELINES}/backfills/")):
        return "runs"
    return None


def gateway(source: Path, credentials: Path) -> WsgiApp:
    """One application in front of all of them; functions are loaded from `source`, the root main.py."""
    apps: dict[str | None, WsgiApp] = {
        target: _load(target, source) for target in ("health", "runs", "triggers")
    }
    account = load_account(credentials)
    identity = {"/token": token_endpoint(account), "/certs": certificates_endpoint(account)}
    impersonation = impersonation_endpoint(account)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(IMPERSONATION_PATH):
            return impersonation(environ, start_response)
        app = identity.get(path) or apps.get(target_of(path), _not_found)
        return app(with_address(environ), start_response)

    return answer


def with_address(environ: dict[str, Any]) -> dict[str, Any]:
    """The request with the caller's address as the last of `X-Forwarded-For`, as Google's front end adds it."""
    came_with = environ.get("HTTP_X_FORWARDED_FOR")
    address = environ.get("REMOTE_ADDR", "")
    return {**environ, "HTTP_X_FORWARDED_FOR": f"{came_with}, {address}" if came_with else address}


def _load(target: str, source: Path) -> WsgiApp:
    app: WsgiApp = create_app(target, str(source))  # type: ignore[no-untyped-call]
    return app


def _not_found(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    problem = {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": f"There is nothing here. Paths start with /health, {_PIPELINES}/run/ or {_PIPELINES}/runs.",
        "code": "not_found",
    }
    body = json.dumps(problem).encode("utf-8")
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    start_response("404 Not Found", headers)
    return [body]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.gateway", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--source", type=Path, required=True, help="the main.py with the functions")
    parser.add_argument(
        "--credentials", type=Path, required=True, help="service-account file to grant tokens to"
    )
    arguments = parser.parse_args()
    listen(gateway(arguments.source, arguments.credentials), port=arguments.port).serve_forever()


if __name__ == "__main__":
    main()
