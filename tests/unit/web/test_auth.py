"""Where a request comes from."""

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from shared.web.auth import client_address


def request_from(address: str | None, forwarded: list[str]) -> Request:
    builder = EnvironBuilder(headers=[("X-Forwarded-For", each) for each in forwarded])
    environ = builder.get_environ()
    environ.pop("REMOTE_ADDR", None)
    return Request(environ if address is None else {**environ, "REMOTE_ADDR": address})


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1,203.0.113.7 "], "203.0.113.7"),
        (["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, made up"], "unknown"),
        (["x" * 10_000], "unknown"),
        (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
        (["::ffff:203.0.113.7"], "203.0.113.7"),
        ([], "169.254.1.1"),
    ],
)
def test_a_request_comes_from_the_last_address_that_was_forwarded(forwarded: list[str], address: str) -> None:
    assert client_address(request_from("169.254.1.1", forwarded)) == address


def test_a_request_without_any_address_comes_from_the_unknown() -> None:
    assert client_address(request_from(None, [])) == "unknown"
