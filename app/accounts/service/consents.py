"""The consent ledger and the legal texts it points at (PIPL 14, 15, 17, 29)."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import exists, select

from app.accounts.models import AccountTag, Consent, ConsentPurpose, Notice
from app.accounts.notice_text import NoticeFile, read_notice
from app.core import audit, clock
from app.core.db import db, transaction

NOTICES = Path(__file__).parent.parent / "notices"

Listener = Callable[[Consent], object]
_listeners: list[Listener] = []


def on_consent_withdrawn(listener: Listener) -> None:
    """Higher features say what must stop: `listener(consent)` runs in the withdrawing transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


@transaction()
def record_consent(
    account_id: int, person_id: int, notices: Iterable[Notice], *, given_by: str = "self", channel: str = "web"
) -> list[Consent]:
    """One line per notice. given_by: self | guardian. channel: web | counter. A consent that stands is not written twice."""
    added = []
    for notice in notices:
        standing = select(Consent).where(
            Consent.account_id == account_id,
            Consent.person_id == person_id,
            Consent.notice_id == notice.id,
            Consent.withdrawn_at.is_(None),
        )
        if db.session.scalar(standing) is not None:
            continue
        consent = Consent(
            account_id=account_id,
            person_id=person_id,
            notice_id=notice.id,
            given_by=given_by,
            channel=channel,
            given_at=clock.now(),
        )
        db.session.add(consent)
        db.session.flush()
        _record(AccountTag.consent_given, consent, notice)
        added.append(consent)
    return added


@transaction()
def withdraw_consent(consent: Consent) -> None:
    """As easy as giving it; what was done before stays lawful. A second withdrawal changes nothing."""
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = clock.now()
    db.session.flush()
    _record(AccountTag.consent_withdrawn, consent, consent.notice)
    for listener in _listeners:
        listener(consent)


@transaction()
def load_notices(folder: Path = NOTICES) -> int:
    """Brings the files into the table and returns how many versions were added or changed; the same files again change nothing.

    Raises ValueError when a file differs from a version that somebody has consented to: give it a new version instead.
    """
    changed = 0
    for path in sorted(folder.glob("*.md")):
        changed += _load(read_notice(path.read_text(encoding="utf-8")))
    return changed


def _load(file: NoticeFile) -> int:
    purpose = ConsentPurpose(file.purpose)
    digest = hashlib.sha256("\n".join((file.title, file.label, file.legal_basis, file.body)).encode()).digest()
    known = db.session.scalar(select(Notice).where(Notice.purpose == purpose, Notice.version == file.version))
    if known is None:
        db.session.add(
            Notice(
                purpose=purpose,
                version=file.version,
                title=file.title,
                label=file.label,
                body=file.body,
                legal_basis=file.legal_basis,
                text_hash=digest,
                published_at=clock.now(),
            )
        )
        db.session.flush()
        return 1
    if known.text_hash == digest:
        return 0
    if db.session.scalar(select(exists().where(Consent.notice_id == known.id))):
        raise ValueError(f"notice {file.purpose} {file.version} has been consented to and stays as it is: raise its version")
    known.title, known.label, known.body, known.legal_basis = file.title, file.label, file.body, file.legal_basis
    known.text_hash = digest
    return 1


def _record(tag: AccountTag, consent: Consent, notice: Notice) -> None:
    audit.record(
        tag,
        actor=f"account:{consent.account_id}",
        subject=f"consent:{consent.id}",
        person_id=consent.person_id,
        purpose=notice.purpose.value,
        version=notice.version,
        channel=consent.channel,
        given_by=consent.given_by,
    )
