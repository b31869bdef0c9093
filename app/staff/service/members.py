"""Who works here: joining, roles, leaving. Administrators start a reset, they never know a password (ASVS 6.4.6)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, is_writing, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.regions.queries import get_agency
from app.staff.models import Role, StaffMember, StaffSession, StaffTag
from app.staff.queries import find_staff
from app.staff.rights import clash
from app.staff.service.passwords import draw_password, hash_password

ONE_TIME = timedelta(days=7)  # how long a printed password waits for its first use
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class NewStaff:
    """one_time_password: to be handed over and replaced at the first sign-in; stored nowhere."""

    member: StaffMember
    one_time_password: str


@dataclass(frozen=True)
class Reset:
    one_time_password: str
    expires_at: datetime


def add_staff(
    username: str,
    name: str,
    *,
    agency: str,
    roles: Collection[Role],
    by: str,
    person_id: int | None = None,
    password: str = "",
    totp_secret: str = "",
) -> NewStaff:
    """A member of this agency (slug). The one-time password is drawn, unless the demo brings a password and secret of its own.

    Raises NotFound for the agency, DomainError `username_invalid`, `username_taken`, `roles_clash` or `roles_missing`.
    """
    username = username.strip().casefold()
    if not _USERNAME.fullmatch(username):
        raise DomainError("username_invalid", str(_("用户名用 3 到 40 个小写字母、数字、点或横线，以字母开头。")))
    _check_roles(roles)
    given = password or draw_password()
    password_hash = hash_password(given)
    with transaction():
        if find_staff(username) is not None:
            raise DomainError("username_taken", str(_("这个用户名已经有人用了。")), status=409)
        now = clock.now()
        member = StaffMember(
            username=username,
            name=name.strip(),
            agency_id=get_agency(agency).id,
            roles_text=_roles_text(roles),
            password_hash=password_hash,
            created_at=now,
            must_choose_password=not password,
            password_expires_at=None if password else now + ONE_TIME,
            person_id=person_id,
        )
        db.session.add(member)
        db.session.flush()
        if totp_secret:
            member.totp_secret = seal_totp(member.id, totp_secret)
            member.totp_enrolled_at = now
        audit.record(StaffTag.added, actor=by, subject=member.actor, roles=member.roles_text, agency=member.agency_id)
    return NewStaff(member, given)


@transaction()
def change_roles(member: StaffMember, roles: Collection[Role], *, by: str) -> None:
    """Holds from the member's next request on, in sessions that are open already. Raises DomainError `roles_clash`."""
    if by == member.actor:
        raise DomainError("roles_own", str(_("不能改自己的岗位。")), str(_("请另一位安全管理员来改。")), status=403)
    _check_roles(roles)
    before, after = member.roles_text, _roles_text(roles)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(roles_text=after))
    audit.record(StaffTag.roles_changed, actor=by, subject=member.actor, before=before, after=after)


@transaction()
def change_agency(member: StaffMember, agency: str, *, by: str) -> None:
    """The member's region changes with it, at once. Raises NotFound."""
    found = get_agency(agency)
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(agency_id=found.id))
    audit.record(StaffTag.agency_changed, actor=by, subject=member.actor, before=member.agency_id, after=found.id)


@transaction()
def disable_staff(member: StaffMember, *, by: str) -> None:
    """Leaves: all sessions end, nobody signs in with this name again until it is reset."""
    db.session.execute(update(StaffMember).where(StaffMember.id == member.id).values(disabled_at=clock.now()))
    _end_sessions(member.id)
    audit.record(StaffTag.disabled, actor=by, subject=member.actor)


def reset_staff(member: StaffMember, *, by: str) -> Reset:
    """A new one-time password and a new second factor; all sessions end, a disabled member may come back."""
    password = draw_password()
    hashed = hash_password(password)
    expires_at = clock.now() + ONE_TIME
    with transaction():
        db.session.execute(
            update(StaffMember)
            .where(StaffMember.id == member.id)
            .values(
                password_hash=hashed,
                must_choose_password=True,
                password_expires_at=expires_at,
                totp_secret=None,
                totp_enrolled_at=None,
                totp_last_step=0,
                disabled_at=None,
            )
        )
        _end_sessions(member.id)
        audit.record(StaffTag.reset, actor=by, subject=member.actor)
    return Reset(password, expires_at)


@transaction()
def note_refused(staff_id: int, endpoint: str) -> None:
    """Somebody opened what their role does not open."""
    audit.record(StaffTag.refused, actor=f"staff:{staff_id}", subject=f"staff:{staff_id}", outcome="refused", endpoint=endpoint)


def draw_totp() -> str:
    """160 bits in base32."""
    return pyotp.random_base32()


def seal_totp(staff_id: int, secret: str) -> bytes:
    if not is_writing():
        raise RuntimeError("a secret is sealed where it is written")
    return vault.encrypt("staff-totp", secret.encode(), bound_to=str(staff_id).encode())


def _check_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise DomainError("roles_missing", str(_("请至少选一个岗位。")))
    if clash(frozenset(roles), settings.separation):
        raise DomainError("roles_clash", str(_("这几个岗位不能由同一个人担任。")), str(_("审计、安全、系统管理要由不同的人负责。")))


def _roles_text(roles: Collection[Role]) -> str:
    return ",".join(sorted({role.value for role in roles}))


def _end_sessions(staff_id: int) -> None:
    db.session.execute(
        update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)).values(ended_at=clock.now())
    )
