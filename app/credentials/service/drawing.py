"""Codes and twelve-digit numbers drawn by the server: the first code, and every code of a browser without script."""

from typing import Protocol

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import changed
from app.credentials import queries
from app.credentials.code_format import make_code, new_typed_number
from app.credentials.keyring import key_of, keyring
from app.credentials.models import Presentation, TypedCode
from app.credentials.policy import lies_ahead


class Drawable(Protocol):
    """A presentation's row, or the columns of it that the page's one read returned."""

    @property
    def handle(self) -> str | None: ...
    @property
    def master_id(self) -> str: ...
    @property
    def last_used(self) -> int: ...


def draw_code(presentation: Drawable, challenge: str = "") -> str:
    """61 digits, or 63 with a challenge. Always issued after the second of the last used code: accepting a code voids all up to it.

    Raises DomainError `code_renew` when the presentation's master is gone: unlocking again makes a new one.
    """
    handle, master = presentation.handle, keyring.find(presentation.master_id)
    if handle is None or master is None:
        raise DomainError("code_renew", _("这台手机的医保码需要更新。"), _("请重新输入展码密码。"), status=409)
    issued_at = max(int(clock.timestamp()), presentation.last_used + 1)
    return make_code(key_of(master, handle), handle, issued_at, challenge)


@transaction()
def issue_typed_code(presentation: Presentation, until: int | None = None) -> TypedCode:
    """A new twelve-digit number for this presentation; older ones end. until: Unix seconds; by default two minutes from now."""
    return _issue(presentation.handle, presentation.last_used, until)


def keep_typed_code(handle: str, last_used: int) -> TypedCode:
    """The number to show now: the newest one if it is younger than 90 s and not used up, else a new one."""
    current = queries.find_typed_code(handle)
    if current is not None and not is_typed_code_due(current.issued_at, last_used):
        return current
    with transaction():
        # When two tabs ask in parallel, the second waits here, reads again and gets the first one's number.
        last_used = db.session.scalar(select(Presentation.last_used).where(Presentation.handle == handle).with_for_update()) or 0
        current = queries.find_typed_code(handle)
        if current is not None and not is_typed_code_due(current.issued_at, last_used):
            return current
        return _issue(handle, last_used)


@transaction()
def drop_old_typed_codes() -> int:
    """Deletes the numbers that nobody can ask about any more (24 h). Returns how many."""
    limit = int(clock.timestamp()) - settings.typed_code_keep_hours * 3600
    return changed(delete(TypedCode).where(TypedCode.expires_at < limit))


def is_typed_code_due(issued_at: int, last_used: int) -> bool:
    """Whether a number issued at this moment needs replacing: it is used up, too old for the page, or issued in the future."""
    is_old = clock.timestamp() - issued_at >= settings.typed_code_renew_seconds
    return issued_at <= last_used or is_old or lies_ahead(issued_at)


def _issue(handle: str, last_used: int, until: int | None = None) -> TypedCode:
    now = int(clock.timestamp())
    issued_at = max(now, last_used + 1)
    # A used number keeps its two minutes: anyone who types it again is told that it was used, not that it has expired.
    open_ones = (TypedCode.handle == handle, TypedCode.expires_at > now, TypedCode.issued_at > last_used)
    db.session.execute(update(TypedCode).where(*open_ones).values(expires_at=now))
    while True:
        expires_at = until or issued_at + settings.typed_code_seconds
        code = TypedCode(number=new_typed_number(), handle=handle, issued_at=issued_at, expires_at=expires_at)
        try:
            with db.session.begin_nested():
                db.session.add(code)
                db.session.flush()
        except IntegrityError:  # another presentation has had this number within the last 24 hours
            continue
        return code
