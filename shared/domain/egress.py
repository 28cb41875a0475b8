"""What a tenant's configuration may have the platform connect to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from shared.domain.address_use import Address, Network, is_of_the_machine, reached_by, special_use
from shared.domain.host_name import is_metadata_name, is_private_name, read_host

_SETTING = "EGRESS_ALLOWED"
_ALL_BESIDES = f"a source reaches global addresses, and what {_SETTING} of the platform names"
_CREDENTIALS = "is where a machine gets its own credentials; no source may reach it"
_NO_URL = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = {"http": 80, "https": 443}
_METADATA_HEADERS = re.compile(
    # What the metadata servers of Google and IBM, Azure, AWS and Alibaba ask for.
    r"metadata|metadata-flavor|x-google-metadata-request|x-(aws|aliyun)-\w+-metadata-.*"
)


@dataclass(frozen=True)
class Egress:
    """What may be reached besides global addresses over TLS, each with one port or None for all."""

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: frozenset[tuple[Network, int | None]] = frozenset()

    def refusal_of_url(self, url: str) -> str | None:
        """Why the address may not be asked, as far as it tells by itself; a sentence that its host begins."""
        if _NO_URL.search(url):
            return f"{url!r} is no address: it has a space, a control character or a backslash in it"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return f"'{url}' is no address: its host or its port can't be read"
        if parts.scheme not in _PORTS or not host:
            return "must be an address that begins with https://"
        if "@" in parts.netloc:
            return f"'{host}' has a user before it; write 'auth: {{type: http_basic, …}}'"
        port = _PORTS[parts.scheme] if port is None else port
        reason = self.refusal(host, port, encrypted=parts.scheme == "https")
        return f"'{host}' {reason}" if reason else None

    def refusal(self, host: str, port: int, *, encrypted: bool) -> str | None:
        """Why the host may not be reached, before it is known which addresses it has; `is …` or the like."""
        try:
            found = read_host(host)
        except ValueError as error:
            return str(error)
        if port == 0:
            return "has the port 0; ports are 1 to 65535"
        if isinstance(found, str):
            reason, is_named = _of_name(found), self._names(found, port)
            reason = reason if reason == _CREDENTIALS or not is_named else None
        else:
            reason, is_named = self._of_address(found, port), self._holds(found, port)
        if reason is None and not encrypted and not is_named:
            return f"is asked over http://; write https://, http:// is for hosts that {_SETTING} names"
        return reason

    def refusal_of_addresses(self, host: str, port: int, addresses: Iterable[Address]) -> str | None:
        """Why the host, whose `refusal` is None, may not be reached at these addresses. Tells none of them."""
        found = read_host(host)
        is_named = isinstance(found, str) and self._names(found, port)
        for address in addresses:
            if is_of_the_machine(address):
                return f"leads to an address that {_CREDENTIALS}"
            if not is_named and self._of_address(address, port) is not None:
                return f"leads to an address that is not global; {_ALL_BESIDES}"
        return None

    def refusal_of_plain_sql(self, host: str, port: int) -> str | None:
        """Why a database at the host, whose `refusal` is None, may not be asked without TLS."""
        found = read_host(host)
        is_named = self._names(found, port) if isinstance(found, str) else self._holds(found, port)
        if is_named:
            return None
        return (
            "is asked without TLS, so that its rows can be read on their way; that is for hosts that "
            f"{_SETTING} names"
        )

    def _of_address(self, address: Address, port: int) -> str | None:
        if is_of_the_machine(address):
            return _CREDENTIALS
        use = special_use(address)
        if use is None or self._holds(address, port):
            return None
        return f"is an address that is not global ({use}); {_ALL_BESIDES}"

    def _names(self, name: str, port: int) -> bool:
        return not self.names.isdisjoint({(name, port), (name, None)})

    def _holds(self, address: Address, port: int) -> bool:
        meant = reached_by(address)
        return any(meant in network and only in (port, None) for network, only in self.networks)


GLOBAL_ONLY = Egress()
"""Where the operator allows nothing besides."""


def _of_name(name: str) -> str | None:
    if is_metadata_name(name):
        return _CREDENTIALS
    if is_private_name(name):
        return f"is a name that only a private network knows; {_ALL_BESIDES}"
    return None


def refusal_of_header(name: str) -> str | None:
    """Why a header of that name may not be sent, `asks …`; None if it may."""
    plain = name.strip().lower().replace("_", "-")
    if _METADATA_HEADERS.fullmatch(plain):
        return "asks a machine for its own credentials; no source may send it"
    if plain == "host":
        return "names another host than the one that is asked; write the host into base_url"
    return None


def parse_egress(text: str) -> Egress:
    """What `host`, `host:port`, `address`, `address:port` and `network/bits`, parted by commas, allow besides.

    Raises ValueError, which names the entry and what is wrong with it.
    """
    names: set[tuple[str, int | None]] = set()
    networks: set[tuple[Network, int | None]] = set()
    for entry in filter(None, re.split(r"[,\s]+", text)):
        if "/" in entry:
            networks.add((_parse_network(entry), None))
            continue
        host, port = _parse_host(entry)
        if isinstance(host, str):
            names.add((host, port))
        else:
            networks.add((ip_network(host), port))
    return Egress(frozenset(names), frozenset(networks))


def _parse_network(entry: str) -> Network:
    try:
        network = ip_network(entry)
    except ValueError as error:
        wrong = "an address has no scheme and no path" if "://" in entry else str(error)
        raise ValueError(
            f"'{entry}': {wrong}; write a host, host:port, or a network such as 10.0.0.0/8"
        ) from None
    if is_of_the_machine(network[0]) and is_of_the_machine(network[-1]):
        raise ValueError(f"'{entry}' {_CREDENTIALS}, whatever is set")
    return network


def _parse_host(entry: str) -> tuple[Address | str, int | None]:
    is_bare = entry.count(":") > 1 and not entry.startswith("[")
    try:
        parts = urlsplit(f"//[{entry}]" if is_bare else f"//{entry}")
        host, port = read_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValueError(f"'{entry}': {error}") from None
    if port == 0 or parts.netloc.endswith(":") or "@" in entry:
        raise ValueError(f"'{entry}' is neither a host nor host:port")
    if is_metadata_name(host) if isinstance(host, str) else is_of_the_machine(host):
        raise ValueError(f"'{entry}' {_CREDENTIALS}, whatever is set")
    return host, port
