"""The stand-in as an ASGI application, for a server that speaks HTTP."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from local.bigquery.problem import ApiError, error_body
from local.bigquery.web import Request, Response, json_response

Respond = Callable[[Request], Awaitable[Response]]
Message = dict[str, Any]


class Asgi:
    """Turns ASGI's messages into requests, and answers into ASGI's messages."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request, once all of its body has come."""
        body = await _body(receive)
        try:
            response = await self._respond(_request(scope, body))
        except ApiError as error:
            response = json_response(error_body(error), status=error.status)
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        # A client that waits for more than was sent, waits for ever.
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


def _request(scope: Message, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    if headers.get("content-encoding", "").lower() == "gzip":
        body = _unzipped(body)
    return Request(scope["method"], target, headers, body)


def _unzipped(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ApiError("invalid", "The request's body is not what its Content-Encoding says") from error


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
