"""Counter codes stay valid after a restore, and are counted: some of them may have been used in the lost time."""

from sqlalchemy import func, select

from app.core import clock
from app.core.database.after_restore import Ends
from app.core.db import db
from app.proofs.models import CounterCode


def count_what_stays() -> Ends:
    wanted = (
        select(func.count()).select_from(CounterCode).where(CounterCode.used_at.is_(None), CounterCode.expires_at > clock.now())
    )
    return Ends(open={"activation codes given at the counter": db.session.scalar(wanted) or 0})
