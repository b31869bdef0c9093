"""Pages of staff about themselves. One blueprint; each module adds its views."""

from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.staff import visitor
from app.staff.routes import me as me
from app.staff.routes import sign_in as sign_in
from app.staff.routes.blueprint import blueprint as blueprint


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    visitor.install(cast(Flask, state.app))
