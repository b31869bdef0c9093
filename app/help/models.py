"""Help texts: data the bureau edits, loaded from files at first, and every version staff ever saved."""

from datetime import date, datetime
from enum import Enum

from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base


class HelpKind(Enum):
    guide = "guide"  # how to do it in one channel
    question = "question"
    reason = "reason"  # what a refusal means, by its two digits
    page = "page"

    @property
    def label(self) -> str:
        return str(_KINDS[self])


_KINDS = {
    HelpKind.guide: _l("办理步骤"),
    HelpKind.question: _l("常见问题"),
    HelpKind.reason: _l("拒绝原因"),
    HelpKind.page: _l("单独的页面"),
}


class HelpText(Subject, Base):
    """What citizens read, in one language. edition: counts the saves, so that two parallel editors notice each other."""

    __tablename__ = "help_text"
    audit_kind = "help"
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
    last_checked: Mapped[date | None] = mapped_column(default=None)  # None: the source has no date and nobody has checked it yet
    loaded_digest: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of the content as last loaded from a file; "" when staff wrote it
    is_published: Mapped[bool] = mapped_column(default=True)
    edition: Mapped[int] = mapped_column(default=1)


class HelpVersion(Base):
    """One saved version of one text, in full. Named by kind, slug and language, because a release may delete the HelpText row."""

    __tablename__ = "help_version"
    __table_args__ = (Index("ix_help_version_text", "kind", "slug", "language", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[HelpKind]
    slug: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    edition: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(64))  # staff:3, or `release`
    is_draft: Mapped[bool]
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    keywords: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    last_checked: Mapped[date | None]
    position: Mapped[int]
    restored_from: Mapped[int | None] = mapped_column(default=None)  # edition
