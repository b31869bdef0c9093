"""Staff write help texts: drafts, publishing, withdrawing, older versions. Nothing that was saved is lost."""

from dataclasses import asdict, replace

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.locale import SOURCE
from app.core.statements import won
from app.help.audit_tags import HelpTag
from app.help.front_matter import Content
from app.help.models import HelpKind, HelpText, HelpVersion
from app.help.policy import check_content, check_language, check_place
from app.help.queries import INDEX, content_of, find_row, get_row, get_version, list_versions
from app.help.service.versions import BY_RELEASE, keep_version

CHANGED_MEANWHILE = "changed_meanwhile"


@transaction()
def add_text(kind: HelpKind, slug: str, title: str, *, by: str) -> HelpText:
    """A new unpublished text in the source language, with only its title so far. Raises DomainError."""
    slug, title = slug.strip(), " ".join(title.split())
    check_place(kind, slug)
    content = Content(title=title, body="\n", keywords="", source="", last_checked=None, position=0)
    check_content(replace(content, body=title or "-"))
    return _add(kind, slug, SOURCE, content, by)


@transaction()
def add_translation(text_id: int, language: str, *, by: str) -> HelpText:
    """An unpublished copy of the text for another language, still with the words of this one. Raises NotFound and DomainError."""
    source = get_row(text_id)
    check_language(language)
    return _add(source.kind, source.slug, language, content_of(source), by)


@transaction()
def save_text(text_id: int, content: Content, *, seen: int, publish: bool, by: str) -> HelpVersion:
    """A draft leaves what citizens read as it is. seen: the edition the writer was looking at.

    Raises NotFound, DomainError with the field that is wrong, and `changed_meanwhile` when somebody saved in between.
    """
    content = _tidy(content)
    check_content(content)
    row = get_row(text_id)
    _keep_first(row)
    _count_up(row, seen)
    if publish or not row.is_published:
        _write(row, content)
    row.is_published = row.is_published or publish
    version = keep_version(row, content, is_draft=not publish, by=by)
    _record(HelpTag.published if publish else HelpTag.saved, row, by)
    return version


@transaction()
def withdraw_text(text_id: int, *, by: str) -> HelpText:
    """Citizens no longer see it; it can be published again. Raises NotFound and DomainError `needed`."""
    row = get_row(text_id)
    if (row.kind, row.slug, row.language) == (*INDEX, SOURCE) or (row.kind is HelpKind.reason and row.language == SOURCE):
        raise DomainError("needed", _("别的页面要用到这一篇，不能撤下。"), _("可以改它的内容。"), status=409)
    if row.is_published:
        row.is_published = False
        row.edition += 1
        _record(HelpTag.withdrawn, row, by)
    return row


@transaction()
def restore_version(text_id: int, version_id: int, *, by: str) -> HelpVersion:
    """Publishes an older version again, as the newest one. Raises NotFound."""
    row = get_row(text_id)
    old = get_version(row, version_id)
    content = content_of(old)
    _keep_first(row)
    row.edition += 1
    _write(row, content)
    row.is_published = True
    version = keep_version(row, content, is_draft=False, by=by, restored_from=old.edition)
    _record(HelpTag.restored, row, by)
    return version


def _add(kind: HelpKind, slug: str, language: str, content: Content, by: str) -> HelpText:
    taken = DomainError("slug_taken", _("这一篇已经有了。"), _("请在列表里打开它。"), field="slug", status=409)
    if find_row(kind, slug, language) is not None:
        raise taken
    row = HelpText(kind=kind, slug=slug, language=language, updated_at=clock.now(), is_published=False, **asdict(content))
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise taken from None
    _record(HelpTag.saved, row, by)
    return row


def _keep_first(row: HelpText) -> None:
    """Keeps the text as it was before staff first edited it, so that it can be read and restored too."""
    if row.loaded_digest and not list_versions(row, limit=1):
        keep_version(row, content_of(row), is_draft=False, by=BY_RELEASE)


def _count_up(row: HelpText, seen: int) -> None:
    counted = update(HelpText).where(HelpText.id == row.id, HelpText.edition == seen).values(edition=seen + 1)
    if not won(counted):
        raise DomainError(
            CHANGED_MEANWHILE,
            _("您打开以后，别人已经保存过这一篇。"),
            _("您写的还在下面，没有丢。请先看看差别，再决定怎么保存。"),
            status=409,
        )
    db.session.refresh(row)


def _write(row: HelpText, content: Content) -> None:
    for name, value in asdict(content).items():
        setattr(row, name, value)
    row.updated_at = clock.now()


def _tidy(content: Content) -> Content:
    """White space as in a file, so that unchanged content keeps the digest it was loaded with."""
    body = "\n".join(line.rstrip() if not line.endswith("  ") else line for line in content.body.splitlines())
    return replace(
        content,
        title=" ".join(content.title.split()),
        body=body.strip() + "\n",
        keywords=" ".join(content.keywords.split()),
        source=" ".join(content.source.split()),
    )


def _record(tag: HelpTag, row: HelpText, by: str) -> None:
    audit.record(tag, actor=by, subject=row.subject, kind=row.kind.value, slug=row.slug, language=row.language, edition=row.edition)
