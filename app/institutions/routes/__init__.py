"""Pages about institutions: signing in to their desk, and the directory for citizens."""

from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.institutions import operator_visitor
from app.institutions.routes import desk, directory
from app.institutions.routes import desk_factor as _on_the_desk  # noqa: F401


@desk.blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    operator_visitor.install(cast(Flask, state.app))


blueprints = [desk.blueprint, directory.blueprint]
