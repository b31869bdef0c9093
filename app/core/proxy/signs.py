"""What one request shows about the proxy it came through: only what can be known for certain, from the request alone.

A stranger can send any header, but not make the proxy's own ones fewer or plainer, so those speak against the proxy alone. More
addresses than proxies prove nothing: a client may have written them. A host that is not PUBLIC_ORIGIN's speaks against the proxy
when no browser could be at it, or when the browser says that it is on PUBLIC_ORIGIN; there one right request outweighs all wrong
ones (`watch.py`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from app.core.origin import find_foreign_host


class Fault(StrEnum):
    untrusted = "untrusted"  # a proxy hands on, and its headers are not read
    hops = "hops"  # fewer addresses than TRUSTED_PROXIES says
    host = "host"  # the proxy hands on another host than the browser is on
    one_address = "one-address"  # everybody seems to come from one machine of the house


@dataclass(frozen=True, slots=True)
class Signs:
    """faults: with what was seen, for the operator. rights: what this request proves to be in order.

    address, browser: the caller's as this process sees them; empty for a request that came past the proxy.
    """

    faults: dict[Fault, str]
    rights: frozenset[Fault]
    address: str = ""
    browser: str = ""


def read_signs(environ: dict[str, Any], trusted: int) -> Signs:
    """environ: as the view sees it, behind ProxyFix. trusted: TRUSTED_PROXIES."""
    addresses, schemes = _count(environ, "HTTP_X_FORWARDED_FOR"), _count(environ, "HTTP_X_FORWARDED_PROTO")
    is_proxied = addresses > 0 or schemes > 0
    if not trusted and is_proxied:
        is_ours = is_internal(environ.get("REMOTE_ADDR", ""))
        return Signs({Fault.untrusted: ""} if is_ours else {}, frozenset())
    if is_proxied and addresses < trusted:
        return Signs({Fault.hops: f"{addresses} in X-Forwarded-For"}, frozenset())
    faults: dict[Fault, str] = {}
    rights = {Fault.untrusted, Fault.hops} if is_proxied else set()
    if find_foreign_host(environ) is None:
        rights |= {Fault.host} if is_proxied else set()  # the house's own checks come under another name
    elif _is_proxys(environ):
        faults[Fault.host] = find_foreign_host(environ) or ""
    address = environ.get("REMOTE_ADDR", "") if is_proxied else ""  # the house's own health checks come straight
    return Signs(faults, frozenset(rights), address, environ.get("HTTP_USER_AGENT", ""))


def _count(environ: dict[str, Any], name: str) -> int:
    """How many proxies have written into this header; one that is missing, none."""
    return sum(bool(part.strip()) for part in environ.get(name, "").split(","))


def _is_proxys(environ: dict[str, Any]) -> bool:
    """Whether the foreign host is the proxy's word: no browser could be at it, or the browser itself names the right one."""
    page = _host_of(environ.get("HTTP_ORIGIN", "")) or _host_of(environ.get("HTTP_REFERER", ""))
    return page == environ.get("HTTP_HOST") or _is_nobodys((find_foreign_host(environ) or "").lower())


def _host_of(url: str) -> str:
    """With its port; empty for what is no web address (an Origin of `null`)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def _is_nobodys(host: str) -> bool:
    """No citizen's browser is at such a host: the loopback, or the one word that names a proxy's upstream."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return "." not in name or name.startswith("127.")


@lru_cache(maxsize=1024)
def is_internal(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return True  # a socket of the file system
    return known.is_loopback or known.is_private
