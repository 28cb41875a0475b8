"""What speaks MySQL's protocol as a server of it does, and answers what a test has written down.

No package brings a MySQL server: protocol, passwords and how rows come are real here, SQL is not carried out.
"""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, NativePasswordAuthPlugin, ResultColumn, User
from mysql_mimic.errors import ErrorCode, MysqlError
from mysql_mimic.session import BaseSession
from mysql_mimic.variables import GlobalVariables, SessionVariables

PASSWORD = "geheim-und-lang"
USER = "reader"

Answer = tuple[Any, Sequence[ResultColumn]]


class MysqlPeer:
    """Answers each statement by the first pattern that it matches; `asked` are all of them."""

    def __init__(self, answers: Mapping[str, Answer | MysqlError]) -> None:
        self.asked: list[str] = []
        self.answers = answers
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._server = MysqlServer(
            session_factory=lambda: _Session(self),
            identity_provider=_Users(),
            host="127.0.0.1",
            port=0,
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._is_up.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.start_server())
        self.port = int(self._server.sockets()[0].getsockname()[1])
        self._is_up.set()
        self._loop.run_forever()

    def close(self) -> None:
        """Serve nobody any more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Users(IdentityProvider):  # type: ignore[misc] # mysql-mimic says no types
    def get_plugins(self) -> Sequence[Any]:
        return [NativePasswordAuthPlugin()]

    async def get_user(self, username: str) -> User | None:
        # Of a user whom it doesn't know, a server pretends that it has another password.
        known = PASSWORD if username == USER else "of nobody"
        secret = NativePasswordAuthPlugin.create_auth_string(known)
        return User(name=username, auth_string=secret, auth_plugin=NativePasswordAuthPlugin.name)


class _Session(BaseSession):  # type: ignore[misc] # as above
    username: str | None = None
    database: str | None = None

    def __init__(self, peer: MysqlPeer) -> None:
        self._peer = peer
        self.variables = SessionVariables(GlobalVariables())

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
        text = " ".join(re.sub(r"(?m)(^|(?<= ))-- .*$", "", sql).split())
        self._peer.asked.append(text)
        for pattern, answer in self._peer.answers.items():
            if re.search(pattern, text):
                if isinstance(answer, MysqlError):
                    raise answer
                return answer
        return None


def error(number: int, message: str) -> MysqlError:
    """What the server answers with; its numbers are more than mysql-mimic knows."""
    made = MysqlError(message, ErrorCode.UNKNOWN_ERROR)
    made.code = number
    return made


def endless(make: Callable[[int], Sequence[Any]]) -> Callable[[], AsyncIterator[Sequence[Any]]]:
    """Rows without end."""

    async def rows() -> AsyncIterator[Sequence[Any]]:
        number = 0
        while True:
            number += 1
            yield make(number)
            await asyncio.sleep(0)

    return rows


@contextmanager
def mysql_peer(answers: Mapping[str, Answer | MysqlError]) -> Iterator[MysqlPeer]:
    """A peer with these answers, gone at the end."""
    peer = MysqlPeer(answers)
    try:
        yield peer
    finally:
        peer.close()
