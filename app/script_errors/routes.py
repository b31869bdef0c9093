"""Where a page reports that a script of ours failed (static/js/script-errors.js).

The request has no form token: a page kept for use without a network has none, and a caller can do nothing here but count up.
"""

from functools import lru_cache
from pathlib import Path

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.core.limits import client_network, per_second, retry_after
from app.core.web import takes_no_token
from app.script_errors.engines import engine_of
from app.script_errors.service import count_script_error

blueprint = Blueprint("script_errors", __name__)
_OF_ONE = per_second(1 / 60, 6)  # fixed: per network; a page that fails in a loop reports it a few times
_OF_ALL = per_second(1, 60)  # fixed: so that nobody can fill the table
_LONGEST_FILE = 1000  # fixed: lines; ours have 250 at most


@blueprint.post("/script-errors")
@access(anyone)
@takes_no_token
def create_script_error() -> ResponseReturnValue:
    """module and line: only of our own files. The engine is taken from the User-Agent. Nothing else is read."""
    line = request.form.get("line", type=int) or 0
    module = request.form.get("module", "")
    is_ours = request.headers.get("Origin", "").rstrip("/") == request.host_url.rstrip("/")
    if not is_ours or not 0 < line <= _LONGEST_FILE or module not in _modules(current_app.config["STATIC_ROOT"]):
        abort(400)
    if retry_after(_OF_ONE, "script-error", client_network()) or retry_after(_OF_ALL, "script-errors"):
        abort(429)
    count_script_error(module, line, engine_of(request.user_agent.string))
    return "", 204


@lru_cache(maxsize=2)
def _modules(root: Path) -> frozenset[str]:
    return frozenset(path.relative_to(root / "js").as_posix() for path in (root / "js").rglob("*.js"))
