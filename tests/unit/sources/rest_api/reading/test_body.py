"""An answer that drips."""

from collections.abc import Callable
from itertools import count

import pytest
import requests
from requests.adapters import BaseAdapter

from shared.domain.errors import NotYetError, TransientError
from shared.sources.rest_api.reading.body import read_body
from shared.sources.rest_api.reading.failures import Asked
from shared.sources.rest_api.reading.session import ApiSession
from tests.fakes.gates import LOCAL_GATE

ASKED = Asked("https://api.example.com/v1/costs", page=3, secrets=())


class Dripping:
    """What a connection gives: one byte a call, for ever."""

    def read1(self, size: int, *, decode_content: bool) -> bytes:
        assert (size > 0, decode_content) == (True, True)
        return b" "

    def release_conn(self) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Keep nothing."""


def dripping() -> requests.Response:
    response = requests.Response()
    response.raw = Dripping()
    return response


def clock() -> Callable[[], float]:
    """One second later each time."""
    ticks = count()
    return lambda: float(next(ticks))


def test_it_is_looked_up_from_every_few_seconds() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(len(looks))
        if len(looks) == 3:
            raise NotYetError("wanted no more")

    with pytest.raises(NotYetError, match="wanted no more"):
        read_body(dripping(), ASKED, look, seconds=clock())
    assert len(looks) == 3


def test_it_is_left_after_five_minutes() -> None:
    with pytest.raises(TransientError) as caught:
        read_body(dripping(), ASKED, lambda: None, seconds=clock())

    assert (str(caught.value), caught.value.kind) == (
        "api.example.com did not end page 3 of /v1/costs in time",
        "timeout",
    )


class Transport(BaseAdapter):
    """Every request is answered by what drips."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override] # as much of it as is needed
        self.asked += 1
        response = dripping()
        response.status_code, response.url, response.request = 200, request.url or "", request
        return response

    def close(self) -> None:
        """Keep nothing."""


def test_what_is_wanted_no_more_is_not_asked_for_again() -> None:
    transport, looks = Transport(), count()

    def look() -> None:
        if next(looks) == 1:
            raise NotYetError("wanted no more")

    with ApiSession(
        secrets=(), origins=frozenset(), look=look, gate=LOCAL_GATE, first_pause_seconds=0, seconds=clock()
    ) as session:
        session.mount("https://", transport)
        with pytest.raises(NotYetError):
            session.get("https://api.example.com/v1/costs")

    assert transport.asked == 1
