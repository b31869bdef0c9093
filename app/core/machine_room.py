"""Who may read what the machines say of themselves: who knows METRICS_TOKEN, or asks on this machine and through no proxy."""

import hmac
from urllib.parse import urlsplit

from flask import request

from app.config.rules import is_loopback
from app.core.settings import settings

# A proxy on this machine has a loopback address too; what it hands on shows that somebody else asks.
_SIGNS_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def knows_token() -> bool:
    """`Authorization: Bearer METRICS_TOKEN`, compared in constant time; nobody knows one that is not set."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = settings.metrics_token
    return bool(expected) and scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), expected.encode())


def is_on_this_machine() -> bool:
    """The socket's own other end, whatever a header says of it, and addressed as this machine."""
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    is_here = is_loopback(before.get("REMOTE_ADDR") or "") and is_loopback(_name_in(before.get("HTTP_HOST") or ""))
    return is_here and not any(name in request.headers for name in _SIGNS_OF_A_PROXY)


def _name_in(host: str) -> str:
    """Of a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
