"""Whose address it is, for limits. Pure: somebody has a /64 of IPv6 to themselves, and often a /48, but one address of IPv4."""

from ipaddress import IPv6Address, ip_address, ip_network

UNKNOWN = "?"


def network_of(address: str) -> str:
    """`203.0.113.7` as it is, `2001:db8::1` as `2001:db8::/64`; an IPv4 address written as IPv6 as the IPv4 it is."""
    return _narrowed(address, 64)


def wide_network_of(address: str) -> str:
    """The /48 of an IPv6 address; an IPv4 address as it is."""
    return _narrowed(address, 48)


def _narrowed(address: str, bits: int) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped) if known.ipv4_mapped else str(ip_network((int(known), bits), strict=False))
