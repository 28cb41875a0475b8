"""The stand-in's own socket."""

import asyncio
import socket

from local.bigquery.server import _listen


def test_what_is_written_is_sent_at_once() -> None:
    options: list[int] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        options.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def asked(listener: socket.socket) -> None:
        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()
            await writer.wait_closed()

    with _listen(0) as listener:
        asyncio.run(asked(listener))

    assert options[0] != 0
