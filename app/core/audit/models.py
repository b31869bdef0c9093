from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Named
from app.core.db import Base

# Conditions of the partial indexes. A query uses such an index only if it repeats the condition word for word, without parameters.
NOT_A_SCAN = "tag <> 'scan:attempted'"
BY_STAFF = "substr(actor, 1, 6) = 'staff:'"


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(f"ix_audit_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))


class AuditRow(Named, Base):
    """One act. Never updated, never deleted before its time; (id, created_at) is the only key, so months can be partitions.

    Nine rows in ten are scans, which are in no partial index: a person's scans are found through the scan log, by the same id.
    """

    __tablename__ = "audit"
    audit_kind = "audit"
    __table_args__ = (
        _partial("tag", "tag", "id", where=NOT_A_SCAN),
        _partial("person", "person_id", "id", where=f"person_id IS NOT NULL AND {NOT_A_SCAN}"),
        _partial("staff", "actor", "id", where=BY_STAFF),
    )

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
    """A link of the chain: the rows it covers, their Merkle root, and the MAC of the seal before it."""

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
