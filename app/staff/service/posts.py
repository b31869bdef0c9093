"""A member's roles, agency, second person and own person in the roster; disabling and enabling.

Nobody changes their own, and a bureau always keeps somebody who can give rights.
"""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.sessions import end_sessions
from app.core.settings import settings
from app.core.statements import won
from app.regions.queries import get_agency
from app.staff.audit_tags import StaffTag
from app.staff.models import Role, StaffMember, StaffSession
from app.staff.rights import clash
from app.staff.service.approvals import close_approvals_of


@transaction()
def change_roles(member: StaffMember, roles: Collection[Role], *, by: str) -> None:
    """Takes effect with the member's next request, in open sessions too. If a role is taken away, their open requests are closed.

    Raises DomainError `roles_own`, `roles_clash`, `roles_missing`, `last_secadmin`.
    """
    if by == member.actor:
        raise DomainError("roles_own", str(_("不能改自己的岗位。")), str(_("请另一位安全管理员来改。")), status=403)
    check_roles(roles)
    if Role.secadmin not in roles:
        _keep_a_secadmin(member)
    before, after = member.roles_text, joined(roles)
    taken = member.roles - set(roles)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(roles_text=after))
    if taken:
        close_approvals_of(member.id, "roles_changed")
    audit.record(StaffTag.roles_changed, actor=by, subject=member.actor, before=before, after=after)


@transaction()
def change_agency(member: StaffMember, agency: str, *, by: str) -> None:
    """The member's region changes with it, at once. Raises NotFound, DomainError `agency_own`."""
    if by == member.actor:
        raise DomainError("agency_own", str(_("不能改自己的单位。")), str(_("请另一位安全管理员来改。")), status=403)
    found = get_agency(agency)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(agency_id=found.id))
    audit.record(StaffTag.agency_changed, actor=by, subject=member.actor, before=member.agency_id, after=found.id)


@transaction()
def disable_staff(member: StaffMember, *, by: str) -> None:
    """The member leaves: all their sessions end, and they cannot sign in until they are enabled or reset.

    Raises DomainError `disable_own`, `last_secadmin`.
    """
    if by == member.actor:
        raise DomainError("disable_own", str(_("不能停用自己。")), str(_("请另一位安全管理员来办。")), status=403)
    _keep_a_secadmin(member)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(disabled_at=clock.now()))
    end_sessions_of(member.id)
    close_approvals_of(member.id, "disabled")
    audit.record(StaffTag.disabled, actor=by, subject=member.actor)


@transaction()
def enable_staff(member: StaffMember, *, by: str) -> None:
    """The member comes back with the password and second factor they had."""
    if won(update(StaffMember).where(StaffMember.id == member.id, StaffMember.disabled_at.is_not(None)).values(disabled_at=None)):
        audit.record(StaffTag.enabled, actor=by, subject=member.actor)


@transaction()
def end_all_sessions(member: StaffMember, *, by: str) -> None:
    """Signs the member out everywhere; they may sign in again."""
    end_sessions_of(member.id)
    audit.record(StaffTag.sessions_ended, actor=by, subject=member.actor)


@transaction()
def link_person(member: StaffMember, person_id: int | None, *, by: str) -> None:
    """Notes which insured person the member is, so that they never decide for their family. None removes the note."""
    if by == member.actor:
        raise DomainError("person_own", str(_("不能改自己的参保人。")), str(_("请另一位安全管理员来改。")), status=403)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(person_id=person_id))
    audit.record(StaffTag.person_linked, actor=by, subject=member.actor, person_id=person_id, before=member.person_id)


@transaction()
def set_second(member: StaffMember, second: StaffMember, *, by: str) -> None:
    """Sets who is told of this member's requests in a small bureau. Raises DomainError `second_self`, `second_gone`."""
    if second.id == member.id:
        raise DomainError("second_self", str(_("第二个人不能是自己。")), str(_("请选另一个人。")))
    if second.disabled_at is not None:
        raise DomainError("second_gone", str(_("这个人已经停用。")), str(_("请选另一个人。")))
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(second_id=second.id))
    audit.record(StaffTag.second_changed, actor=by, subject=member.actor, before=member.second_id, after=second.id)


def check_roles(roles: Collection[Role]) -> None:
    """Raises DomainError `roles_missing` or `roles_clash`."""
    if not roles:
        raise DomainError("roles_missing", str(_("请至少选一个岗位。")), field="roles")
    if clash(frozenset(roles), settings.separation):
        raise DomainError(
            "roles_clash", str(_("这几个岗位不能由同一个人担任。")), str(_("审计、安全、系统管理要由不同的人负责。")), field="roles"
        )


def joined(roles: Collection[Role]) -> str:
    """The roles as the column stores them."""
    return ",".join(sorted({role.value for role in roles}))


def end_sessions_of(staff_id: int) -> None:
    """Ends all sessions of a member. Called inside a transaction."""
    end_sessions(StaffSession, StaffSession.staff_id == staff_id)


def _keep_a_secadmin(leaving: StaffMember) -> None:
    """Raises if this is the last security administrator. Locks their rows, so that two cannot disable each other at once."""
    holders = (
        select(StaffMember)
        .where(StaffMember.roles_text.contains(Role.secadmin.value), StaffMember.disabled_at.is_(None))
        .order_by(StaffMember.id)
        .with_for_update(of=StaffMember)
        .execution_options(populate_existing=True)
    )
    ids = {member.id for member in db.session.scalars(holders)}
    if leaving.id in ids and len(ids) == 1:
        raise DomainError(
            "last_secadmin", str(_("这是最后一位安全管理员，不能停用或撤下。")), str(_("请先安排另一位安全管理员。")), status=409
        )
