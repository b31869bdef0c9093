"""Legal texts that come with the program."""

import hashlib
from pathlib import Path

from sqlalchemy import exists, select

from app.accounts.models import Consent, ConsentPurpose, Notice, NoticeTranslation
from app.accounts.notice_text import NoticeFile, read_notice
from app.accounts.notice_words import NOTICES
from app.accounts.queries import find_notice, find_notice_version
from app.core import clock
from app.core.db import db, transaction
from app.core.locale import LANGUAGES, SOURCE

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


@transaction()
def load_notices(folder: Path = NOTICES) -> int:
    """Loads the files into the table and returns how many versions were added or changed; loading them again changes nothing.

    If staff have published a text of their own, a new version from the files waits at the bureau's desk and is not put into force.
    Raises ValueError when a file differs from a version that somebody has consented to: give it a new version instead.
    """
    changed = 0
    for path in sorted(folder.glob("*.md")):
        file = read_notice(path.read_text(encoding="utf-8"))
        notice, is_new = _load(file)
        changed += is_new
        if notice is not None:
            _load_translations(notice, folder)
    return changed


def hash_of(title: str, label: str, legal_basis: str, body: str) -> bytes:
    """The hash, 32 bytes, of the text a consent was given to."""
    return hashlib.sha256("\n".join((title, label, legal_basis, body)).encode()).digest()


def _load(file: NoticeFile) -> tuple[Notice | None, bool]:
    """(the row, whether it is new or changed); no row when the staff's own text stays in force."""
    purpose = ConsentPurpose(file.purpose)
    digest = hash_of(file.title, file.label, file.legal_basis, file.body)
    known = find_notice_version(purpose, file.version)
    if known is None:
        in_force = find_notice(purpose)
        if in_force is not None and not in_force.is_of_release:
            return None, False
        known = Notice(
            purpose=purpose,
            version=file.version,
            title=file.title,
            label=file.label,
            body=file.body,
            legal_basis=file.legal_basis,
            text_hash=digest,
            published_at=clock.now(),
        )
        db.session.add(known)
        db.session.flush()
        return known, True
    if known.text_hash == digest:
        return known, False
    if not known.is_of_release or db.session.scalar(select(exists().where(Consent.notice_id == known.id))):
        raise ValueError(f"notice {file.purpose} {file.version} has been consented to and stays as it is: raise its version")
    known.title, known.label, known.body, known.legal_basis = file.title, file.label, file.body, file.legal_basis
    known.text_hash = digest
    return known, True


def _load_translations(notice: Notice, folder: Path) -> None:
    """A translation is not binding, so it may be corrected at any time."""
    known = {translation.language: translation for translation in notice.translations}
    for language in TRANSLATED:
        path = folder / language / f"{notice.purpose.value}.md"
        file = read_notice(path.read_text(encoding="utf-8")) if path.is_file() else None
        if file is None or file.version != notice.version:
            continue
        words = {"title": file.title, "label": file.label, "body": file.body, "legal_basis": file.legal_basis}
        if language not in known:
            notice.translations.append(NoticeTranslation(language=language, **words))
            continue
        for name, value in words.items():
            setattr(known[language], name, value)
