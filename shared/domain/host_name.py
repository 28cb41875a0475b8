"""Hosts as addresses and names, in one spelling, so that two spellings of a host are not judged differently."""

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from shared.domain.address_use import Address

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME = re.compile(r"[\w-]+(\.[\w-]+)*")
_METADATA = re.compile(r"(.+\.)?metadata(\.google\.internal|\.goog)?|instance-data(\.ec2\.internal)?")
"""Names of the servers that tell a machine of a cloud its credentials."""
_PRIVATE = frozenset(
    # What the root of the name system will never know: RFC 6761, 6762 and 8375, ICANN's resolution of 29 July 2024 on
    # `internal`, and what private networks are commonly called (RFC 6762, appendix G).
    {"corp", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost",
     "private", "test"}
)  # fmt: skip


def read_host(text: str) -> Address | str:
    """The address that the host is, or its name in lower case without a dot at the end.

    Raises ValueError, which says what the host is: no host, or an address in a spelling that not all read alike.
    """
    host = unicodedata.normalize("NFKC", text).replace("。", ".").lower()
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if "%" in host:
        raise ValueError("has a % in it; write an address without a zone, and a name as it is")
    if ":" in host:
        try:
            return IPv6Address(host)
        except AddressValueError:
            raise ValueError("is no IPv6 address") from None
    name = host.removesuffix(".")
    # Who ends in a number is an IPv4 address to whoever connects, in one of many spellings.
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        try:
            return IPv4Address(name)
        except AddressValueError:
            raise ValueError(
                "is no IPv4 address of four decimal numbers from 0 to 255; other spellings are not read"
            ) from None
    if not _NAME.fullmatch(name):
        raise ValueError("is no name of a host")
    return name


def is_metadata_name(name: str) -> bool:
    """Whether the name, as `read_host` gives it, is one by which machines of a cloud ask for their credentials."""
    return _METADATA.fullmatch(name) is not None


def is_private_name(name: str) -> bool:
    """Whether only a private network can know the name."""
    return "." not in name or any(name.endswith(f".{suffix}") for suffix in _PRIVATE)
