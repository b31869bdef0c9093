"""The desk's pages. One blueprint; each module adds its views."""

from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.bureau.routes import calls, cases, decisions, home, papers, reports, unfreezings
from app.bureau.routes.blueprint import blueprint
from app.bureau.sections import bureau_sections, clock_seconds


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.jinja_env.globals.update(bureau_sections=bureau_sections)
    app.jinja_env.filters["clock_seconds"] = clock_seconds


__all__ = ["blueprint", "calls", "cases", "decisions", "home", "papers", "reports", "unfreezings"]
