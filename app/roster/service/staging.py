"""Temporary tables of one import on one connection: rows are read, checked, sorted and compared there, so that the roster itself
is locked only for the moment of merging. They vanish with the connection, even if the process is killed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.db import db, schema_changes, table_of
from app.core.engines import write_own_tables
from app.core.statements import changed
from app.roster.models import InsuredPerson, InsuredStatus, RosterFormer

_PERSON = table_of(InsuredPerson)
_FORMER = table_of(RosterFormer)
_VALUES = ("name", "gender", "birthday", "nationality", "insured_region", "insutype", "psn_no", "psn_type", "status")
_KEYS = ("cert_type", "cert_no_hash")
_ROW = (*_KEYS, "cert_no_encrypted", *_VALUES, "folded_name")


def _columns() -> list[Column[Any]]:
    kinds: dict[str, Any] = {"cert_no_hash": LargeBinary, "cert_no_encrypted": LargeBinary, "birthday": Date}
    return [Column(name, kinds.get(name, String)) for name in _ROW]


_temporary = MetaData()
_STAGE = Table("roster_stage", _temporary, Column("line", Integer), *_columns(), prefixes=["TEMPORARY"])
_WORK = Table(
    "roster_work",
    _temporary,
    Column("n", Integer, primary_key=True),
    Column("person_id", Integer),
    *_columns(),
    prefixes=["TEMPORARY"],
)
_TWINS = Table(
    "roster_twins", _temporary, Column("first", Integer), Column("cert_no_hash", LargeBinary), Column("cert_type", String),
    prefixes=["TEMPORARY"],
)  # fmt: skip


_CHANGES_STATUS = and_(_WORK.c.person_id == _PERSON.c.id, _WORK.c.status != type_coerce(_PERSON.c.status, String))


@dataclass(frozen=True)
class Merged:
    created: int
    updated: int


class Staging:
    """Call in this order: `add` as often as needed, `take_twins`, `sort_out`, then `merge` for each of `slices`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        with self._scratch():
            if not self._is_sqlite:
                connection.exec_driver_sql("SET temp_buffers = '64MB'")
                connection.exec_driver_sql("SET work_mem = '64MB'")
            _temporary.create_all(connection, checkfirst=False)

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """rows: (line, cert_type, cert_no_hash, cert_no_encrypted, *_VALUES, folded_name), the birthday as text."""
        with self._scratch():
            raw: Any = self._connection.connection.dbapi_connection
            if self._is_sqlite:
                raw.executemany(f"INSERT INTO roster_stage VALUES (?{',?' * len(_ROW)})", rows)  # noqa: S608
            else:
                with raw.cursor() as cursor, cursor.copy(f"COPY roster_stage (line, {', '.join(_ROW)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    def take_twins(self) -> list[tuple[int, int]]:
        """Removes lines whose identity document came earlier; returns (line, first line with the same document)."""
        key = (_STAGE.c.cert_no_hash, _STAGE.c.cert_type)
        grouped = select(func.min(_STAGE.c.line), *key).group_by(*key).having(func.count() > 1)
        later = and_(
            *(_STAGE.c[name] == _TWINS.c[name] for name in _KEYS),
            _STAGE.c.line > _TWINS.c.first,
        )
        with self._scratch() as connection:
            if not changed(insert(_TWINS).from_select(["first", "cert_no_hash", "cert_type"], grouped), on=connection):
                return []
            found = connection.execute(select(_STAGE.c.line, _TWINS.c.first).where(later).order_by(_STAGE.c.line)).all()
            connection.execute(delete(_STAGE).where(select(_TWINS.c.first).where(later).exists()))
        return [(line, first) for line, first in found]

    def take_foreign(self, regions: Iterable[str]) -> list[int]:
        """Removes and returns the lines of persons whom the roster has in another region than these."""
        known = and_(*(_PERSON.c[name] == _STAGE.c[name] for name in _KEYS))
        elsewhere = select(_PERSON.c.id).where(known, _PERSON.c.insured_region.not_in(sorted(regions))).exists()
        with self._scratch() as connection:
            lines = list(connection.scalars(select(_STAGE.c.line).where(elsewhere).order_by(_STAGE.c.line)))
            if lines:
                connection.execute(delete(_STAGE).where(elsewhere))
        return lines

    def sort_out(self, fields: Iterable[str]) -> int:
        """Keeps rows that are new or differ from the roster in one of `fields`; returns how many rows are unchanged."""
        differs = [_PERSON.c[name].is_distinct_from(_STAGE.c[name]) for name in _VALUES if name in fields]
        known = and_(*(_PERSON.c[name] == _STAGE.c[name] for name in _KEYS))
        chosen = (
            select(_PERSON.c.id, *(_STAGE.c[name] for name in _ROW))
            .select_from(_STAGE.outerjoin(_PERSON, known))
            .where(or_(_PERSON.c.id.is_(None), *differs) if differs else _PERSON.c.id.is_(None))
            .order_by(_STAGE.c.cert_no_hash)
        )
        with self._scratch() as connection:
            if not self._is_sqlite:
                connection.exec_driver_sql("ANALYZE roster_stage")
            staged = connection.scalar(select(func.count()).select_from(_STAGE)) or 0
            kept = changed(insert(_WORK).from_select(["person_id", *_ROW], chosen), on=connection)
            connection.execute(delete(_STAGE))
        if not self._is_sqlite:
            with self._scratch() as connection:
                connection.exec_driver_sql("ANALYZE roster_work")
        return staged - kept

    def slices(self, rows: int | None) -> Iterator[tuple[int, int]]:
        """Ranges of at most `rows` rows; None puts all in one. There is always at least one range."""
        with self._scratch() as connection:
            last = connection.scalar(select(func.max(_WORK.c.n))) or 0
        step = rows or max(last, 1)
        for start in range(1, max(last, 1) + 1, step):
            yield start, min(start + step - 1, max(last, 1))

    def summary(self) -> tuple[int, int]:
        """The number of new rows and of rows that change a person, after `sort_out`."""
        with self._scratch() as connection:
            new, all_rows = connection.execute(
                select(func.count().filter(_WORK.c.person_id.is_(None)), func.count()).select_from(_WORK)
            ).one()
        return new, all_rows - new

    def count_status_changes(self) -> list[tuple[InsuredStatus, InsuredStatus, int]]:
        """Triples of the present status, the new status and how many rows change so."""
        wanted = select(_PERSON.c.status, _WORK.c.status, func.count()).where(_CHANGES_STATUS)
        with self._scratch() as connection:
            found = connection.execute(wanted.group_by(_PERSON.c.status, _WORK.c.status).order_by(_PERSON.c.status, _WORK.c.status))
            return [(old, InsuredStatus(new), count) for old, new, count in found]

    def stopped_ids(self) -> Select[Any]:
        """Selects the persons whose insurance is normal now and would no longer be, for a count in other tables."""
        return select(_WORK.c.person_id).where(
            _CHANGES_STATUS, _PERSON.c.status == InsuredStatus.normal, _WORK.c.status != InsuredStatus.normal.value
        )

    def list_status_changes(self, part: tuple[int, int]) -> Iterator[tuple[int, InsuredStatus]]:
        """Yields (person, new status). Called before merging, inside the surrounding transaction."""
        changes = select(_WORK.c.person_id, _WORK.c.status).where(_WORK.c.n.between(*part), _CHANGES_STATUS)
        for person_id, status in db.session.connection().execute(changes, execution_options={"yield_per": 1000}):
            yield person_id, InsuredStatus(status)

    def keep_formers(self, part: tuple[int, int], fields: Iterable[str], import_id: int) -> None:
        """Keeps the rows' former values for undoing, unless kept already. Before merging, in the surrounding transaction."""
        if not set(fields) & set(_VALUES):
            return
        former = select(literal(import_id), _PERSON.c.id, *(_PERSON.c[name] for name in _VALUES), _PERSON.c.updated_at)
        rows = former.where(_WORK.c.n.between(*part), _PERSON.c.id == _WORK.c.person_id)
        dialect = sqlite if self._is_sqlite else postgresql
        keeping = dialect.insert(_FORMER).from_select(["import_id", "person_id", *_VALUES, "updated_at"], rows)
        db.session.connection().execute(keeping.on_conflict_do_nothing())

    def merge(self, part: tuple[int, int], fields: Iterable[str], now: datetime) -> Merged:
        """Updates persons whom the roster has, then adds the others. Inside the surrounding transaction."""
        connection = db.session.connection()
        names = [name for name in _VALUES if name in fields]
        names += ["folded_name"] if "name" in names else []
        inside = _WORK.c.n.between(*part)
        moment = literal(now, _PERSON.c.updated_at.type)
        updated = 0
        if names:
            changes = {name: _WORK.c[name] for name in names} | {"updated_at": moment}
            known = update(_PERSON).where(_PERSON.c.id == _WORK.c.person_id, inside).values(changes)
            updated = changed(known, on=connection)
        rows = select(*(_WORK.c[name] for name in _ROW), moment, moment, false()).where(inside, _WORK.c.person_id.is_(None))
        dialect = sqlite if self._is_sqlite else postgresql
        columns = [*_ROW, "created_at", "updated_at", "is_specimen"]
        added = dialect.insert(_PERSON).from_select(columns, rows.order_by(_WORK.c.n))
        # Somebody else may have added the same person between comparing and merging.
        met = added.on_conflict_do_update(
            index_elements=["cert_no_hash", "cert_type"], set_={name: added.excluded[name] for name in [*names, "updated_at"]}
        )
        return Merged(changed(met, on=connection), updated)

    @contextmanager
    def _scratch(self) -> Iterator[Connection]:
        """A transaction that touches only this connection's temporary tables: on SQLite it takes no lock on the database."""
        with nullcontext() if self._is_sqlite else schema_changes(), self._connection.begin():
            if self._is_sqlite:
                write_own_tables(self._connection)
            yield self._connection


@contextmanager
def staging() -> Iterator[Staging]:
    """Inside the block `db.session` uses the connection that holds the temporary tables, so that merging, the audit row and the
    record of the import are one transaction."""
    with db.engine.connect() as connection:
        before = db.session.registry() if db.session.registry.has() else None
        registry: Any = db.session.registry
        registry.set(Session(bind=connection))
        try:
            yield Staging(connection)
        finally:
            db.session.remove()
            if before is not None:
                before.rollback()
                db.session.registry.set(before)
            connection.rollback()
            connection.detach()
