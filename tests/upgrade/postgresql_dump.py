"""A PostgreSQL database as plain statements that any driver can send: tables, rows, keys and indexes of the public schema.

The server's own `pg_dump` is not always to be had in the server's version; what our migrations use is little.
"""

from collections.abc import Iterator

import psycopg
from psycopg import sql

ROWS_A_STATEMENT = 200
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = ANY(%s) ORDER BY contype <> 'p', conname
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY c.relname
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1"
_SERIAL = {"bigint": "bigserial", "integer": "serial"}


def dump(url: str) -> str:
    """Everything in the database, in one order. Foreign keys come last, so that rows need none."""
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return "".join(f"{statement};\n" for statement in _statements(connection))


def load(url: str, statements: str) -> None:
    """Into an empty database, in one transaction."""
    with psycopg.connect(url, options="-c standard_conforming_strings=on") as connection:
        connection.execute(statements.encode())


def _statements(connection: psycopg.Connection) -> Iterator[str]:
    tables = [name for (name,) in connection.execute(_TABLES)]
    for table in tables:
        yield f'CREATE TABLE "{table}" (\n  ' + ",\n  ".join(_columns(connection, table)) + "\n)"
    for table in tables:
        yield from _rows(connection, table)
    for sequence, last in connection.execute(_SEQUENCES).fetchall():
        yield f"SELECT setval('\"{sequence}\"', {last})"
    for table in tables:
        yield from _constraints(connection, table, ["p", "u", "c"])
        yield from (definition for (definition,) in connection.execute(_INDEXES, [f'"{table}"']).fetchall())
    for table in tables:
        yield from _constraints(connection, table, ["f"])


def _columns(connection: psycopg.Connection, table: str) -> Iterator[str]:
    for name, kind, is_required, default in connection.execute(_COLUMNS, [f'"{table}"']).fetchall():
        is_counted = (default or "").startswith("nextval(")
        words = [f'"{name}"', _SERIAL[kind] if is_counted else kind]
        words += ["NOT NULL"] if is_required else []
        words += [f"DEFAULT {default}"] if default and not is_counted else []
        yield " ".join(words)


def _rows(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Each value as the text the server reads it from."""
    names = [name for name, *_ in connection.execute(_COLUMNS, [f'"{table}"']).fetchall()]
    asked = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names),
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
    )
    rows = [f"({', '.join(map(_quoted, row))})" for row in connection.execute(asked)]
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        yield f'INSERT INTO "{table}" VALUES\n' + ",\n".join(rows[start : start + ROWS_A_STATEMENT])


def _constraints(connection: psycopg.Connection, table: str, kinds: list[str]) -> Iterator[str]:
    for name, definition in connection.execute(_CONSTRAINTS, [f'"{table}"', kinds]).fetchall():
        yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
