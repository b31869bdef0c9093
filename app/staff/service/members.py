"""Adding and resetting members. Administrators start a reset, but never know a whole password (ASVS 6.4.6)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, is_writing, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.regions.queries import get_agency
from app.sign_in.passwords import draw_password, hash_password
from app.staff.audit_tags import StaffTag
from app.staff.models import Role, StaffMember, StaffPasskey
from app.staff.queries import find_staff
from app.staff.service.handovers import keep_second_half
from app.staff.service.posts import check_roles, end_sessions_of, joined

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class NewStaff:
    """one_time_password: must be replaced at the first sign-in; only its first half if a colleague hands over the second."""

    member: StaffMember
    one_time_password: str


@dataclass(frozen=True)
class Reset:
    """one_time_password: as in `NewStaff`."""

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
    is_waiting: bool = False,
    started_by: StaffMember | None = None,
) -> NewStaff:
    """Adds a member to this agency (slug), with a drawn one-time password unless the demo gives a password and secret.

    is_waiting: the roles are not given yet. started_by: the member who is shown the first half; None at a shell, which shows all.

    Raises NotFound for the agency, DomainError `username_invalid`, `username_taken`, `roles_clash` or `roles_missing`.
    """
    username = _require_username(username)
    check_roles(roles)
    given = password or draw_password()
    password_hash, now = hash_password(given), clock.now()
    with transaction():
        _require_free(username)
        member = StaffMember(
            username=username,
            name=name.strip(),
            agency_id=get_agency(agency).id,
            roles_text="" if is_waiting else joined(roles),
            password_hash=password_hash,
            created_at=now,
            must_choose_password=not password,
            password_expires_at=None if password else now + timedelta(days=settings.one_time_password_days),
            person_id=person_id,
        )
        _store(member, totp_secret)
        audit.record(StaffTag.added, actor=by, subject=member.actor, roles=member.roles_text, agency=member.agency_id)
        shown = keep_second_half(member, given, started_by=started_by) if started_by else given
    return NewStaff(member, shown)


def reset_staff(member: StaffMember, *, by: str, started_by: StaffMember | None = None) -> Reset:
    """Draws a new one-time password, removes all second factors, ends all sessions and enables the member. started_by: as above."""
    password = draw_password()
    hashed = hash_password(password)
    expires_at = clock.now() + timedelta(days=settings.one_time_password_days)
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
                second_half=None,
                half_started_by=None,
            )
        )
        db.session.execute(delete(StaffPasskey).where(StaffPasskey.staff_id == member.id))
        end_sessions_of(member.id)
        audit.record(StaffTag.reset, actor=by, subject=member.actor)
        shown = keep_second_half(member, password, started_by=started_by) if started_by else password
    return Reset(shown, expires_at)


@transaction()
def note_refused(staff_id: int, endpoint: str) -> None:
    """Audits that a member tried to open a page their roles do not allow."""
    audit.record(
        StaffTag.refused,
        actor=StaffMember.actor_of(staff_id),
        subject=StaffMember.subject_of(staff_id),
        outcome="refused",
        endpoint=endpoint,
    )


def _require_username(typed: str) -> str:
    username = typed.strip().casefold()
    if not _USERNAME.fullmatch(username):
        raise DomainError("username_invalid", str(_("用户名用 3 到 40 个小写字母、数字、点或横线，以字母开头。")), field="username")
    return username


def _require_free(username: str) -> None:
    if find_staff(username) is not None:
        raise DomainError("username_taken", str(_("这个用户名已经有人用了。")), status=409, field="username")


def _store(member: StaffMember, totp_secret: str) -> None:
    """Adds the row first, because the secret is encrypted for the member's id, which only the row has."""
    db.session.add(member)
    db.session.flush()
    if totp_secret:
        member.totp_secret = seal_totp(member.id, totp_secret)
        member.totp_enrolled_at = member.created_at


def seal_totp(staff_id: int, secret: str) -> bytes:
    if not is_writing():
        raise RuntimeError("a secret is sealed where it is written")
    return vault.encrypt("staff-totp", secret.encode(), bound_to=str(staff_id).encode())
