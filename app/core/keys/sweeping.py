"""Re-encrypts under the newest DATA_KEY what is still under older ones: columns that models mark, and files of the sealed store.

Works in small steps. Each is a transaction that also stores how far the work has come, and a row changes only if it still has the
value that was read. So a kill in between, a second process doing the same, or a repetition does no harm. A new ciphertext of the
same content changes nothing for the service that owns the table: this is the one place that writes other services' rows.
"""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Column, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.core import blobs, clock, store_mark
from app.core.crypto import number_of, prefix_of, vault
from app.core.database import named_files
from app.core.db import Base, db, table_of, transaction, upsert
from app.core.flask_types import itself
from app.core.keys.models import KeySweep
from app.core.keys.stored import Sealed
from app.core.locks import exclusive
from app.core.logs import log

BATCH_ROWS = 500
BATCH_FILES = 20
_FILES = "files "  # the prefix of a step that is a folder
_SWEPT = table_of(KeySweep)


@dataclass(frozen=True)
class Progress:
    """One step. done: how many were re-encrypted. failed: how many no key opened, or would have had the hash of another row."""

    step: str
    done: int = 0
    failed: int = 0
    is_finished: bool = False


class Sweeper:
    """What one process remembers between its turns. _names: the sorted files of a folder, so that the store is listed once."""

    def __init__(self) -> None:
        self._finished_under = 0
        self._names: dict[str, list[str]] = {}

    def take_turn(self, seconds: float = 0.2) -> bool:
        """Works for this long. False when there is nothing left to do."""
        if len(vault.numbers) < 2:
            return False
        writer, until = vault.writer, time.monotonic() + seconds
        if self._finished_under == writer:
            return False
        while time.monotonic() < until:
            step = next((one.step for one in list_progress() if not one.is_finished), None)
            if step is None:
                self._finished_under = writer
                log.info("data_encrypted_anew", key=writer)
                return False
            if not self._work(step, writer):
                return True  # it has to wait for work that is under way
        return True

    def _work(self, step: str, writer: int) -> bool:
        if step.startswith(_FILES):
            folder = step.removeprefix(_FILES)
            if folder not in self._names:
                self._names[folder] = sorted(name for name, _written in blobs.list_names(folder))
            if _sweep_files(folder, self._names[folder], writer):
                del self._names[folder]
            return True
        return sweep_column(_column_of(step), writer)


def list_progress() -> list[Progress]:
    """The progress of every step towards the key that writes now."""
    writer = vault.writer
    rows = {row.step: row for row in db.session.execute(select(*_SWEPT.c).where(_SWEPT.c.key_number == writer))}
    known = (rows.get(step, Progress(step)) for step in _steps(current_app))
    return [Progress(row.step, row.done, row.failed, getattr(row, "finished_at", None) is not None) for row in known]


def finish_column(step: str) -> None:
    """For a caller that needs a whole column under one key, and holds its lock. Most installations have nothing to do here.

    step: `table.column`.
    """
    if len(vault.numbers) < 2:
        return
    while not next(one for one in list_progress() if one.step == step).is_finished:
        sweep_column(_column_of(step), vault.writer, is_locked=True)


def start_again() -> None:
    """Has everything looked at once more, because something was written under an older key meanwhile."""
    with transaction():
        db.session.execute(delete(_SWEPT))


def count_left(number: int) -> int:
    """The number of rows that are still under this key and can be opened."""
    prefix, found = prefix_of(number), 0
    for column in marked_columns():
        where = func.substr(column, 1, len(prefix)) == prefix
        for row in db.session.execute(select(*_wanted(column)).where(where).execution_options(yield_per=BATCH_ROWS)):
            found += _opened(_how(column), row) is not None
    return found


def marked_columns() -> list[Column[Any]]:
    return [column for table in Base.metadata.sorted_tables for column in table.c if {"sealed", "encrypted"} & column.info.keys()]


def sweep_column(column: Column[Any], writer: int, *, is_locked: bool = False) -> bool:
    """Re-encrypts the next rows of the column. False when work that it must not disturb is under way."""
    lock = _how(column).lock
    with nullcontext(True) if is_locked or not lock else exclusive(lock) as is_alone:
        if is_alone:
            _sweep_rows(column, writer)
        return is_alone


@transaction()
def _sweep_rows(column: Column[Any], writer: int) -> None:
    table, how = column.table, _how(column)
    key = table.primary_key.columns[0]
    state = _enter(str(column), writer)
    wanted = select(*_wanted(column)).where(column.is_not(None)).order_by(key).limit(BATCH_ROWS)
    rows = list(db.session.execute(wanted.where(key > int(state.position)) if state.position else wanted))
    done = failed = 0
    for row in rows:
        if not row.text or (row.text[:1] and _is_under(row.text, writer)):
            continue
        plain = _opened(how, row)
        if plain is None or not _replace(table, column, how, row, plain, writer):
            failed += 1
        else:
            done += 1
    _leave(state, str(rows[-1].key) if rows else state.position, done, failed, is_over=len(rows) < BATCH_ROWS)


def _replace(table: Any, column: Column[Any], how: Sealed, row: Any, plain: bytes, writer: int) -> bool:
    """False when another row has the new hash already."""
    values: dict[str, Any] = {}
    bound = row.bound
    if how.found_by:
        others = {name: getattr(row, name) for name in _named(how)}
        bound = values[how.bound_to] = vault.hash_under(writer, how.purpose, how.found_by.format(plain.decode(), **others))
    values[column.name] = vault.encrypt(how.purpose, plain, bound_to=how.bytes_of(bound), number=writer)
    change = update(table).where(table.primary_key.columns[0] == row.key, column == row.text).values(values)
    try:
        with db.session.begin_nested() if how.found_by else nullcontext():
            db.session.execute(change)
    except IntegrityError:
        return False
    return True


def _sweep_files(folder: str, names: list[str], writer: int) -> bool:
    """Re-encrypts the next files of the folder; each write to the store is atomic. True when those were the last."""
    store_mark.require_ours()
    files = named_files.find(_app(), folder)
    position = db.session.scalar(select(_SWEPT.c.position).where(_SWEPT.c.step == _FILES + folder, _SWEPT.c.key_number == writer))
    left = [name for name in names if name > (position or "")]
    done = failed = 0
    for name in left[:BATCH_FILES]:
        try:
            data = blobs.get(name)
            anew = files.reseal(name, data) if files.reseal else None
        except blobs.NoSuchBlob:
            continue
        except ValueError:
            failed += 1
            continue
        if anew is not None:
            blobs.put(name, anew)
            done += 1
    with transaction():
        state = _enter(_FILES + folder, writer)
        last = left[min(len(left), BATCH_FILES) - 1] if left else state.position
        _leave(state, last, done, failed, is_over=len(left) <= BATCH_FILES)
    return len(left) <= BATCH_FILES


def _enter(step: str, writer: int) -> Any:
    """The row of the step, locked until the transaction ends."""
    wanted = select(*_SWEPT.c).where(_SWEPT.c.step == step).with_for_update()
    row = db.session.execute(wanted).first()
    if row is None or row.key_number != writer:
        db.session.execute(delete(_SWEPT).where(_SWEPT.c.step == step))
        new = {"step": step, "key_number": writer, "position": "", "done": 0, "failed": 0, "updated_at": clock.now()}
        # Of two processes that begin a step in the same moment, the second waits here for the first and goes on from its row.
        db.session.execute(upsert(_SWEPT).values(**new, finished_at=None).on_conflict_do_nothing())
        row = db.session.execute(wanted).one()
    return row


def _leave(state: Any, position: str, done: int, failed: int, *, is_over: bool) -> None:
    now = clock.now()
    values = {"position": position, "done": state.done + done, "failed": state.failed + failed, "updated_at": now}
    if is_over:
        values["finished_at"] = state.finished_at or now
    db.session.execute(update(_SWEPT).where(_SWEPT.c.step == state.step).values(values))


def _opened(how: Sealed, row: Any) -> bytes | None:
    try:
        return vault.decrypt(how.purpose, row.text, bound_to=how.bytes_of(row.bound))
    except ValueError:
        return None


def _is_under(text: bytes, number: int) -> bool:
    try:
        return number_of(text)[0] == number
    except ValueError:
        return False


def _wanted(column: Column[Any]) -> list[Any]:
    """The columns to select: primary key, ciphertext, what it is bound to, and what else its hash is made of."""
    table, how = column.table, _how(column)
    bound = table.c[how.bound_to] if how.bound_to else table.primary_key.columns[0]
    others = [table.c[name] for name in _named(how)]
    return [table.primary_key.columns[0].label("key"), column.label("text"), bound.label("bound"), *others]


def _named(how: Sealed) -> list[str]:
    return [part.partition("}")[0] for part in how.found_by.split("{")[1:] if part.partition("}")[0]]


def _how(column: Column[Any]) -> Sealed:
    found: Sealed = column.info.get("sealed") or column.info["encrypted"]
    return found


def _column_of(step: str) -> Column[Any]:
    table, _dot, name = step.partition(".")
    return Base.metadata.tables[table].c[name]


def _steps(app: Any) -> Iterator[str]:
    yield from (str(column) for column in marked_columns())
    yield from (_FILES + folder for folder in named_files.list_folders(app))


def _app() -> Flask:
    return itself(current_app)
