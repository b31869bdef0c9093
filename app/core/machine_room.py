"""Who may read the machines' own figures: a caller that knows METRICS_TOKEN, or asks on this machine without a proxy."""

import hmac
from urllib.parse import urlsplit

from flask import request

from app.config.rules import is_loopback
from app.core.settings import settings

# A proxy on this machine has a loopback address too; these headers show that it passes on somebody else's request.
_SIGNS_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def knows_token() -> bool:
    """`Authorization: Bearer METRICS_TOKEN`, compared in constant time; False for everybody while none is set."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = settings.metrics_token
    return bool(expected) and scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), expected.encode())


def is_on_this_machine() -> bool:
    """Whether the socket's peer, whatever a header says, is this machine, and the Host is a loopback name."""
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    is_here = is_loopback(before.get("REMOTE_ADDR") or "") and is_loopback(_name_in(before.get("HTTP_HOST") or ""))
    return is_here and not any(name in request.headers for name in _SIGNS_OF_A_PROXY)


def _name_in(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
