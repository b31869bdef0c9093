"""The fast path of `GET /code/state`: a phone asks every other second, and nearly always nothing has happened.

The one read is done here, before Flask; if the answer is what the phone already has, the response is 304 at once. In every other
case the request takes the full path to `routes.state`, which decides anew: the fast path only ever says "nothing new".
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs
from wsgiref.types import StartResponse

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData
from werkzeug.http import parse_cookie

from app.core import clock, outages
from app.core.crypto import vault
from app.core.short_ways import Environ
from app.credentials import service
from app.credentials.keyring import keyring
from app.credentials.live_state import TIME_HEADER, etag_of, state_of, tells_news, to_bytes
from app.credentials.models import CredentialStatus
from app.credentials.policy import lies_ahead
from app.credentials.queries.code_state import Polled, find_polled
from app.credentials.service.presentations import SEEN_EVERY

PATH = "/code/state"


def is_quiet(shown: Polled, noted_every: timedelta) -> bool:
    """Whether nothing has to be written, shown or refused for this row of `find_polled`."""
    now = clock.now()
    return bool(
        (shown.person_id is None or shown.bound_at is not None)
        and shown.handle is not None
        and service.is_fresh(shown.unlocked_at, now)
        and now - shown.last_seen_at < noted_every
        and shown.status is CredentialStatus.active
        and keyring.find(shown.master_id) is not None
        and not service.is_typed_code_due(shown.typed_issued_at, shown.last_used)
        and shown.uses_since_seen == 0
        and now - shown.seen_at < SEEN_EVERY
        and not tells_news(shown)
        and not lies_ahead(shown.last_used, now.timestamp())
    )


class QuietPolls:
    """noted_every: how long a session may go before `last_seen_at` is written again."""

    def __init__(self, app: Flask, noted_every: timedelta) -> None:
        self._app, self._noted_every = app, noted_every

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and self._is_known(environ, known):
            now = str(int(clock.timestamp() * 1000))
            headers = [("ETag", known), (TIME_HEADER, now), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
            start_response("304 NOT MODIFIED", headers)
            return ()
        return None

    def _is_known(self, environ: Mapping[str, Any], known: str) -> bool:
        cookie = parse_cookie(environ.get("HTTP_COOKIE", "")).get(self._app.config["SESSION_COOKIE_NAME"])
        of = parse_qs(environ.get("QUERY_STRING", "")).get("of", [""])[0]
        if not cookie or not (of.isascii() and of.isdigit() and len(of) < 19):
            return False
        with self._app.app_context():
            token = self._token_of(cookie)
            try:
                shown = find_polled(vault.keyed_hash("session", token), int(of)) if token else None
            except Exception as error:  # the full path reports it
                if not outages.is_store_failure(error):
                    raise
                return False
            if shown is None or shown.typed_number is None or not is_quiet(shown, self._noted_every):
                return False
            return known == etag_of(to_bytes(state_of(shown, shown.typed_number, shown.typed_until, None)))

    def _token_of(self, cookie: str) -> str | None:
        interface = cast(SecureCookieSessionInterface, self._app.session_interface)
        signer: Any = interface.get_signing_serializer(self._app)
        try:
            content = signer.loads(cookie, max_age=int(self._app.permanent_session_lifetime.total_seconds()))
        except BadData:
            return None
        token: str | None = content.get("_user_id")
        return token
