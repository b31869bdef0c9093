"""For operators' monitoring: whether the process is alive, whether it may take traffic, and what it has counted."""

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core import readiness
from app.core.access import access, anyone
from app.core.flask_types import itself
from app.core.machine_room import is_on_this_machine, knows_token
from app.core.settings import settings
from app.version import VERSION

blueprint = Blueprint("health", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@access(anyone)
def show_liveness() -> Response:
    return Response(f"ok {VERSION}\n", content_type="text/plain")


@blueprint.get("/readyz")
@access(anyone)
def show_readiness() -> Response:
    """One sentence per line: 503 with all that is wrong, or 200 with `ready` and what is missing but not vital. Strangers only get
    whether it is ready."""
    found = readiness.look(itself(current_app))
    status = 503 if found.vital else 200
    if is_on_this_machine() or knows_token():
        lines = [*(found.vital or ["ready"]), *found.lacking]
    else:
        lines = ["not ready" if found.vital else "ready"]
    return Response("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
@access(anyone)
def show_metrics() -> Response:
    """Only for callers that know METRICS_TOKEN or, while none is set, for this machine itself."""
    if not (knows_token() if settings.metrics_token else is_on_this_machine()):
        mend = "send METRICS_TOKEN as a bearer token" if settings.metrics_token else "METRICS_TOKEN is not set"
        return Response(f"Not from here: {mend}.\n", status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain")
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
