"""Insured persons as the bureau's roster has them, its imports and its uploaded files."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base, BigId
from app.core.keys.stored import sealed

IMPORT_LOCK = "roster-import"  # held by work that needs the roster unchanged, or its hashes under one key


class InsuredStatus(Enum):
    """psn_insu_stas 1, 2 and 4, and two reasons a bureau records itself."""

    normal = "1"
    suspended = "2"
    ended = "4"
    died = "died"
    moved = "moved"


class StatusReason(Enum):
    """Why a status was changed by hand. A fixed list, because free text would hold personal data."""

    asked = "asked"  # by the person or the family
    papers = "papers"  # a certificate was shown
    other_office = "other_office"  # civil affairs, police or another region said so
    correction = "correction"  # the roster was wrong


class InsuredPerson(Subject, Base):
    """One row per person, identified by document type and number. The number is encrypted; `cert_no_hash` finds it."""

    __tablename__ = "insured_person"
    audit_kind = "person"
    __table_args__ = (
        Index("uq_insured_person_cert", "cert_no_hash", "cert_type", unique=True),
        Index("ix_insured_person_name", "name"),  # how the hotline finds a caller
        Index(
            "ix_insured_person_folded_name",
            "folded_name",
            sqlite_where=text("folded_name IS NOT NULL"),
            postgresql_where=text("folded_name IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    cert_type: Mapped[str] = mapped_column(String(2))  # psn_cert_type
    cert_no_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    cert_no_encrypted: Mapped[bytes] = mapped_column(
        LargeBinary(96), info=sealed("cert_no", bound_to="cert_no_hash", found_by="{cert_type}:{}", lock=IMPORT_LOCK)
    )
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
    # `names.folded_name`, only if it differs from the name itself: that is rare, which keeps imports fast
    folded_name: Mapped[str | None] = mapped_column(String(120), default=None)

    @property
    def may_use_insurance(self) -> bool:
        return self.status is InsuredStatus.normal


class RosterImport(Subject, Base):
    """One import and its result. `merged_at` marks its rows: any later change sets another `updated_at` there."""

    __tablename__ = "roster_import"
    audit_kind = "roster_import"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    source: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(8))  # all | good
    started_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40), default="system")
    scope: Mapped[str] = mapped_column(Text, default="*")  # admdvs the importer may write, separated by commas; * for all
    report_id: Mapped[int | None] = mapped_column(BigId, index=True, default=None)  # of a web import, so that it can be resumed
    merged_at: Mapped[datetime | None] = mapped_column(default=None)
    last_id_before: Mapped[int] = mapped_column(BigId, default=0)  # persons it created have larger ids
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    undoing_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str] = mapped_column(String(40), default="")
    restored: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)


class RosterFormer(Base):
    """A row's values before an import changed it, kept as long as that import can be undone."""

    __tablename__ = "roster_former"

    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, primary_key=True)  # no foreign key: it would slow every import
    name: Mapped[str] = mapped_column(String(60))
    gender: Mapped[str] = mapped_column(String(1))
    birthday: Mapped[date | None]
    nationality: Mapped[str] = mapped_column(String(3))
    insured_region: Mapped[str] = mapped_column(String(6))
    insutype: Mapped[str] = mapped_column(String(6))
    psn_no: Mapped[str] = mapped_column(String(30))
    psn_type: Mapped[str] = mapped_column(String(6))
    status: Mapped[InsuredStatus]
    updated_at: Mapped[datetime]


class RosterUpload(Subject, Base):
    """An uploaded file, stored encrypted and not imported yet. `checked_hash`: the hash of the content the dry run has read."""

    __tablename__ = "roster_upload"
    audit_kind = "roster_upload"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    by: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str | None] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigId)  # bytes
    content_hash: Mapped[str] = mapped_column(String(64))  # SHA-256, hex
    ignored_columns: Mapped[str] = mapped_column(String(400))  # one a line
    uploaded_at: Mapped[datetime]
    delete_after: Mapped[datetime] = mapped_column(index=True)
    checked_hash: Mapped[str] = mapped_column(String(64), default="")
    applied_at: Mapped[datetime | None] = mapped_column(default=None)


class PersonStatusChange(Base):
    """A status changed by hand, and why."""

    __tablename__ = "person_status_change"
    __table_args__ = (Index("ix_person_status_change_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    former: Mapped[InsuredStatus]
    status: Mapped[InsuredStatus]
    reason: Mapped[StatusReason]
    by: Mapped[str] = mapped_column(String(40))
    changed_at: Mapped[datetime]


class RosterSearch(Base):
    """Notes that somebody searched, so that guessing is noticed, but not what for. Deleted after a day."""

    __tablename__ = "roster_search"
    __table_args__ = (Index("ix_roster_search_by", "by", "searched_at"), Index("ix_roster_search_searched_at", "searched_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    by: Mapped[str] = mapped_column(String(40))
    searched_at: Mapped[datetime]
    found: Mapped[int]
