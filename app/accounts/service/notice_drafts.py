"""The next version of a legal text: written by one person in all languages, published when a second person approves."""

import hashlib
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.audit_tags import AccountTag
from app.accounts.models import ConsentPurpose, Notice, NoticeDraft, NoticeDraftText, NoticeTranslation
from app.accounts.notice_rules import NoticeWords, check_words
from app.accounts.notice_words import shipped_notice
from app.accounts.queries import find_notice, find_notice_version, get_draft
from app.accounts.service.notices import hash_of
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.locale import LANGUAGES, NAMES, SOURCE
from app.core.statements import won

CHANGED_MEANWHILE = "changed_meanwhile"


@transaction()
def start_draft(purpose: ConsentPurpose, *, from_release: bool, by: str) -> NoticeDraft:
    """A draft that starts from the text in force or from this release's text. A draft already open is returned unchanged."""
    known = db.session.scalar(select(NoticeDraft).where(NoticeDraft.purpose == purpose))
    if known is not None:
        return known
    draft = NoticeDraft(purpose=purpose, saved_by=by, saved_at=clock.now())
    for language in LANGUAGES:
        if (words := _words_to_begin_with(purpose, language, from_release)) is not None:
            draft.texts.append(NoticeDraftText(language=language, **asdict(words)))
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:  # another request created it at the same moment
        return db.session.scalars(select(NoticeDraft).where(NoticeDraft.purpose == purpose)).one()
    _record(AccountTag.notice_drafted, draft, by)
    return draft


@transaction()
def save_draft(draft_id: int, language: str, words: NoticeWords, *, seen: int, by: str) -> NoticeDraft:
    """seen: the edition the writer was looking at.

    Raises NotFound, DomainError with the field that is wrong, `changed_meanwhile`, and `draft_proposed` while approval is awaited.
    """
    if language not in LANGUAGES:
        raise DomainError("no_language", _("没有这种语言。"), _("请从列表里选。"), field="language")
    words = words.tidied()
    check_words(words, language)
    draft = get_draft(draft_id)
    _refuse_proposed(draft)
    counted = update(NoticeDraft).where(NoticeDraft.id == draft.id, NoticeDraft.edition == seen, NoticeDraft.proposed_at.is_(None))
    if not won(counted.values(edition=seen + 1)):
        raise DomainError(
            CHANGED_MEANWHILE,
            _("您打开以后，别人已经保存过这一篇。"),
            _("您写的还在下面，没有丢。请先看看差别，再决定怎么保存。"),
            status=409,
        )
    db.session.refresh(draft)
    text = text_of(draft, language)
    if text is None:
        draft.texts.append(NoticeDraftText(language=language, **asdict(words)))
    else:
        for name, value in asdict(words).items():
            setattr(text, name, value)
    draft.saved_by, draft.saved_at = by, clock.now()
    _record(AccountTag.notice_drafted, draft, by, language=language)
    return draft


@transaction()
def propose_draft(draft_id: int, *, is_material: bool, by: str) -> str:
    """From now on nobody can change it. Returns the digest that must be unchanged when it is published.

    Raises NotFound, and DomainError `draft_proposed`, `same_words` or `language_missing`.
    """
    draft = get_draft(draft_id)
    _refuse_proposed(draft)
    for language in LANGUAGES:
        text = text_of(draft, language)
        if text is None or not text.body.strip():
            raise DomainError(
                "language_missing", _("还没有写%(language)s的文本。", language=NAMES[language]), _("三种语言都写好，才能提交公布。")
            )
        check_words(_words(text), language)
    in_force, source = find_notice(draft.purpose), text_of(draft, SOURCE)
    if in_force is not None and source is not None and in_force.text_hash == _hash(source):
        raise DomainError("same_words", _("中文原文和现行的一字不差，没有可公布的。"), _("请先修改中文原文。"))
    draft.is_material, draft.proposed_at = is_material, clock.now()
    _record(AccountTag.notice_proposed, draft, by, material=is_material)
    return digest_of(draft)


@transaction()
def take_back_draft(draft_id: int, *, by: str) -> None:
    """The proposal was refused or withdrawn, so the draft may be edited again. Raises NotFound."""
    draft = get_draft(draft_id)
    if draft.proposed_at is not None:
        draft.proposed_at = None
        _record(AccountTag.notice_drafted, draft, by)


@transaction()
def drop_draft(draft_id: int, *, by: str) -> None:
    """Raises NotFound and DomainError `draft_proposed`."""
    draft = get_draft(draft_id)
    _refuse_proposed(draft)
    _record(AccountTag.notice_dropped, draft, by)
    db.session.delete(draft)


@transaction()
def publish_draft(draft_id: int, digest: str, *, by: str, approved_by: str) -> Notice:
    """In force at once and unchangeable from now on; people are told from the next minute on. digest: the one it was proposed with.

    Raises NotFound and DomainError `draft_changed`.
    """
    draft = get_draft(draft_id)
    source = text_of(draft, SOURCE)
    if draft.proposed_at is None or source is None or digest_of(draft) != digest:
        raise DomainError("draft_changed", _("这份文本在提交以后变了，不能公布。"), _("请让提交的人重新提交。"), status=409)
    notice = Notice(
        purpose=draft.purpose,
        version=_next_version(draft.purpose),
        **asdict(_words(source)),
        text_hash=_hash(source),
        published_at=clock.now(),
        published_by=by,
        is_material=draft.is_material,
        telling_from=0,
    )
    for text in draft.texts:
        if text.language != SOURCE:
            notice.translations.append(NoticeTranslation(language=text.language, **asdict(_words(text))))
    db.session.add(notice)
    db.session.delete(draft)
    db.session.flush()
    audit.record(
        AccountTag.notice_published,
        actor=by,
        subject=notice.subject,
        purpose=notice.purpose.value,
        version=notice.version,
        material=notice.is_material,
        approved_by=approved_by,
    )
    return notice


def text_of(draft: NoticeDraft, language: str) -> NoticeDraftText | None:
    return next((text for text in draft.texts if text.language == language), None)


def digest_of(draft: NoticeDraft) -> str:
    """The digest of everything that would be published, hexadecimal."""
    parts = [(t.language, asdict(_words(t))) for t in sorted(draft.texts, key=lambda t: t.language)]
    return hashlib.sha256(repr((draft.purpose.value, draft.is_material, parts)).encode()).hexdigest()


def _words_to_begin_with(purpose: ConsentPurpose, language: str, from_release: bool) -> NoticeWords | None:
    notice = find_notice(purpose)
    if from_release or notice is None:
        file = shipped_notice(purpose, language)
        return _words(file) if file else None
    if language == SOURCE:
        return _words(notice)
    return next((_words(t) for t in notice.translations if t.language == language), None)


def _words(text: object) -> NoticeWords:
    values = {name: getattr(text, name) for name in ("title", "label", "legal_basis", "body")}
    return NoticeWords(**values)


def _hash(text: NoticeDraftText) -> bytes:
    return hash_of(text.title, text.label, text.legal_basis, text.body)


def _next_version(purpose: ConsentPurpose) -> str:
    """Today's date, `2026-11-22`; a second version of the same day is `2026-11-22-2`."""
    day = clock.today().isoformat()
    names = [day, *(f"{day}-{number}" for number in range(2, 100))]
    return next(name for name in names if find_notice_version(purpose, name) is None)


def _refuse_proposed(draft: NoticeDraft) -> None:
    if draft.proposed_at is not None:
        raise DomainError("draft_proposed", _("这份文本已经提交，正在等第二个人审批。"), _("要改的话，请先撤回申请。"), status=409)


def _record(tag: AccountTag, draft: NoticeDraft, by: str, **detail: Any) -> None:
    audit.record(tag, actor=by, subject=draft.subject, purpose=draft.purpose.value, edition=draft.edition, **detail)
