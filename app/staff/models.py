"""Who works for the bureau: members of its agencies, their roles, their sessions. Never a citizen's account."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, BigId
from app.regions.models import Agency


class StaffTag(StrEnum):
    """What the audit log says of staff."""

    added = "staff:added"
    password_wrong = "staff:password_wrong"  # noqa: S105
    factor_wrong = "staff:factor_wrong"
    locked = "staff:locked"
    factor_enrolled = "staff:factor_enrolled"
    signed_in = "staff:signed_in"
    signed_out = "staff:signed_out"
    session_ended = "staff:session_ended"
    password_set = "staff:password_set"  # noqa: S105
    roles_changed = "staff:roles_changed"
    agency_changed = "staff:agency_changed"
    disabled = "staff:disabled"
    reset = "staff:reset"
    refused = "staff:refused"


class Role(StrEnum):
    """A post. The last three exclude each other in one person (GB/T 22239, level 2)."""

    reviewer = "reviewer"
    agent = "agent"
    counter = "counter"
    sysadmin = "sysadmin"
    secadmin = "secadmin"
    auditadmin = "auditadmin"


class StaffMember(Base):
    """One person of one agency. `roles` is one column, so that a set that may not be is never half written."""

    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    roles_text: Mapped[str] = mapped_column(String(120))  # names of roles, sorted, parted by commas
    password_hash: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    must_choose_password: Mapped[bool] = mapped_column(default=True)  # the one of now was printed by a command
    password_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary(96), default=None)
    totp_enrolled_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_last_step: Mapped[int] = mapped_column(default=0)  # 30-second steps since 1970; a code is good once
    person_id: Mapped[int | None] = mapped_column(ForeignKey("insured_person.id"), default=None)  # so that nobody decides for kin
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    agency: Mapped[Agency] = relationship(init=False)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(name) for name in self.roles_text.split(",") if name)

    @property
    def actor(self) -> str:
        """How the audit log names this person."""
        return f"staff:{self.id}"


class StaffSession(Base):
    """Half open until the second factor was given; ends on the server."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    browser_name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    member: Mapped[StaffMember] = relationship(init=False)


class StaffAttempt(Base):
    """Wrong guesses by what was typed as the name, also when nobody has it: nothing is told about who works here (ASVS 6.3.8)."""

    __tablename__ = "staff_attempt"
    __table_args__ = (Index("ix_staff_attempt_tried_at", "tried_at"),)

    name_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tried_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
