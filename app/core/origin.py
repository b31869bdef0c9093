"""The public address of this site: PUBLIC_ORIGIN, and no other (ASVS 5.0 4.1.3).

No code trusts what a request says about its own host and scheme. It is judged here, before anything has read it: a request for
another host is refused, and any code that reads the address of a request (external URLs, the check of a form's referrer, the
passkeys' domain) gets PUBLIC_ORIGIN. If none is set, as in the demo, the site answers only under loopback names.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.sansio.utils import host_is_trusted

from app.config.rules import is_loopback
from app.core.errors import DomainError
from app.core.flask_types import put_before
from app.core.settings import settings

# What the machine itself requests, under a loopback name.
MACHINE_PATHS = ("/healthz", "/readyz", "/metrics")
FOREIGN = "pingzheng.foreign_host"


@dataclass(frozen=True, slots=True)
class Origin:
    """host: with its port, unless that is the scheme's default."""

    scheme: str
    host: str


def install(app: Flask) -> None:
    app.before_request(_refuse_foreign)


def guard(app: Flask) -> None:
    """Adds a layer around all that read the host, so it is called after they are added: nothing may see the host before it has."""
    put_before(app, lambda inner: _Door(app, inner))


def find_foreign_host(environ: dict[str, Any]) -> str | None:
    """The host that a request named, if it is not this site's; otherwise None."""
    return environ.get(FOREIGN)


class _Door:
    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._next = app, inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        known, host = self._app.config["SETTINGS"], environ.get("HTTP_HOST", "").lower()
        origin = _parse(known.public_origin)
        if origin and host_is_trusted(host, (origin.host,)):
            _name(environ, origin)
        elif _is_own_name(host) and (not origin or environ["PATH_INFO"] in MACHINE_PATHS):
            pass
        elif origin or not known.demo_public:
            environ[FOREIGN] = host
            _name(environ, origin or Origin(environ["wsgi.url_scheme"], "localhost"))
        return self._next(environ, start_response)


def _name(environ: dict[str, Any], origin: Origin) -> None:
    environ["HTTP_HOST"] = origin.host
    environ["wsgi.url_scheme"] = origin.scheme


@lru_cache(maxsize=8)
def _parse(public_origin: str) -> Origin | None:
    parts = urlsplit(public_origin)
    return Origin(parts.scheme, parts.netloc) if public_origin else None


@lru_cache(maxsize=1024)
def _is_own_name(host: str) -> bool:
    """Whether the host is a loopback name, or missing: browsers always send one."""
    if not host:
        return True
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _refuse_foreign() -> None:
    if FOREIGN in request.environ:
        where = settings.public_origin or f"http://localhost:{settings.port}"
        raise DomainError("wrong_host", _("这个地址不是本站的。"), _("请从 %(where)s 重新进入。", where=where), status=400)
