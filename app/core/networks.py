"""Which addresses count as one client, for limits. Pure. One client has a whole /64 of IPv6, often a /48, but one IPv4 address."""

from ipaddress import IPv6Address, ip_address, ip_network

UNKNOWN = "?"


def network_of(address: str) -> str:
    """`203.0.113.7` unchanged, `2001:db8::1` as `2001:db8::/64`; an IPv4 address written as IPv6 becomes the IPv4 address."""
    return _narrowed(address, 64)


def wide_network_of(address: str) -> str:
    """The /48 of an IPv6 address; an IPv4 address unchanged."""
    return _narrowed(address, 48)


def _narrowed(address: str, bits: int) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped) if known.ipv4_mapped else str(ip_network((int(known), bits), strict=False))
