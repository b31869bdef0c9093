from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class AuditRow(Base):
    """One act. Never updated, never deleted before its time; (id, created_at) is the only key, so months can be partitions."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(String(48))
    outcome: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    row_mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditSeal(Base):
    """A link of the chain: which rows, under which Merkle root, after which seal."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger, index=True)
    count: Mapped[int]
    members: Mapped[bytes] = mapped_column(LargeBinary)
    merkle_root: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal_mac: Mapped[bytes] = mapped_column(LargeBinary(32))
