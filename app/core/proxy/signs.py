"""What one request shows about the proxy it came through: only what can be known for certain, from the request alone.

A stranger can send any header but cannot remove those that the proxy adds, so missing ones prove that the proxy is wrong. More
addresses than proxies prove nothing: the client may have written them. A host that is not PUBLIC_ORIGIN's counts against the proxy
when no browser could be at it, or when the browser says that it is on PUBLIC_ORIGIN. Since a client could fake that, one right
request outweighs all wrong ones (`watch.py`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from app.core.origin import find_foreign_host


class Fault(StrEnum):
    untrusted = "untrusted"  # there is a proxy, but its headers are not read
    hops = "hops"  # there are fewer addresses than TRUSTED_PROXIES says
    host = "host"  # the proxy passes on another host than the one the browser is on
    one_address = "one-address"  # everybody seems to come from one internal machine


@dataclass(frozen=True, slots=True)
class Signs:
    """faults: each with what was seen, for the operator. rights: the faults that this request proves absent.

    address, browser: the caller's, as this process sees them; address is empty for a request that did not come through the proxy.
    """

    faults: dict[Fault, str]
    rights: frozenset[Fault]
    address: str = ""
    browser: str = ""


def read_signs(environ: dict[str, Any], trusted: int) -> Signs:
    """environ: as the view sees it, after ProxyFix. trusted: TRUSTED_PROXIES."""
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
        rights |= {Fault.host} if is_proxied else set()  # the bureau's own checks use another host name
    elif _is_proxys(environ):
        faults[Fault.host] = find_foreign_host(environ) or ""
    address = environ.get("REMOTE_ADDR", "") if is_proxied else ""  # the bureau's own health checks do not use the proxy
    return Signs(faults, frozenset(rights), address, environ.get("HTTP_USER_AGENT", ""))


def _count(environ: dict[str, Any], name: str) -> int:
    """How many proxies have written into this header; 0 if it is missing."""
    return sum(bool(part.strip()) for part in environ.get(name, "").split(","))


def _is_proxys(environ: dict[str, Any]) -> bool:
    """Whether the proxy wrote the foreign host: no browser could be at it, or the browser itself names the right one."""
    page = _host_of(environ.get("HTTP_ORIGIN", "")) or _host_of(environ.get("HTTP_REFERER", ""))
    return page == environ.get("HTTP_HOST") or _is_nobodys((find_foreign_host(environ) or "").lower())


def _host_of(url: str) -> str:
    """The host with its port; empty for what is no web address (an Origin of `null`)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def _is_nobodys(host: str) -> bool:
    """Whether no citizen's browser can be at this host: the loopback, or a single word that names a proxy's upstream."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return "." not in name or name.startswith("127.")


@lru_cache(maxsize=1024)
def is_internal(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return True  # a socket of the file system
    return known.is_loopback or known.is_private
