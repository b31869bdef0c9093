"""Cases that members of staff decide: the queue, who holds a case, all its steps, and the reasons why it was returned."""

from datetime import date, datetime
from enum import Enum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Named
from app.core.db import Base, BigId
from app.core.keys.stored import encrypted


class CaseState(Enum):
    waiting = "waiting"
    claimed = "claimed"  # also while a decision may still be undone
    returned = "returned"  # for the citizen to correct
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


OPEN = (CaseState.waiting, CaseState.claimed, CaseState.returned)


class ReviewReason(Enum):
    """Why a page, or the whole case, was returned or rejected."""

    blurred = "blurred"
    glare = "glare"
    cut_off = "cut_off"
    page_missing = "page_missing"
    wrong_document = "wrong_document"
    names_differ = "names_differ"
    numbers_differ = "numbers_differ"
    relation_unproven = "relation_unproven"
    expired = "expired"
    signature_missing = "signature_missing"
    altered = "altered"
    not_entitled = "not_entitled"
    other = "other"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    ReviewReason.blurred: _l("看不清，字是糊的"),
    ReviewReason.glare: _l("有反光，挡住了字"),
    ReviewReason.cut_off: _l("没拍全，边上缺了"),
    ReviewReason.page_missing: _l("少了一页"),
    ReviewReason.wrong_document: _l("不是这一项要的材料"),
    ReviewReason.names_differ: _l("姓名和填写的不一致"),
    ReviewReason.numbers_differ: _l("证件号码和填写的不一致"),
    ReviewReason.relation_unproven: _l("看不出两人的关系"),
    ReviewReason.expired: _l("证件过期了"),
    ReviewReason.signature_missing: _l("承诺书没有签名"),
    ReviewReason.altered: _l("材料有改动的痕迹"),
    ReviewReason.not_entitled: _l("不符合添加的条件"),
    ReviewReason.other: _l("其他，见说明"),
}


def _few(column: str) -> Index:
    """A partial index, because the column is NULL in nearly every case: it is small, and query planners know it."""
    is_there = text(f"{column} IS NOT NULL")
    return Index(f"ix_review_case_{column}", column, sqlite_where=is_there, postgresql_where=is_there)


class ReviewCase(Named, Base):
    """One subject (`family_request:12`) has one case for its whole life; each correction or appeal is a new round.

    due_at: the promise, counted in working hours. effective_at: until then the decision can be undone.
    """

    __tablename__ = "review_case"
    audit_kind = "case"
    __table_args__ = (
        Index("uq_review_case_subject", "subject", unique=True),
        Index("ix_review_case_queue", "region", "state", "due_at", "id"),
        _few("claimed_until"),
        _few("effective_at"),
        _few("claimed_by"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    subject: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    region: Mapped[str] = mapped_column(String(6))  # admdvs; its agency decides
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[CaseState] = mapped_column(default=CaseState.waiting)
    needs_second: Mapped[bool] = mapped_column(default=False)  # two members must approve
    round: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    effective_at: Mapped[datetime | None] = mapped_column(default=None)
    first_approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    not_for: Mapped[int | None] = mapped_column(
        ForeignKey("staff_member.id"), default=None
    )  # must not decide it next: this member's rejection was appealed
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def is_pending(self) -> bool:
        """Whether a decision was taken that can still be undone."""
        return self.effective_at is not None


class StepVerb(Enum):
    approve = "approve"
    give_back = "return"
    reject = "reject"
    resubmit = "resubmit"
    appeal = "appeal"
    withdraw = "withdraw"


class ReviewStep(Base):
    """One step of a case, in order of id. note: written to the citizen, or by them with an appeal; encrypted."""

    __tablename__ = "review_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("review_case.id"), index=True)
    round: Mapped[int]
    verb: Mapped[StepVerb]
    taken_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), default=None)
    note_encrypted: Mapped[bytes | None] = mapped_column(
        LargeBinary, default=None, info=encrypted("review-note", bound_to="case_id", bond="case:{}")
    )
    settled_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class StepReason(Base):
    """One reason of a decision. page_id: the page it is about; slot: the papers; None and empty if it is about the whole case."""

    __tablename__ = "review_step_reason"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    step_id: Mapped[int] = mapped_column(ForeignKey("review_step.id"), index=True)
    reason: Mapped[ReviewReason]
    slot: Mapped[str] = mapped_column(String(40), default="")
    page_id: Mapped[int | None] = mapped_column(BigId, default=None)


class Holiday(Named, Base):
    """A day that differs from others of its weekday: closed, or worked in place of another (调休)."""

    __tablename__ = "holiday"
    audit_kind = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    is_worked: Mapped[bool] = mapped_column(default=False)


class HolidayYear(Named, Base):
    """A year whose days off were entered from the State Council's notice; other years have only those fixed by law."""

    __tablename__ = "holiday_year"
    audit_kind = "holiday_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(String(64))
