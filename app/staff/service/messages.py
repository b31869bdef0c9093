"""Messages in a member's inbox."""

from sqlalchemy import update

from app.core import clock
from app.core.db import db, transaction
from app.core.statements import write
from app.staff.models import StaffMessage


@transaction()
def post_staff_message(staff_id: int, title: str, body: str, *, href: str = "") -> StaffMessage:
    """Leaves a message in a member's inbox. href: the path of the page it is about."""
    message = StaffMessage(staff_id=staff_id, title=title, body=body, href=href, created_at=clock.now())
    db.session.add(message)
    db.session.flush()
    return message


@transaction()
def mark_messages_read(staff_id: int, up_to: int) -> None:
    """Marks the member's messages up to this one as read: those they were shown."""
    write(
        update(StaffMessage)
        .where(StaffMessage.staff_id == staff_id, StaffMessage.id <= up_to, StaffMessage.read_at.is_(None))
        .values(read_at=clock.now())
    )
