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

_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Form:
    """One statement in one dialect. literals: values the statement itself brings."""

    sql: str
    names: tuple[str, ...]
    converters: tuple[_Convert, ...]
    literals: dict[str, Any]
    is_positional: bool
    make_row: Callable[..., Any] | None
    column_converters: tuple[_Convert, ...]


class Prepared:
    """columns: the values an INSERT without `.values()` is given."""

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None) -> None:
        self._statement: Any = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """The number of rows it changed. Raises what SQLAlchemy raises."""
        return int(self._execute(connection, values)[1].rowcount)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row, its columns as attributes, or None."""
        form, cursor = self._execute(connection, values)
        found = cursor.fetchone()
        cursor.close()
        if found is None or form.make_row is None:
            return None
        return form.make_row(
            *[value if convert is None else convert(value) for value, convert in zip(found, form.column_converters, strict=True)]
        )

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> tuple[_Form, Any]:
        dialect = connection.dialect
        form = self._forms.get(dialect.name) or self._compile(dialect)
        if form.literals:
            values = {**form.literals, **values}
        ready = [
            values[name] if convert is None else convert(values[name])
            for name, convert in zip(form.names, form.converters, strict=True)
        ]
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
        columns = compiled._result_columns
        form = self._forms[dialect.name] = _Form(
            sql=str(compiled),
            names=names,
            converters=tuple(compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names),
            literals={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
            is_positional=is_positional,
            make_row=namedtuple("Found", [column.keyname for column in columns]) if columns else None,
            column_converters=tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
        )
        return form
