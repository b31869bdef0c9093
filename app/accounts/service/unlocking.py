from datetime import datetime

from sqlalchemy import update

from app.accounts.models import LoginSession
from app.core.db import db, transaction


@transaction()
def set_unlocked_at(session_id: int, moment: datetime | None) -> None:
    """Since when this session shows codes without asking for the display PIN; None locks it."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(unlocked_at=moment))
