"""Visits at the bureau's counter, and the codes scanned there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base, BigId


class LetterKind(StrEnum):
    """What a letter's eight digits are for. The digits work for all three; only the steps printed on the paper differ."""

    activation = "activation"
    renewal = "renewal"  # another phone, a forgotten PIN, a code that was reported lost
    family = "family"


class CounterVisit(Subject, Base):
    """One person at the counter whose identity document a member has checked. It permits acts for `counter_visit_minutes`."""

    __tablename__ = "counter_visit"
    audit_kind = "visit"
    __table_args__ = (Index("ix_counter_visit_at", "opened_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    opened_at: Mapped[datetime]


class CounterScan(Subject, Base):
    """A code scanned at the counter: whose it was, or why it was refused. reason: 0, or the integer of the refusal."""

    __tablename__ = "counter_scan"
    audit_kind = "counter_scan"
    __table_args__ = (Index("ix_counter_scan_at", "scanned_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    out_biz_no: Mapped[str] = mapped_column(String(64), unique=True)
    scanned_at: Mapped[datetime]
    reason: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("insured_person.id"), index=True, default=None)
    shown_by: Mapped[str] = mapped_column(String(8), default="")
    help_code: Mapped[str] = mapped_column(String(11), default="")
