"""The institution API, version 1."""

import hashlib

from flask import Blueprint, Response, g, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import get_input_stream

from app.core import limits, proxy, short_ways
from app.core.access import access, anyone
from app.core.bodies import BodyLimit, declare
from app.core.errors import DomainError
from app.core.flask_types import app_of
from app.core.proxy.needs import BAD_BODY
from app.core.settings import settings
from app.scanning import service
from app.scanning.json_body import is_json_type, parse_body, read_body
from app.scanning.openapi import document
from app.scanning.policy import api_key
from app.scanning.reasons import BY_NAME, reason_of_status
from app.scanning.routes.rate import retry_after_of_key
from app.scanning.routes.short_query import CALL, FAILURE, PATH, ShortQuery
from app.scanning.service import Answer, Call, Refusal

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
CALLS = BodyLimit("api", lambda settings: settings.api_max_bytes, "one call of an institution's system (`API_MAX_BYTES`)")
blueprint.record_once(declare(CALLS))
# Every answer that is not 200 has the same body, so there are no redirects to a tidier address and no empty answers to OPTIONS.
_EXACT = {"merge_slashes": False, "provide_automatic_options": False}


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions["api_error"] = answer_error
    short_ways.offer(app_of(state), "POST", PATH, ShortQuery(app_of(state)))


@blueprint.post("/ec/query", **_EXACT)
@access(api_key)
def query_code() -> Response:
    return _respond(service.redeem_code(_receive("ec")))


@blueprint.post("/sandbox/codes", **_EXACT)
@access(api_key)
def create_sandbox_code() -> Response:
    return _respond(service.draw_sandbox_code(_receive("sandbox")))


@blueprint.get("/openapi.json", **_EXACT)
@access(anyone)
def show_openapi() -> Response:
    return Response(document(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


def answer_error(error: DomainError) -> Response:
    """Any other error under /api, in the body that every refusal has."""
    known = BY_NAME.get(error.code)
    reason = known if known is not None and known.status == error.status else reason_of_status(error.status)
    call: Call | None = g.get("api_call")
    refusal = Refusal(reason, field=error.field, retry_after=error.retry_after)
    return _respond(service.refuse_call(refusal, call.org_id if call else "", limits.client_network()))


def _receive(family: str) -> Call:
    """Reads the call. Everything that may wait for the network happens here, before any transaction."""
    call: Call | None = request.environ.get(CALL)
    if call is None:
        authorization = request.headers.get("Authorization", "")
        wait = retry_after_of_key(authorization, family)
        fault, raw, body = _read()
        call = Call(authorization, body, fault, hashlib.sha256(raw).digest(), wait, limits.client_network())
    g.api_call = call
    if FAILURE in request.environ:
        raise request.environ[FAILURE]
    return call


def _read() -> tuple[str, bytes, object]:
    """The fault (a reason's name or empty), the bytes, and the parsed body."""
    refused, raw = proxy.refusal(), None
    try:
        raw = read_body(get_input_stream(request.environ), CALLS.largest(settings)) if not refused else None
    except (OSError, HTTPException):
        refused = BAD_BODY
    if refused == BAD_BODY:
        return "body_invalid", b"", None
    if not is_json_type(request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", "")):
        return "media_type", b"", None
    if raw is None:
        return "too_large", b"", None
    try:
        return "", raw, parse_body(raw)
    except ValueError:
        return "body_invalid", raw, None


def _respond(answer: Answer) -> Response:
    return Response(answer.body, answer.status, headers=answer.headers, content_type="application/json")
