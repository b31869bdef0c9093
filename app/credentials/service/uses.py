"""What happens when a code shown by a relative is used: higher features say whom to tell."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from app.core.db import session_on

FAMILY = "family"
Listener = Callable[[int, str, str, str, datetime], object]
_listeners: list[Listener] = []


def on_used(listener: Listener) -> None:
    """`listener(credential_id, handle, shown_by, place, moment)` runs in the redeeming transaction, where `db.session` may write.

    Only for codes shown by family: one's own are told by the phone, and the busiest path stays as it is.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def tell_used(connection: Connection, credential_id: int, handle: str, shown_by: str, place: str, moment: datetime) -> None:
    if shown_by != FAMILY or not _listeners:
        return
    with session_on(connection):
        for listener in _listeners:
            listener(credential_id, handle, shown_by, place, moment)
