"""For the machine room: is the process alive, may it take traffic, what has it counted."""

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core import installation
from app.core.access import access, anyone
from app.core.database import fitness
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
    schema = fitness.examine_lately()
    found = [schema.problem] if schema.problem else installation.problems(current_app.config["SETTINGS"].app_mode)
    said = found[0] if found else f"ready\n{schema.note}"
    return Response(f"{said.rstrip()}\n", status=503 if found else 200, content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
@access(anyone)
def show_metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
