"""A MySQL server as far as TLS: it greets, agrees on keys, and refuses whoever logs in.

mysql-mimic loses what a client sends right behind its wish for TLS. Packets are those of "Connection Phase"
(dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html).
"""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CAPABILITIES = 0x0008_0000 | 0x8000 | 0x0800 | 0x0200
"""PLUGIN_AUTH, SECURE_CONNECTION, SSL, PROTOCOL_41."""
_UTF8MB4 = 255
_WISH_BYTES = 36
_GREETING = (
    b"\x0a8.4.0\0"
    + struct.pack("<I", 1)
    + b"12345678\0"
    + struct.pack("<HBHHB", _CAPABILITIES & 0xFFFF, _UTF8MB4, 2, _CAPABILITIES >> 16, 21)
    + bytes(10)
    + b"901234567890\0"
    + b"mysql_native_password\0"
)
_REFUSAL = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied"


class Greeter:
    """Listens at `port`; `logins` are what was sent after TLS was agreed on."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.logins: list[bytes] = []
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), client:
                self._greet(client)

    def _greet(self, client: socket.socket) -> None:
        client.sendall(_packet(0, _GREETING))
        if len(client.recv(_WISH_BYTES, socket.MSG_WAITALL)) < _WISH_BYTES:
            return
        with self._tls.wrap_socket(client, server_side=True) as encrypted:
            self.logins.append(encrypted.recv(4096))
            encrypted.sendall(_packet(3, _REFUSAL))


def _packet(number: int, payload: bytes) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


@contextmanager
def mysql_greeter(tls: ssl.SSLContext) -> Iterator[Greeter]:
    """A greeter, closed at the end."""
    greeter = Greeter(tls)
    try:
        yield greeter
    finally:
        greeter.close()
