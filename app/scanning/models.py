"""What was scanned, what was answered, and the challenges."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

MOST_WRONG_ANSWERS = 3  # fixed: to one challenge, because one of only a hundred possible answers is easily guessed


class Scan(Base):
    """One attempt to decode a code whose holder is known, accepted or refused. (id, created_at) is the only unique key."""

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_credential", "credential_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    credential_id: Mapped[int | None] = mapped_column(BigInteger)
    handle: Mapped[str] = mapped_column(String(20))
    business_type: Mapped[str] = mapped_column(String(5))
    outcome: Mapped[int]  # 0 or the reason's integer
    issued_at: Mapped[int] = mapped_column(BigInteger)
    operator_id: Mapped[str] = mapped_column(String(64))
    operator_name: Mapped[str] = mapped_column(String(64))
    office_id: Mapped[str] = mapped_column(String(20))
    out_biz_no: Mapped[str] = mapped_column(String(64))
    shown_by: Mapped[str] = mapped_column(String(8))


class EcToken(Base):
    """What a HIS passes on as mdtrt_cert_no: opaque, short-lived, valid for one institution, business type and settlement."""

    __tablename__ = "ec_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    scan_id: Mapped[int] = mapped_column(BigInteger)
    credential_id: Mapped[int] = mapped_column(BigInteger)
    institution_id: Mapped[int]
    business_type: Mapped[str] = mapped_column(String(5))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class StoredAnswer(Base):
    """The answer to an outBizNo, encrypted, kept for ten minutes: a repeated call gets the same bytes."""

    __tablename__ = "stored_answer"

    institution_id: Mapped[int] = mapped_column(primary_key=True)
    out_biz_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[int] = mapped_column(BigInteger, index=True)  # Unix seconds
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


class Challenge(Base):
    """Two digits the desk shows and the holder types (number matching, against relayed codes)."""

    __tablename__ = "challenge"
    __table_args__ = (Index("ix_challenge_credential", "credential_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    institution_id: Mapped[int]
    handle: Mapped[str] = mapped_column(String(20), index=True)
    credential_id: Mapped[int] = mapped_column(BigInteger)
    digits: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[int] = mapped_column(BigInteger, index=True)  # Unix seconds
    wrong_answers: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class HelpEvent(Base):
    """A refusal with its speakable code (P-06-482917), unique for thirty days; staff look the event up by it."""

    __tablename__ = "help_event"

    code: Mapped[str] = mapped_column(String(11), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[int]
    institution_id: Mapped[int | None]
    credential_id: Mapped[int | None] = mapped_column(BigInteger)
    audit_id: Mapped[int] = mapped_column(BigInteger)


class WrongTyped(Base):
    """Unknown twelve-digit numbers, counted per institution and minute: guesses at a secret are counted in the database."""

    __tablename__ = "wrong_typed"

    institution_id: Mapped[int] = mapped_column(primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int]
