"""HTTP through the gate: a transport of requests that connects to nothing but addresses that were checked."""

import socket
import sys
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from shared.adapters.egress.gate import Gate
from shared.domain.egress import refusal_of_header
from shared.domain.errors import StepError


class GuardedTransport(HTTPAdapter):
    """Sends by connections of its own, past no proxy. Certificates are checked, by the host's name, as always.

    Raises StepError for a request that may not be sent, besides what requests raises.
    """

    # dlt copies the settings that it is given, a session among them.
    __attrs__ = [*HTTPAdapter.__attrs__, "_gate"]

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have every pool make connections that pass the gate."""
        super().init_poolmanager(*args, **kwargs)
        bound = {"gate": self._gate}
        plain, encrypted = type("Plain", (_Plain,), bound), type("Encrypted", (_Encrypted,), bound)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("EncryptedPool", (HTTPSConnectionPool,), {"ConnectionCls": encrypted}),
        }

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send the request, each redirect by itself, unless its address or a header shows that it may not be."""
        self._gate.require_url(request.url or "")
        for name in request.headers:
            reason = refusal_of_header(name)
            if reason is not None:
                raise StepError(f"A source may not ask so: the header '{name}' {reason}")
        return super().send(request, *args, **{**kwargs, "proxies": None})


class _Plain(HTTPConnection):
    gate: Gate

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.gate, encrypted=False)


class _Encrypted(HTTPSConnection):
    gate: Gate

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.gate, encrypted=True)


def _connected(connection: HTTPConnection, gate: Gate, *, encrypted: bool) -> socket.socket:
    """A socket that is connected to the first of the host's addresses that answers; fails as urllib3's own do."""
    host, failure = connection.host, OSError("no address")
    try:
        addresses = gate.addresses(host, connection.port, encrypted=encrypted)
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    except OSError as error:
        raise NewConnectionError(connection, "the host's name can't be looked up") from error
    for address in addresses:
        try:
            made = create_connection(
                (str(address), connection.port),
                connection.timeout,
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            failure = error
        else:
            sys.audit("http.client.connect", connection, host, connection.port)
            return made
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "the connection timed out") from failure
    raise NewConnectionError(connection, "no connection could be made") from failure
