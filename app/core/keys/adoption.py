"""The check values of this installation's own database: when they are written and compared, and what operators are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from app.core.db import Base, db, schema_changes
from app.core.keys import fitting
from app.core.keys.checks import CHECKS, made_with, read_checks, running_values, secrets_of
from app.core.keys.proving import holds_sealed
from app.core.settings import settings


@dataclass(frozen=True)
class Place:
    """The database as `flask keys` finds it. made_with: empty for one that holds nothing yet. misfits: sentences about the running
    secrets that do not fit it. highest: the number of the last key of each family.
    """

    is_reachable: bool
    made_with: str = ""
    misfits: tuple[str, ...] = ()
    highest: Mapping[str, int] = field(default_factory=dict)


def look_at_database() -> Place:
    """Does not create the file of a SQLite database that is not there."""
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if file and not (settings.instance_path / file).exists():
        return Place(is_reachable=True)
    try:
        with db.engine.connect() as connection:
            if not is_filled(connection):
                return Place(is_reachable=True)
            wrong = tuple(fitting.misfits(connection))
            return Place(True, made_with(connection), wrong, fitting.highest_numbers(connection))
    except DBAPIError:
        return Place(is_reachable=False)


def is_filled(connection: Connection) -> bool:
    """Whether the database holds anything that was made with the secrets, or that says whose database it is."""
    installation = Base.metadata.tables["installation"]
    if not inspect(connection).has_table(installation.name):
        return False
    has_kind = connection.execute(select(installation.c.id).limit(1)).first() is not None
    return has_kind or bool(read_checks(connection)) or holds_sealed(connection)


def adopt_after_upgrade() -> list[str]:
    """Gives check values to a database of a version that had none; not to an empty one, which belongs to nobody yet.

    Returns sentences about secrets that nothing proves. Raises SecretsDoNotFit.
    """
    with schema_changes(), db.engine.begin() as connection:
        if not inspect(connection).has_table(CHECKS.name) or not is_filled(connection):
            return []
        return fitting.adopt(connection)


def adopt_by_hand() -> list[str]:
    """For an operator who knows that the present secrets are right. Raises SecretsDoNotFit when what is stored refuses them."""
    with schema_changes(), db.engine.begin() as connection:
        return fitting.replace_unproved(connection)


def tell_of_rotation(values: Mapping[str, str] | None = None) -> None:
    """Tells the database of new keys: called by the rotation, or by the server that starts with them. values: as in secrets.env."""
    values = running_values() if values is None else values
    with db.engine.connect() as connection:
        known = read_checks(connection)
    if not known or secrets_of(values).keys() <= known.keys():
        return
    with schema_changes(), db.engine.begin() as connection:
        fitting.add_rotated(connection, values)


def problems(*, is_set_up: bool) -> list[str]:
    """Sentences that say why this database must not be served with these secrets."""
    connection = db.session.connection()
    if is_set_up and not read_checks(connection):
        return ["The database does not know yet which secrets it was made with: run `flask db upgrade`, which tries them on it."]
    return fitting.misfits(connection)


def notes() -> list[str]:
    """Sentences for the operator about what need not be mended."""
    connection = db.session.connection()
    absent = fitting.find_absent_master(connection)
    older = f"CODE_MASTERS lacks {absent}, the newest master of this database: if you still have a newer secrets.env, put it back."
    return fitting.list_unproved(connection) + ([older] if absent else [])
