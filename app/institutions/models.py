"""Hospitals and pharmacies, their keys and operators."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.audit.named import Actor
from app.core.db import Base, BigId
from app.core.keys.stored import sealed
from app.core.sessions import StoredSession
from app.sign_in.models import NamedUser


class InstitutionKind(Enum):
    hospital = "H"
    pharmacy = "P"
    bureau_counter = "C"  # the bureau's own counter is a scanner too (S8)


class Institution(Actor, Base):
    """定点医药机构. `business_types`: the scenes enabled for it, comma separated (S63, S76)."""

    __tablename__ = "institution"
    audit_kind = "institution"
    __table_args__ = (
        Index("ix_institution_name", "name", postgresql_ops={"name": "text_pattern_ops"}),
        Index("ix_institution_region", "region_code", "fixmedins_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    fixmedins_code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[InstitutionKind]
    region_code: Mapped[str] = mapped_column(String(6))
    business_types: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)  # when the public directory's entry last changed
    is_enabled: Mapped[bool] = mapped_column(default=True)
    is_sandbox: Mapped[bool] = mapped_column(default=False)
    supports_challenge: Mapped[bool] = mapped_column(default=False)

    @property
    def scenes(self) -> list[str]:
        return [scene for scene in self.business_types.split(",") if scene]


class InstitutionScene(Base):
    """The enabled scenes, a row each, so that institutions are found by what they offer. A scan reads `business_types` instead."""

    __tablename__ = "institution_scene"

    business_type: Mapped[str] = mapped_column(String(5), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True, index=True)


class ApiKey(Base):
    """`pz_<id>_<secret>`, compared as peppered HMAC; at most two live keys per institution, so that keys rotate with an overlap."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(64))  # staff:12, or `system` at a shell
    approved_by: Mapped[str] = mapped_column(String(64), default="")
    last_used_on: Mapped[date | None] = mapped_column(default=None)  # in China; written once a day
    ends_at: Mapped[datetime | None] = mapped_column(default=None)  # valid until then, because a successor exists
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    held_at: Mapped[datetime | None] = mapped_column(default=None)  # kept off since a restore until somebody confirms it


class KeyGrant(Base):
    """A key approved by a second member, which the member who asked may take once. The secret is made at that moment."""

    __tablename__ = "key_grant"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    approval_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    approved_by: Mapped[str] = mapped_column(String(64))
    overlap_days: Mapped[int]  # how long the older key stays valid; -1: until somebody ends it
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id"), default=None)
    institution: Mapped[Institution] = relationship(init=False)


class Operator(Actor, NamedUser, Base):
    """Somebody at a desk of an institution that has no system of its own to scan with."""

    __tablename__ = "operator"
    audit_kind = "operator"
    __table_args__ = (Index("uq_operator_number", "institution_id", "operator_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    operator_id: Mapped[str] = mapped_column(String(64))  # 经办人编号, as in the API
    name: Mapped[str] = mapped_column(String(64))
    business_type: Mapped[str] = mapped_column(String(5), default="")  # the last one chosen
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary(96), default=None, info=sealed("operator-totp", bound_to="id"))
    totp_last_step: Mapped[int] = mapped_column(default=0, server_default="0")  # 30-second steps since 1970; a code is valid once
    institution: Mapped[Institution] = relationship(init=False)


class OperatorSession(StoredSession, Base):
    """is_shared: several people use this computer, so the session ends after a shorter idle time.

    needs_code: the password was right, the second factor is still to come.
    """

    __tablename__ = "operator_session"
    hashed_as = "operator-session"

    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    browser_name: Mapped[str] = mapped_column(String(60))
    is_shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(index=True)
    needs_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    operator: Mapped[Operator] = relationship(init=False)
