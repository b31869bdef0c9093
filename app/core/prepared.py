"""Core statements for the busiest path: compiled once for each kind of database, run on the driver's own cursor.

SQLAlchemy still writes the SQL and converts the values; what is left out is its work per execution, which costs a scan more than
the database does. Everything else uses the session.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

_Conversions = tuple[tuple[int, Callable[[Any], Any]], ...]  # which place, by what


@dataclass(frozen=True, slots=True)
class _Form:
    """One statement in one dialect. literals: values the statement itself brings."""

    sql: str
    names: tuple[str, ...]
    conversions: _Conversions
    literals: dict[str, Any]
    is_positional: bool
    make_row: Any
    row_conversions: _Conversions


class Prepared:
    """columns: the values an INSERT without `.values()` is given."""

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None) -> None:
        self._statement: Any = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """The number of rows it changed. Raises what SQLAlchemy raises, and RuntimeError outside a transaction."""
        if not connection.in_transaction():
            raise RuntimeError("a statement that writes belongs into a transaction")
        return int(self._execute(connection, values)[1].rowcount)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row, its columns as attributes, or None."""
        form, cursor = self._execute(connection, values)
        found = cursor.fetchone()
        cursor.close()
        if found is None or form.make_row is None:
            return None
        return form.make_row(_converted(list(found), form.row_conversions))

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> tuple[_Form, Any]:
        dialect = connection.dialect
        form = self._forms.get(dialect.name) or self._compile(dialect)
        if form.literals:
            values = {**form.literals, **values}
        ready = _converted([values[name] for name in form.names], form.conversions)
        driver: Any = connection.connection.dbapi_connection
        try:
            return form, driver.execute(form.sql, ready if form.is_positional else dict(zip(form.names, ready, strict=True)))
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, driver, None):
                connection.invalidate(error)
            raise DBAPIError.instance(form.sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error

    def _compile(self, dialect: Dialect) -> _Form:
        compiled: SQLCompiler = self._statement.compile(dialect=dialect, column_keys=self._columns)
        is_positional = compiled.positiontup is not None
        names = tuple(compiled.positiontup if compiled.positiontup is not None else compiled.binds)
        binds = [compiled.binds[name] for name in names]
        columns = compiled._result_columns
        row: Any = namedtuple("Found", [column.keyname for column in columns]) if columns else None
        form = self._forms[dialect.name] = _Form(
            sql=str(compiled),
            names=names,
            conversions=_needed([bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in binds]),
            literals={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
            is_positional=is_positional,
            make_row=row._make if columns else None,
            row_conversions=_needed([column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]),
        )
        return form


def _needed(processors: list[Any]) -> _Conversions:
    return tuple((place, convert) for place, convert in enumerate(processors) if convert is not None)


def _converted(values: list[Any], conversions: _Conversions) -> list[Any]:
    for place, convert in conversions:
        values[place] = convert(values[place])
    return values
