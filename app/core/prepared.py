"""Core statements for the busiest path: compiled once for each kind of database, run on the driver's own cursor.

SQLAlchemy still writes the SQL and converts the values. Its work per execution is left out, because in a scan that takes more time
than the database does. Everything else uses the session.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

Row = TypeVar("Row", bound=tuple[object, ...])
_Conversion = Callable[[object], object]
_Conversions = tuple[tuple[int, _Conversion], ...]  # the position of a value, and what converts it


class _Cursor(Protocol):
    """What both drivers' cursors have in common."""

    rowcount: int

    def fetchone(self) -> tuple[object, ...] | None: ...

    def fetchall(self) -> list[tuple[object, ...]]: ...

    def close(self) -> None: ...


class _Driver(Protocol):
    """sqlite3's and psycopg's connection."""

    def execute(self, sql: str, values: Sequence[object] | Mapping[str, object]) -> _Cursor: ...


@dataclass(frozen=True, slots=True)
class _Form:
    """One statement in one dialect. literals: values that stand in the statement itself."""

    sql: str
    names: tuple[str, ...]
    conversions: _Conversions
    literals: dict[str, object]
    is_positional: bool
    columns: tuple[str, ...]
    row_conversions: _Conversions


class _Prepared:
    """columns: those for which an INSERT without `.values()` is given values."""

    def __init__(self, statement: ClauseElement, columns: tuple[str, ...] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def form(self, dialect: Dialect) -> _Form:
        return self._forms.get(dialect.name) or self._forms.setdefault(dialect.name, self._compile(dialect))

    def _execute(self, connection: Connection, values: Mapping[str, object]) -> _Cursor:
        dialect = connection.dialect
        form = self.form(dialect)
        if form.literals:
            values = {**form.literals, **values}
        ready = [values[name] for name in form.names]
        for place, convert in form.conversions:
            ready[place] = convert(ready[place])
        driver = cast(_Driver, connection.connection.dbapi_connection)
        try:
            return driver.execute(form.sql, ready if form.is_positional else dict(zip(form.names, ready, strict=True)))
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection.connection.dbapi_connection, None):
                connection.invalidate(error)
            raise DBAPIError.instance(form.sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _compile(self, dialect: Dialect) -> _Form:
        compiled = cast(SQLCompiler, self._statement.compile(dialect=dialect, column_keys=self._columns))
        names = tuple(compiled.positiontup if compiled.positiontup is not None else compiled.binds)
        binds = [compiled.binds[name] for name in names]
        columns = compiled._result_columns
        return _Form(
            sql=str(compiled),
            names=names,
            conversions=_needed([bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in binds]),
            literals={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
            is_positional=compiled.positiontup is not None,
            columns=tuple(column.keyname for column in columns),
            row_conversions=_needed([column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]),
        )


class PreparedQuery(_Prepared, Generic[Row]):
    """A SELECT whose rows are read as `row`, a NamedTuple of the columns' names in the order of the columns."""

    def __init__(self, statement: ClauseElement, row: type[Row]) -> None:
        super().__init__(statement)
        self.row = row

    def first(self, connection: Connection, values: Mapping[str, object]) -> Row | None:
        """The first row, or None. Raises what SQLAlchemy raises."""
        cursor = self._execute(connection, values)
        found = cursor.fetchone()
        cursor.close()
        return self._read(found, self.form(connection.dialect)) if found is not None else None

    def all(self, connection: Connection, values: Mapping[str, object]) -> list[Row]:
        """Every row. Raises what SQLAlchemy raises."""
        cursor = self._execute(connection, values)
        found = cursor.fetchall()
        cursor.close()
        form = self.form(connection.dialect)
        return [self._read(row, form) for row in found]

    def _read(self, found: tuple[object, ...], form: _Form) -> Row:
        cells = list(found)
        for place, convert in form.row_conversions:
            cells[place] = convert(cells[place])
        return tuple.__new__(self.row, cells)


class PreparedChange(_Prepared):
    """An INSERT, UPDATE or DELETE."""

    def __init__(self, statement: UpdateBase, columns: tuple[str, ...] | None = None) -> None:
        super().__init__(statement, columns)

    def changed(self, connection: Connection, values: Mapping[str, object]) -> int:
        """The number of rows it changed. Raises what SQLAlchemy raises, and RuntimeError outside a transaction."""
        if not connection.in_transaction():
            raise RuntimeError("a statement that writes belongs into a transaction")
        return self.changed_in_step(connection, values)

    def changed_in_step(self, connection: Connection, values: Mapping[str, object]) -> int:
        """For `prepared_step`, which manages the transaction itself."""
        return self._execute(connection, values).rowcount

    def won(self, connection: Connection, values: Mapping[str, object]) -> bool:
        """Whether it changed the one row whose state it required: of several callers at the same moment, one wins."""
        return self.changed(connection, values) == 1


def _needed(processors: Sequence[_Conversion | None]) -> _Conversions:
    return tuple((place, convert) for place, convert in enumerate(processors) if convert is not None)
