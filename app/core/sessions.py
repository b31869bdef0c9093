"""Sessions of every kind: rows that live and end on the server, found by a random token of which only a keyed hash is stored.

The feature decides who may open one, how long it lives and what it allows. Functions that write run in their caller's transaction.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

from flask import Flask, Response, g
from sqlalchemy import BindParameter, ColumnElement, LargeBinary, delete, update
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from app.core import clock, store_away
from app.core.crypto import vault
from app.core.db import BigId, db, transaction
from app.core.session_cookies import SessionCookie, note_in_use
from app.core.statements import changed, won, write

SEEN_EVERY = timedelta(seconds=30)  # fixed: idle limits at desks are counted in minutes
Moment = datetime | BindParameter[datetime]


class StoredSession(MappedAsDataclass, kw_only=True):
    """hashed_as: the purpose that goes into the keyed hash of its token."""

    hashed_as: ClassVar[str]

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


Kind = TypeVar("Kind", bound=StoredSession)


def open_session(model: type[Kind], **columns: object) -> tuple[Kind, str]:
    """Returns the session and its token, which the browser carries. columns: the owner, and the other columns of this kind."""
    token, now, make = secrets.token_urlsafe(32), clock.now(), cast(Callable[..., Kind], model)
    session = make(token_hash=hash_of(model, token), created_at=now, last_seen_at=now, **columns)
    db.session.add(session)
    db.session.flush()
    return session, token


def renew_session(session: StoredSession, half_open: ColumnElement[bool], **columns: object) -> str:
    """Opens a half-open session fully, from now on and under a new token. Returns it; empty if it was opened or ended meanwhile."""
    model, token, now = type(session), secrets.token_urlsafe(32), clock.now()
    opens = update(model).where(model.id == session.id, half_open, model.ended_at.is_(None))
    values = {"token_hash": hash_of(model, token), "created_at": now, "last_seen_at": now}
    return token if won(opens.values(values | columns)) else ""


def end_sessions(model: type[StoredSession], *whose: ColumnElement[bool], **columns: object) -> int:
    """Ends those that are still open. Returns how many."""
    ends = update(model).where(model.ended_at.is_(None), *whose).values({"ended_at": clock.now()} | columns)
    return changed(ends, in_session=True)


@transaction()
def note_seen(model: type[StoredSession], session_id: int) -> None:
    write(update(model).where(model.id == session_id).values(last_seen_at=clock.now()))


@transaction()
def drop_sessions(model: type[StoredSession], keep_days: int) -> None:
    """Deletes old rows; the audit log still tells of these sessions."""
    write(delete(model).where(model.created_at < clock.now() - timedelta(days=keep_days)))


def is_alive(model: type[StoredSession], begun_after: Moment, seen_after: Moment) -> ColumnElement[bool]:
    return model.ended_at.is_(None) & (model.created_at > begun_after) & (model.last_seen_at > seen_after)


def hash_of(model: type[StoredSession], token: str) -> bytes:
    return vault.keyed_hash(model.hashed_as, token)


class Present(Generic[Kind]):
    """A browser with a session."""

    has_session = True

    def __init__(self, found: Kind) -> None:
        self.session = found
        self.session_id: int = found.id
        self.seen_at = found.last_seen_at


class Nobody:
    """A browser without one."""

    has_session = False
    is_verified = False
    is_signed_in = False


class Door(Generic[Kind]):
    """Finds the visitor of a request, for one kind of session. Each kind has a cookie of its own, beside those of the others."""

    def __init__(self, name: str, model: type[Kind], find: Callable[[str], Present[Kind] | None], nobody: Callable[[], Nobody]):
        self._cookie, self._key = SessionCookie(name), f"visitor_{name}"
        self._model, self._find, self._nobody = model, find, nobody

    def current(self) -> Any:
        if self._key not in g:
            token = self._cookie.read()
            setattr(g, self._key, (self._find(token) if token else None) or self._nobody())
        return g.get(self._key)

    def carry(self, token: str) -> None:
        """From this response on the browser carries this session; an empty token deletes the cookie."""
        self._cookie.carry(token)
        g.pop(self._key, None)

    def install(self, app: Flask) -> None:
        app.after_request(self._note_seen)
        app.after_request(self._cookie.hand_out)
        store_away.on_away(app, lambda: setattr(g, self._key, self._nobody()))

    def _note_seen(self, response: Response) -> Response:
        visitor = g.get(self._key)
        if isinstance(visitor, Present):
            note_in_use(visitor.session_id, visitor.seen_at, partial(note_seen, self._model), every=SEEN_EVERY)
        return response
