"""After a restore, disabled members and refused acts since the backup are unknown: so all sessions and open acts are ended."""

from sqlalchemy import delete, select, update

from app.core.database.after_restore import Ends
from app.core.db import db, transaction
from app.core.sessions import end_sessions
from app.staff.models import Approval, ApprovalState, StaffChallenge, StaffMember, StaffSession
from app.staff.service.approvals import close_approval


@transaction()
def end_what_was_open() -> Ends:
    """Ends sessions and open approvals. Under SEPARATION=small an approval refused in the lost time would else take effect."""
    sessions = end_sessions(StaffSession)
    db.session.execute(delete(StaffChallenge))
    db.session.execute(update(StaffMember).values(reset_granted_to=None, reset_granted_at=None))
    waiting = db.session.scalars(select(Approval.id).where(Approval.state == ApprovalState.open)).all()
    for approval_id in waiting:
        close_approval(approval_id, "restored")
    return Ends({"sessions of staff": sessions, "acts that waited for a second pair of eyes": len(waiting)})
