"""HTTP/1.1 on one connection: as much of RFC 9112 as Google's clients use, on 127.0.0.1.

A framework would spend more time on a request than most of them take to be answered.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from local.bigquery.problem import ApiError, error_body
from local.bigquery.web import Request, Response, json_response

Respond = Callable[[Request], Awaitable[Response]]
_HEAD_END = b"\r\n\r\n"
_MOST_HEAD_BYTES = 65_536
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
# What is no error, but has no word in Python's list: a resumable upload goes on.
_PHRASES[308] = "Resume Incomplete"


class BadRequestError(Exception):
    """What came is no HTTP request; there is no telling where the next one begins."""


class Connection(asyncio.Protocol):
    """Answers the requests of one connection in their order."""

    def __init__(self, respond: Respond, open_connections: set[Connection]) -> None:
        self._respond = respond
        self._open = open_connections
        self._buffer = bytearray()
        self._request: Request | None = None
        self._answering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def is_answering(self) -> bool:
        """Whether a request is being answered."""
        return self._answering is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._open.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """The client has gone; what it asked for is carried out all the same."""
        self._transport = None
        self._open.discard(self)

    def data_received(self, chunk: bytes) -> None:
        """Bytes have come."""
        self._buffer += chunk
        if self._answering is None:
            self._advance()

    def close(self) -> None:
        """Take no further requests."""
        if self._transport is not None:
            self._transport.close()

    def _advance(self) -> None:
        try:
            request = self._next_request()
        except BadRequestError as error:
            self._write(json_response(error_body(ApiError("invalid", str(error))), status=400), is_last=True)
            return
        if request is not None:
            self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        response = await self._respond(request)
        self._write(response, is_last=request.headers.get("connection", "").lower() == "close")
        self._answering = None
        if self._buffer:
            self._advance()

    def _write(self, response: Response, *, is_last: bool) -> None:
        if self._transport is None:
            return
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        lines.append(f"Connection: {'close' if is_last else 'keep-alive'}")
        self._transport.write("\r\n".join(lines).encode() + _HEAD_END + response.body)
        if is_last:
            self._transport.close()

    def _next_request(self) -> Request | None:
        """The next request, once all of it has come."""
        if self._request is None:
            self._request = self._next_head()
        request = self._request
        if request is None:
            return None
        body = self._next_body(request)
        if body is None:
            return None
        self._request = None
        return Request(request.method, request.target, request.headers, _decoded(request, body))

    def _next_head(self) -> Request | None:
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            if len(self._buffer) > _MOST_HEAD_BYTES:
                raise BadRequestError("The head of the request is too long")
            return None
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + len(_HEAD_END)]
        parts = first.split(" ")
        if len(parts) != 3:
            raise BadRequestError("What was sent is no HTTP request")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        if headers.get("expect", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(parts[0].upper(), parts[1], headers)

    def _next_body(self, request: Request) -> bytes | None:
        if request.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._next_chunks()
        text = request.headers.get("content-length", "0")
        if not text.isdecimal():
            raise BadRequestError("Content-Length is no number")
        size = int(text)
        if len(self._buffer) < size:
            return None
        body = bytes(self._buffer[:size])
        del self._buffer[:size]
        return body

    def _next_chunks(self) -> bytes | None:
        """A body in chunks; it is read anew from its beginning until its last chunk is there."""
        place = 0
        chunks: list[bytes] = []
        while True:
            end = self._buffer.find(b"\r\n", place)
            if end < 0:
                return None
            try:
                size = int(bytes(self._buffer[place:end]).partition(b";")[0], 16)
            except ValueError as error:
                raise BadRequestError("A chunk of the body has no size") from error
            start = end + 2
            if len(self._buffer) < start + size + 2:
                return None
            if size == 0:
                last = (
                    self._buffer.find(b"\r\n", start) if self._buffer[start : start + 2] != b"\r\n" else start
                )
                del self._buffer[: last + 2]
                return b"".join(chunks)
            chunks.append(bytes(self._buffer[start : start + size]))
            place = start + size + 2


def _decoded(request: Request, body: bytes) -> bytes:
    if request.headers.get("content-encoding", "").lower() != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise BadRequestError("The body is not gzipped, though its header says so") from error
