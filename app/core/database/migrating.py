"""What must hold while migrations run, for `migrations/env.py`: one at a time, all or nothing, and never back to no tables."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.core.database.release import write_oldest_program
from app.core.db import schema_changes

GROUND = "0001"
_ADVISORY_LOCK = 5106_8003
_WAITS_FOR_TABLES = "10s"

Steps = Callable[[Any, Any], Iterable[Any]]


@contextmanager
def connect_for_migrating(engine: Engine) -> Iterator[Connection]:
    """A connection that may change the schema.

    SQLite makes many changes by recreating a table under its name, and foreign keys would then delete the rows that point to it. So
    they are off meanwhile, and checked before each commit. On PostgreSQL a second `flask db upgrade` waits for the first, and a
    change that cannot lock its table within ten seconds gives up, because all scans would wait behind it.
    """
    with schema_changes(), engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        is_sqlite = connection.dialect.name == "sqlite"
        _run(connection, raw, ["PRAGMA foreign_keys=OFF"] if is_sqlite else _POSTGRESQL_BEFORE)
        try:
            yield connection
        finally:
            with suppress(DBAPIError):  # a broken connection has released everything already
                connection.rollback()
                _run(connection, raw, ["PRAGMA foreign_keys=ON"] if is_sqlite else _POSTGRESQL_AFTER)


_POSTGRESQL_BEFORE = [f"SELECT pg_advisory_lock({_ADVISORY_LOCK})", f"SET lock_timeout = '{_WAITS_FOR_TABLES}'"]
_POSTGRESQL_AFTER = ["RESET lock_timeout", f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})"]


def _run(connection: Connection, raw: Any, statements: list[str]) -> None:
    """SQLite obeys these only outside a transaction; on PostgreSQL they outlast one."""
    for statement in statements:
        if connection.dialect.name == "sqlite":
            raw.execute(statement)
        else:
            connection.exec_driver_sql(statement)
    connection.commit()


def only_ways_on(plan: Steps, *, is_production: bool) -> Steps:
    """The same plan, checked as a whole before its first step.

    Raises CommandError when it would take back the first migration, whose tables hold all rows, or any migration in production.
    """

    def guarded(heads: Any, context: Any) -> Iterable[Any]:
        steps = list(plan(heads, context))
        back = [step.info for step in steps if not step.is_upgrade]
        if any(GROUND in info.up_revision_ids for info in back):
            raise CommandError(f"Migration {GROUND} is never taken back: every row of the bureau would be gone.")
        if back and is_production:
            raise CommandError("In production no migration is taken back: restore a backup into an empty database instead.")
        return steps

    return guarded


def note_step(ctx: Any, step: Any, heads: Any, **_: Any) -> None:
    """Alembic's `on_version_apply`: called in the transaction of each step, after its changes."""
    connection: Connection = ctx.connection
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()):
        raise CommandError(f"Migration {step.up_revision_id} leaves a row of {broken[0]} that points to nothing in {broken[2]}.")
    script: ScriptDirectory = ctx.opts["script"]
    for revision in heads:
        if revision != GROUND:
            write_oldest_program(connection, oldest_program_of(script, revision))


def oldest_program_of(script: ScriptDirectory, revision: str) -> str:
    """What the file of this revision says. Raises CommandError when it says nothing: its author has to decide this."""
    found = getattr(script.get_revision(revision).module, "oldest_program", None)
    if found is None:
        raise CommandError(f'Migration {revision} does not say which program may still serve it: oldest_program = "0.2.0".')
    return str(found)
