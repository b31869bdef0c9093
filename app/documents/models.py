"""Papers a person has sent: pages as pictures, and uploads under way. The bytes are in the sealed store."""

from datetime import datetime
from enum import Enum, StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Slot(StrEnum):
    """What a paper is meant to show (S41, C2)."""

    birth_certificate = "birth_certificate"
    register_holder = "register_holder"
    register_member = "register_member"
    kinship_notarisation = "kinship_notarisation"
    signed_letter = "signed_letter"
    other = "other"


class PageState(Enum):
    received = "received"  # a PDF waiting for its job
    processing = "processing"
    ready = "ready"
    refused = "refused"
    deleted = "deleted"


class DocumentPage(Base):
    """One page as a picture. `subject` names what it belongs to, such as `family_request:12`; the row outlives the picture.

    `file_key` is shared by the pages of one PDF. `object_name` is where the sealed picture is, `source_name` a PDF not yet read.
    """

    __tablename__ = "document_page"
    __table_args__ = (Index("ix_document_page_subject", "subject", "slot", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    owner_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    subject: Mapped[str] = mapped_column(String(64))
    slot: Mapped[Slot]
    position: Mapped[int]
    state: Mapped[PageState]
    file_key: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    delete_after: Mapped[datetime | None] = mapped_column(index=True)
    byte_count: Mapped[int] = mapped_column(default=0)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(String(32), default="")
    object_name: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)
    source_name: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)

    @property
    def is_ready(self) -> bool:
        return self.state is PageState.ready

    @property
    def is_refused(self) -> bool:
        return self.state is PageState.refused

    @property
    def is_waiting(self) -> bool:
        """Whether this is a PDF whose pages are not pictures yet."""
        return self.state in (PageState.received, PageState.processing)


class DocumentUpload(Base):
    """A file on its way in pieces, so that a broken connection costs one piece. `received` counts the bytes that have arrived."""

    __tablename__ = "document_upload"
    __table_args__ = (Index("ix_document_upload_owner", "owner_account_id", "fingerprint_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    owner_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    subject: Mapped[str] = mapped_column(String(64))
    slot: Mapped[Slot]
    size: Mapped[int]
    fingerprint_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    folder: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    received: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[str] = mapped_column(Text, default="")  # where each piece begins, `0,524288,`
    joined_at: Mapped[datetime | None] = mapped_column(default=None)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("document_page.id"), default=None)
