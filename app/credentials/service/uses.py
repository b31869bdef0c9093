"""What happens when a code shown by a relative is used: higher features say whom to tell."""

from datetime import datetime

from sqlalchemy import Connection

from app.core.db import session_on
from app.core.hooks import Hook

FAMILY = "family"
on_used: Hook[[int, str, str, str, datetime], object] = Hook(
    "credentials.on_used",
    "A code shown by family (credential id, handle, shown by, place, moment) is used up, in the scan's own transaction.",
)


def tell_used(connection: Connection, credential_id: int, handle: str, shown_by: str, place: str, moment: datetime) -> None:
    """Only uses of codes shown by family are announced: the phone itself tells of its owner's, and the busiest path stays short.

    Listeners may write by `db.session`, in the transaction of this connection.
    """
    if shown_by != FAMILY:
        return
    with session_on(connection):
        on_used(credential_id, handle, shown_by, place, moment)
