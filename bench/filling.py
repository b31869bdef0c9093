"""Rows by the million, made inside the database: INSERT … SELECT over numbers, in the words of SQLite and PostgreSQL."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from app.core import clock
from app.core.ids import EPOCH_MS


class Filler:
    """INSERT … SELECT over the numbers 1..count, in the words of both databases."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.now = int(clock.timestamp())

    def insert(self, table: str, count: int, values: dict[str, str]) -> int:
        """values: SQL over `i`, by column. Returns the id before the first row's."""
        before = self._last_id(table) if "id" not in values and table not in ("presentation", "help_event") else 0
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        if not self.is_sqlite:
            numbers = "WITH n(i) AS (SELECT generate_series(CAST(1 AS bigint), :count))"
        statement = f"INSERT INTO {table} ({', '.join(values)}) {numbers} SELECT {', '.join(values.values())} FROM n"
        self.connection.execute(text(statement), {"count": count})
        return before

    def _last_id(self, table: str) -> int:
        """The ids go on from here; on PostgreSQL the sequence may be further than the rows are."""
        highest = int(self.connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one())
        if not self.is_sqlite:
            self.connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {max(highest, 1)}, {highest > 0})")
            )
        return highest

    def moment(self, seconds_ago: str) -> str:
        if self.is_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {self.now} - ({seconds_ago}), 'unixepoch')"
        return f"to_timestamp({self.now} - ({seconds_ago}))"

    def timed_id(self, seconds_ago: str) -> str:
        """As `core.ids` makes them: the milliseconds, then what keeps two apart."""
        return f"((({self.now} - ({seconds_ago})) * 1000 - {EPOCH_MS}) * 4194304 + i % 4194304)"

    def random_bytes(self, salt: str) -> str:
        return "randomblob(32)" if self.is_sqlite else f"sha256(CAST('{salt}' || i AS text)::bytea)"

    def no_bytes(self, length: int) -> str:
        return f"zeroblob({length})" if self.is_sqlite else f"decode(repeat('00', {length}), 'hex')"

    def one_of(self, choices: Sequence[str | int], step: str = "i") -> str:
        quoted = [f"'{c}'" if isinstance(c, str) else str(c) for c in choices]
        cases = " ".join(f"WHEN {n} THEN {value}" for n, value in enumerate(quoted))
        return f"(CASE ({step}) % {len(quoted)} {cases} END)"

    def character(self, number: str) -> str:
        return f"{'char' if self.is_sqlite else 'chr'}(CAST(19968 + {number} AS integer))"

    def digits(self, number: str, length: int) -> str:
        if self.is_sqlite:
            return f"printf('%0{length}d', {number})"
        return f"lpad(CAST({number} AS text), {length}, '0')"

    @property
    def no(self) -> str:
        return "0" if self.is_sqlite else "false"
