"""HTTP requests and responses, and which function answers which call."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.bigquery.problem import ApiError


@dataclass(frozen=True)
class Request:
    """A request with its whole body; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    path_params: Mapping[str, str] = field(default_factory=dict)
    query_pairs: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        """The address without host and query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters by name; of several with one name, the last."""
        return dict(self.query_pairs)

    @property
    def url(self) -> str:
        """The whole address, as the caller wrote it."""
        return f"http://{self.headers.get('host', '127.0.0.1')}{self.target}"

    def json(self) -> dict[str, Any]:
        """The body, a JSON object; {} for none. Raises ApiError `invalid`."""
        try:
            read = json.loads(self.body or b"{}")
        except ValueError as error:
            raise ApiError("invalid", "Parse Error: the request's body is no JSON") from error
        if not isinstance(read, dict):
            raise ApiError("invalid", "Parse Error: the request's body is no JSON object")
        return read


@dataclass(frozen=True)
class Response:
    """An answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """A call: its method, its path with `{parameters}`, and the function that answers it."""

    method: str
    path: str
    answer: Answer


def json_response(content: Any, *, status: int = 200) -> Response:
    """A JSON answer."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, {"Content-Type": "application/json; charset=UTF-8"})


class Routes:
    """Finds the call that a request makes; of several that fit, the one that was named first."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_size: dict[tuple[str, int], list[tuple[list[str], Answer]]] = {}
        for route in routes:
            parts = route.path.split("/")
            self._by_size.setdefault((route.method, len(parts)), []).append((parts, route.answer))

    def find(self, request: Request) -> tuple[Answer, Request]:
        """The function, and the request with the parameters in its address. Raises ApiError `notFound`."""
        path, _, query = request.target.partition("?")
        given = path.split("/")
        for parts, answer in self._by_size.get((request.method, len(given)), ()):
            values = _values(parts, given)
            if values is not None:
                pairs = tuple(parse_qsl(query, keep_blank_values=True)) if query else ()
                return answer, Request(
                    request.method, request.target, request.headers, request.body, values, pairs
                )
        raise ApiError("notFound", f"{request.method} {path}: no such call")


def _values(parts: list[str], given: list[str]) -> dict[str, str] | None:
    values = {}
    for part, text in zip(parts, given, strict=True):
        if part.startswith("{"):
            if not text:
                return None
            values[part[1:-1]] = unquote(text)
        elif part != text:
            return None
    return values
