"""The fast path of `POST /api/v1/ec/query`: a complete, well-formed call is answered without Flask's request handling (ADR 46).

Every other call, and every error, takes the full path to `api`, which finds in the WSGI environment what was read here.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from wsgiref.types import StartResponse

from flask import Flask
from werkzeug.http import HTTP_STATUS_CODES

from app.core.bodies import REFUSED
from app.core.installation import is_first_run
from app.core.networks import network_of
from app.core.origin import find_foreign_host
from app.core.proxy.needs import REFUSAL_HEADER
from app.core.settings import settings
from app.core.short_ways import Environ
from app.scanning import service
from app.scanning.json_body import is_json_type, parse_body
from app.scanning.routes.rate import retry_after_of_key
from app.scanning.service import Call

PATH = "/api/v1/ec/query"
CALL, FAILURE = "pingzheng.call", "pingzheng.failure"  # in the WSGI environment: what was read, and why it was not answered
_REFUSED_BY_PROXY = "HTTP_" + REFUSAL_HEADER.upper().replace("-", "_")

_network_of = lru_cache(maxsize=1024)(network_of)


class ShortQuery:
    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes] | None:
        with self._app.app_context():
            if not _is_plain(environ):
                return None
            call = environ[CALL] = _read(environ)
            try:
                answer = service.redeem_code(call)
            except Exception as error:  # the full path reports it
                environ[FAILURE] = error
                return None
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer.body))), *answer.headers.items()]
        headers += [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
        start_response(f"{answer.status} {HTTP_STATUS_CODES[answer.status].upper()}", headers)
        return (answer.body,)


def _is_plain(environ: Environ) -> bool:
    """Whether the body is complete, small enough and declared as JSON, nothing is refused, and the bureau is set up."""
    length = environ.get("CONTENT_LENGTH", "")
    return (
        length.isdigit()
        and length.isascii()
        and int(length) <= settings.api_max_bytes
        and is_json_type(environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CONTENT_ENCODING", ""))
        and not environ.get("QUERY_STRING")
        and not environ.get(REFUSED)
        and _REFUSED_BY_PROXY not in environ
        and find_foreign_host(environ) is None
        and not is_first_run()
    )


def _read(environ: Environ) -> Call:
    authorization, length = environ.get("HTTP_AUTHORIZATION", ""), int(environ["CONTENT_LENGTH"])
    wait = retry_after_of_key(authorization, "ec")
    fault, raw, body = "", b"", None
    try:
        raw = environ["wsgi.input"].read(length)
        if len(raw) < length:
            raise ValueError("cut off")
        body = parse_body(raw)
    except (OSError, ValueError):
        fault = "body_invalid"
    return Call(authorization, body, fault, hashlib.sha256(raw).digest(), wait, _network_of(environ.get("REMOTE_ADDR", "")))
