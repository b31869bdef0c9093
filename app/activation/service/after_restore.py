"""After a restore from a backup nobody knows which requests were objected to since, so no waiting request takes effect."""

from sqlalchemy import update

from app.activation.models import LostReport, PinReset, Rebinding
from app.core import clock
from app.core.database.after_restore import Ends
from app.core.db import db, transaction
from app.core.statements import changed


@transaction()
def end_what_was_open() -> Ends:
    """People have to request again; that way no objection made in the lost time is disregarded."""
    now, closed = clock.now(), 0
    for model in (Rebinding, PinReset):
        pending = update(model).where(model.is_open()).values(cancelled_at=now)
        closed += changed(pending)
    db.session.execute(update(LostReport).where(LostReport.used_at.is_(None)).values(used_at=now))
    return Ends({"requests for another phone or PIN that waited out their delay": closed})
