"""Insured persons, as the bureau's roster knows them."""

from datetime import date, datetime
from enum import Enum, StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class InsuredStatus(Enum):
    """psn_insu_stas 1, 2 and 4, and two reasons a bureau records itself."""

    normal = "1"
    suspended = "2"
    ended = "4"
    died = "died"
    moved = "moved"


class RosterTag(StrEnum):
    person_added = "person:added"
    person_changed = "person:changed"
    imported = "roster:imported"


class InsuredPerson(Base):
    """One person once, known by document type and number. The number is encrypted; `cert_no_hash` finds it."""

    __tablename__ = "insured_person"
    __table_args__ = (
        Index("uq_insured_person_cert", "cert_no_hash", "cert_type", unique=True),
        Index("ix_insured_person_name", "name"),  # how the hotline finds a caller
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    cert_type: Mapped[str] = mapped_column(String(2))  # psn_cert_type
    cert_no_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    cert_no_encrypted: Mapped[bytes] = mapped_column(LargeBinary(96))
    name: Mapped[str] = mapped_column(String(60))
    gender: Mapped[str] = mapped_column(String(1))  # 1 男, 2 女, 9 未说明
    birthday: Mapped[date | None]
    nationality: Mapped[str] = mapped_column(String(3))  # 01, or ISO 3166 alpha-3 for foreigners
    insured_region: Mapped[str] = mapped_column(String(6))  # admdvs; no foreign key: a roster may be ahead of the region table
    insutype: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    psn_no: Mapped[str] = mapped_column(String(30), default="")
    psn_type: Mapped[str] = mapped_column(String(6), default="")
    status: Mapped[InsuredStatus] = mapped_column(default=InsuredStatus.normal)
    is_specimen: Mapped[bool] = mapped_column(default=False)

    @property
    def may_use_insurance(self) -> bool:
        return self.status is InsuredStatus.normal


class RosterImport(Base):
    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    source: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(8))  # all | good
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
