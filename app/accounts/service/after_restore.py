"""After a restore from a backup nobody knows who has signed out, or was signed out, since the backup."""

from sqlalchemy import update

from app.accounts.models import LoginSession, SessionEnd, SmsCode
from app.core import clock
from app.core.database.after_restore import Ends
from app.core.db import transaction
from app.core.statements import changed


@transaction()
def end_what_was_open() -> Ends:
    now = clock.now()
    sessions = changed(
        update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now, end_reason=SessionEnd.restored)
    )
    codes = changed(update(SmsCode).where(SmsCode.used_at.is_(None)).values(used_at=now))
    return Ends({"sessions of citizens": sessions, "SMS codes": codes})
