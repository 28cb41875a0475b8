"""The hosts that a source names, which alone are sent its secrets. The address in a row may lead elsewhere."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote, urlsplit

import requests
from pydantic import JsonValue

from shared.sources.rest_api.settings import Settings

Origin = tuple[str, int | None]
"""A host and its port."""
_PORTS = {"http": 80, "https": 443}
_IDENTIFYING = ("Authorization", "Cookie")


def origins_of(settings: Settings) -> frozenset[Origin]:
    """Those of every whole address in the settings, whose references have been replaced."""
    return frozenset(origin_of(text) for text in _texts(dict(settings)) if _is_address(text))


def origin_of(address: str) -> Origin:
    """Where the address leads; the host is empty where that can't be read."""
    try:
        parts = urlsplit(address)
        return (parts.hostname or "", parts.port or _PORTS.get(parts.scheme))
    except ValueError:
        return ("", None)


def take_secrets_out(request: requests.PreparedRequest, secrets: Sequence[str]) -> None:
    """Leave out of the request the headers that hold a secret or say who asks."""
    for name, value in list(request.headers.items()):
        if name.title() in _IDENTIFYING or any(secret in str(value) for secret in secrets if secret):
            del request.headers[name]


def holds_secret(request: requests.PreparedRequest, secrets: Sequence[str]) -> bool:
    """Whether a secret is in the request's address or body, out of which it can't be taken."""
    address = request.url or ""
    body = (
        request.body.decode(errors="replace") if isinstance(request.body, bytes) else str(request.body or "")
    )
    sent = (address, unquote(address), unquote(address.replace("+", " ")), body)
    return any(
        form in text
        for secret in secrets
        if secret
        for form in (secret, quote(secret, safe=""))
        for text in sent
    )


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def _is_address(text: str) -> bool:
    return text.partition("://")[0].lower() in _PORTS
