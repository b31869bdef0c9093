"""The commitment letter: who promises what to whom, how it was signed, and the hash of the exact PDF."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Notice
from app.core.audit.named import Named
from app.core.db import Base, BigId
from app.core.keys.stored import encrypted


class SignatureKind(Enum):
    """Three ways of equal rank (WCAG 2.5.7), so that nobody needs a steady hand."""

    drawn = "drawn"
    typed = "typed"
    paper = "paper"  # printed, signed by hand and photographed


class Letter(Named, Base):
    """One letter about one subject, for example `family_request:12`. A changed request gets a new one."""

    __tablename__ = "letter"
    audit_kind = "letter"
    __table_args__ = (Index("ix_letter_subject", "subject"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    subject: Mapped[str] = mapped_column(String(40))
    owner_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))  # the legal text in its version
    facts_encrypted: Mapped[bytes] = mapped_column(LargeBinary, info=encrypted("letter-facts"))
    return_to: Mapped[str] = mapped_column(String(120))  # the page of this site to go to after signing
    created_at: Mapped[datetime]
    signature: Mapped[SignatureKind | None] = mapped_column(default=None)
    strokes_encrypted: Mapped[bytes | None] = mapped_column(
        LargeBinary, default=None, info=encrypted("letter-strokes")
    )  # drawn: the lines, as vectors
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    pdf_name: Mapped[str | None] = mapped_column(String(80), default=None)
    pdf_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True, default=None)
    notice: Mapped[Notice] = relationship(init=False)

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None
