"""Which files of the store belong to rows, so that a backup can say what it lacks. Features name theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

BATCH = 1000


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """folder: the first part of their names. columns: whose values name one, `ending` behind it. opens: (name, bytes) → whether
    it is as it was written, under the secrets of now; asked of every file in the folder.

    reseal: (name, bytes) → the same under the DATA_KEY that writes now, None when it is so already or hangs from no key itself.
    Raises ValueError when it does not open.
    """

    folder: str
    columns: tuple[InstrumentedAttribute[str | None], ...]
    opens: Callable[[str, bytes], bool]
    ending: str = ""
    reseal: Callable[[str, bytes], bytes | None] | None = None


def name_files(app: Flask, files: NamedFiles) -> None:
    """From now on backups know of these."""
    _known(app)[files.folder] = files


def find(app: Flask, folder: str) -> NamedFiles:
    return _known(app)[folder]


def list_folders(app: Flask) -> list[str]:
    """Of those that can be sealed anew."""
    return [files.folder for files in _known(app).values() if files.reseal is not None]


def opens(app: Flask, name: str, data: bytes) -> bool:
    """Whether this file can be opened; of a folder nobody has spoken for nothing is known, which counts as yes."""
    found = _known(app).get(name.partition("/")[0])
    return found is None or found.opens(name, data)


def iterate_names(app: Flask, connection: Connection) -> Iterator[str]:
    """The name of every file some row of this database needs."""
    for files in _known(app).values():
        for column in files.columns:
            for (name,) in connection.execute(select(column).where(column.is_not(None)).execution_options(yield_per=BATCH)):
                yield f"{name}{files.ending}"


def is_named(app: Flask, connection: Connection, name: str) -> bool:
    """Whether a row of this database needs this file now."""
    found = _known(app).get(name.partition("/")[0])
    if found is None:
        return False
    wanted = name.removesuffix(found.ending) if found.ending else name
    return any(connection.execute(select(column).where(column == wanted).limit(1)).first() for column in found.columns)


def _known(app: Flask) -> dict[str, NamedFiles]:
    known: dict[str, NamedFiles] = app.extensions.setdefault("named_files", {})
    return known
