"""After a restore from a backup nobody knows who signed out, or was signed out, since."""

from sqlalchemy import update

from app.accounts.models import LoginSession, SessionEnd, SmsCode
from app.core import clock
from app.core.database.aftermath import Ends
from app.core.db import db, transaction


@transaction()
def end_what_was_open() -> Ends:
    now = clock.now()
    sessions = db.session.execute(
        update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now, end_reason=SessionEnd.restored)
    )
    codes = db.session.execute(update(SmsCode).where(SmsCode.used_at.is_(None)).values(used_at=now))
    return Ends({"sessions of citizens": sessions.rowcount, "SMS codes": codes.rowcount})  # type: ignore[attr-defined]
