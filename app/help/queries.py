"""Reads of help texts: as citizens read them, and as staff edit them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.locale import SOURCE, current_language
from app.help.front_matter import Content
from app.help.help_code import reason_number
from app.help.models import HelpKind, HelpText, HelpVersion
from app.help.rendering import plain
from app.help.search import Entry, rank
from app.scanning.reasons import BY_HELP_NUMBER, Reason

INDEX = (HelpKind.page, "index")
_ADDRESSES = {HelpKind.guide: "/help/guides/{slug}", HelpKind.page: "/help/{slug}", HelpKind.reason: "/help/P-{slug}"}


def find_text(kind: HelpKind, slug: str) -> HelpText | None:
    """The text in the reader's language; if nobody has translated it, in the source language, and the page says so."""
    found = {text.language: text for text in _texts(HelpText.kind == kind, HelpText.slug == slug)}
    return found.get(current_language()) or found.get(SOURCE)


def get_text(kind: HelpKind, slug: str) -> HelpText:
    text = find_text(kind, slug)
    if text is None:
        raise NotFound
    return text


def list_texts(kind: HelpKind) -> list[HelpText]:
    return _one_of_each(_texts(HelpText.kind == kind))


def list_addresses() -> list[str]:
    """The addresses of all texts with a page of their own, for the service worker that keeps them for use without a network."""
    known = select(HelpText.kind, HelpText.slug).where(
        HelpText.kind.in_(_ADDRESSES), HelpText.language == SOURCE, HelpText.is_published
    )
    rows = db.session.execute(known.order_by(HelpText.kind, HelpText.position, HelpText.id))
    return [_ADDRESSES[kind].format(slug=slug) for kind, slug in rows if (kind, slug) != INDEX]


def get_reason(code: str) -> tuple[Reason, HelpText | None]:
    """code: 06 or 06-482917, the part after `P-` of a help code. Raises NotFound for a number no reason has."""
    reason = BY_HELP_NUMBER.get(reason_number(f"P-{code}") or "")
    if reason is None:
        raise NotFound
    return reason, find_text(HelpKind.reason, reason.help_number)


def search_texts(query: str, limit: int = 20) -> list[HelpText]:
    """The texts that answer these words, best first; a help code finds only its reason."""
    texts = _one_of_each(_texts())
    if number := reason_number(query):
        return [t for t in texts if t.kind is HelpKind.reason and t.slug == number]
    texts = [t for t in texts if (t.kind, t.slug) != INDEX]  # it is on the same page anyway
    entries = [Entry(t.title, t.keywords, plain(t.body)) for t in texts]
    return [texts[i] for i in rank(query, entries)[:limit]]


def content_of(row: HelpText | HelpVersion) -> Content:
    return Content(
        title=row.title,
        body=row.body,
        keywords=row.keywords,
        source=row.source,
        last_checked=row.last_checked,
        position=row.position,
    )


def is_as_loaded(row: HelpText) -> bool:
    """Whether the text still follows the release; False once staff have changed it."""
    return row.loaded_digest == content_of(row).digest


def find_row(kind: HelpKind, slug: str, language: str) -> HelpText | None:
    """The row in this language, published or not: for staff who edit it."""
    return db.session.scalar(select(HelpText).where(HelpText.kind == kind, HelpText.slug == slug, HelpText.language == language))


def get_row(text_id: int) -> HelpText:
    row = db.session.get(HelpText, text_id)
    if row is None:
        raise NotFound
    return row


def list_rows(kind: HelpKind) -> list[HelpText]:
    """All languages, published or not."""
    return list(
        db.session.scalars(select(HelpText).where(HelpText.kind == kind).order_by(HelpText.position, HelpText.slug, HelpText.id))
    )


def list_drafts(rows: Collection[HelpText]) -> set[tuple[str, str]]:
    """(slug, language) of those of these published texts (of one kind) whose newest version is an unpublished draft."""
    if not rows:
        return set()
    kinds = {row.kind for row in rows}
    newest = (
        select(func.max(HelpVersion.id))
        .where(HelpVersion.kind.in_(kinds))
        .group_by(HelpVersion.kind, HelpVersion.slug, HelpVersion.language)
    )
    found = db.session.execute(
        select(HelpVersion.slug, HelpVersion.language).where(HelpVersion.id.in_(newest), HelpVersion.is_draft)
    )
    return {(slug, language) for slug, language in found}


def list_versions(row: HelpText, *, limit: int = 100) -> list[HelpVersion]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(HelpVersion)
            .where(HelpVersion.kind == row.kind, HelpVersion.slug == row.slug, HelpVersion.language == row.language)
            .order_by(HelpVersion.id.desc())
            .limit(limit)
        )
    )


def get_version(row: HelpText, version_id: int) -> HelpVersion:
    version = db.session.get(HelpVersion, version_id)
    if version is None or (version.kind, version.slug, version.language) != (row.kind, row.slug, row.language):
        raise NotFound
    return version


def find_version_before(version: HelpVersion) -> HelpVersion | None:
    return db.session.scalar(
        select(HelpVersion)
        .where(
            HelpVersion.kind == version.kind,
            HelpVersion.slug == version.slug,
            HelpVersion.language == version.language,
            HelpVersion.id < version.id,
        )
        .order_by(HelpVersion.id.desc())
        .limit(1)
    )


def find_draft(row: HelpText) -> HelpVersion | None:
    """The last saved version if it is unpublished; None when citizens read the newest version."""
    newest = list_versions(row, limit=1)
    return newest[0] if newest and newest[0].is_draft else None


def _texts(*wanted: ColumnElement[bool]) -> list[HelpText]:
    spoken = HelpText.language.in_({current_language(), SOURCE})
    return list(
        db.session.scalars(select(HelpText).where(spoken, HelpText.is_published, *wanted).order_by(HelpText.position, HelpText.id))
    )


def _one_of_each(texts: list[HelpText]) -> list[HelpText]:
    translated = {(text.kind, text.slug) for text in texts if text.language == current_language()}
    return [text for text in texts if text.language == current_language() or (text.kind, text.slug) not in translated]
