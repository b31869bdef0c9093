"""What `/readyz` says: everything this process depends on and cannot use. All parts are asked at once, with a short timeout.

Without the database nothing can be served; without Redis or the store of the documents most can. Says what is down, never where it
is or what it answered.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.core import installation, limits, outages, store_mark
from app.core.database import fitness

WITHIN_SECONDS = 4.0  # fixed: a little longer than a new connection may take


@dataclass(frozen=True)
class Readiness:
    """Sentences. vital: why nothing can be served. lacking: what is down, though pages are served without it."""

    vital: list[str]
    lacking: list[str]


@dataclass(frozen=True)
class _Part:
    name: str
    ask: Callable[[Flask], list[str]]
    silent: list[str]  # the sentences when it does not answer in time, or fails
    is_vital: bool = False


def look(app: Flask) -> Readiness:
    looks = [(part, _begin(app, part)) for part in _PARTS]
    until = time.monotonic() + WITHIN_SECONDS
    vital: list[str] = []
    lacking: list[str] = []
    for part, asked in looks:
        asked.join(max(0.0, until - time.monotonic()))
        (vital if part.is_vital else lacking).extend(asked.found if not asked.is_alive() else part.silent)
    return Readiness(vital, lacking)


class _Look(threading.Thread):
    def __init__(self, app: Flask, part: _Part) -> None:
        super().__init__(name=f"readiness-{part.name}", daemon=True)
        self._app, self._part = app, part
        self.found: list[str] = []

    def run(self) -> None:
        with self._app.app_context():
            try:
                self.found = self._part.ask(self._app)
            except Exception as error:
                is_anothers = isinstance(error, SQLAlchemyError) and not self._part.is_vital  # the database's part reports it
                if not is_anothers:
                    outages.note("readiness_not_known", error, part=self._part.name)
                self.found = [] if is_anothers else self._part.silent


def _begin(app: Flask, part: _Part) -> _Look:
    """Starts a look unless one is still running, so that a part that hangs does not pile up threads."""
    running: dict[str, _Look] = app.extensions.setdefault("readiness", {})
    known = running.get(part.name)
    if known is not None and known.is_alive():
        return known
    begun = running[part.name] = _Look(app, part)
    begun.start()
    return begun


def _ask_database(app: Flask) -> list[str]:
    schema = fitness.examine_lately()
    return [schema.problem] if schema.problem else installation.problems(app.config["SETTINGS"].app_mode)


def _ask_release(_app: Flask) -> list[str]:
    """A database that is being upgraded to another release is served, with a note."""
    note = fitness.examine_lately().note
    return [note] if note else []


def _ask_redis(_app: Flask) -> list[str]:
    return [_REDIS] if limits.is_shared_storage_away() else []


def _ask_documents(_app: Flask) -> list[str]:
    return store_mark.problems()


_REDIS = "Redis does not answer: each worker counts the limits alone."
_PARTS = (
    _Part("database", _ask_database, ["The database does not answer."], is_vital=True),
    _Part("release", _ask_release, []),  # if the database does not answer, the first part says so
    _Part("redis", _ask_redis, [_REDIS]),
    _Part("documents", _ask_documents, [store_mark.SENTENCES[store_mark.StoreState.away]]),
)
