"""The bureau's pages, in one blueprint. Every module in this folder is imported and adds its views to it."""

from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from flask import Flask
from flask.blueprints import BlueprintSetupState

from app.bureau.routes.blueprint import blueprint as blueprint
from app.bureau.sections import bureau_sections, clock_seconds, moment_seconds

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.jinja_env.globals.update(bureau_sections=bureau_sections)
    app.jinja_env.filters.update(clock_seconds=clock_seconds, moment_seconds=moment_seconds)
