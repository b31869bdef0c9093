from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base, BigId


class StaffJobState(Enum):
    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class StaffJob(Subject, Base):
    """One piece of work, its progress and its result. Belongs to the member of staff who asked for it.

    params and result are JSON objects without personal data. `total` is None while the amount of work is unknown.
    `attempt` counts the runs: a run with an older number has been replaced and changes nothing.
    """

    __tablename__ = "report"
    audit_kind = "report"
    __table_args__ = (
        Index("ix_report_staff_id_id", "staff_id", "id"),
        Index("ix_report_kind_state_id", "kind", "state", "id"),
        Index("ix_report_state_finished_at", "state", "finished_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    params: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    state: Mapped[StaffJobState] = mapped_column(default=StaffJobState.waiting)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)  # when it last reported progress
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    attempt: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None] = mapped_column(default=None)
    result: Mapped[str] = mapped_column(Text, default="{}")
    file_name: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)
    file_title: Mapped[str] = mapped_column(String(200), default="")
    file_deleted_after: Mapped[datetime | None] = mapped_column(index=True, default=None)

    @property
    def is_open(self) -> bool:
        return self.state in (StaffJobState.waiting, StaffJobState.running)

    @property
    def percent(self) -> int | None:
        """0 to 99 while it runs; None if the total is unknown."""
        if not self.total:
            return None
        return min(99, 100 * self.done // self.total)
