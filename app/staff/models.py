"""The people who work for the bureau: members of its agencies, their roles and sessions. They are never citizens' accounts."""

import json
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.audit.named import Actor, Named, Subject
from app.core.db import Base, BigId
from app.core.keys.stored import sealed
from app.core.sessions import StoredSession
from app.core.webauthn.keys import StoredKey
from app.regions.models import Agency
from app.sign_in.models import NamedUser


class Role(StrEnum):
    """A role at the bureau. One person may hold only one of the last three (GB/T 22239, level 2)."""

    reviewer = "reviewer"
    agent = "agent"
    counter = "counter"
    sysadmin = "sysadmin"
    secadmin = "secadmin"
    auditadmin = "auditadmin"


class StaffMember(Actor, NamedUser, Base):
    """One person of one agency. `roles` is one column, so that a set of roles is always written whole."""

    __tablename__ = "staff_member"
    audit_kind = "staff"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    roles_text: Mapped[str] = mapped_column(String(120))  # names of roles, sorted, separated by commas
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary(96), default=None, info=sealed("staff-totp", bound_to="id"))
    totp_last_step: Mapped[int] = mapped_column(default=0)  # in 30-second steps since 1970; a code is valid once
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("insured_person.id"), index=True, default=None
    )  # no one decides for kin
    second_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)  # told of this member's requests
    reset_granted_to: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)  # an administrator's reset
    reset_granted_at: Mapped[datetime | None] = mapped_column(default=None)
    # The half of a one-time password that a colleague hands over, kept until it is read; and who was shown the other half.
    second_half: Mapped[bytes | None] = mapped_column(LargeBinary(64), default=None, info=sealed("staff-half", bound_to="id"))
    half_started_by: Mapped[int | None] = mapped_column(BigInteger, default=None)
    agency: Mapped[Agency] = relationship(init=False)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(name) for name in self.roles_text.split(",") if name)


class StaffSession(Subject, StoredSession, Base):
    """A session, only half open until the second factor is given. It can be ended on the server."""

    __tablename__ = "staff_session"
    audit_kind = "staff_session"
    hashed_as = "staff-session"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    browser_name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    member: Mapped[StaffMember] = relationship(init=False)


class StaffAttempt(Base):
    """The counter of versions before 0.3.0, still written by an older program that serves beside this one during an upgrade."""

    __tablename__ = "staff_attempt"
    __table_args__ = (Index("ix_staff_attempt_tried_at", "tried_at"),)

    name_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tried_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)


class ApprovalState(StrEnum):
    open = "open"
    approved = "approved"
    refused = "refused"
    withdrawn = "withdrawn"
    expired = "expired"


class Approval(Named, Base):
    """One act that waits for a second member. `kind` says which act, `subject` on whom or what, `detail` with which values.

    right: the name of the `Right` a second member needs. takes_effect_at: under SEPARATION=small, when the act is done without an
    approval; until then the member `second_id`, who was told, may refuse. Only one request for an act on a subject can be open.
    """

    __tablename__ = "approval"
    audit_kind = "approval"
    __table_args__ = (
        Index(
            "uq_approval_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_approval_state_id", "state", "id"),
        Index("ix_approval_asked_by_id", "asked_by", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(String(6))  # empty: the whole bureau
    right: Mapped[str] = mapped_column("needed_right", String(40))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    asked_at: Mapped[datetime]
    takes_effect_at: Mapped[datetime | None] = mapped_column(default=None)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.open)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def details(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.detail)
        return found


class StaffMessage(Base):
    """A message in a member's inbox. href: the page it is about; empty if there is none."""

    __tablename__ = "staff_message"
    __table_args__ = (
        Index("ix_staff_message_staff_id_id", "staff_id", "id"),
        Index(
            "ix_staff_message_unread", "staff_id", sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    href: Mapped[str] = mapped_column(String(200), default="")
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class FactorPurpose(Enum):
    adding = "adding"
    signing_in = "signing_in"


class StaffPasskey(Subject, StoredKey, Base):
    """A public key of a member's own authenticator: a second factor beside the password, never instead of it."""

    __tablename__ = "staff_passkey"
    audit_kind = "staff_passkey"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    browser_name: Mapped[str] = mapped_column(String(60))


class StaffChallenge(Base):
    """The challenge a member's authenticator must sign: one per session and purpose, used once, valid for five minutes."""

    __tablename__ = "staff_challenge"

    session_id: Mapped[int] = mapped_column(ForeignKey("staff_session.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[FactorPurpose] = mapped_column(primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
