"""`POST /token`, `GET /certs` and `POST /v1/projects/-/serviceAccounts/…:generateAccessToken` as WSGI applications."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from local.identity.access_tokens import access_token_of, email_in
from local.identity.account import Account
from local.identity.certificates import certificates_of
from local.identity.tokens import LIFETIME_SECONDS, GrantError, grant_token

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
# Google's say about six hours. Who starts the platform again with another key has to be believed sooner.
_FRESH_SECONDS = 60
IMPERSONATION_PATH = "/v1/projects/-/serviceAccounts/"
_GENERATE = re.compile(
    IMPERSONATION_PATH + r"(?P<email>t-[a-z0-9-]+@[a-z0-9-]+\.iam\.gserviceaccount\.com):generateAccessToken"
)


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
        return _json(body, status=status)(environ, start_response)

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


def impersonation_endpoint(account: Account) -> WsgiApp:
    """An application that gives the platform's account tokens of the tenants' accounts, and of no others.

    As IAM Credentials does it: "Method: projects.serviceAccounts.generateAccessToken"
    (cloud.google.com/iam/docs/reference/credentials/rest). A tenant needs no account to be made here.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        asked = _GENERATE.fullmatch(request.path)
        if request.method != "POST":
            return Response(status=405, headers={"Allow": "POST"})(environ, start_response)
        if asked is None or email_in(request.headers.get("Authorization", "")) != account.email:
            return _json(_DENIED, status=403)(environ, start_response)
        expires_at = datetime.now(tz=UTC) + timedelta(seconds=LIFETIME_SECONDS)
        token = {
            "accessToken": access_token_of(asked["email"]),
            "expireTime": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return _json(token, status=200)(environ, start_response)

    return answer


_DENIED = {
    "error": {
        "code": 403,
        "message": "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        "status": "PERMISSION_DENIED",
    }
}


def _json(body: object, *, status: int) -> Response:
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
