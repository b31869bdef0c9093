"""Reads of legal texts and of their drafts."""

from sqlalchemy import select

from app.accounts.models import ConsentPurpose, Notice, NoticeDraft
from app.core.db import db
from app.core.errors import NotFound


def find_notice(purpose: ConsentPurpose) -> Notice | None:
    """The version in force."""
    return db.session.scalar(
        select(Notice).where(Notice.purpose == purpose).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(1)
    )


def list_notices(*purposes: ConsentPurpose) -> list[Notice]:
    """The versions in force of these purposes, in this order; a purpose whose text was never loaded is left out."""
    return [notice for notice in map(find_notice, purposes) if notice is not None]


def get_notice(notice_id: int) -> Notice:
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound
    return notice


def find_notice_version(purpose: ConsentPurpose, version: str) -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.purpose == purpose, Notice.version == version))


def list_notice_versions(purpose: ConsentPurpose) -> list[Notice]:
    """Newest first: the first one is in force."""
    return list(
        db.session.scalars(
            select(Notice).where(Notice.purpose == purpose).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(100)
        )
    )


def list_notices_in_force() -> dict[ConsentPurpose, Notice]:
    rows = db.session.scalars(select(Notice).order_by(Notice.published_at, Notice.id))
    return {notice.purpose: notice for notice in rows}


def list_drafts() -> dict[ConsentPurpose, NoticeDraft]:
    return {draft.purpose: draft for draft in db.session.scalars(select(NoticeDraft))}


def get_draft(draft_id: int) -> NoticeDraft:
    draft = db.session.get(NoticeDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft
