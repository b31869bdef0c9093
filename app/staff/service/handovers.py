"""A one-time password that an administrator starts goes to its member in two halves, by two people.

The administrator reads the first half, a colleague the second, each hands over their own: neither of them can sign in as that
member (ASVS 6.4.6), so that nobody is both persons of what needs four eyes by way of a member they reset or added. It holds in a
small bureau too, where the colleague is whoever else works there, the auditor for one. The second half is kept sealed until it was
read once.
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
    """Of a drawn password: ten letters each, about 49 bits."""
    groups = password.split("-")
    return "-".join(groups[:2]), "-".join(groups[2:])


def keep_second_half(member: StaffMember, password: str, *, started_by: StaffMember) -> str:
    """Inside the transaction that starts the password. The first half, for whoever starts it."""
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
    """To a colleague, once. Raises NotFound when none waits, DomainError `half_own` for whoever must not have both."""
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
