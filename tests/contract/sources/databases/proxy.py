"""What stands between a reader and PostgreSQL: TLS, which the tests' server doesn't speak, and what goes wrong."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SSL_REQUEST_BYTES = 8
_PART_BYTES = 65_536


class Proxy:
    """Hands on what comes; with `tls` to who asks for it, and at most `most_bytes` of the answers."""

    def __init__(
        self, port: int, *, tls: ssl.SSLContext | None = None, most_bytes: int | None = None
    ) -> None:
        self._to, self._tls, self._most_bytes = port, tls, most_bytes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Break off all connections."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                client.recv(_SSL_REQUEST_BYTES)
                client.sendall(b"S")
                client = self._tls.wrap_socket(client, server_side=True)
                self._sockets.append(client)
            server = socket.create_connection(("127.0.0.1", self._to))
            self._sockets.append(server)
            self._start(_hand_on, client, server, None)
            _hand_on(server, client, self._most_bytes)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments)  # type: ignore[arg-type] # any function
        self._threads.append(thread)
        thread.start()


def _hand_on(giver: socket.socket, taker: socket.socket, most_bytes: int | None) -> None:
    left = most_bytes
    with suppress(OSError):
        while part := giver.recv(_PART_BYTES):
            taker.sendall(part if left is None else part[:left])
            left = left if left is None else left - len(part)
            if left is not None and left <= 0:
                break
    for each in (giver, taker):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(
    port: int, *, tls: ssl.SSLContext | None = None, most_bytes: int | None = None
) -> Iterator[Proxy]:
    """A proxy, closed at the end."""
    proxy = Proxy(port, tls=tls, most_bytes=most_bytes)
    try:
        yield proxy
    finally:
        proxy.close()
