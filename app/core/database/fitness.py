"""Whether the program and this database's schema fit each other: checked before serving, by `/readyz` and by `flask doctor`.

The number of a migration alone proves nothing: a table, column or index may still be missing, and then a page fails days later.
"""

import re
import time
from dataclasses import dataclass, field
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, UniqueConstraint, text

from app.core.database.release import find_oldest_program, read_version
from app.core.db import Base, db
from app.version import VERSION

_NAMED = 6  # how many missing things are named
_KEPT_SECONDS = 5.0  # fixed: reading the whole schema at every probe would cost too much
_NO_REVISION = "none"

_SQLITE_COLUMNS = """
SELECT m.name, c.name, m.sql FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
"""
_SQLITE_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"
_SQLITE_UNIQUE = re.compile(r'CONSTRAINT "?(\w+)"? UNIQUE', re.IGNORECASE)
_POSTGRESQL_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND pg_table_is_visible(c.oid)
"""
# A unique constraint has an index of the same name. An index that was being built when the power failed exists, but is not valid.
_POSTGRESQL_INDEXES = """
SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indisvalid AND pg_table_is_visible(c.oid)
"""


@dataclass(frozen=True)
class Fitness:
    """problem: one sentence on why this program must not serve this database, or empty. note: what to know even though it may."""

    revision: str = _NO_REVISION
    problem: str = ""
    note: str = ""
    is_unknown: bool = False  # the migration is not one of this program's


@dataclass
class _Schema:
    """The names of what the database really has."""

    columns: dict[str, set[str]] = field(default_factory=dict)
    indexes: set[str] = field(default_factory=set)


def problems() -> list[str]:
    """Sentences that say why this program must not serve this database; none when it may. Raises SQLAlchemyError if it is away."""
    found = examine()
    return [found.problem] if found.problem else []


def notes() -> list[str]:
    found = examine()
    return [found.note] if found.note else []


def examine() -> Fitness:
    """Reads the schema as it is now: a few milliseconds."""
    with db.engine.connect() as connection:
        revision = _revision_of(connection)
        own = _own_revisions(current_app.extensions["migrate"].directory)
        if revision == own[0]:
            return Fitness(revision, _missing_sentence(connection, revision))
        if revision == _NO_REVISION:
            return Fitness(revision, "The database is not migrated: run `flask db upgrade`.")
        if revision in own:
            return Fitness(revision, f"The database is at migration {revision}, not at {own[0]}: run `flask db upgrade`.")
        return _examine_newer(connection, revision)


def examine_lately() -> Fitness:
    """As `examine`, for callers that ask every second: a schema that fitted a few seconds ago still fits at the same migration."""
    known: tuple[float, Fitness] | None = current_app.extensions.get("database_fitness")
    revision = find_revision()
    if known is not None and known[1].revision == revision and known[0] > time.monotonic() - _KEPT_SECONDS:
        return known[1]
    found = examine()
    if found.problem:
        current_app.extensions.pop("database_fitness", None)
    else:
        current_app.extensions["database_fitness"] = (time.monotonic(), found)
    return found


def find_revision() -> str:
    """The migration the database is at, or `none`."""
    with db.engine.connect() as connection:
        return _revision_of(connection)


@cache
def _own_revisions(directory: str) -> list[str]:
    """This program's migrations, newest first. Cached, because the files do not change while a process runs."""
    return [script.revision for script in ScriptDirectory(directory).walk_revisions()]


def _revision_of(connection: Connection) -> str:
    heads = MigrationContext.configure(connection).get_current_heads()
    return "+".join(sorted(heads)) or _NO_REVISION


def _examine_newer(connection: Connection, revision: str) -> Fitness:
    """For a migration this program does not know: only the database can say whether that is a later one this program may serve."""
    oldest = find_oldest_program(connection)
    unknown = f"The database is at migration {revision}, which this program ({VERSION}) does not know"
    if oldest is None:
        return _refused(revision, f"{unknown}: serve it with the program that made it, or see DATABASE_URL.")
    if read_version(VERSION) < read_version(oldest):
        return _refused(revision, f"{unknown}: it may be served by version {oldest} or newer, so install that.")
    missing = _missing_sentence(connection, revision)
    note = f"The database is newer (migration {revision}) and may still be served by this program ({VERSION}): finish the upgrade."
    return Fitness(revision, missing, "" if missing else note, is_unknown=True)


def _refused(revision: str, problem: str) -> Fitness:
    return Fitness(revision, problem, is_unknown=True)


def _missing_sentence(connection: Connection, revision: str) -> str:
    missing = _list_missing(connection)
    if not missing:
        return ""
    named = ", ".join(missing[:_NAMED]) + (f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else "")
    return (
        f"The database is at migration {revision} but lacks {named}: "
        "put that back (`flask db check` says how it should be) or restore a backup."
    )


def _list_missing(connection: Connection) -> list[str]:
    """`table x`, `column x.y`, `index z`: what the models have and the database has not."""
    schema = _read_sqlite(connection) if connection.dialect.name == "sqlite" else _read_postgresql(connection)
    missing = []
    for table in Base.metadata.sorted_tables:
        there = schema.columns.get(table.name)
        if there is None:
            missing.append(f"table {table.name}")
            continue
        missing += [f"column {table.name}.{column.name}" for column in table.columns if column.name not in there]
        names = [str(index.name) for index in table.indexes]
        names += [str(c.name) for c in table.constraints if isinstance(c, UniqueConstraint)]
        missing += [f"index {name}" for name in sorted(names) if name not in schema.indexes]
    return missing


def _read_sqlite(connection: Connection) -> _Schema:
    schema = _Schema()
    for table, column, statement in connection.execute(text(_SQLITE_COLUMNS)):
        if table not in schema.columns:
            schema.indexes.update(_SQLITE_UNIQUE.findall(statement))
        schema.columns.setdefault(table, set()).add(column)
    schema.indexes.update(connection.scalars(text(_SQLITE_INDEXES)))
    return schema


def _read_postgresql(connection: Connection) -> _Schema:
    schema = _Schema()
    for table, column in connection.execute(text(_POSTGRESQL_COLUMNS)):
        schema.columns.setdefault(table, set()).add(column)
    schema.indexes.update(connection.scalars(text(_POSTGRESQL_INDEXES)))
    return schema
