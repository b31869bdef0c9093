"""Invitations stay valid after a restore, and are counted: some may have been used or withdrawn in the lost time."""

from sqlalchemy import func, select

from app.core import clock
from app.core.database.after_restore import Ends
from app.core.db import db
from app.family.models import Invitation


def count_what_stays() -> Ends:
    wanted = (
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.ended_at.is_(None), Invitation.expires_at > clock.now())
    )
    return Ends(open={"invitations of families": db.session.scalar(wanted) or 0})
