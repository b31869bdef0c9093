"""After a restore from a backup nobody knows which codes were used or frozen since, so every earlier presentation ends.

Each phone gets a new handle and key at its next unlock. Otherwise a code that was used in the lost time could be used again.
"""

from sqlalchemy import or_, update

from app.core import clock
from app.core.database.after_restore import Ends
from app.core.db import transaction
from app.core.statements import changed
from app.credentials.models import EndReason, Presentation, Slip
from app.credentials.policy import SLIP


@transaction()
def end_what_was_open() -> Ends:
    """Specimens, which belong to nobody, go on."""
    now = clock.now()
    is_somebodys = or_(Presentation.device_id.is_not(None), Presentation.shown_by == SLIP)
    shown = changed(
        update(Presentation)
        .where(is_somebodys, or_(Presentation.ends_at.is_(None), Presentation.ends_at > now))
        .values(ends_at=now, end_reason=EndReason.restored, challenge_until=0)
    )
    slips = changed(
        update(Slip)
        .where(Slip.valid_on >= clock.today(), Slip.used_at.is_(None), Slip.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by="system")
    )
    return Ends({"codes that phones and paper showed": shown, "paper slips of today": slips})
