from datetime import datetime
from enum import Enum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class JobState(Enum):
    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class Job(Base):
    """One piece of work. It waits here until a worker takes it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[str] = mapped_column(Text)  # JSON object of ids
    state: Mapped[JobState]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    queued_at: Mapped[datetime]  # when its id was last put into a queue: for 0.3.0, which may still serve beside this version
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(String(80), default="")  # the kind of exception, never its text
    runner: Mapped[str] = mapped_column(String(80), default="", server_default="")  # the JobWorker that has it or had it last


class JobWorker(Base):
    """A process that takes jobs, and when it was last seen."""

    __tablename__ = "job_worker"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
