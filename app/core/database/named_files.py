"""Which files of the store belong to rows, so that a backup can say which it lacks. Each feature names its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

BATCH = 1000


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """folder: the first part of their names. columns: their values, with `ending` appended, are the names. opens: (name, bytes) →
    whether the file is as it was written, under the present secrets; asked for every file in the folder.

    reseal: (name, bytes) → the content under the DATA_KEY that writes now; None when it is so already, or is not under a DATA_KEY.
    Raises ValueError when it does not open.
    """

    folder: str
    columns: tuple[InstrumentedAttribute[str | None], ...]
    opens: Callable[[str, bytes], bool]
    ending: str = ""
    reseal: Callable[[str, bytes], bytes | None] | None = None


def name_files(app: Flask, files: NamedFiles) -> None:
    """From now on backups know of these files."""
    _known(app)[files.folder] = files


def find(app: Flask, folder: str) -> NamedFiles:
    return _known(app)[folder]


def list_folders(app: Flask) -> list[str]:
    """The folders whose files can be re-encrypted."""
    return [files.folder for files in _known(app).values() if files.reseal is not None]


def opens(app: Flask, name: str, data: bytes) -> bool:
    """Whether this file can be opened. A file in a folder that no feature has named counts as one that can."""
    found = _known(app).get(name.partition("/")[0])
    return found is None or found.opens(name, data)


def iterate_names(app: Flask, connection: Connection) -> Iterator[str]:
    """The name of every file that a row of this database needs."""
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
