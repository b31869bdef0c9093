"""Help texts: data the bureau edits, loaded from files at first."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class HelpKind(Enum):
    guide = "guide"  # how to do it in one channel
    question = "question"
    reason = "reason"  # what a refusal means, by its two digits
    page = "page"


class HelpText(Base):
    __tablename__ = "help_text"
    __table_args__ = (Index("uq_help_text_slug", "kind", "slug", "language", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[HelpKind]
    slug: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)  # Markdown without HTML
    updated_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(default=0)
    keywords: Mapped[str] = mapped_column(Text, default="")  # the words people search by
    source: Mapped[str] = mapped_column(String(200), default="")
    last_checked: Mapped[date | None] = mapped_column(default=None)  # None: the source bears no date and nobody has checked it yet
    loaded_digest: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of the content as last loaded from a file; "" when staff wrote it
