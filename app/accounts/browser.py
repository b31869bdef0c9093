"""The browser of a request: a random cookie, kept 400 days, by which a device is recognised."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, g, request

from app.accounts.device_name import name_device
from app.core.crypto import vault
from app.core.settings import settings

BROWSER_LIFETIME = timedelta(days=400)  # fixed: no browser keeps a cookie longer
_TOKEN_CHARS = 43  # 32 random bytes in base64url


@dataclass(frozen=True)
class Browser:
    """hash: keyed hash of the cookie. name: what the device list calls it."""

    hash: bytes
    name: str


def cookie_name() -> str:
    return "__Host-pz-browser" if settings.has_https else "pz-browser"


def current_browser() -> Browser:
    """The browser of this request; one that sends no cookie is given one with the response."""
    token = request.cookies.get(cookie_name(), "")
    if len(token) != _TOKEN_CHARS:
        token = g.setdefault("new_browser_token", secrets.token_urlsafe(32))
    return Browser(vault.keyed_hash("browser", token), name_device(request.user_agent.string))


def known_browser() -> Browser | None:
    """The browser of this request, or None when it sends no cookie."""
    if len(request.cookies.get(cookie_name(), "")) != _TOKEN_CHARS:
        return None
    return current_browser()


def renew_cookie() -> None:
    """Sets the cookie for another 400 days; called at each sign-in."""
    current_browser()
    g.setdefault("new_browser_token", request.cookies.get(cookie_name(), ""))


def hand_out_cookie(response: Response) -> Response:
    token = g.pop("new_browser_token", "")
    if token:
        response.set_cookie(
            cookie_name(),
            token,
            max_age=BROWSER_LIFETIME,
            path="/",
            secure=settings.has_https,
            httponly=True,
            samesite="Lax",
        )
    return response
