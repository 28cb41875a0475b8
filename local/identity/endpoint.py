"""`POST /token` and `GET /certs` as WSGI applications."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from local.identity.account import Account
from local.identity.certificates import certificates_of
from local.identity.tokens import GrantError, grant_token

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
# Google's say about six hours. Who starts the platform again with another key has to be believed sooner.
_FRESH_SECONDS = 60


def token_endpoint(account: Account) -> WsgiApp:
    """An application that grants tokens to the account and nobody else."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.method != "POST":
            return Response(status=405, headers={"Allow": "POST"})(environ, start_response)
        try:
            body: dict[str, str | int] = grant_token(request.form, account)
            status = 200
        except GrantError as error:
            body, status = {"error": error.code, "error_description": error.description}, 400
        response = Response(json.dumps(body), status=status, mimetype="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response(environ, start_response)

    return answer


def certificates_endpoint(account: Account) -> WsgiApp:
    """An application that publishes what the account's id tokens are verified with."""
    body = json.dumps(certificates_of(account), indent=2)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if Request(environ).method not in ("GET", "HEAD"):
            return Response(status=405, headers={"Allow": "GET, HEAD"})(environ, start_response)
        response = Response(body, mimetype="application/json")
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}, must-revalidate, no-transform"
        return response(environ, start_response)

    return answer
