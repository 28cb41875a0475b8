"""`POST /token` as a WSGI application."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from local.identity.account import Account
from local.identity.tokens import GrantError, grant_token

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


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
