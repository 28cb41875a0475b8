"""Sockets that look around while they wait for an answer, with TLS and without."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.domain.address_use import Address

_LOOK_SECONDS = 0.25


class _Watched:
    """Calls `look` while nothing comes; what that raises ends the waiting. After `silence_seconds` TimeoutError."""

    look: Callable[[], None]
    silence_seconds: float

    def recv_into(self, *args: Any) -> int:
        made: Any = super()
        last, usual = time.monotonic() + self.silence_seconds, made.gettimeout()
        made.settimeout(_LOOK_SECONDS)
        try:
            while (count := _received(made, args)) is None:
                if time.monotonic() >= last:
                    raise TimeoutError("nothing comes")
                self.look()
        finally:
            # It counts for writing, and for TLS to agree on keys, too.
            made.settimeout(usual)
        return count


def _received(made: Any, args: tuple[Any, ...]) -> int | None:
    """How many bytes came; None where none came for a moment."""
    try:
        return int(made.recv_into(*args))
    except TimeoutError:
        return None


def watched_socket(
    address: Address, port: int, *, look: Callable[[], None], connect_seconds: float, silence_seconds: float
) -> socket.socket:
    """A socket that is connected. Raises OSError where it can't be."""
    watched = _watched(socket.socket, look, silence_seconds)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    made: socket.socket = watched(family, socket.SOCK_STREAM)
    try:
        made.settimeout(connect_seconds)
        made.connect((str(address), port))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        made.close()
        raise
    return made


def watched_tls(
    authorities: Path, *, checks_name: bool, look: Callable[[], None], silence_seconds: float
) -> ssl.SSLContext:
    """TLS whose sockets look around, to servers with a certificate that these have signed."""
    context = ssl.create_default_context(cafile=str(authorities))
    context.check_hostname = checks_name
    context.sslsocket_class = _watched(ssl.SSLSocket, look, silence_seconds)
    return context


def _watched(kind: type[Any], look: Callable[[], None], silence_seconds: float) -> type[Any]:
    return type("Watched", (_Watched, kind), {"look": staticmethod(look), "silence_seconds": silence_seconds})
