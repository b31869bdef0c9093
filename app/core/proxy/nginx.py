"""Writes nginx's file from the list in `needs.py` and the limits that the views declare."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from jinja2 import Environment, StrictUndefined

from app.config import Settings
from app.core import bodies, strict_transport
from app.core.bodies import BodyLimit
from app.core.proxy import needs

_TEMPLATE = Path(__file__).with_name("nginx.conf.jinja")
_REFUSALS = (("too_large", needs.TOO_LARGE), ("too_many", needs.TOO_MANY))
_AWAY_SECONDS = 5  # fixed: Retry-After while gunicorn restarts


@dataclass(frozen=True, slots=True)
class Site:
    """What differs from bureau to bureau. listen, plain_listen: in nginx's syntax; the plain one is http and redirects to https."""

    names: Sequence[str] = ("pingzheng.example",)
    upstream: str = "127.0.0.1:8000"
    certificate: str = "/etc/ssl/pingzheng/fullchain.pem"
    certificate_key: str = "/etc/ssl/pingzheng/privkey.pem"
    listen: Sequence[str] = ("443", "[::]:443")
    plain_listen: Sequence[str] = ("80", "[::]:80")


@dataclass(frozen=True, slots=True)
class Body:
    """One limit that is not the ordinary one. match: its addresses in nginx's syntax. largest: bytes."""

    match: str
    path: str
    largest: int
    at_once: int
    what: str
    is_for_people: bool


def list_bodies(app: Flask, settings: Settings) -> list[Body]:
    """Sorted by address."""
    return sorted((_body(app, settings, limit) for limit in bodies.declared(app)), key=lambda body: body.path)


def write_nginx(app: Flask, settings: Settings, site: Site) -> str:
    environment = Environment(  # noqa: S701 (no HTML)
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    return environment.from_string(_TEMPLATE.read_text()).render(
        site=site,
        names=" ".join(site.names),
        names_pattern="|".join(map(re.escape, site.names)),
        needs=needs,
        hsts=strict_transport.HEADER,
        ordinary=bodies.ORDINARY,
        bodies=list_bodies(app, settings),
        refusals=_REFUSALS,
        retry_after=_AWAY_SECONDS,
    )


def _body(app: Flask, settings: Settings, limit: BodyLimit) -> Body:
    path = bodies.path_of(app, limit)
    match = path if path.endswith("/") else f"= {path}"
    what = limit.what.replace("`", "")
    return Body(match, path, limit.largest(settings), limit.at_once, what, not path.startswith("/api/"))
