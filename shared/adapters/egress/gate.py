"""The gate that every connection passes which a tenant's configuration causes."""

import socket
from collections.abc import Callable
from ipaddress import ip_address

from shared.domain.address_use import Address
from shared.domain.egress import Egress
from shared.domain.errors import StepError
from shared.domain.host_name import read_host

Resolve = Callable[[str, int], tuple[Address, ...]]
"""Gives a name's addresses, best first; raises OSError where there are none at the moment."""


def resolve_name(name: str, port: int) -> tuple[Address, ...]:
    """What the system's resolver knows of the name."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(where[0]) for _, _, _, _, where in found))


class Gate:
    """Says to which addresses one may connect. Whoever passes connects to those, and asks no resolver again.

    A name that has one address that may not be reached is refused whole: otherwise it would be up to chance, or to who
    owns the name, which one is met.
    """

    def __init__(self, egress: Egress, *, resolve: Resolve = resolve_name) -> None:
        self._egress = egress
        self._resolve = resolve

    def addresses(self, host: str, port: int, *, encrypted: bool = True) -> tuple[Address, ...]:
        """The host's addresses, all of which may be connected to; `encrypted` says that it will be by TLS.

        Raises StepError, which names the host and the rule, and OSError for a name that has no address now.
        """
        self._require(host, self._egress.refusal(host, port, encrypted=encrypted))
        found = read_host(host)
        addresses = self._resolve(host, port) if isinstance(found, str) else (found,)
        self._require(host, self._egress.refusal_of_addresses(host, port, addresses))
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        return addresses

    def database_addresses(self, host: str, port: int, *, encrypted: bool) -> tuple[Address, ...]:
        """As `addresses`, for a database."""
        found = self.addresses(host, port)
        if not encrypted:
            self._require(host, self._egress.refusal_of_plain_sql(host, port))
        return found

    def require_url(self, url: str) -> None:
        """Raise StepError for an address of which one can tell by looking that it may not be asked."""
        reason = self._egress.refusal_of_url(url)
        if reason is not None:
            raise StepError(f"A source may not ask there: {reason}")

    @staticmethod
    def _require(host: str, reason: str | None) -> None:
        if reason is not None:
            raise StepError(f"A source may not ask there: '{host}' {reason}")
