"""A change and the rows it leaves, all together or not at all: one statement on PostgreSQL, one short transaction on SQLite.

PostgreSQL gets everything in one statement, without BEGIN and COMMIT around it: round trips take most of the time of a busy path.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    Table,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningInsert

from app.core.engines import begin_immediate
from app.core.prepared import PreparedChange, PreparedQuery

Rows = Sequence[Mapping[str, object]]
_DIVISION_BY_ZERO = "22012"


class Insertion(NamedTuple):
    """Into a table. conflict: what to do when the row exists already. If that inserts or changes no row, the step fails."""

    table: Table
    columns: tuple[str, ...]
    conflict: Callable[[postgresql.Insert], postgresql.Insert] | None = None


class _Won(NamedTuple):
    number: int


class PreparedStep:
    """first: a conditional UPDATE of one row; if it finds none, nothing happens. The insertions follow it.

    The parameters of `first` and of a conflict must not be named like a column of an insertion.
    """

    def __init__(self, first: Update, *insertions: Insertion) -> None:
        self._insertions = insertions
        self._one_by_one = (PreparedChange(first), *(PreparedChange(_plain(each), each.columns) for each in insertions))
        self._at_once = PreparedQuery(_joined(first, insertions), _Won)

    def won(self, connection: Connection, values: Mapping[str, object], *rows: Mapping[str, object]) -> bool:
        """In a `bare_transaction` that has not begun. values: parameters of `first` and of conflicts. rows: one for each insertion.

        False means that nothing was changed; the transaction can still begin. Raises what SQLAlchemy raises.
        """
        if connection.in_transaction():
            raise RuntimeError("a step stands for itself")
        return (
            self._run_at_once(connection, values, rows) if is_postgresql(connection) else self.won_all(connection, [(values, rows)])
        )

    def won_all(self, connection: Connection, several: Sequence[tuple[Mapping[str, object], Rows]]) -> bool:
        """On SQLite: writes several in one transaction, all of them or none. As `won`."""
        driver = begin_immediate(connection)
        try:
            if all(self._write(connection, values, rows) for values, rows in several):
                driver.commit()
                return True
        except BaseException:
            driver.rollback()
            raise
        driver.rollback()
        return False

    def _write(self, connection: Connection, values: Mapping[str, object], rows: Rows) -> bool:
        first, *others = self._one_by_one
        if first.changed_in_step(connection, values) != 1:
            return False
        return all(
            other.changed_in_step(connection, row if insertion.conflict is None else {**values, **row}) == 1
            for other, insertion, row in zip(others, self._insertions, rows, strict=True)
        )

    def _run_at_once(self, connection: Connection, values: Mapping[str, object], rows: Rows) -> bool:
        named = dict(values)
        for insertion, row in zip(self._insertions, rows, strict=True):
            named |= {_name(insertion, column): row[column] for column in insertion.columns}
        try:
            found = self._at_once.first(connection, named)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == _DIVISION_BY_ZERO:
                return False
            raise
        return found is not None and found.number == 1


def _plain(insertion: Insertion) -> postgresql.Insert:
    """The PostgreSQL construct serves SQLite too: both have the same ON CONFLICT syntax."""
    statement = postgresql.insert(insertion.table)
    return insertion.conflict(statement) if insertion.conflict is not None else statement


def _joined(first: Update, insertions: Sequence[Insertion]) -> Select[tuple[int]]:
    """Divides by zero, which undoes the statement, if `first` found its row but an insertion with a conflict clause wrote none."""
    done = first.returning(literal_column("1").label("done")).cte("first")
    count = select(func.count()).select_from(done).scalar_subquery()
    one, zero = literal_column("1", Integer), literal_column("0", Integer)
    divisor: ColumnElement[int] = one
    parts = []
    for insertion in insertions:
        table, columns = insertion.table, insertion.columns
        row = select(*(bindparam(_name(insertion, name), type_=table.c[name].type) for name in columns)).select_from(done)
        statement: ReturningInsert[int] = _plain(insertion).from_select(columns, row).returning(literal_column("1").label("done"))
        part = statement.cte(f"into_{table.name}")
        parts.append(part)
        if insertion.conflict is not None:
            inserted = select(func.count()).select_from(part).scalar_subquery()
            divisor = divisor * case((inserted == count, one), else_=zero)
    return select((count // divisor).label("number")).add_cte(*parts)


def _name(insertion: Insertion, column: str) -> str:
    return f"{insertion.table.name}_{column}"


def is_postgresql(connection: Connection | Engine) -> bool:
    return connection.dialect.name == "postgresql"
