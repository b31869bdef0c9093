"""Reads of acts that wait for a second member."""

from collections.abc import Collection

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import NotFound
from app.staff.models import Approval, ApprovalState, StaffMember
from app.staff.rights import Right, has_right

PAGE = 50
COUNTED = 100


def get_approval(approval_id: int) -> Approval:
    found = db.session.get(Approval, approval_id)
    if found is None:
        raise NotFound
    return found


def list_waiting_for(member: StaffMember, regions: Collection[str], *, limit: int = PAGE) -> list[tuple[Approval, str]]:
    """Pairs of an open approval that this member may approve or refuse and the name of its asker, oldest first."""
    asker = aliased(StaffMember)
    rights = [right.name for right in Right if has_right(member.roles, right)]
    by_right = and_(Approval.right.in_(rights), or_(Approval.region == "", Approval.region.in_(sorted(regions))))
    rows = db.session.execute(
        select(Approval, asker.name)
        .join(asker, asker.id == Approval.asked_by)
        .where(
            Approval.state == ApprovalState.open,
            Approval.asked_by != member.id,
            or_(by_right, Approval.second_id == member.id),
        )
        .order_by(Approval.id)
        .limit(limit)
    )
    return [(approval, name) for approval, name in rows]


def list_asked_by(staff_id: int) -> list[Approval]:
    """What this member asked for, open or settled, newest first."""
    return list(db.session.scalars(select(Approval).where(Approval.asked_by == staff_id).order_by(Approval.id.desc()).limit(PAGE)))


def list_open_about(subject: str) -> list[Approval]:
    return list(
        db.session.scalars(select(Approval).where(Approval.state == ApprovalState.open, Approval.subject == subject).limit(10))
    )


def list_settled(member: StaffMember, regions: Collection[str]) -> list[Approval]:
    """The approvals that were given or took effect last and that this member may see, newest first."""
    rights = [right.name for right in Right if has_right(member.roles, right)]
    return list(
        db.session.scalars(
            select(Approval)
            .where(
                Approval.state == ApprovalState.approved,
                Approval.right.in_(rights),
                or_(Approval.region == "", Approval.region.in_(sorted(regions))),
            )
            .order_by(Approval.id.desc())
            .limit(20)
        )
    )
