"""A one-time password drawn for an administrator reaches its member in two halves, by two people.

The administrator reads the first half, a colleague the second, and each hands their half over. Neither of them can sign in as that
member (ASVS 6.4.6), so nobody can give both approvals of an act by way of a member they added or reset. This holds in a small
bureau too, where the colleague can be anyone else, such as the auditor. The second half is stored encrypted until it is read once.
"""

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, is_writing, transaction
from app.core.errors import DomainError, NotFound
from app.core.statements import won
from app.staff.audit_tags import StaffTag
from app.staff.models import StaffMember
from app.staff.service.approvals import PAGE, find_second
from app.staff.service.messages import post_staff_message

_PURPOSE = "staff-half"


def halves(password: str) -> tuple[str, str]:
    """The two halves of a drawn password: ten letters each, about 49 bits."""
    groups = password.split("-")
    return "-".join(groups[:2]), "-".join(groups[2:])


def keep_second_half(member: StaffMember, password: str, *, started_by: StaffMember) -> str:
    """Stores the second half and returns the first, for `started_by`. Called inside the transaction that writes the password."""
    if not is_writing():
        raise RuntimeError("a half is kept where its password is written")
    first, second = halves(password)
    sealed = vault.encrypt(_PURPOSE, second.encode(), bound_to=str(member.id).encode())
    db.session.execute(
        update(StaffMember).where(StaffMember.id == member.id).values(second_half=sealed, half_started_by=started_by.id)
    )
    teller = find_second(started_by)
    if teller is not None and teller.id != member.id:
        post_staff_message(
            teller.id,
            _("有一个一次性密码等人转交"),
            _(
                "%(who)s给%(name)s开了一次性密码。后一半由另一位同事当面交给本人，谁方便都可以。",
                who=started_by.name,
                name=member.name,
            ),
            href=PAGE,
        )
    return first


def show_second_half(member: StaffMember, *, to: StaffMember) -> str:
    """Shows the half to a colleague, once. Raises NotFound if none waits, and `half_own` for the member and for `started_by`."""
    sealed, started_by, expires_at = member.second_half, member.half_started_by, member.password_expires_at
    if sealed is None or expires_at is None or expires_at <= clock.now():
        raise NotFound
    if to.id in (member.id, started_by):
        raise DomainError(
            "half_own", _("后一半要由另一位同事交给本人。"), _("请找一位不是本人、也没有经手前一半的同事。"), status=403
        )
    half = vault.decrypt(_PURPOSE, sealed, bound_to=str(member.id).encode()).decode()
    with transaction():
        if not won(
            update(StaffMember)
            .where(StaffMember.id == member.id, StaffMember.second_half == sealed)
            .values(second_half=None, half_started_by=None)
        ):
            raise NotFound
        audit.record(StaffTag.half_shown, actor=to.actor, subject=member.actor, started_by=started_by)
    return half
