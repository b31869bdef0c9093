"""Calls at the hotline, searches for persons, and unfreezings that wait for a second person."""

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base, BigId


class CallerCheck(StrEnum):
    """Questions that only the person can answer without help. Which answers were right is stored, never the answers."""

    document_number = "document_number"
    birthday = "birthday"
    insured_region = "insured_region"
    registered_phone = "registered_phone"
    last_use = "last_use"
    family_shown = "family_shown"
    called_back = "called_back"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    CallerCheck.document_number: _l("说对了完整的证件号码"),
    CallerCheck.birthday: _l("说对了出生年月日"),
    CallerCheck.insured_region: _l("说对了参保地"),
    CallerCheck.registered_phone: _l("说对了登记的手机号"),
    CallerCheck.last_use: _l("说对了最近一次在哪里用过医保码"),
    CallerCheck.family_shown: _l("说对了亲情账户里有谁"),
    CallerCheck.called_back: _l("按登记的手机号回拨，接电话的是本人"),
}


class HotlineSearch(Subject, Base):
    """One search by a member. Misses are counted from these rows. person_ids: the persons found, separated by commas."""

    __tablename__ = "hotline_search"
    audit_kind = "search"
    __table_args__ = (Index("ix_hotline_search_staff", "staff_id", "searched_at"), Index("ix_hotline_search_at", "searched_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    searched_at: Mapped[datetime]
    person_ids: Mapped[str] = mapped_column(Text, default="")

    @property
    def found(self) -> list[int]:
        return [int(part) for part in self.person_ids.split(",") if part]


class HotlineCall(Subject, Base):
    """One member on the telephone about one person. checks: names of `CallerCheck` answered right, separated by commas."""

    __tablename__ = "hotline_call"
    audit_kind = "call"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    opened_at: Mapped[datetime]
    checks: Mapped[str] = mapped_column(String(160), default="")
    verified_at: Mapped[datetime | None] = mapped_column(default=None)


class UnfreezeRequest(Subject, Base):
    """恢复使用 by telephone: one member asks for it after verifying the caller, another does it."""

    __tablename__ = "unfreeze_request"
    audit_kind = "unfreezing"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    region: Mapped[str] = mapped_column(String(6), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    was_confirmed: Mapped[bool] = mapped_column(default=False)
