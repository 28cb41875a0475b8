"""Which addresses of the internet are for everybody, and what the others are for."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_USE_BY_NETWORK: tuple[tuple[str, str], ...] = (
    # "IANA IPv4 Special-Purpose Address Registry" (RFC 6890), multicast (RFC 5771) and what is left (RFC 1112).
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared (carrier-grade NAT)"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    # "IANA IPv6 Special-Purpose Address Registry". Of 2000::/3, which alone is given out (RFC 4291, section 2.4):
    ("2001::/23", "reserved"),  # Teredo, which carries an IPv4 address, among them
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),  # carries an IPv4 address
    ("3fff::/20", "documentation"),
    # And of the rest:
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("fc00::/7", "private (unique local)"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private (site-local)"),
    ("ff00::/8", "multicast"),
)
_USES = tuple((ip_network(network), use) for network, use in _USE_BY_NETWORK)
_GIVEN_OUT = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a NAT64 gateway takes them (RFC 6052, section 2.1)."""
_LINK_LOCAL = (IPv4Network("169.254.0.0/16"), IPv6Network("fe80::/10"))
_OF_THE_MACHINE = tuple(
    ip_network(network)
    for network in (
        # The metadata servers of AWS and of Google over IPv6, of Azure, Alibaba and Oracle over IPv4.
        "fd00:ec2::/32",
        "fd20:ce::/64",
        "168.63.129.16/32",
        "100.100.100.200/32",
        "192.0.0.192/32",
    )
)


def reached_by(address: Address) -> Address:
    """The IPv4 address where the IPv6 one is only another way to write it; else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def special_use(address: Address) -> str | None:
    """What the address is for, e.g. `private`; None for a global one."""
    meant = reached_by(address)
    for network, use in _USES:
        if meant in network:
            return use
    is_given_out = isinstance(meant, IPv4Address) or meant in _GIVEN_OUT
    return None if is_given_out else "reserved"


def is_of_the_machine(address: Address) -> bool:
    """Whether only the machine itself has to do with it: link-local, or where a cloud's machines get credentials."""
    meant = reached_by(address)
    return any(meant in network for network in (*_LINK_LOCAL, *_OF_THE_MACHINE))
