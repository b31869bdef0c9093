"""What a security administrator does to colleagues. Making somebody an administrator, or resetting one, needs a second person."""

from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won
from app.staff.models import Approval, Role, StaffMember
from app.staff.queries import get_staff
from app.staff.rights import ADMINS, Right
from app.staff.role_names import role_names
from app.staff.service.approvals import ask_approval, find_second
from app.staff.service.members import NewStaff, Reset, add_staff, reset_staff
from app.staff.service.posts import change_roles, check_roles, set_second

ROLES, RESET, SECOND = "staff_roles", "staff_reset", "staff_second"


def appoint_staff(
    username: str, name: str, *, agency: str, roles: Collection[Role], by: StaffMember
) -> tuple[NewStaff, Approval | None]:
    """Adds a member. The roles of an administrator wait for a second person; until then the member can sign in but do nothing.

    Raises the errors of `add_staff`.
    """
    check_roles(roles)
    is_admin = bool(ADMINS & set(roles))
    added = add_staff(username, name, agency=agency, roles=roles, by=by.actor, is_waiting=is_admin, started_by=by)
    return added, _ask_roles(added.member, roles, by) if is_admin else None


def assign_roles(member: StaffMember, roles: Collection[Role], *, by: StaffMember) -> Approval | None:
    """Changes roles at once, or asks for approval if that makes an administrator. Raises as `change_roles`, and `already_asked`."""
    if by.id != member.id and (ADMINS & set(roles)) - member.roles:
        check_roles(roles)
        return _ask_roles(member, roles, by)
    change_roles(member, roles, by=by.actor)
    return None


def name_second(member: StaffMember, second: StaffMember, *, by: StaffMember) -> Approval | None:
    """Names a second person. A member who replaces their own must ask for it, so that the present one is told and may refuse."""
    if by.id == member.id and find_second(member) is not None:
        if second.id == member.id:
            raise DomainError("second_self", str(_("第二个人不能是自己。")), str(_("请选另一个人。")))
        return ask_approval(SECOND, member.actor, by=by, right=Right.approve_roles, second=second.id)
    set_second(member, second, by=by.actor)
    return None


def ask_reset(member: StaffMember, *, by: StaffMember) -> Approval:
    """Raises DomainError `already_asked`, `reset_own`."""
    _refuse_own(member, by)
    return ask_approval(RESET, member.actor, by=by, right=Right.approve_roles)


def needs_grant(member: StaffMember) -> bool:
    return bool(ADMINS & member.roles)


def has_grant(member: StaffMember, by: StaffMember) -> bool:
    granted = member.reset_granted_at
    return member.reset_granted_to == by.id and granted is not None and granted > _granted_after()


def reset_colleague(member: StaffMember, *, by: StaffMember) -> Reset:
    """Resets a colleague and returns the first half of the new one-time password. For an administrator it uses up a grant.

    Raises DomainError `reset_own`, `grant_missing`.
    """
    _refuse_own(member, by)
    if needs_grant(member) and not _spend_grant(member.id, by.id):
        raise DomainError(
            "grant_missing", str(_("管理员的重设要先由另一个人复核。")), str(_("请先提出，复核通过后再来。")), status=409
        )
    return reset_staff(member, by=by.actor, started_by=by)


def do_roles(approval: Approval) -> None:
    """Done when a `ROLES` request is approved."""
    change_roles(
        _member_of(approval), [Role(name) for name in approval.details["roles"]], by=StaffMember.actor_of(approval.asked_by)
    )


def do_reset(approval: Approval) -> None:
    """Done when a `RESET` request is approved: the asker may do the reset, once, within `reset_grant_hours`."""
    db.session.execute(
        update(StaffMember)
        .where(StaffMember.id == _member_of(approval).id)
        .values(reset_granted_to=approval.asked_by, reset_granted_at=clock.now())
    )


def do_second(approval: Approval) -> None:
    """Done when a `SECOND` request is approved."""
    set_second(_member_of(approval), get_staff(int(approval.details["second"])), by=StaffMember.actor_of(approval.asked_by))


def tell_roles(approval: Approval) -> str:
    member = _member_of(approval)
    names = role_names(frozenset(Role(name) for name in approval.details["roles"]))
    return str(_("%(name)s（%(username)s）的岗位改为：%(roles)s。", name=member.name, username=member.username, roles=names))


def tell_reset(approval: Approval) -> str:
    member = _member_of(approval)
    return str(_("重设%(name)s（%(username)s）的密码和第二步验证。", name=member.name, username=member.username))


def tell_second(approval: Approval) -> str:
    second = get_staff(int(approval.details["second"]))
    return str(_("%(name)s提出的事，以后由%(second)s过目。", name=_member_of(approval).name, second=second.name))


def _ask_roles(member: StaffMember, roles: Collection[Role], by: StaffMember) -> Approval:
    return ask_approval(ROLES, member.actor, by=by, right=Right.approve_roles, roles=sorted(role.value for role in roles))


def _member_of(approval: Approval) -> StaffMember:
    return get_staff(StaffMember.key_in(approval.subject) or 0)


def _refuse_own(member: StaffMember, by: StaffMember) -> None:
    if by.id == member.id:
        raise DomainError("reset_own", str(_("不能重设自己。")), str(_("请另一位安全管理员来办。")), status=403)


@transaction()
def _spend_grant(staff_id: int, by: int) -> bool:
    return won(
        update(StaffMember)
        .where(
            StaffMember.id == staff_id,
            StaffMember.reset_granted_to == by,
            StaffMember.reset_granted_at > _granted_after(),
        )
        .values(reset_granted_to=None, reset_granted_at=None)
    )


def _granted_after() -> datetime:
    return clock.now() - timedelta(hours=settings.reset_grant_hours)
