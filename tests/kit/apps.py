"""The app of a test process: one for each database, brought back to its first state before each test.

Building the app costs more than most tests. What a test may change of it is its settings, what features keep in
`app.extensions`, and the globals of its templates; routes and hooks cannot be added any more, as it has answered a request.
A test that needs other settings changes them as `app.config["SETTINGS"] = replace(…)`, or builds an app of its own.
"""

from copy import copy
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app, refuse_unfit_database
from app.core import limits, logs
from app.core.db import db
from tests.kit.settings import make_settings


class Apps:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, _Kept] = {}

    def on(self, url: str, instance: Path) -> Flask:
        """The app of this database, as if it had been built a moment ago, with an instance folder of the test's own."""
        if url not in self._kept:
            self._kept[url] = _Kept(create_app(make_settings(database_url=url, instance_path=self._folder)))
        return self._kept[url].made_new(make_settings(database_url=url, instance_path=instance))


class _Kept:
    """An app and what it was like before any test had it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._config = dict(app.config)
        self._extensions = {name: _copied(held) for name, held in app.extensions.items()}
        self._globals = dict(app.jinja_env.globals)
        app.test_client().get("/healthz")  # from here on Flask refuses routes and hooks: they would stay for the next test

    def made_new(self, settings: Any) -> Flask:
        app = self._app
        app.config.clear()
        app.config.update(self._config, SETTINGS=settings)
        app.instance_path = str(settings.instance_path)
        app.extensions.clear()
        app.extensions.update({name: _copied(held) for name, held in self._extensions.items()})
        limits.install(app)
        logs.install()  # to the standard error of this test
        app.jinja_env.globals.clear()
        app.jinja_env.globals.update(self._globals)
        return app


def check_for_serving(app: Flask) -> None:
    """As a server does when it starts: with no connection of the test's own out of the pool that is then closed."""
    db.session.remove()
    refuse_unfit_database(app)


def _copied(held: Any) -> Any:
    """Lists and dictionaries that features fill are copied with what stands in them; everything else is kept as it is."""
    if isinstance(held, dict):
        return {name: _copied(inner) for name, inner in held.items()}
    return [copy(inner) for inner in held] if isinstance(held, list) else held
